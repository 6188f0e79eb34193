"""Writes where it has no business."""

import time
from pathlib import Path

from AlgorithmImports import QCAlgorithm, Resolution


class Vandal(QCAlgorithm):
    """Appends bytes that are no event to its own journal, and goes on."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 11)
        self.add_equity("SPY", Resolution.MINUTE)

    def on_data(self, data):
        self.log("still here")
        if self.time.minute == 0:
            with Path("journal").open("ab") as journal:
                journal.write(b"\xff" * 40)
        time.sleep(0.01)
