"""Ends, but leaves something behind."""

import os
import threading
import time

from AlgorithmImports import QCAlgorithm, Resolution


class Leaves(QCAlgorithm):
    """Starts a process and a thread that outlive the simulation."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 7)
        self.add_equity("SPY", Resolution.MINUTE)
        threading.Thread(target=time.sleep, args=(3600,)).start()
        if os.fork() == 0:
            os.setsid()
            time.sleep(3600)
