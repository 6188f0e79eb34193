"""Scheduled events and the queue that fires them in time order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pylean.clock import from_ms
from pylean.naming import PascalNames, assignable

if TYPE_CHECKING:
    from pylean.scheduling.rules import DateRule, TimeRule

__all__ = ["NEVER_MS", "EventQueue", "ScheduleManager", "ScheduledEvent"]

#: Later than any simulated time.
NEVER_MS = 1 << 62


@assignable("enabled")
class ScheduledEvent(PascalNames):
    """A named series of moments with a callback; it fires only while ``enabled``."""

    def __init__(self, name: str, moments: Iterator[int], callback: Callable[[], Any]) -> None:
        self.name = name
        self.enabled = True
        self._moments = moments
        self._callback = callback
        self.next_ms = NEVER_MS
        self.advance()

    def advance(self) -> None:
        """Move to the next moment."""
        self.next_ms = next(self._moments, NEVER_MS)

    def skip_until(self, utc_ms: int) -> None:
        """Drop the moments before an instant."""
        while self.next_ms < utc_ms:
            self.advance()

    def fire_until(self, utc_ms: int) -> None:
        """Fire at every moment up to an instant, back to back."""
        while self.next_ms <= utc_ms:
            if self.enabled:
                self._callback()
            self.advance()


class EventQueue:
    """Events in the order in which Lean fires them. ``next_ms`` is the earliest moment, for a test that costs nothing.

    Events sort by moment and then by creation whenever one was added or removed, but not before the pass under way is
    over: what a callback adds waits for the next pass, and what it removes still fires if it is due in this one. An
    event that has fired stays in front of others with the same next moment, so that events at one time of day take
    turns in being first.
    """

    def __init__(self) -> None:
        self._sorted: list[ScheduledEvent] = []
        self._created: dict[ScheduledEvent, int] = {}
        self._additions = 0
        self._is_stale = False
        self.next_ms = NEVER_MS

    def add(self, event: ScheduledEvent, utc_ms: int) -> None:
        """Take an event; its moments before now are dropped."""
        event.skip_until(utc_ms)
        self._additions += 1
        self._created[event] = self._additions
        self._is_stale = True
        self.next_ms = min(self.next_ms, event.next_ms)

    def remove(self, event: ScheduledEvent) -> None:
        """Forget an event; unknown ones are ignored."""
        if self._created.pop(event, None) is not None:
            self._is_stale = True
            self.next_ms = self._earliest()

    def fire_past(self, utc_ms: int, set_time: Callable[[int], None]) -> None:
        """Fire what is due before an instant, each event with the time set to its own moment."""
        events = self._in_order()
        while events and (moment := events[0].next_ms) < utc_ms:
            set_time(moment)
            events[0].fire_until(moment)
            _reposition_first(events)
        self.next_ms = self._earliest()

    def fire_due(self, utc_ms: int) -> None:
        """Fire what is due at or before an instant, at the time as it is."""
        events = self._in_order()
        while events and events[0].next_ms <= utc_ms:
            events[0].fire_until(utc_ms)
            _reposition_first(events)
        self.next_ms = self._earliest()

    def _in_order(self) -> list[ScheduledEvent]:
        if self._is_stale:
            self._is_stale = False
            self._sorted = sorted(self._created, key=lambda event: (event.next_ms, self._created[event]))
        return self._sorted

    def _earliest(self) -> int:
        if not self._is_stale:
            return self._sorted[0].next_ms if self._sorted else NEVER_MS
        return min((event.next_ms for event in self._created), default=NEVER_MS)


def _reposition_first(events: list[ScheduledEvent]) -> None:
    """Put the first event back among the others, which are in order."""
    moment = events[0].next_ms
    if len(events) == 1 or moment <= events[1].next_ms:
        return
    first = events.pop(0)
    lower, upper = 0, len(events) - 1
    while lower <= upper:
        middle = (lower + upper) // 2
        if moment == events[middle].next_ms:
            lower = middle + 1
            break
        if moment < events[middle].next_ms:
            upper = middle - 1
        else:
            lower = middle + 1
    events.insert(lower, first)


class ScheduleManager(PascalNames):
    """What ``self.schedule`` is: turns a date rule, a time rule and a callback into an event."""

    def __init__(self, queue: EventQueue, now: Callable[[], datetime], end: Callable[[], date]) -> None:
        self._queue = queue
        self._now = now
        self._end = end

    def on(self, *arguments: Any) -> ScheduledEvent:
        """``on(date_rule, time_rule, callback)``, or with a name first."""
        name, date_rule, time_rule, callback = arguments if len(arguments) == 4 else (None, *arguments)
        return self.add(name or f"{date_rule.name}: {time_rule.name}", date_rule, time_rule, callback)

    def add(self, name: str, date_rule: DateRule, time_rule: TimeRule, callback: Callable[[], Any]) -> ScheduledEvent:
        """Schedule a callback at a time rule's moments on a date rule's days, from one day before now on."""
        now = self._now()
        days = date_rule.dates(now.date() - timedelta(days=1), self._end() + timedelta(days=1))
        event = ScheduledEvent(name, time_rule.moments(days), callback)
        self._queue.add(event, (now - from_ms(0)) // timedelta(milliseconds=1))
        return event

    def remove(self, event: ScheduledEvent) -> None:
        self._queue.remove(event)
