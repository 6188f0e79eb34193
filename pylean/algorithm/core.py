"""The parts every algorithm is made of, wired together."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from pylean.algorithm.context import current_context
from pylean.algorithm.settings import AlgorithmSettings, UniverseSettings
from pylean.feed.reader import day_start_ms
from pylean.feed.subscription import SubscriptionDataConfig, SubscriptionManager, TickType
from pylean.naming import LeanOverrides, PascalNames, UnsupportedApiError
from pylean.numbers import drop_trailing_zeros, to_decimal
from pylean.orders.manager import SecurityTransactionManager
from pylean.orders.transactions import TransactionHandler
from pylean.scheduling.events import EventQueue, ScheduleManager
from pylean.scheduling.rules import DateRules, TimeRules
from pylean.securities.manager import SecurityManager
from pylean.securities.portfolio import SecurityPortfolioManager
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

__all__ = ["AlgorithmCore"]

_DEFAULT_START = date(1998, 1, 1)
_BENCHMARK_TICKER = "SPY"


class AlgorithmCore(LeanOverrides, PascalNames):
    """Time, dates, cash, parameters, logging and the managers that the topics build on."""

    def __init__(self) -> None:
        context = current_context()
        self._context = context
        self._clock = context.clock
        self._hours = context.market.hours(_BENCHMARK_TICKER)
        self.settings = AlgorithmSettings()
        self.universe_settings = UniverseSettings()
        self.securities = SecurityManager()
        self.portfolio = SecurityPortfolioManager(self.securities, self.settings)
        self._handler = TransactionHandler(self._clock, self.portfolio, self.settings)
        self.transactions = SecurityTransactionManager(self._handler)
        self.subscription_manager = SubscriptionManager(self.securities)
        self._events = EventQueue()
        self.schedule = ScheduleManager(self._events, lambda: self._clock.utc, lambda: self._end)
        self.date_rules = DateRules(self.securities, self._clock)
        self.time_rules = TimeRules(self.securities, self._hours)
        self._benchmark: Symbol | None = None
        self._stopped: str | None = None
        self._initialized = False
        self._start = context.start_date or _DEFAULT_START
        self._end = context.end_date or self._start
        if context.cash is not None:
            self.portfolio.set_cash(context.cash)
        self._move_to_start()

    @property
    def time(self) -> datetime:
        """Simulated time, naive New York time."""
        return self._clock.local

    @property
    def utc_time(self) -> datetime:
        return self._clock.utc

    @property
    def start_date(self) -> datetime:
        return datetime.combine(self._start, time())

    @property
    def end_date(self) -> datetime:
        """The last day's last microsecond (Lean's tick before midnight has no Python form)."""
        return datetime.combine(self._end, time(23, 59, 59, 999_999))

    @property
    def time_zone(self) -> str:
        return "America/New_York"

    @property
    def live_mode(self) -> bool:
        return False

    @property
    def is_warming_up(self) -> bool:
        return False

    def set_time_zone(self, time_zone: str) -> None:
        """Only New York is supported."""
        if str(time_zone) not in ("America/New_York", "NewYork"):
            raise UnsupportedApiError("QCAlgorithm", f"set_time_zone({time_zone!r})")

    def set_start_date(self, *when: Any) -> None:
        """``(year, month, day)`` or a date; a start date of the run's configuration wins."""
        if self._context.start_date is None:
            self._start = _as_date(when)
            self._move_to_start()

    def set_end_date(self, *when: Any) -> None:
        """``(year, month, day)`` or a date, included; an end date of the run's configuration wins."""
        if self._context.end_date is None:
            self._end = _as_date(when)

    def set_cash(self, *amount: Any) -> None:
        """Starting cash in USD; cash of the run's configuration wins."""
        currency, value = amount if len(amount) > 1 else ("USD", amount[0])
        if currency != "USD":
            raise UnsupportedApiError("QCAlgorithm", f"set_cash({currency!r}, ...)")
        if self._context.cash is None:
            self.portfolio.set_cash(drop_trailing_zeros(to_decimal(value)))

    def set_benchmark(self, symbol: Symbol | str) -> None:
        """Compare with a security that was added."""
        self._benchmark = self.securities.symbol(symbol)

    def get_parameter(self, name: str, default: Any = None) -> Any:
        """The run's value of a parameter as text, or as the type of ``default``; the default when it is not set."""
        text = self._context.parameters.get(name)
        if text is None or default is None or isinstance(default, str):
            return default if text is None else text
        return type(default)(text)

    def get_parameters(self) -> dict[str, str]:
        return dict(self._context.parameters)

    def log(self, message: object) -> None:
        self._context.log("info", str(message))

    def debug(self, message: object) -> None:
        self._context.log("debug", str(message))

    def error(self, message: object) -> None:
        self._context.log("error", str(message))

    def quit(self, message: str = "") -> None:
        """End the run before the next slice."""
        self._stopped = message or "the algorithm called quit"

    def is_market_open(self, symbol: Symbol | str) -> bool:
        """Regular hours are on for the symbol, now."""
        return self.securities[symbol].exchange.exchange_open

    def _move_to_start(self) -> None:
        offset_ms = self._hours.utc_offset_seconds(self._start) * 1000
        self._clock.set(day_start_ms(self._start) - offset_ms, offset_ms)

    def _benchmark_subscription(self) -> SubscriptionDataConfig | None:
        """Lean's internal hourly feed of the benchmark, SPY unless set; no data is no error."""
        symbol = self._benchmark
        if symbol is None:
            identifier = self._context.market.identify(_BENCHMARK_TICKER, self._start)
            symbol = Symbol(_BENCHMARK_TICKER, str(identifier), _BENCHMARK_TICKER)
        if self._context.market.history(symbol.value.lower(), Resolution.HOUR) is None:
            return None
        return SubscriptionDataConfig(symbol, Resolution.HOUR, TickType.TRADE, is_internal_feed=True)


def _as_date(when: tuple[Any, ...]) -> date:
    first = when[0]
    if isinstance(first, datetime):
        return first.date()
    if isinstance(first, date):
        return first
    if isinstance(first, timedelta):
        raise TypeError("a date is year, month and day, or a date; got a time span")
    return date(*(int(part) for part in when))
