"""Tells an observer how far the simulation is."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from pylean.job import Observer, ProgressReport

if TYPE_CHECKING:
    from decimal import Decimal

    from pylean.clock import AlgorithmClock

__all__ = ["ProgressReporter"]

_INTERVAL_S = 0.25


class ProgressReporter:
    """Reports four times a second of wall time; percent is the share of simulated time and never falls."""

    def __init__(self, observer: Observer, clock: AlgorithmClock, start_ms: int, end_ms: int) -> None:
        self._observer = observer
        self._clock = clock
        self._start_ms = start_ms
        self._span_ms = max(1, end_ms - start_ms)
        self._percent = 0.0
        self.next_s = 0.0

    def report(
        self, points: int, expected: int, orders: int, trades: int, equity: Callable[[], Decimal], *, at_end: bool
    ) -> None:
        """Tell where the simulation is; ``at_end`` makes it 100 percent."""
        self.next_s = monotonic() + _INTERVAL_S
        done = (self._clock.utc_ms - self._start_ms) / self._span_ms
        self._percent = 100.0 if at_end else max(self._percent, min(99.9, 100.0 * done))
        self._observer.progress(
            ProgressReport(
                percent=self._percent,
                utc=self._clock.utc,
                processed_data_points=points,
                total_data_points=max(expected, points),
                orders=orders,
                trades=trades,
                equity=equity(),
            )
        )
