"""Date and time rules: on which days and at which moments a scheduled event fires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pylean.clock import local_to_utc_ms
from pylean.feed.reader import day_start_ms
from pylean.naming import LeanEnum, PascalNames

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.securities.manager import SecurityManager
    from pylean.securities.symbol import Symbol
    from pylean.storage.market_hours import MarketHours, Session

__all__ = ["DateRule", "DateRules", "DayOfWeek", "TimeRule", "TimeRules"]

_ONE_DAY = timedelta(days=1)
_MINUTE_MS = 60_000


class DayOfWeek(LeanEnum):
    """Days of the week, numbered as in .NET."""

    SUNDAY = 0
    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6

    @classmethod
    def of(cls, day: date) -> DayOfWeek:
        return cls(day.isoweekday() % 7)


@dataclass(frozen=True)
class DateRule:
    """Days of a rule, in order."""

    name: str
    dates: Callable[[date, date], Iterable[date]]


@dataclass(frozen=True)
class TimeRule:
    """Moments of a rule on given days, as milliseconds of UTC, in order."""

    name: str
    moments: Callable[[Iterable[date]], Iterator[int]]


class DateRules(PascalNames):
    """Factory of date rules; with a symbol only the days it trades on."""

    def __init__(self, securities: SecurityManager, clock: AlgorithmClock) -> None:
        self._securities = securities
        self._clock = clock

    def _days(self, symbol: Symbol | str | None) -> Callable[[date, date], Iterator[date]]:
        hours = None if symbol is None else self._securities[symbol].exchange.hours

        def days(start: date, end: date) -> Iterator[date]:
            day = start
            while day <= end:
                if hours is None or hours.is_trading_day(day):
                    yield day
                day += _ONE_DAY

        return days

    def every_day(self, symbol: Symbol | str | None = None) -> DateRule:
        return DateRule("EveryDay" if symbol is None else f"{symbol}: EveryDay", self._days(symbol))

    def every(self, *days: DayOfWeek) -> DateRule:
        """The given days of the week."""
        wanted = frozenset(days)
        all_days = self._days(None)
        names = ",".join(day.name for day in days)
        return DateRule(names, lambda start, end: (day for day in all_days(start, end) if DayOfWeek.of(day) in wanted))

    def on(self, year: int, month: int, day: int) -> DateRule:
        only = date(year, month, day)
        return DateRule(f"On {only}", lambda start, end: [only])

    @property
    def today(self) -> DateRule:
        only = self._clock.local.date()
        return DateRule("TodayOnly", lambda start, end: [only])

    @property
    def tomorrow(self) -> DateRule:
        only = self._clock.local.date() + _ONE_DAY
        return DateRule("TomorrowOnly", lambda start, end: [only])


class TimeRules(PascalNames):
    """Factory of time rules, in New York time."""

    def __init__(self, securities: SecurityManager, hours: MarketHours) -> None:
        self._securities = securities
        self._hours = hours

    def _utc_ms(self, day: date, local_ms_of_day: int) -> int:
        return local_to_utc_ms(day_start_ms(day) + local_ms_of_day, self._hours.time_zone)

    def at(self, hour: int | timedelta, minute: int = 0, second: int = 0) -> TimeRule:
        """A time of the day, given as hour, minute and second or as a time span."""
        span = hour if isinstance(hour, timedelta) else timedelta(hours=hour, minutes=minute, seconds=second)
        of_day = span // timedelta(milliseconds=1)
        return TimeRule(f"at {span}", lambda dates: (self._utc_ms(day, of_day) for day in dates))

    @property
    def midnight(self) -> TimeRule:
        return self.at(0)

    @property
    def noon(self) -> TimeRule:
        return self.at(12)

    def every(self, interval: timedelta) -> TimeRule:
        """Every multiple of an interval since midnight. Raises ValueError at or below 0."""
        step = interval // timedelta(milliseconds=1)
        if step <= 0:
            raise ValueError(f"interval of a time rule is {interval}: it must be above 0")

        def moments(dates: Iterable[date]) -> Iterator[int]:
            for day in dates:
                for of_day in range(0, 86_400_000, step):
                    yield self._utc_ms(day, of_day)

        return TimeRule(f"Every {interval}", moments)

    def after_market_open(
        self, symbol: Symbol | str, minutes_after_open: float = 0, extended_market_open: bool = False
    ) -> TimeRule:
        """Minutes after the open of the symbol's sessions; other days do not count."""
        offset = int(minutes_after_open * _MINUTE_MS)
        return self._session_rule(
            symbol,
            f"{minutes_after_open} min after open",
            lambda session: session.span(extended_market_open)[0],
            offset,
        )

    def before_market_close(
        self, symbol: Symbol | str, minutes_before_close: float = 0, extended_market_close: bool = False
    ) -> TimeRule:
        """Minutes before the close of the symbol's sessions, early closes included."""
        offset = -int(minutes_before_close * _MINUTE_MS)
        return self._session_rule(
            symbol,
            f"{minutes_before_close} min before close",
            lambda session: session.span(extended_market_close)[1],
            offset,
        )

    def _session_rule(
        self, symbol: Symbol | str, name: str, edge: Callable[[Session], int], offset_ms: int
    ) -> TimeRule:
        hours = self._securities[symbol].exchange.hours

        def moments(dates: Iterable[date]) -> Iterator[int]:
            for day in dates:
                session = hours.session(day)
                if session is not None:
                    yield self._utc_ms(day, edge(session) * 1000 + offset_ms)

        return TimeRule(f"{symbol}: {name}", moments)
