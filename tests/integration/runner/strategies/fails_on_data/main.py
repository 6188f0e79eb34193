"""Fails in the simulation."""

from AlgorithmImports import QCAlgorithm, Resolution


class FailsOnData(QCAlgorithm):
    """Divides by zero in its third slice."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 11)
        self.add_equity("SPY", Resolution.MINUTE)
        self.countdown = 3

    def on_data(self, data):
        self.countdown -= 1
        self.log(f"{1 / self.countdown}")
