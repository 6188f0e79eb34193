"""How long the stages of a symbol's step take, and the report about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise

STAGES = ("data_manager", "rally_update", "metrics", "risk_checks", "strategy_logic", "total")
THRESHOLDS_S = (0.020, 0.010, 0.030, 0.020, 0.040, 0.060)

_ALERT_FACTOR = 2.0
_ALERT_INTERVAL = timedelta(seconds=30)
_SUMMARY_INTERVAL = timedelta(minutes=1)
_SLOW_S = min(THRESHOLDS_S)
_ALPHABETICAL = tuple(sorted(range(len(STAGES)), key=STAGES.__getitem__))

Marks = tuple[float, float, float, float, float, float]


class StageTimes:
    """Sum, count and maximum of each stage in seconds; the order is that of `STAGES`."""

    __slots__ = ("counts", "maxima", "sums")

    def __init__(self) -> None:
        self.sums = [0.0] * len(STAGES)
        self.counts = [0] * len(STAGES)
        self.maxima = [0.0] * len(STAGES)

    def merge(self, other: StageTimes) -> None:
        """Add the other's samples."""
        for index in range(len(STAGES)):
            self.sums[index] += other.sums[index]
            self.counts[index] += other.counts[index]
            self.maxima[index] = max(self.maxima[index], other.maxima[index])

    def text(self, stages: Iterable[int]) -> str:
        """The given stages as the report prints them."""
        parts = []
        for index in stages:
            count = self.counts[index]
            mean_ms = 1000.0 * self.sums[index] / count if count else 0.0
            parts.append(f"{STAGES[index]}=avg:{mean_ms:.2f}ms max:{1000.0 * self.maxima[index]:.2f}ms n={count}")
        return " | ".join(parts)

    def slow_stages(self) -> list[int]:
        """Stages whose maximum, and so possibly whose mean, reached the threshold."""
        return [index for index, threshold in enumerate(THRESHOLDS_S) if self.maxima[index] >= threshold]


class PerformanceTracker:
    """Stage times per symbol, rolling since the last summary and over the whole run.

    `clock` returns seconds; it is the strategy's only wall clock and reaches nothing but the log.
    """

    def __init__(
        self, names: Iterable[str], log: Callable[[str], object], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.clock = clock
        self._log = log
        self._rolling = {name: StageTimes() for name in names}
        self._total = {name: StageTimes() for name in self._rolling}
        self._alerted: dict[tuple[str, int], datetime] = {}
        self._has_slow = False
        self._summary_due = datetime.min

    def record_first_stage(self, name: str, seconds: float) -> None:
        """A step that ended with its first stage."""
        times = self._rolling[name]
        times.sums[0] += seconds
        times.counts[0] += 1
        times.maxima[0] = max(times.maxima[0], seconds)

    def record(self, name: str, now: datetime, marks: Marks) -> None:
        """A whole step; `marks` are the clock at its start and after each of its five stages."""
        times = self._rolling[name]
        sums = times.sums
        counts = times.counts
        maxima = times.maxima
        begin = marks[0]
        for index in range(5):
            end = marks[index + 1]
            seconds = end - begin
            begin = end
            sums[index] += seconds
            counts[index] += 1
            if seconds > maxima[index]:
                maxima[index] = seconds
        total = begin - marks[0]
        sums[5] += total
        counts[5] += 1
        maxima[5] = max(total, maxima[5])
        if total >= _SLOW_S:
            self._has_slow = True
            self._alert(name, now, marks)
        if self._has_slow and now >= self._summary_due:
            self._summarise(now)

    def final_report(self) -> list[str]:
        """The lines of the end-of-run summary."""
        self._roll_over()
        lines = ["=== FINAL PERFORMANCE SUMMARY ==="]
        everything = StageTimes()
        for name in sorted(self._total):
            times = self._total[name]
            everything.merge(times)
            lines.append(f"PERF_FINAL {name} | {times.text(range(len(STAGES)))}")
        lines.append(f"PERF_FINAL_AGG {everything.text(_ALPHABETICAL)}")
        return lines

    def _alert(self, name: str, now: datetime, marks: Marks) -> None:
        durations = [end - start for start, end in pairwise(marks)]
        durations.append(marks[-1] - marks[0])
        for index, seconds in enumerate(durations):
            last = self._alerted.get((name, index))
            is_due = last is None or now - last >= _ALERT_INTERVAL
            if seconds >= _ALERT_FACTOR * THRESHOLDS_S[index] and is_due:
                self._alerted[name, index] = now
                self._log(f"PERF ALERT [{name}] stage={STAGES[index]} duration={1000.0 * seconds:.2f} ms")

    def _summarise(self, now: datetime) -> None:
        self._summary_due = now + _SUMMARY_INTERVAL
        self._has_slow = False
        parts = [
            f"{name}: {times.text(slow)}" for name, times in self._rolling.items() if (slow := times.slow_stages())
        ]
        if parts:
            self._log("PERF SUMMARY | " + " | ".join(parts))
        self._roll_over()

    def _roll_over(self) -> None:
        for name, times in self._rolling.items():
            self._total[name].merge(times)
            self._rolling[name] = StageTimes()
