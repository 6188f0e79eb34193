"""How far a simulation is, for people: percent that never falls, rate and time left."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MIN_INTERVAL_S = 0.2  # five a second at most
MAX_INTERVAL_S = 1.0  # one a second at least, so that a watcher sees that the worker lives
RATE_SAMPLES = 11  # the rate follows the last two seconds, not the whole run
MIN_PERCENT_FOR_ESTIMATE = 0.5
LAST_PERCENT_BEFORE_END = 99.99


@dataclass(frozen=True, slots=True)
class Pace:
    """What follows from a percentage and a number of data points at a moment; `remaining_s` is `None` while unknown."""

    percent: float
    data_points_per_second: float
    remaining_s: float | None


class ProgressMeter:
    """Decides when progress is told and what it says. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._percent = 0.0
        self._first: tuple[float, int] | None = None  # when progress was first told, and the data points by then
        self._recent: deque[tuple[float, int]] = deque(maxlen=RATE_SAMPLES)

    def is_due(self, now_s: float, *, is_new: bool) -> bool:
        """Whether to tell progress now; `is_new`: something happened since it was last told."""
        if not self._recent:
            return is_new
        return now_s - self._recent[-1][0] >= (MIN_INTERVAL_S if is_new else MAX_INTERVAL_S)

    def tell(self, now_s: float, percent: float, data_points: int, *, is_end: bool = False) -> Pace:
        """The pace to tell now. 100 only at the end, and there always; the rate is then that of the whole run."""
        self._first = self._first or (now_s, data_points)
        self._recent.append((now_s, data_points))
        since_s, points = self._first if is_end else self._recent[0]
        rate = (data_points - points) / (now_s - since_s) if now_s > since_s else 0.0
        if is_end:
            self._percent = 100.0
            return Pace(100.0, rate, 0.0)
        self._percent = max(self._percent, min(percent, LAST_PERCENT_BEFORE_END))
        return Pace(self._percent, rate, self._remaining_s(now_s - self._first[0]))

    def _remaining_s(self, elapsed_s: float) -> float | None:
        if self._percent < MIN_PERCENT_FOR_ESTIMATE or not elapsed_s:
            return None
        return elapsed_s * (100 - self._percent) / self._percent
