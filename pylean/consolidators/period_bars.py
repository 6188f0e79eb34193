"""Bars of a time span, of a number of inputs, or of a calendar function: what they have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pylean.consolidators.base import DataConsolidator, period_ms, span_ms
from pylean.consolidators.periods import DAY_MS, CalendarPeriod, CountPeriod, Period, SpanPeriod
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.consolidators.calendar import CalendarFunction

__all__ = ["PeriodConsolidator"]

_HOUR_MS = 3_600_000
_NEVER_MS = -(1 << 62)


class PeriodConsolidator(DataConsolidator):
    """``(period)``, ``(period, start_time)``, ``(count)``, ``(count, period)`` or ``(calendar function)``.

    ``period`` is a timedelta or a resolution. A bar is emitted when time reaches its end, after the data of that moment
    were added and before ``on_data``; a bar of a number of inputs with the last of them. Subclasses begin and fill the
    bars: ``_begin(data, start_ms, length_ms)`` and ``_absorb(working, data)``.
    """

    # Here, not in __init__, because subclasses in Python need not call it.
    _period: Period = CountPeriod()
    _count: int | None = None
    _length_ms: int | None = None
    _working: Any = None
    _seen = 0
    _last_emit_ms: int | None = None
    _fed_symbol: Any = None

    def __init__(
        self,
        period: timedelta | int | CalendarFunction,
        start_time: timedelta | None = None,
    ) -> None:
        self._period = self._specified(period, start_time)
        self._length_ms = self._period.length_ms

    def _specified(self, period: timedelta | int | CalendarFunction, extra: timedelta | None) -> Period:
        if isinstance(period, Resolution):
            return SpanPeriod(period_ms(period.period), extra)
        if isinstance(period, timedelta):
            return SpanPeriod(period_ms(period), extra)
        if isinstance(period, int):
            if period <= 0:
                raise ValueError(f"number of bars to consolidate is {period}: it must be above 0")
            self._count = period
            return CountPeriod(None if extra is None else period_ms(extra))
        if callable(period):
            return CalendarPeriod(period)
        raise TypeError(
            f"consolidation period is {period!r}: it must be a timedelta, a Resolution, a number of bars or a function "
            "from a datetime to a CalendarInfo"
        )

    @classmethod
    def from_resolution(cls, resolution: Resolution) -> Any:
        """Bars as long as a resolution's."""
        return cls(resolution.period)

    @property
    def period(self) -> timedelta | None:
        """Length of the bars; ``None`` for a number of inputs."""
        return None if self._length_ms is None else timedelta(milliseconds=self._length_ms)

    def _open_bar(self) -> Any:
        return self._working

    @property
    def working_end_ms(self) -> int | None:
        working = self._working
        return None if working is None or self._length_ms is None else int(working.end_ms)

    def update(self, data: Any) -> None:
        """Take the next input. Raises ValueError for one of another symbol, or longer than the bars to be made."""
        if data.symbol is not self._fed_symbol:
            self._check_symbol(data)
        start_ms, end_ms = span_ms(data)
        is_due, counts = False, self._count is not None
        if self._count is not None:
            is_due = self._seen + 1 >= self._count
            self._seen = 0 if is_due else self._seen + 1
        if self._last_emit_ms is None:
            self._last_emit_ms = start_ms if counts else _NEVER_MS
        working = self._working
        if self._length_ms is not None and working is not None:
            is_old = start_ms - _start_ms(working) >= self._length_ms
            is_due = is_due or (is_old and self._rounded_start(start_ms, end_ms) > self._last_emit_ms)
        if counts:
            self._aggregate(data, start_ms, end_ms)
            self._end_with(end_ms)
        if is_due and self._working is not None:
            self._set_length()
            self._emit(start_ms if counts else self._working.end_ms)
        if not counts:
            self._aggregate(data, start_ms, end_ms)

    def scan_at(self, local_ms: int) -> None:
        working = self._working
        if working is None or self._length_ms is None or local_ms - _start_ms(working) < self._length_ms:
            return
        if self._last_emit_ms is None or self._start_of(local_ms) > self._last_emit_ms:
            self._emit(working.end_ms)

    def reset(self) -> None:
        super().reset()
        self._working = None
        self._seen = 0
        self._last_emit_ms = None
        self._fed_symbol = None

    def aggregate_bar(self, working_bar: Any, data: Any) -> Any:
        """What a subclass in Python calls: the working bar with one more input, or a new one for ``None``."""
        if working_bar is not None:
            self._absorb(working_bar, data)
            return working_bar
        start_ms, end_ms = span_ms(data)
        return self._begin(data, self._rounded_start(start_ms, end_ms), self._bar_length_ms(end_ms - start_ms))

    def _check_symbol(self, data: Any) -> None:
        self._check(data)
        if self._fed_symbol is not None and data.symbol != self._fed_symbol:
            raise ValueError(f"a consolidator takes one symbol: this one was fed {self._fed_symbol}, now {data.symbol}")
        self._fed_symbol = data.symbol
        start_ms, end_ms = span_ms(data)
        if isinstance(self._period, SpanPeriod) and self._length_ms is not None and end_ms - start_ms > self._length_ms:
            raise ValueError(
                f"bars of {data.symbol} are {timedelta(milliseconds=end_ms - start_ms)} long: they cannot be "
                f"consolidated to {self.period}"
            )

    def _start_of(self, local_ms: int) -> int:
        start_ms = self._period.start_of(local_ms)
        if self._working is None:
            self._length_ms = self._period.length_ms
        return start_ms

    def _rounded_start(self, start_ms: int, end_ms: int) -> int:
        """Where a bar that begins with this input starts: at the input itself if that would end beyond the bar."""
        rounded_ms = self._start_of(start_ms)
        if self._length_ms is None or rounded_ms + self._length_ms >= end_ms:
            return rounded_ms
        if end_ms - start_ms == _HOUR_MS and rounded_ms // DAY_MS < start_ms // DAY_MS:
            return self._start_of(end_ms)
        return start_ms

    def _bar_length_ms(self, input_ms: int) -> int:
        return input_ms if self._count is not None or self._length_ms is None else self._length_ms

    def _aggregate(self, data: Any, start_ms: int, end_ms: int) -> None:
        if self._last_emit_ms is not None and start_ms < self._last_emit_ms:
            return
        if self._working is not None:
            self._absorb(self._working, data)
            return
        begun_ms = self._begun_at(start_ms, end_ms)
        self._working = self._begin(data, begun_ms, self._bar_length_ms(end_ms - start_ms))

    def _begun_at(self, start_ms: int, end_ms: int) -> int:
        return self._rounded_start(start_ms, end_ms)

    def _begin(self, data: Any, start_ms: int, length_ms: int) -> Any:
        """A working bar that has seen one input."""
        raise NotImplementedError

    def _absorb(self, working: Any, data: Any) -> None:
        """Add an input to a working bar."""
        raise NotImplementedError

    def _end_with(self, end_ms: int) -> None:
        """The working bar of a number of inputs ends with its latest."""
        working = self._working
        working.period_ms = end_ms - _start_ms(working)
        working.end_ms = end_ms

    def _set_length(self) -> None:
        """A bar that data push out has the length of its period, whatever it was begun with."""

    def _emit(self, last_emit_ms: int) -> None:
        self._last_emit_ms = last_emit_ms
        self.deliver(self._working)
        self._working = None


def _start_ms(bar: Any) -> int:
    return int(bar.end_ms - bar.period_ms)
