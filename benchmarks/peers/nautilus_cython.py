"""NautilusTrader's Cython engine with a strategy in Python; on W1 the engine aggregates the 15-second bars itself."""

from __future__ import annotations

from decimal import Decimal
from importlib.metadata import version
from typing import Any

import bars
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import BacktestEngineConfig, DataEngineConfig, LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

NANOSECONDS = 1_000_000_000


class Cross(Strategy):
    """One symbol's averages and position."""

    def follow(self, job: bars.Job, instrument_id: Any, bar_type: Any) -> None:
        self.closes_early = job.is_bucketed
        self.is_portfolio = job.resolution == "daily"
        self.instrument_id = instrument_id
        self.bar_type = bar_type
        self.fast = SimpleMovingAverage(bars.FAST)
        self.slow = SimpleMovingAverage(bars.SLOW)
        self.size = bars.QUANTITY
        self.is_long = False
        self.orders = 0

    def on_start(self) -> None:
        self.subscribe_bars(self.bar_type)

    def on_bar(self, bar: Any) -> None:
        close = bar.close.as_double()
        self.fast.update_raw(close)
        self.slow.update_raw(close)
        if not self.slow.initialized:
            return
        rising = self.fast.value - self.slow.value > bars.TIE
        if self.closes_early and bar.ts_event // NANOSECONDS % 86_400 >= bars.CLOSING_S:
            rising = False
        if rising != self.is_long:
            self.trade(rising, close)

    def trade(self, rising: bool, close: float) -> None:
        if rising and self.is_portfolio:
            self.size = max(1, int(bars.CASH * bars.SHARE_OF_EQUITY / close))
        side = OrderSide.BUY if rising else OrderSide.SELL
        self.submit_order(self.order_factory.market(self.instrument_id, side, Quantity.from_int(self.size)))
        self.is_long = rising
        self.orders += 1


def load(job: bars.Job) -> Any:
    """The engine with its instruments and bars, and a strategy for each symbol."""
    engine = BacktestEngine(
        BacktestEngineConfig(
            logging=LoggingConfig(bypass_logging=True),
            run_analysis=False,
            data_engine=DataEngineConfig(time_bars_build_with_no_updates=False),
        )
    )
    engine.add_venue(
        Venue("XNAS"),
        OmsType.NETTING,
        AccountType.MARGIN,
        [Money(bars.CASH, USD)],
        base_currency=USD,
        default_leverage=Decimal(10),
    )
    step = {"second": "1-SECOND", "minute": "1-MINUTE", "daily": "1-DAY"}[job.resolution]
    strategies: list[Cross] = []
    prices: dict[int, Any] = {}
    made: list[Any] = []
    for number, (ticker, rows) in enumerate(bars.read(job).items()):
        instrument_id = InstrumentId.from_str(f"{ticker}.XNAS")
        engine.add_instrument(Equity(instrument_id, Symbol(ticker), USD, 2, Price(0.01, 2), Quantity.from_int(1), 0, 0))
        given = f"{ticker}.XNAS-{step}-LAST-EXTERNAL"
        wanted = f"{ticker}.XNAS-15-SECOND-LAST-INTERNAL@1-SECOND-EXTERNAL" if job.is_bucketed else given
        made += made_bars(job, BarType.from_str(given), rows, prices)
        strategy = Cross(StrategyConfig(strategy_id=f"CROSS-{number:03d}", order_id_tag=f"{number:03d}"))
        strategy.follow(job, instrument_id, BarType.from_str(wanted))
        engine.add_strategy(strategy)
        strategies.append(strategy)
    made.sort(key=lambda bar: bar.ts_init)
    engine.add_data(made, validate=False, sort=True)
    return engine, strategies


def made_bars(job: bars.Job, bar_type: Any, rows: Any, prices: dict[int, Any]) -> list[Any]:
    """Bars as the engine takes them; equal prices share an object."""
    for cents in {*(rows[:, 1:5] // 100).ravel().tolist()} - prices.keys():
        prices[cents] = Price(cents / 100, 2)
    quantity = Quantity.from_int
    ends = ((rows[:, 0] + job.step_s) * NANOSECONDS).tolist()
    return [
        Bar(bar_type, prices[o // 100], prices[h // 100], prices[lo // 100], prices[c // 100], quantity(v), end, end)
        for end, o, h, lo, c, v in zip(ends, *rows[:, 1:].T.tolist(), strict=True)
    ]


def run(job: bars.Job, loaded: Any) -> int:
    engine, strategies = loaded
    engine.run()
    return sum(strategy.orders for strategy in strategies)


if __name__ == "__main__":
    bars.main(f"nautilus_trader {version('nautilus_trader')} (Cython)", load, run)
