"""First and last days of weeks, months, quarters and years, moved by some days and to trading days."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylean.storage.market_hours import MarketHours

__all__ = ["Period", "period_days"]

_ONE_DAY = timedelta(days=1)
_MONDAY_TO_FRIDAY = timedelta(days=4)
_MONDAY_TO_SUNDAY = timedelta(days=6)


class Period(Enum):
    """Kinds of periods, with the largest offset in days that Lean allows and the months that one has."""

    WEEK = (6, 0)
    MONTH = (30, 1)
    QUARTER = (92, 3)
    YEAR = (365, 12)

    @property
    def largest_offset(self) -> int:
        return self.value[0]

    @property
    def months(self) -> int:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date


def period_days(
    period: Period, is_start: bool, offset: int, hours: MarketHours | None
) -> Callable[[date, date], Iterator[date]]:
    """The scheduled day of each period: its first (or last) day, and ``offset`` days into the period from there.

    With hours only trading days count; a day that would leave the period is its last (or first) one instead.
    """

    def is_open(day: date) -> bool:
        return hours is None or hours.is_trading_day(day)

    def moved(day: date, step: timedelta, count: int) -> date:
        while not is_open(day):
            day += step
        for _ in range(count):
            day += step
            while not is_open(day):
                day += step
        return day

    def days(start: date, end: date) -> Iterator[date]:
        for span in _spans(period, start, end, is_start, trading=hours is not None):
            base, bound, step = (span.first, span.last, _ONE_DAY) if is_start else (span.last, span.first, -_ONE_DAY)
            day = moved(base, step, offset)
            if (day - bound) * step.days > timedelta(0):
                day = moved(bound, -step, 0)
            if start <= day <= end:
                yield day

    return days


def _spans(period: Period, start: date, end: date, is_start: bool, trading: bool) -> Iterator[_Span]:
    """Periods that a span of days touches."""
    if period is Period.WEEK:
        yield from _weeks(start, end, is_start, trading)
        return
    months = period.months
    index = (start.year * 12 + start.month - 1) // months
    while index * months <= end.year * 12 + end.month - 1:
        first_year, first_month = divmod(index * months, 12)
        last_year, last_month = divmod(index * months + months - 1, 12)
        last_day = monthrange(last_year, last_month + 1)[1]
        span = _Span(date(first_year, first_month + 1, 1), date(last_year, last_month + 1, last_day))
        # Of a year Lean looks at the months of the span only: its first day does not count from February on.
        if period is not Period.YEAR or _in_months(span.first if is_start else span.last, start, end):
            yield span
        index += 1


def _in_months(day: date, start: date, end: date) -> bool:
    return (start.year, start.month) <= (day.year, day.month) <= (end.year, end.month)


def _weeks(start: date, end: date, is_start: bool, trading: bool) -> Iterator[_Span]:
    """Weeks from Monday to Friday; without trading days a first day may move up to Sunday, a last one to Saturday."""
    monday = start - timedelta(days=start.weekday())
    while monday <= end:
        friday = monday + _MONDAY_TO_FRIDAY
        if trading:
            yield _Span(monday, friday)
        elif is_start:
            yield _Span(monday, monday + _MONDAY_TO_SUNDAY)
        else:
            yield _Span(friday - _MONDAY_TO_SUNDAY, friday)
        monday += timedelta(days=7)
