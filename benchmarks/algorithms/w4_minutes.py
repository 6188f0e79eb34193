"""W4: one share by the minute; long 100 while its mean of 20 minutes is above that of 60."""

from AlgorithmImports import *


class MinutesCross(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(2020, 1, 2)
        self.set_end_date(2024, 12, 31)
        self.set_cash(1_000_000)
        self.symbol = self.add_equity(self.get_parameter("tickers", "MINA"), Resolution.MINUTE).symbol
        self.fast = self.sma(self.symbol, 20, Resolution.MINUTE)
        self.slow = self.sma(self.symbol, 60, Resolution.MINUTE)

    def on_data(self, data: Slice) -> None:
        if not self.slow.is_ready or not data.bars.contains_key(self.symbol):
            return
        is_rising = self.fast.current.value > self.slow.current.value
        is_long = self.portfolio[self.symbol].invested
        if is_rising and not is_long:
            self.market_order(self.symbol, 100)
        elif is_long and not is_rising:
            self.liquidate(self.symbol)
