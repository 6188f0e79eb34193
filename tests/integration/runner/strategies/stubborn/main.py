"""Does not want to end: neither it nor what it starts."""

import os
import signal
import time

from AlgorithmImports import QCAlgorithm, Resolution


def ignore_and_sleep():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(0.05)


class Stubborn(QCAlgorithm):
    """Starts a child in its group, a grandchild in another session, and then hangs."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 11)
        self.add_equity("SPY", Resolution.MINUTE)

    def on_data(self, data):
        if os.fork() == 0:
            if os.fork() == 0:
                os.setsid()
            ignore_and_sleep()
        self.log("hanging now")
        ignore_and_sleep()
