"""Never trades."""

from AlgorithmImports import QCAlgorithm, Resolution


class Silent(QCAlgorithm):
    """Watches only."""

    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 8)
        self.add_equity("SPY", Resolution.MINUTE)
