"""One run: what the engine gives an algorithm when it makes one, and what both then share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.benchmarks import Benchmark, SecurityBenchmark
from pylean.brokerages.names import BrokerageName
from pylean.clock import AlgorithmClock, local_to_utc_ms, offset_ms_at
from pylean.feed.reader import day_start_ms
from pylean.feed.subscription import SubscriptionDataConfig, TickType
from pylean.object_store import ObjectStore
from pylean.results import ResultAdditions, StatisticsResults
from pylean.scheduling.events import EventQueue
from pylean.securities.industry_identifiers import SECURITY_DEFINITIONS, SecurityDefinitions
from pylean.securities.shortable import DATA_ROOT
from pylean.securities.symbol import FUNDAMENTALS, SYMBOL_RESOLVER
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.feed.market_data import MarketData
    from pylean.framework.pipeline import FrameworkPipeline
    from pylean.orders.transactions import TransactionHandler
    from pylean.securities.manager import SecurityManager
    from pylean.securities.symbol import Symbol
    from pylean.storage import MarketHours
    from pylean.universes.fundamental import Fundamental, FundamentalDataProvider
    from pylean.universes.source import UniverseSource

__all__ = ["Run", "WarmUp", "current_run", "making_algorithms_of"]

_DEFAULT_START = date(1998, 1, 1)
_HOURS_TICKER = "SPY"


@dataclass(frozen=True, slots=True)
class WarmUp:
    """How far before the first day the stream begins: so many bars, or a span; with a resolution of its own or not."""

    bars: int | None = None
    span: timedelta | None = None
    resolution: Resolution | None = None


@dataclass(eq=False)
class Run:
    """Inputs and shared state of a run, kept away from the names an algorithm may use for itself.

    ``start_date``, ``end_date`` and ``cash`` of the configuration win over what the algorithm sets; ``start`` and
    ``end`` are the days in force. ``log`` takes a level (debug, info, warning, error) and a text.
    """

    market: MarketData
    parameters: dict[str, str] = field(default_factory=dict)
    start_date: date | None = None
    end_date: date | None = None
    cash: Decimal | None = None
    log: Callable[[str, str], None] = lambda level, text: None
    clock: AlgorithmClock = field(default_factory=AlgorithmClock)
    events: EventQueue = field(default_factory=EventQueue)
    handler: TransactionHandler = field(init=False)
    securities: SecurityManager = field(init=False)
    framework: FrameworkPipeline = field(init=False)
    start: date = field(init=False)
    end: date = field(init=False)
    benchmark: Benchmark | None = None
    brokerage_name: BrokerageName = BrokerageName.DEFAULT
    has_own_initializer: bool = False
    stop_reason: str | None = None
    is_initialized: bool = False
    #: The benchmark's internal feed comes after the first selection: history knows it only from then on.
    has_benchmark_feed: bool = False
    history_points: int = 0
    object_store: ObjectStore = field(default_factory=ObjectStore)
    fundamental_data: FundamentalDataProvider | None = None
    universe_source: UniverseSource = field(init=False)
    warm_up: WarmUp | None = None
    additions: ResultAdditions = field(default_factory=ResultAdditions)
    statistics: Callable[[], StatisticsResults] = StatisticsResults

    def __post_init__(self) -> None:
        self.start = self.start_date or _DEFAULT_START
        self.end = self.end_date or self.start

    @property
    def start_utc_ms(self) -> int:
        """Midnight of the first day: where warm-up ends and results begin."""
        return self.to_utc_ms(day_start_ms(self.start))

    @property
    def end_local_ms(self) -> int:
        """The midnight after the last day."""
        return day_start_ms(self.end) + 86_400_000

    @property
    def is_warming_up(self) -> bool:
        """Until initialized; then while the clock is before the first day."""
        return not self.is_initialized or (self.warm_up is not None and self.clock.utc_ms < self.start_utc_ms)

    @property
    def hours(self) -> MarketHours:
        """Hours of the US equity market, which also give the algorithm's time zone."""
        return self.market.hours(_HOURS_TICKER)

    def to_utc_ms(self, local_ms: int) -> int:
        """UTC of a time in New York."""
        return local_to_utc_ms(local_ms, self.hours.time_zone)

    def move_to(self, utc_ms: int) -> None:
        """Set the clock to an instant, whichever day it falls on."""
        self.clock.set(utc_ms, utc_ms + offset_ms_at(utc_ms, self.hours.time_zone))

    def move_to_start(self) -> None:
        """Set the clock to midnight of the first day."""
        self.move_to(self.start_utc_ms)

    def latest_fundamental(self, symbol: Symbol, time: datetime) -> Fundamental:
        """What was known of a stock at a local time."""
        return self.universe_source.latest_fundamental(symbol, time)

    def benchmark_subscription(self) -> SubscriptionDataConfig | None:
        """Lean's internal hourly feed of a benchmark security; a function has none, and no data is no error."""
        if not isinstance(self.benchmark, SecurityBenchmark):
            return None
        symbol = self.benchmark.symbol
        if self.market.history(symbol.value.lower(), Resolution.HOUR) is None:
            return None
        return SubscriptionDataConfig(
            symbol, Resolution.HOUR, TickType.TRADE, fill_forward=False, is_internal_feed=True
        )


_current: ContextVar[Run | None] = ContextVar("pylean_run", default=None)


@contextmanager
def making_algorithms_of(run: Run) -> Iterator[None]:
    """Algorithms made inside the block belong to this run."""
    token = _current.set(run)
    resolver = SYMBOL_RESOLVER.set(run.market.symbol)
    definitions = SECURITY_DEFINITIONS.set(SecurityDefinitions(run.market.paths))
    root = DATA_ROOT.set(run.market.paths.root)
    fundamentals = FUNDAMENTALS.set(run.latest_fundamental)
    try:
        yield
    finally:
        FUNDAMENTALS.reset(fundamentals)
        DATA_ROOT.reset(root)
        SECURITY_DEFINITIONS.reset(definitions)
        SYMBOL_RESOLVER.reset(resolver)
        _current.reset(token)


def current_run() -> Run:
    """The run under way. Raises RuntimeError outside the engine."""
    run = _current.get()
    if run is None:
        raise RuntimeError("algorithms are made by the engine: use pylean.run_backtest")
    return run
