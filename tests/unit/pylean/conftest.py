"""Small data folders, a bench for one security, and whole runs of an algorithm class."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pylean import BacktestJob, BacktestOutcome, ProgressReport, run_backtest
from pylean.algorithm import QCAlgorithm, Run, making_algorithms_of
from pylean.clock import to_ms
from pylean.feed.adjustment import NO_ADJUSTMENT, AdjustedRows
from pylean.feed.fill_forward import Emission
from pylean.feed.market_data import MarketData
from pylean.feed.series import QuoteSeries, TradeSeries
from pylean.feed.subscription import TickType
from pylean.numbers import use_lean_decimals
from pylean.orders.events import OrderEvent
from pylean.results import OrderEventRecord
from pylean.securities.security import Security
from pylean.storage import LeanDataStore, QuoteColumns, Resolution, TradeColumns, encode_quotes, write_entry

#: A flat price, or open, high, low, close and volume.
BarSpec = float | tuple[float, float, float, float, float]
QuoteSpec = tuple[float | None, float | None]

HOLIDAYS = ["1/1/2025", "7/4/2025", "11/27/2025"]
EARLY_CLOSES = {"7/3/2025": "13:00:00", "11/28/2025": "13:00:00"}
MONDAY = date(2025, 6, 2)
UNADJUSTED = AdjustedRows.uniform(NO_ADJUSTMENT)
VOLUME = 100.0


@pytest.fixture(autouse=True)
def lean_decimals() -> None:
    use_lean_decimals()


class Market:
    """A Lean data folder with its metadata, to be filled with bars. Prices are dollars, times New York."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = LeanDataStore(root)
        paths = self.store.paths
        segments = [("04:00:00", "09:30:00", "premarket"), ("09:30:00", "16:00:00", "market")]
        segments.append(("16:00:00", "20:00:00", "postmarket"))
        session = [{"start": start, "end": end, "state": state} for start, end, state in segments]
        days = ("monday", "tuesday", "wednesday", "thursday", "friday")
        hours = {"dataTimeZone": "America/New_York", "exchangeTimeZone": "America/New_York"}
        entry = hours | dict.fromkeys(days, session) | {"holidays": HOLIDAYS, "earlyCloses": EARLY_CLOSES}
        paths.market_hours.parent.mkdir(parents=True)
        paths.market_hours.write_text(json.dumps({"entries": {"Equity-usa-[*]": entry}}))
        paths.symbol_properties.parent.mkdir(parents=True)
        paths.symbol_properties.write_text("usa,[*],equity,,USD,1,0.01,1\n")

    def trades(
        self, ticker: str, day: date, bars: Mapping[str, BarSpec], resolution: Resolution = Resolution.MINUTE
    ) -> None:
        """Write a day's second or minute bars by their start, ``"09:30"`` or ``"09:30:15"``."""
        self.store.write_intraday_day(resolution, ticker, day, trade_columns(day, bars))

    def session(
        self, ticker: str, day: date, price: float = 100.0, until: str = "16:00", step: timedelta = timedelta(minutes=1)
    ) -> None:
        """Write flat bars for every minute (or second) of the regular session."""
        first, last = moment(day, "09:30"), moment(day, until)
        count = (last - first) // step
        bars = {(first + step * number).strftime("%H:%M:%S"): price for number in range(count)}
        resolution = Resolution.MINUTE if step == timedelta(minutes=1) else Resolution.SECOND
        self.trades(ticker, day, bars, resolution)

    def quotes(
        self, ticker: str, day: date, bars: Mapping[str, QuoteSpec], resolution: Resolution = Resolution.MINUTE
    ) -> None:
        """Write a day's quotes: bid and ask by the bar's start, ``None`` for a side that is missing."""
        paths = self.store.paths
        text = encode_quotes(quote_columns(day, bars), resolution, day)
        path = paths.bars(resolution, ticker, day, "quote")
        write_entry(path, paths.entry_name(resolution, ticker, day, "quote"), text, staging=self.store.staging)

    def daily(self, ticker: str, bars: Mapping[date, BarSpec]) -> None:
        columns = [trade_columns(day, {"00:00": bar}) for day, bar in bars.items()]
        for part in columns:
            self.store.upsert_daily(ticker, part)

    def hourly(self, ticker: str, bars: Mapping[datetime, BarSpec]) -> None:
        for start, bar in bars.items():
            self.store.upsert_hourly(ticker, trade_columns(start.date(), {start.strftime("%H:%M"): bar}))

    def factors(self, ticker: str, rows: Mapping[date, tuple[str, str]]) -> None:
        """Write a factor file: price and split factor that hold up to and including a day."""
        path = self.store.paths.factor_file(ticker)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{day:%Y%m%d},{price},{split},0\n" for day, (price, split) in rows.items()))


def moment(day: date, clock: str) -> datetime:
    """A day and ``HH:MM[:SS]`` as naive New York time."""
    return datetime.combine(day, datetime.strptime(clock, "%H:%M:%S" if clock.count(":") == 2 else "%H:%M").time())


def scaled(price: float) -> int:
    return int((Decimal(str(price)) * 10_000).to_integral_value())


def trade_columns(day: date, bars: Mapping[str, BarSpec]) -> TradeColumns:
    rows = [bar if isinstance(bar, tuple) else (bar, bar, bar, bar, VOLUME) for bar in bars.values()]
    times = [to_ms(moment(day, clock)) for clock in bars]
    columns = [[scaled(row[field]) for row in rows] for field in range(4)]
    volumes = [int(row[4]) for row in rows]
    arrays: list[Any] = [np.array(values, dtype=np.int64) for values in (times, *columns, volumes)]
    return TradeColumns(*arrays)


def quote_columns(day: date, bars: Mapping[str, QuoteSpec]) -> QuoteColumns:
    times = np.array([to_ms(moment(day, clock)) for clock in bars], dtype=np.int64)
    sides: list[Any] = []
    masks: list[Any] = []
    for side in (0, 1):
        prices = [quote[side] for quote in bars.values()]
        values = np.array([0 if price is None else scaled(price) for price in prices], dtype=np.int64)
        has = np.array([price is not None for price in prices])
        sides += [values, values, values, values, np.where(has, 10, 0).astype(np.int64)]
        masks.append(has)
    return QuoteColumns(times, *sides, *masks)


class Bench:
    """One added security and its transaction handler, moved by hand: no engine, no files read."""

    def __init__(self, market: Market, ticker: str = "AAA", **subscription: Any) -> None:
        self.run = Run(MarketData(market.root, None), start_date=MONDAY, end_date=date(2025, 6, 30))
        with making_algorithms_of(self.run):
            self.algorithm = QCAlgorithm()
        self.security: Security = self.algorithm.add_equity(ticker, **subscription)
        self.run.is_initialized = True
        self.handler = self.run.handler
        self.events: list[OrderEvent] = []
        self.errors: list[str] = []
        self.handler.on_event = self.events.append
        self.handler.on_error = self.errors.append
        self.run.log = lambda level, text: self.errors.append(text) if level == "error" else None

    @property
    def symbol(self) -> Any:
        return self.security.symbol

    def at(self, clock: str, day: date = MONDAY) -> None:
        """Move time without data."""
        self.run.move_to(self.run.to_utc_ms(to_ms(moment(day, clock))))

    def bar(self, end: str, bar: BarSpec, day: date = MONDAY, security: Security | None = None) -> None:
        """The security's next real trade bar, which ends now."""
        security = security or self.security
        config = next(one for one in security.subscriptions if one.tick_type is TickType.TRADE)
        self.at(end, day)
        end_ms = to_ms(moment(day, end))
        columns = trade_columns(day, {(moment(day, end) - config.resolution.period).strftime("%H:%M:%S"): bar})
        emission = Emission(np.array([end_ms]), np.array([0]), np.array([True]))
        series = TradeSeries(config, columns, emission, None, UNADJUSTED, config.period_ms)
        security.cache.open_trades(series)
        series.cursor.index = 0

    def quote(self, end: str, quote: QuoteSpec, day: date = MONDAY) -> None:
        """The security's next real quote, which ends now."""
        config = next(one for one in self.security.subscriptions if one.tick_type is TickType.QUOTE)
        self.at(end, day)
        columns = quote_columns(day, {(moment(day, end) - config.resolution.period).strftime("%H:%M:%S"): quote})
        emission = Emission(np.array([to_ms(moment(day, end))]), np.array([0]), np.array([True]))
        series = QuoteSeries(config, columns, emission, None, UNADJUSTED, config.period_ms)
        self.security.cache.open_quotes(series)
        series.cursor.index = 0

    def process(self) -> None:
        self.handler.process()

    def statuses(self, order_id: int = 1) -> list[str]:
        """Names of an order's event statuses, in order."""
        return [event.status.name for event in self.events if event.order_id == order_id]


@dataclass
class RecordingObserver:
    """Keeps everything a run tells; asks it to stop at a simulated time."""

    stop_at: datetime | None = None
    stop_requested: bool = False
    is_started: bool = False
    reports: list[ProgressReport] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    events: list[OrderEventRecord] = field(default_factory=list)

    def started(self) -> None:
        self.is_started = True

    def progress(self, report: ProgressReport) -> None:
        self.reports.append(report)

    def log(self, level: str, text: str, utc: datetime | None) -> None:
        self.lines.append((level, text))
        if self.stop_at is not None and utc is not None and utc >= self.stop_at:
            self.stop_requested = True

    def order_event(self, event: OrderEventRecord) -> None:
        self.events.append(event)


@dataclass
class Ran:
    """A finished run: what came out, the algorithm as it was left, and what the observer saw."""

    outcome: BacktestOutcome
    algorithm: Any
    observer: RecordingObserver
    output: Path

    @property
    def summary(self) -> dict[str, Any]:
        summary: dict[str, Any] = self.read("-summary.json")
        return summary

    def read(self, ending: str) -> Any:
        (path,) = [path for path in self.outcome.files if path.name.endswith(ending)]
        return json.loads(path.read_text())


RunAlgorithm = Callable[..., Ran]

_MAIN = """\
import sys

from AlgorithmImports import *

Case = sys.modules["algorithm_under_test"].case


class Algorithm(Case):
    def __init__(self):
        super().__init__()
        sys.modules["algorithm_under_test"].instance = self
"""


class Stage:
    """A folder with a market's data, and runs of algorithm classes over it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.market = Market(root / "data")
        (root / "algorithm").mkdir()
        (root / "algorithm" / "main.py").write_text(_MAIN)
        self._runs = count()

    def run(self, case: type[QCAlgorithm], observer: RecordingObserver | None = None, **job: Any) -> Ran:
        """Run a QCAlgorithm class of a test, with what else a job has."""
        module = sys.modules["algorithm_under_test"] = SimpleNamespace(case=case, instance=None)  # type: ignore[assignment]
        watching = observer or RecordingObserver()
        output = self.root / f"results-{next(self._runs)}"
        main = self.root / "algorithm" / "main.py"
        try:
            outcome = run_backtest(BacktestJob(main, self.market.root, output, "test", **job), watching)
        finally:
            del sys.modules["algorithm_under_test"]
        return Ran(outcome, module.instance, watching, output)


@pytest.fixture(scope="session")
def make_stage(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Stage]:
    """An empty market for each example of a property."""
    return lambda: Stage(tmp_path_factory.mktemp("stage"))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def market(stage: Stage) -> Market:
    return stage.market


@pytest.fixture
def bench(market: Market) -> Bench:
    return Bench(market)


@pytest.fixture
def make_bench(market: Market) -> Callable[..., Bench]:
    return lambda ticker="AAA", **subscription: Bench(market, ticker, **subscription)


@pytest.fixture
def run_algorithm(stage: Stage) -> RunAlgorithm:
    """``run_algorithm(Case, **job fields)`` runs a QCAlgorithm class of a test over ``market``."""
    return stage.run


@pytest.fixture
def make_trades() -> Callable[[date, Mapping[str, BarSpec]], TradeColumns]:
    """Columns of a day's bars, given by start."""
    return trade_columns


@pytest.fixture
def make_quotes() -> Callable[[date, Mapping[str, QuoteSpec]], QuoteColumns]:
    return quote_columns
