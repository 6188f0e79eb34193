"""Ends its own process."""

import os
import sys

from AlgorithmImports import QCAlgorithm, Resolution


class Exits(QCAlgorithm):
    """Ends politely, or at once, as told."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 11)
        self.add_equity("SPY", Resolution.MINUTE)

    def on_data(self, data):
        if self.get_parameter("how", "sys") == "sys":
            sys.exit(3)
        os._exit(3)
