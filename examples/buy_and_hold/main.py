"""Buy once, hold to the end: the smallest complete strategy."""

from AlgorithmImports import *


class BuyAndHold(QCAlgorithm):
    """Puts all cash into SPY at the first bar and keeps it.

    The measure for everything else: a strategy that does not beat this one has only moved money about.
    """

    def initialize(self) -> None:
        # Five trading days, for which Lean's sample data have minute bars.
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 11)
        self.set_cash(100_000)
        self.spy = self.add_equity("SPY", Resolution.MINUTE).symbol

    def on_data(self, data: Slice) -> None:
        # The whole portfolio value, less what the engine keeps back for fees.
        if not self.portfolio.invested:
            self.set_holdings(self.spy, 1)
