"""Bars of the calendar: weeks, months, quarters and years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pylean.naming import PascalNames, pascal_case

__all__ = ["Calendar", "CalendarFunction", "CalendarInfo"]


@dataclass(frozen=True)
class CalendarInfo(PascalNames):
    """Where the bar of a moment starts, and how long it is."""

    start: datetime
    period: timedelta

    @property
    def end(self) -> datetime:
        return self.start + self.period


CalendarFunction = Callable[[datetime], CalendarInfo]


def _midnight(moment: datetime) -> datetime:
    return datetime(moment.year, moment.month, moment.day)


def _weekly(moment: datetime) -> CalendarInfo:
    return CalendarInfo(_midnight(moment) - timedelta(days=moment.weekday()), timedelta(days=7))


def _months(moment: datetime, count: int) -> CalendarInfo:
    start = datetime(moment.year, (moment.month - 1) // count * count + 1, 1)
    following = start.month - 1 + count
    return CalendarInfo(start, datetime(start.year + following // 12, following % 12 + 1, 1) - start)


def _monthly(moment: datetime) -> CalendarInfo:
    return _months(moment, 1)


def _quarterly(moment: datetime) -> CalendarInfo:
    return _months(moment, 3)


def _yearly(moment: datetime) -> CalendarInfo:
    return _months(moment, 12)


class Calendar:
    """Functions from a moment to the calendar bar it is in; weeks start on Monday."""

    WEEKLY = staticmethod(_weekly)
    MONTHLY = staticmethod(_monthly)
    QUARTERLY = staticmethod(_quarterly)
    YEARLY = staticmethod(_yearly)


for _name in ("WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY"):
    setattr(Calendar, pascal_case(_name.lower()), staticmethod(getattr(Calendar, _name)))
