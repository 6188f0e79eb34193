"""Dates, times and durations between Python and the wire."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2

__all__ = ["from_date", "from_duration", "from_timestamp", "to_date", "to_duration", "to_timestamp"]


def to_date(day: date) -> date_pb2.Date:
    return date_pb2.Date(year=day.year, month=day.month, day=day.day)


def from_date(message: date_pb2.Date) -> date:
    """Raises ValueError for a day that no calendar has, also for a date with a part left out."""
    try:
        return date(message.year, message.month, message.day)
    except ValueError as error:
        text = f"{message.year:04d}-{message.month:02d}-{message.day:02d}"
        raise ValueError(f"{text} is no calendar day: {error}") from error


def to_timestamp(moment: datetime) -> Timestamp:
    """Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    message = Timestamp()
    message.FromDatetime(moment.astimezone(UTC))
    return message


def from_timestamp(message: Timestamp) -> datetime:
    """The time in UTC, aware, to the microsecond."""
    return message.ToDatetime(tzinfo=UTC)


def to_duration(seconds: float) -> Duration:
    message = Duration()
    message.FromTimedelta(timedelta(seconds=seconds))
    return message


def from_duration(message: Duration) -> float:
    """The duration in seconds."""
    return message.ToTimedelta().total_seconds()
