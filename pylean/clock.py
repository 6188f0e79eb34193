"""Simulated time: one UTC instant, read as local time by algorithm and exchanges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

__all__ = ["EPOCH", "AlgorithmClock", "TickLate", "from_ms", "local_to_utc_ms", "offset_ms_at", "to_ms"]

EPOCH = datetime(1970, 1, 1)
# All bars of a slice share their times, so the last conversion is nearly always the next one too.
_latest: list[Any] = [0, EPOCH]
_MILLISECOND = timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """Naive datetime of milliseconds since 1970."""
    if milliseconds != _latest[0]:
        seconds, rest = divmod(milliseconds, 1000)
        _latest[:] = milliseconds, EPOCH + timedelta(0, seconds, rest * 1000)
    return _latest[1]  # type: ignore[no-any-return]


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of a naive datetime, or of an aware one in UTC."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return (moment - EPOCH) // _MILLISECOND


def offset_ms_at(utc_ms: int, zone: tzinfo) -> int:
    """Local time minus UTC at an instant, in milliseconds."""
    return _milliseconds(from_ms(utc_ms).replace(tzinfo=UTC).astimezone(zone).utcoffset())


def local_to_utc_ms(local_ms: int, zone: tzinfo) -> int:
    """UTC of a wall-clock time. A time that clocks skip moves on by the gap; of a repeated one the first counts."""
    return local_ms - _milliseconds(from_ms(local_ms).replace(tzinfo=zone).utcoffset())


def _milliseconds(span: timedelta | None) -> int:
    return (span or timedelta(0)) // _MILLISECOND


class TickLate(datetime):
    """A time one tick of 100 ns later. No datetime can tell that, so it is equal; only its text in results differs."""

    @classmethod
    def of(cls, moment: datetime) -> TickLate:
        return cls.combine(moment.date(), moment.time())


class AlgorithmClock:
    """The time of the simulation; ``utc_ms`` and ``local_ms`` are milliseconds since 1970.

    Datetimes are made only when someone asks, because most slices pass without a question.
    """

    __slots__ = ("_local", "_utc", "is_tick_late", "local_ms", "utc_ms")

    def __init__(self) -> None:
        #: Lean's time is one tick more than ours.
        self.is_tick_late = False
        self.utc_ms = 0
        self.local_ms = 0
        self._utc: datetime | None = None
        self._local: datetime | None = None

    def set(self, utc_ms: int, local_ms: int) -> None:
        """Move to an instant, given in both times."""
        self.utc_ms = utc_ms
        self.local_ms = local_ms
        self._utc = None
        self._local = None

    @property
    def utc(self) -> datetime:
        """Naive UTC time."""
        if self._utc is None:
            moment = from_ms(self.utc_ms)
            self._utc = TickLate.of(moment) if self.is_tick_late else moment
        return self._utc

    @property
    def local(self) -> datetime:
        """Naive time in New York."""
        if self._local is None:
            self._local = from_ms(self.local_ms)
        return self._local
