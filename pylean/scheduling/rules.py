"""Date and time rules: on which days and at which moments a scheduled event fires."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pylean.clock import local_to_utc_ms
from pylean.feed.reader import day_start_ms
from pylean.naming import LeanEnum, PascalNames
from pylean.scheduling.periods import Period, period_days

if TYPE_CHECKING:
    from pylean.clock import AlgorithmClock
    from pylean.securities.manager import SecurityManager
    from pylean.securities.symbol import Symbol
    from pylean.storage.market_hours import MarketHours

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

    def on(self, *when: int | date | Iterable[date]) -> DateRule:
        """``(year, month, day)``, or dates, one by one or as a list."""
        days = _dates(when)
        names = ",".join(map(str, days))
        return DateRule(names, lambda start, end: [day for day in days if start <= day <= end])

    def week_start(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """Mondays, or with a symbol the first trading day of each week; ``days_offset`` days later."""
        return self._period("WeekStart", symbol_and_offset, days_offset)

    def week_end(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """Fridays, or with a symbol the last trading day of each week; ``days_offset`` days earlier."""
        return self._period("WeekEnd", symbol_and_offset, days_offset)

    def month_start(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """The first day of each month, with a symbol the first trading day; ``days_offset`` days later."""
        return self._period("MonthStart", symbol_and_offset, days_offset)

    def month_end(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """The last day of each month, with a symbol the last trading day; ``days_offset`` days earlier."""
        return self._period("MonthEnd", symbol_and_offset, days_offset)

    def quarter_start(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """As :meth:`month_start`, of each quarter."""
        return self._period("QuarterStart", symbol_and_offset, days_offset)

    def quarter_end(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """As :meth:`month_end`, of each quarter."""
        return self._period("QuarterEnd", symbol_and_offset, days_offset)

    def year_start(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """As :meth:`month_start`, of each year."""
        return self._period("YearStart", symbol_and_offset, days_offset)

    def year_end(self, *symbol_and_offset: Symbol | str | int, days_offset: int = 0) -> DateRule:
        """As :meth:`month_end`, of each year."""
        return self._period("YearEnd", symbol_and_offset, days_offset)

    def _period(self, name: str, parts: tuple[Symbol | str | int, ...], offset: int) -> DateRule:
        symbol: Symbol | str | None = None
        for part in parts:
            if isinstance(part, int):
                offset = part
            else:
                symbol = part
        is_start = name.endswith("Start")
        period = Period[name.removesuffix("Start").removesuffix("End").upper()]
        if not 0 <= offset <= period.largest_offset:
            raise ValueError(f"days offset of {name} is {offset}; it must be from 0 to {period.largest_offset}")
        hours = None if symbol is None else self._securities[symbol].exchange.hours.market_hours
        signed = f"{offset if is_start else -offset:+}" if offset else ""
        title = f"{name}{signed}" if symbol is None else f"{symbol}: {name}{signed}"
        return DateRule(title, period_days(period, is_start, offset, hours))

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

    def at(self, hour: int | timedelta, *parts: int | str | ZoneInfo, minute: int = 0, second: int = 0) -> TimeRule:
        """A time of the day: hour, minute and second or a time span, then perhaps a time zone other than New York's."""
        zone: ZoneInfo = self._hours.time_zone
        numbers = [part for part in parts if isinstance(part, int)]
        for part in parts:
            if isinstance(part, (str, ZoneInfo)):
                zone = part if isinstance(part, ZoneInfo) else ZoneInfo(part)
        minute, second = [*numbers, minute, second][:2] if len(numbers) != 1 else (numbers[0], second)
        span = hour if isinstance(hour, timedelta) else timedelta(hours=hour, minutes=minute, seconds=second)
        of_day = span // timedelta(milliseconds=1)
        return TimeRule(
            f"at {span}", lambda dates: (local_to_utc_ms(day_start_ms(day) + of_day, zone) for day in dates)
        )

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
        self,
        symbol: Symbol | str | float | None = None,
        minutes_after_open: float = 0,
        extended_market_open: bool = False,
    ) -> TimeRule:
        """Minutes after the open of the symbol's sessions, without one of the market's; other days do not count."""
        return self._session_rule(symbol, minutes_after_open, "open", extended_market_open)

    def before_market_open(
        self,
        symbol: Symbol | str | float | None = None,
        minutes_before_open: float = 0,
        extended_market_open: bool = False,
    ) -> TimeRule:
        """Minutes before the open, as :meth:`after_market_open`."""
        return self._session_rule(symbol, minutes_before_open, "open", extended_market_open, sign=-1)

    def before_market_close(
        self,
        symbol: Symbol | str | float | None = None,
        minutes_before_close: float = 0,
        extended_market_close: bool = False,
    ) -> TimeRule:
        """Minutes before the close of the symbol's sessions, early closes included."""
        return self._session_rule(symbol, minutes_before_close, "close", extended_market_close, sign=-1)

    def after_market_close(
        self,
        symbol: Symbol | str | float | None = None,
        minutes_after_close: float = 0,
        extended_market_close: bool = False,
    ) -> TimeRule:
        """Minutes after the close, as :meth:`before_market_close`."""
        return self._session_rule(symbol, minutes_after_close, "close", extended_market_close)

    def _session_rule(
        self, symbol: Symbol | str | float | None, minutes: float, edge: str, extended: bool, sign: int = 1
    ) -> TimeRule:
        if isinstance(symbol, (int, float)):  # without a symbol the first argument is the minutes, the second the hours
            extended = extended or bool(minutes)
            minutes, symbol = symbol, None
        hours = self._hours if symbol is None else self._securities[symbol].exchange.hours
        offset_ms = sign * int(minutes * _MINUTE_MS)

        def moments(dates: Iterable[date]) -> Iterator[int]:
            for day in dates:
                session = hours.session(day)
                if session is not None:
                    yield self._utc_ms(day, session.span(extended)[edge == "close"] * 1000 + offset_ms)

        side = "after" if sign > 0 else "before"
        name = f"{minutes:g} min {side} {edge}"
        return TimeRule(name if symbol is None else f"{symbol}: {name}", moments)


def _dates(when: tuple[int | date | Iterable[date], ...]) -> list[date]:
    if len(when) == 3 and all(isinstance(part, int) for part in when):
        return [date(*when)]  # type: ignore[arg-type]
    flat = [day for part in when for day in (part if isinstance(part, Iterable) else (part,))]
    return [day.date() if isinstance(day, datetime) else day for day in flat]  # type: ignore[misc]
