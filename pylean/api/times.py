"""Spans and times by Lean's names: ``TimeSpan.from_minutes``, ``Time.multiply``, ``Expiry.END_OF_WEEK``."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, time, timedelta

from pylean.framework.insight_period import END_OF_TIME
from pylean.naming import PascalType

__all__ = ["Expiry", "Time", "TimeSpan"]


class TimeSpan(metaclass=PascalType):
    """Makes Python's time spans by .NET's names."""

    ZERO = timedelta()

    @staticmethod
    def from_days(value: float) -> timedelta:
        return timedelta(days=value)

    @staticmethod
    def from_hours(value: float) -> timedelta:
        return timedelta(hours=value)

    @staticmethod
    def from_minutes(value: float) -> timedelta:
        return timedelta(minutes=value)

    @staticmethod
    def from_seconds(value: float) -> timedelta:
        return timedelta(seconds=value)

    @staticmethod
    def from_milliseconds(value: float) -> timedelta:
        return timedelta(milliseconds=value)


class Time(metaclass=PascalType):
    """Spans, and Lean's first and last moments."""

    ONE_YEAR = timedelta(days=365)
    ONE_DAY = timedelta(days=1)
    ONE_HOUR = timedelta(hours=1)
    ONE_MINUTE = timedelta(minutes=1)
    ONE_SECOND = timedelta(seconds=1)
    ONE_MILLISECOND = timedelta(milliseconds=1)
    MAX_TIME_SPAN = timedelta(days=1000 * 365)
    START = datetime(1998, 1, 2)
    BEGINNING_OF_TIME = datetime(1899, 12, 30)
    END_OF_TIME = END_OF_TIME
    END_OF_TIME_TIME_SPAN = END_OF_TIME - datetime.min

    @staticmethod
    def multiply(interval: timedelta, multiplier: float) -> timedelta:
        return interval * multiplier


class Expiry(metaclass=PascalType):
    """Functions from a time to the end of a period that begins at it or contains it. Weeks end on Sunday."""

    @staticmethod
    def ONE_MONTH(time: datetime) -> datetime:
        return _after_months(time, 1)

    @staticmethod
    def ONE_QUARTER(time: datetime) -> datetime:
        return _after_months(time, 3)

    @staticmethod
    def ONE_YEAR(time: datetime) -> datetime:
        return _after_months(time, 12)

    @staticmethod
    def END_OF_DAY(time: datetime) -> datetime:
        return _midnight(time) + timedelta(days=1)

    @staticmethod
    def END_OF_WEEK(time: datetime) -> datetime:
        return _midnight(time) + timedelta(days=7 - time.weekday())

    @staticmethod
    def END_OF_MONTH(time: datetime) -> datetime:
        return _after_months(_midnight(time).replace(day=1), 1)

    @staticmethod
    def END_OF_QUARTER(time: datetime) -> datetime:
        first = (time.month - 1) // 3 * 3 + 1
        return _after_months(_midnight(time).replace(month=first, day=1), 3)

    @staticmethod
    def END_OF_YEAR(time: datetime) -> datetime:
        return datetime(time.year + 1, 1, 1)


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time())


def _after_months(moment: datetime, months: int) -> datetime:
    """The same day of a later month, or that month's last day if it has no such day."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))
