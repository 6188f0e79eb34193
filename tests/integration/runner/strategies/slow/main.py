"""Holds SPY and takes its time."""

import time
from datetime import datetime

from AlgorithmImports import QCAlgorithm, Resolution


class Slow(QCAlgorithm):
    """Sleeps in each slice from a simulated time on."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 11)
        self.set_cash(100_000)
        self.add_equity("SPY", Resolution.MINUTE)
        self.pause_s = self.get_parameter("pause_ms", 10.0) / 1000
        self.pause_from = datetime.fromisoformat(self.get_parameter("pause_from", "2013-10-07T00:00"))

    def on_data(self, data):
        if not self.portfolio.invested:
            self.set_holdings("SPY", 1)
        if self.time >= self.pause_from:
            time.sleep(self.pause_s)
        self.log(f"slice {self.time}")
