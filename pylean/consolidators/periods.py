"""How long consolidated bars are, and where they start."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from pylean.clock import from_ms, to_ms
from pylean.consolidators.calendar import CalendarFunction

__all__ = ["DAY_MS", "CalendarPeriod", "CountPeriod", "Period", "SpanPeriod", "milliseconds_of"]

DAY_MS = 86_400_000
_WEEK_MS = 7 * DAY_MS

#: From the first day of .NET's calendar, where rounding starts, to 1970: it shows with periods like seven minutes.
_ROUNDING_ORIGIN_MS = 62_135_596_800_000
_A_MOMENT = datetime(2022, 1, 3, 10, 10, 10)


class Period(Protocol):
    """Local times are milliseconds since 1970."""

    #: Length of the bar that ``start_of`` told of last; ``None`` without a length.
    length_ms: int | None

    def start_of(self, local_ms: int) -> int:
        """Start of the bar that a moment belongs to."""


class CountPeriod:
    """Bars of a number of inputs, with a length that may end them earlier."""

    def __init__(self, length_ms: int | None = None) -> None:
        self.length_ms = length_ms

    def start_of(self, local_ms: int) -> int:
        return local_ms


class SpanPeriod:
    """Bars of one length. They start at multiples of it since 0001-01-01 (since local midnight, where it divides a
    day), those above a day at the first input; or at ``start_time`` of the day and every length before and after,
    from a week on of the month."""

    def __init__(self, length_ms: int, start_time: timedelta | None = None) -> None:
        self.length_ms: int | None = length_ms
        self._length_ms = length_ms
        self._anchor_ms = None if start_time is None else milliseconds_of(start_time)

    def start_of(self, local_ms: int) -> int:
        length_ms = self._length_ms
        if self._anchor_ms is not None:
            reference_ms = self._reference_ms(local_ms)
            return reference_ms + (local_ms - reference_ms) // length_ms * length_ms
        return local_ms if length_ms > DAY_MS else local_ms - (local_ms + _ROUNDING_ORIGIN_MS) % length_ms

    def _reference_ms(self, local_ms: int) -> int:
        midnight_ms = local_ms - local_ms % DAY_MS
        if self._length_ms >= _WEEK_MS:
            midnight_ms = to_ms(from_ms(midnight_ms).replace(day=1))
        return midnight_ms + (self._anchor_ms or 0)


class CalendarPeriod:
    """Bars whose start and length a function of the moment gives. Raises ValueError for one that looks ahead."""

    def __init__(self, calendar: CalendarFunction) -> None:
        if calendar(_A_MOMENT).start > _A_MOMENT:
            raise ValueError(
                "a calendar function gives the start of a moment's bar: it cannot be later than the moment"
            )
        self._calendar = calendar
        #: A second until the function is asked, as in Lean.
        self.length_ms: int | None = 1000

    def start_of(self, local_ms: int) -> int:
        info = self._calendar(from_ms(local_ms))
        self.length_ms = milliseconds_of(info.period)
        return to_ms(info.start)


def milliseconds_of(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
