"""Scheduled events and the queue that fires them in time order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pylean.clock import from_ms
from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.scheduling.rules import DateRule, TimeRule

__all__ = ["NEVER_MS", "EventQueue", "ScheduleManager", "ScheduledEvent"]

#: Later than any simulated time.
NEVER_MS = 1 << 62


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

    def fire(self) -> None:
        if self.enabled:
            self._callback()


class EventQueue:
    """Events in the order in which Lean fires them. ``next_ms`` is the earliest moment, for a test that costs nothing.

    Newly added events sort by moment and then by creation. An event that has fired stays in front of others with the
    same next moment, so that events at one time of day take turns in being first.
    """

    def __init__(self) -> None:
        self._events: list[ScheduledEvent] = []
        self._created: dict[ScheduledEvent, int] = {}
        self.next_ms = NEVER_MS

    def add(self, event: ScheduledEvent, utc_ms: int) -> None:
        """Take an event; its moments before now are dropped."""
        event.skip_until(utc_ms)
        self._created[event] = len(self._created)
        self._events.append(event)
        self._resort()

    def remove(self, event: ScheduledEvent) -> None:
        """Forget an event; unknown ones are ignored."""
        if event in self._events:
            self._events.remove(event)
            self._resort()

    def fire_first(self) -> None:
        """Fire the earliest event and put it back at its next moment."""
        event = self._events[0]
        event.fire()
        event.advance()
        if self._events and self._events[0] is event:
            self._reposition_first()
            self.next_ms = self._events[0].next_ms
        else:
            self._resort()

    def _resort(self) -> None:
        self._events.sort(key=lambda event: (event.next_ms, self._created[event]))
        self.next_ms = self._events[0].next_ms if self._events else NEVER_MS

    def _reposition_first(self) -> None:
        events = self._events
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
