"""Universes with one file a day: selection at the midnight after each trading day, or on days of a schedule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pylean.universes.base import Universe
from pylean.universes.data import UniverseData

if TYPE_CHECKING:
    from pylean.universes.settings import Schedule

__all__ = ["DailyUniverse", "on_schedule"]

_ONE_DAY = timedelta(days=1)
#: How far back Lean looks for the latest day of a schedule before it starts without one.
_SCHEDULE_LOOK_BACK_DAYS = 365


class DailyUniverse(Universe):
    """Subclasses say of which days there are data, ``days_with_data``, and read them.

    The data of a trading day arrive at the midnight after it, those of the day before the start with the start. With a
    schedule the latest data arrive at midnight of its days; the first ones are again those of before the start.
    """

    def moments(self, start_ms: int, end: date) -> Iterator[int]:
        self._day_at: dict[int, date] = {}
        for arrival, day in self._arrivals(self.source.local(start_ms).date(), end):
            moment_ms = max(self.source.midnight_ms(arrival), start_ms)
            # Of several that are due at the start Lean reads the first one only.
            if moment_ms not in self._day_at:
                self._day_at[moment_ms] = day
                yield moment_ms

    def day_of(self, utc_ms: int) -> date:
        """The day whose data arrive at a moment."""
        return self._day_at[utc_ms]

    def read(self, utc_ms: int) -> UniverseData:
        return self.read_day(self.day_of(utc_ms))

    def read_day(self, day: date) -> UniverseData:
        """The data of a trading day."""
        raise TypeError(f"{type(self).__name__} does not override read_day(day)")

    def days_with_data(self, first: date, last: date) -> Iterator[date]:
        """Trading days of which data arrive, empty ones perhaps."""
        return (session.day for session in self.source.hours.sessions(first, last))

    def _arrivals(self, start: date, end: date) -> Iterator[tuple[date, date]]:
        """The day at whose midnight data arrive, and the day they are of."""
        schedule = None if self.universe_settings is None else self.universe_settings.schedule
        hours = self.source.hours
        if schedule is None or not schedule.initialized:
            days = self.days_with_data(hours.previous_trading_day(start), end)
            return ((day + _ONE_DAY, day) for day in days)
        first = hours.previous_trading_day(_latest_scheduled(schedule, start))
        return on_schedule(self.days_with_data(first, end), schedule.get(first, end))


def _latest_scheduled(schedule: Schedule, start: date) -> date:
    """The latest day of the schedule up to ``start``; ``start`` itself if there is none in a year."""
    for back in range(_SCHEDULE_LOOK_BACK_DAYS):
        day = start - back * _ONE_DAY
        if any(True for _ in schedule.get(day, day)):
            return day
    return start


def on_schedule(days: Iterable[date], schedule: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Each scheduled day, with the latest day whose data have arrived by its midnight: they arrive a day later.

    Before any have arrived a scheduled day is passed over once: the next one then takes the first data in any case.
    """
    available = iter(days)
    upcoming = next(available, None)
    latest: date | None = None
    passed_over = False
    for scheduled in schedule:
        while upcoming is not None and upcoming + _ONE_DAY <= scheduled:
            latest, upcoming = upcoming, next(available, None)
        if latest is None and upcoming is None:
            return
        if latest is None and not passed_over:
            passed_over = True
            continue
        yield scheduled, latest if latest is not None else upcoming  # type: ignore[misc]
