"""W1: fifteen shares by the second; long 100 of each while its mean of 20 bars of 15 seconds is above that of 60.

Nothing is held from 15:59 on.
"""

from AlgorithmImports import *

CLOSING_TIME = time(15, 59)


class Pair:
    """A share's two averages."""

    def __init__(self) -> None:
        self.fast = SimpleMovingAverage(20)
        self.slow = SimpleMovingAverage(60)

    def update(self, bar: TradeBar) -> bool:
        self.fast.update(bar.end_time, bar.close)
        return self.slow.update(bar.end_time, bar.close)

    @property
    def is_rising(self) -> bool:
        return self.fast.current.value > self.slow.current.value


class SecondsCross(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(2025, 10, 1)
        self.set_end_date(2025, 10, 10)
        self.set_cash(1_000_000)
        self.pairs = {}
        for ticker in self.get_parameter("tickers", "SECA").split(","):
            symbol = self.add_equity(ticker, Resolution.SECOND).symbol
            self.pairs[symbol] = Pair()
            self.consolidate(symbol, timedelta(seconds=15), self.on_bar)

    def on_bar(self, bar: TradeBar) -> None:
        pair = self.pairs[bar.symbol]
        if not pair.update(bar):
            return
        is_long = self.portfolio[bar.symbol].invested
        wants_long = pair.is_rising and bar.end_time.time() < CLOSING_TIME
        if wants_long and not is_long:
            self.market_order(bar.symbol, 100)
        elif is_long and not wants_long:
            self.liquidate(bar.symbol)
