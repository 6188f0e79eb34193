"""The parts every algorithm is made of, wired together."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from pylean.algorithm.run import WarmUp, current_run
from pylean.algorithm.settings import AlgorithmSettings
from pylean.benchmarks import Benchmark, FuncBenchmark, SecurityBenchmark
from pylean.feed.subscription import SubscriptionManager
from pylean.naming import LeanOverrides, PascalNames, UnsupportedApiError
from pylean.numbers import drop_trailing_zeros, to_decimal
from pylean.object_store import ObjectStore
from pylean.orders.manager import SecurityTransactionManager
from pylean.orders.transactions import TransactionHandler
from pylean.scheduling.events import ScheduleManager
from pylean.scheduling.rules import DateRules, TimeRules
from pylean.securities.manager import SecurityManager
from pylean.securities.portfolio import SecurityPortfolioManager
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution
from pylean.universes.settings import UniverseSettings

__all__ = ["AlgorithmCore"]


class AlgorithmCore(LeanOverrides, PascalNames):
    """Time, dates, cash, parameters, logging and the managers that the topics build on."""

    def __init__(self) -> None:
        run = self._lean = current_run()
        self.settings = AlgorithmSettings()
        self.universe_settings = UniverseSettings()
        self.securities = run.securities = SecurityManager()
        self.portfolio = SecurityPortfolioManager(self.securities, self.settings)
        run.handler = TransactionHandler(self)
        self.transactions = SecurityTransactionManager(run.handler)
        self.portfolio.transactions = self.transactions
        self.subscription_manager: SubscriptionManager = SubscriptionManager(self.securities)
        self.schedule = ScheduleManager(run.events, lambda: run.clock.utc, lambda: run.end)
        self.date_rules = DateRules(self.securities, run.clock)
        self.time_rules = TimeRules(self.securities, run.hours)
        if run.cash is not None:
            self.portfolio.set_cash(run.cash)
        run.move_to_start()

    @property
    def time(self) -> datetime:
        """Simulated time, naive New York time."""
        return self._lean.clock.local

    @property
    def object_store(self) -> ObjectStore:
        """Files the algorithm keeps by key."""
        return self._lean.object_store

    @property
    def utc_time(self) -> datetime:
        return self._lean.clock.utc

    @property
    def start_date(self) -> datetime:
        return datetime.combine(self._lean.start, time())

    @property
    def end_date(self) -> datetime:
        """The last day's last microsecond (Lean's tick before midnight has no Python form)."""
        return datetime.combine(self._lean.end, time(23, 59, 59, 999_999))

    @property
    def time_zone(self) -> str:
        return "America/New_York"

    @property
    def live_mode(self) -> bool:
        return False

    @property
    def is_warming_up(self) -> bool:
        """In ``initialize``, and while the stream is before the start date."""
        return self._lean.is_warming_up

    def set_warm_up(self, period: timedelta | int, resolution: Resolution | None = None) -> None:
        """Begin the stream before the start date: by a span, or by so many bars (of the securities' resolutions, or the
        one given, which warm-up data then have). Orders are refused until the start date.
        """
        if isinstance(period, bool) or not isinstance(period, (int, timedelta)):
            raise TypeError(f"warm-up is {period!r}; it must be a timedelta or a number of bars")
        chosen = None if resolution is None else Resolution(resolution)
        if isinstance(period, timedelta):
            self._lean.warm_up = WarmUp(span=period, resolution=chosen)
        else:
            self._lean.warm_up = WarmUp(bars=period, resolution=chosen)

    set_warmup = set_warm_up

    def set_time_zone(self, time_zone: str) -> None:
        """Only New York is supported."""
        if str(time_zone) not in ("America/New_York", "NewYork"):
            raise UnsupportedApiError("QCAlgorithm", f"set_time_zone({time_zone!r})")

    def set_start_date(self, *when: Any, **named: Any) -> None:
        """``(year, month, day)`` or a date; a start date of the run's configuration wins."""
        wanted = _as_date(when, named)
        if self._lean.start_date is None:
            self._lean.start = wanted
            self._lean.move_to_start()

    def set_end_date(self, *when: Any, **named: Any) -> None:
        """``(year, month, day)`` or a date, included; an end date of the run's configuration wins."""
        wanted = _as_date(when, named)
        if self._lean.end_date is None:
            self._lean.end = wanted

    def set_cash(self, *amount: Any, starting_cash: Any = None) -> None:
        """Starting cash in USD; cash of the run's configuration wins."""
        amount = amount if starting_cash is None else (*amount, starting_cash)
        currency, value = amount if len(amount) > 1 else ("USD", amount[0])
        if currency != "USD":
            raise UnsupportedApiError("QCAlgorithm", f"set_cash({currency!r}, ...)")
        if self._lean.cash is None:
            self.portfolio.set_cash(drop_trailing_zeros(to_decimal(value)))

    @property
    def benchmark(self) -> Benchmark | None:
        """What the run is compared with; ``None`` in ``initialize`` until one is set, the broker's afterwards."""
        return self._lean.benchmark

    def set_benchmark(self, *benchmark: Any) -> None:
        """A symbol or ticker (a security type may come before it), or a function of the time."""
        given = benchmark[-1]
        if isinstance(given, str):
            given = self._lean.market.symbol(given)
        self._lean.benchmark = SecurityBenchmark(given) if isinstance(given, Symbol) else FuncBenchmark(given)

    def get_parameter(self, name: str, default: Any = None) -> Any:
        """The run's value of a parameter as text, or as the type of ``default``; the default when it is not set.

        Raises ValueError for text that is not of the default's type (Lean takes the default without a word).
        """
        text = self._lean.parameters.get(name)
        if text is None or default is None or isinstance(default, str):
            return default if text is None else text
        return _read_as(type(default), name, text)

    def get_parameters(self) -> dict[str, str]:
        return dict(self._lean.parameters)

    def log(self, message: object) -> None:
        self._lean.log("info", str(message))

    def debug(self, message: object) -> None:
        self._lean.log("debug", str(message))

    def error(self, message: object) -> None:
        self._lean.log("error", str(message))

    def quit(self, message: str = "") -> None:
        """End the run before the next slice."""
        self._lean.stop_reason = message or "the algorithm called quit"

    def is_market_open(self, symbol: Symbol | str) -> bool:
        """Regular hours are on for the symbol, now."""
        return self.securities[symbol].exchange.exchange_open


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def _read_as(kind: type, name: str, text: str) -> Any:
    try:
        return _TRUTHS[text.strip().lower()] if kind is bool else kind(text)
    except (ArithmeticError, KeyError, ValueError) as error:
        raise ValueError(f"parameter {name!r} is {text!r}; it must be of type {kind.__name__}") from error


def _as_date(when: tuple[Any, ...], named: dict[str, Any]) -> date:
    """From year, month and day in this order or by name, or from one date by whatever name Lean gives it."""
    first, *_ = when or named.values()
    if isinstance(first, datetime):
        return first.date()
    if isinstance(first, date):
        return first
    if isinstance(first, timedelta):
        raise TypeError("a date is year, month and day, or a date; got a time span")
    return date(*map(int, when), **named)
