"""Looking at consolidators between slices, so that a bar whose end passes without data is emitted at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pylean.consolidators.base import span_ms

if TYPE_CHECKING:
    from pylean.algorithm.run import Run
    from pylean.consolidators.base import DataConsolidator

__all__ = ["ConsolidatorScans"]

_NEVER_MS = 1 << 62


class _Watch:
    """When one consolidator is looked at next: steps of the input's bars at first, then steps of its own bars."""

    def __init__(self, consolidator: DataConsolidator, increment_ms: int, now_ms: int) -> None:
        self.consolidator = consolidator
        self.scan_ms = now_ms + increment_ms
        self._increment_ms = increment_ms
        self._span_ms = 0
        self._seen: Any = None

    @property
    def _step_ms(self) -> int:
        return self._span_ms or self._increment_ms

    def notice_delivery(self, to_utc_ms: Callable[[int], int]) -> bool:
        """Count on from the last bar delivered, if that is news."""
        bar = self.consolidator.current
        if bar is None or bar is self._seen:
            return False
        self._seen = bar
        start_ms, end_ms = span_ms(bar)
        self._span_ms = self._span_ms or max(end_ms - start_ms, self._increment_ms)
        self.scan_ms = to_utc_ms(end_ms) + self._span_ms
        return True

    def skip_until(self, utc_ms: int) -> None:
        """Pass over the looks that would find nothing."""
        self.scan_ms += -(-(utc_ms - self.scan_ms) // self._step_ms) * self._step_ms

    def advance(self, now_ms: int, to_utc_ms: Callable[[int], int]) -> None:
        """Set the look after the one at ``now_ms``."""
        if self.notice_delivery(to_utc_ms) and self.scan_ms > now_ms:
            return
        self.scan_ms = now_ms + self._step_ms
        end_ms = self.consolidator.working_end_ms
        if not self._span_ms and end_ms is not None and to_utc_ms(end_ms) > now_ms:
            self.scan_ms = to_utc_ms(end_ms)


class ConsolidatorScans:
    """Lean's order: by time, then in the order in which the consolidators came. ``next_ms`` is the earliest look.

    Only consolidators that are fed bar by bar are watched; those planned by column have no bar left open.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[DataConsolidator, _Watch] = {}
        self._watched: list[_Watch] = []
        self.next_ms = _NEVER_MS

    def watch(self, consolidator: DataConsolidator, increment_ms: int) -> None:
        """Look at a consolidator from now on; ``increment_ms`` is the length of the bars it is fed with."""
        watch = self._known.get(consolidator)
        if watch is None:
            watch = self._known[consolidator] = _Watch(consolidator, increment_ms, self._run.clock.utc_ms)
        if watch not in self._watched:
            self._watched.append(watch)
        self.next_ms = min(self.next_ms, watch.scan_ms)

    def keep_open_bars(self) -> None:
        """Go on only with consolidators that have a bar open; the others keep their place in time."""
        self._watched = [watch for watch in self._watched if watch.consolidator.working_end_ms is not None]
        self._find_next()

    def forget(self, consolidator: DataConsolidator) -> None:
        """A consolidator was removed."""
        watch = self._known.pop(consolidator, None)
        if watch in self._watched:
            self._watched.remove(watch)
            self._find_next()

    def scan_past(self, utc_ms: int) -> None:
        """Every look that is due before an instant, with the time set to its own moment."""
        run = self._run
        while self._watched:
            watch = min(self._watched, key=lambda candidate: candidate.scan_ms)
            moment = watch.scan_ms
            if moment >= utc_ms:
                break
            if watch.notice_delivery(run.to_utc_ms):
                continue
            if watch.consolidator.working_end_ms is None:
                watch.skip_until(utc_ms)
                continue
            run.move_to(moment)
            watch.consolidator.scan_at(run.clock.local_ms)
            watch.advance(moment, run.to_utc_ms)
        self._find_next()

    def _find_next(self) -> None:
        self.next_ms = min((watch.scan_ms for watch in self._watched), default=_NEVER_MS)
