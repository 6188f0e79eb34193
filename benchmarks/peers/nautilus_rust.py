"""NautilusTrader's Rust engine with a strategy in Python; on W1 the engine aggregates the 15-second bars itself."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import bars
from nautilus_trader.core import nautilus_pyo3 as nautilus

VENUE = nautilus.Venue("XNAS")
USD = nautilus.Currency.from_str("USD")
NANOSECONDS = 1_000_000_000
ONE_CENT = nautilus.Price(0.01, 2)
ONE_SHARE = nautilus.Quantity.from_int(1)


class Cross(nautilus.Strategy):
    """One symbol's averages and position."""

    def follow(self, job: bars.Job, instrument_id: Any, bar_type: Any) -> None:
        self.closes_early = job.is_bucketed
        self.is_portfolio = job.resolution == "daily"
        self.instrument_id = instrument_id
        self.bar_type = bar_type
        self.fast = nautilus.SimpleMovingAverage(bars.FAST)
        self.slow = nautilus.SimpleMovingAverage(bars.SLOW)
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
        side = nautilus.OrderSide.BUY if rising else nautilus.OrderSide.SELL
        self.submit_order(self.order_factory.market(self.instrument_id, side, nautilus.Quantity.from_int(self.size)))
        self.is_long = rising
        self.orders += 1


def step_name(job: bars.Job) -> str:
    return {"second": "1-SECOND", "minute": "1-MINUTE", "daily": "1-DAY"}[job.resolution]


def load(job: bars.Job) -> Any:
    """The engine with its instruments and bars, and a strategy for each symbol."""
    engine = nautilus.BacktestEngine(
        nautilus.BacktestEngineConfig(
            bypass_logging=True,
            run_analysis=False,
            logging=nautilus.LoggerConfig(bypass_logging=True),
            data_engine=nautilus.DataEngineConfig(time_bars_build_with_no_updates=False),
        )
    )
    engine.add_venue(
        VENUE,
        nautilus.OmsType.NETTING,
        nautilus.AccountType.MARGIN,
        [nautilus.Money(bars.CASH, USD)],
        base_currency=USD,
        default_leverage=10,
    )
    strategies = []
    prices: dict[int, Any] = {}
    for number, (ticker, rows) in enumerate(bars.read(job).items()):
        instrument_id = nautilus.InstrumentId.from_str(f"{ticker}.XNAS")
        engine.add_instrument(
            nautilus.Equity(
                instrument_id, nautilus.Symbol(ticker), USD, 2, ONE_CENT, 0, 0, lot_size=nautilus.Quantity.from_int(1)
            )
        )
        given = f"{ticker}.XNAS-{step_name(job)}-LAST-EXTERNAL"
        wanted = f"{ticker}.XNAS-15-SECOND-LAST-INTERNAL@1-SECOND-EXTERNAL" if job.is_bucketed else given
        engine.add_data(made_bars(job, nautilus.BarType.from_str(given), rows, prices), validate=False, sort=False)
        tag = f"{number:03d}"
        strategy = Cross(nautilus.StrategyConfig(strategy_id=nautilus.StrategyId(f"CROSS-{tag}"), order_id_tag=tag))
        strategy.follow(job, instrument_id, nautilus.BarType.from_str(wanted))
        engine.add_strategy(strategy)
        strategies.append(strategy)
    engine.sort_data()
    return engine, strategies


def made_bars(job: bars.Job, bar_type: Any, rows: Any, prices: dict[int, Any]) -> list[Any]:
    """Bars as the engine takes them; equal prices share an object."""
    for cents in {*(rows[:, 1:5] // 100).ravel().tolist()} - prices.keys():
        prices[cents] = nautilus.Price(cents / 100, 2)
    make, quantity = nautilus.Bar, nautilus.Quantity.from_int
    step_s = job.step_s
    return [
        make(bar_type, prices[o // 100], prices[h // 100], prices[lo // 100], prices[c // 100], quantity(v), end, end)
        for end, o, h, lo, c, v in zip(
            ((rows[:, 0] + step_s) * NANOSECONDS).tolist(), *rows[:, 1:].T.tolist(), strict=True
        )
    ]


def run(job: bars.Job, loaded: Any) -> int:
    engine, strategies = loaded
    engine.run()
    return sum(strategy.orders for strategy in strategies)


if __name__ == "__main__":
    bars.main(f"nautilus_trader {version('nautilus_trader')} (Rust)", load, run)
