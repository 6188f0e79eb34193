"""When an insight closes: periods are counted in open market time of its security."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from pylean.results.text import time_span_text
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.storage.market_hours import MarketHours

__all__ = [
    "END_OF_TIME",
    "BarCountPeriod",
    "CloseTimePeriod",
    "EndlessPeriod",
    "ExpiryPeriod",
    "PeriodRule",
    "SpanPeriod",
    "close_time_after_bars",
    "close_time_after_span",
    "span_text",
    "to_local",
    "to_utc",
]

#: Lean's last moment: an insight that closes then stays active.
END_OF_TIME = datetime(2050, 12, 31)

_ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)
_ONE_MINUTE = timedelta(minutes=1)
_ONE_HOUR = timedelta(hours=1)


class PeriodRule(Protocol):
    """Finds an insight's period and close time (UTC) from when it was generated (UTC)."""

    def resolve(self, generated_utc: datetime, hours: MarketHours) -> tuple[timedelta, datetime]: ...


@dataclass(frozen=True)
class SpanPeriod:
    """A span of market time; zero counts as a second."""

    period: timedelta

    def resolve(self, generated_utc: datetime, hours: MarketHours) -> tuple[timedelta, datetime]:
        period = self.period or _ONE_SECOND
        return period, close_time_after_span(hours, generated_utc, period)


@dataclass(frozen=True)
class BarCountPeriod:
    """So many bars of a resolution while the market is open."""

    resolution: Resolution
    bar_count: int

    def resolve(self, generated_utc: datetime, hours: MarketHours) -> tuple[timedelta, datetime]:
        close = close_time_after_bars(hours, generated_utc, self.resolution, self.bar_count)
        return close - generated_utc, close


@dataclass(frozen=True)
class CloseTimePeriod:
    """A local time, put off to the next open if the market is closed then."""

    local: datetime

    def resolve(self, generated_utc: datetime, hours: MarketHours) -> tuple[timedelta, datetime]:
        close = to_utc(_in_open_hours(self.local, hours), hours)
        if generated_utc > close:
            raise ValueError(f"close time {self.local} of an insight generated at {generated_utc} UTC lies in the past")
        return close - generated_utc, close


@dataclass(frozen=True)
class ExpiryPeriod:
    """A function from the local time of generation to the local time of closing."""

    function: Callable[[datetime], datetime]

    def resolve(self, generated_utc: datetime, hours: MarketHours) -> tuple[timedelta, datetime]:
        local = self.function(to_local(generated_utc, hours))
        close = to_utc(_in_open_hours(local, hours), hours)
        return close - generated_utc, close


@dataclass(frozen=True)
class EndlessPeriod:
    """Never closes."""

    def resolve(self, generated_utc: datetime, hours: MarketHours) -> tuple[timedelta, datetime]:
        return END_OF_TIME - datetime.min, END_OF_TIME


def close_time_after_bars(
    hours: MarketHours, generated_utc: datetime, resolution: Resolution, bar_count: int
) -> datetime:
    """UTC after so many open bars. Days are dates with a session and keep the time of day; an hour is 60 minutes.

    Raises ValueError for a count below 1.
    """
    if bar_count < 1:
        raise ValueError(f"bar_count of an insight is {bar_count}: it must be at least 1")
    local = to_local(generated_utc, hours)
    if resolution is Resolution.DAILY:
        return to_utc(_after_days(local, bar_count, hours), hours)
    if resolution is Resolution.HOUR:
        return to_utc(_after_steps(local, _ONE_MINUTE, 60 * bar_count, hours), hours)
    step = _ONE_MINUTE if resolution is Resolution.MINUTE else _ONE_SECOND
    return to_utc(_after_steps(local, step, bar_count, hours), hours)


def close_time_after_span(hours: MarketHours, generated_utc: datetime, period: timedelta) -> datetime:
    """UTC after a span of market time: whole days first, the rest of a day as that share of a session.

    Raises ValueError below one second.
    """
    if period < _ONE_SECOND:
        raise ValueError(f"period of an insight is {period}: it must be at least one second")
    step, unit = _unit_of(period)
    count = period // unit
    close = close_time_after_bars(hours, generated_utc, step, count)
    rest = period - count * unit
    if step is Resolution.DAILY:
        rest = timedelta(seconds=hours.usual_session_s) * (rest / _ONE_DAY)
    minutes = rest // _ONE_MINUTE
    return close_time_after_bars(hours, close, Resolution.MINUTE, minutes) if minutes > 0 else close


def span_text(span: timedelta) -> str:
    """A span as .NET prints it: ``00:20:00``, ``12.00:00:00``."""
    return time_span_text(span // timedelta(microseconds=1) * 10)


def _unit_of(period: timedelta) -> tuple[Resolution, timedelta]:
    if period < _ONE_MINUTE:
        return Resolution.SECOND, _ONE_SECOND
    return (Resolution.MINUTE, _ONE_MINUTE) if period < _ONE_DAY else (Resolution.DAILY, _ONE_DAY)


def _after_days(local: datetime, count: int, hours: MarketHours) -> datetime:
    while count:
        local += _ONE_DAY
        count -= hours.is_trading_day(local.date())
    return local


def _after_steps(local: datetime, step: timedelta, count: int, hours: MarketHours) -> datetime:
    """The end of the last of ``count`` consecutive steps that touch regular hours, the others not counted."""
    while True:
        day = datetime.combine(local.date(), time())
        session = hours.session(local.date())
        if session is not None:
            opens, closes = (day + timedelta(seconds=second) for second in session.span(False))
            first = max(0, (opens - local) // step)
            end = -((local - closes) // step)
            if end - first >= count:
                return local + (first + count) * step
            if end > first:
                count -= end - first
                local += end * step
        # The grid of steps goes on through the night, so the next day is reached by whole steps.
        to_midnight = -((local - day - _ONE_DAY) // step)
        local += max(1, to_midnight) * step


def _in_open_hours(local: datetime, hours: MarketHours) -> datetime:
    return local if hours.is_open(local) else hours.next_open(local)


def to_local(utc: datetime, hours: MarketHours) -> datetime:
    """Naive time of the market's zone."""
    return utc.replace(tzinfo=UTC).astimezone(hours.time_zone).replace(tzinfo=None)


def to_utc(local: datetime, hours: MarketHours) -> datetime:
    """Naive UTC of a naive time of the market's zone."""
    return local.replace(tzinfo=hours.time_zone).astimezone(UTC).replace(tzinfo=None)
