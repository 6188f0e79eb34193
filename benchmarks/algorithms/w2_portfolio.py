"""W2: a hundred shares by the day; 1 % of equity in each while its mean of 20 days is above that of 60."""

from AlgorithmImports import *


class PortfolioCross(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(2015, 1, 2)
        self.set_end_date(2024, 12, 31)
        self.set_cash(1_000_000)
        self.averages = {}
        for ticker in self.get_parameter("tickers", "DLAA").split(","):
            symbol = self.add_equity(ticker, Resolution.DAILY).symbol
            self.averages[symbol] = self.sma(symbol, 20, Resolution.DAILY), self.sma(symbol, 60, Resolution.DAILY)

    def on_data(self, data: Slice) -> None:
        for symbol in data.bars.keys():  # noqa: SIM118 - Lean has no other way
            fast, slow = self.averages[symbol]
            if not slow.is_ready:
                continue
            is_rising = fast.current.value > slow.current.value
            is_long = self.portfolio[symbol].invested
            if is_rising and not is_long:
                self.set_holdings(symbol, 0.01)
            elif is_long and not is_rising:
                self.liquidate(symbol)
