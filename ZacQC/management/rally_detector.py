"""Finds a partial retracement after an extreme in the samples of the day."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

from config.parameters import Parameters
from core.engine import Bar

MAX_SAMPLES = 960
MIN_SAMPLES = 10

_MAX_AGE = timedelta(hours=4)


class Rally(NamedTuple):
    """`found`: the retracement is within bounds. `too_far`: it exceeds the upper bound, the condition is disarmed."""

    found: bool
    too_far: bool


_NO_RALLY = Rally(found=False, too_far=False)


class RallyDetector:
    """Samples of one symbol and the retracement test on both sides.

    Samples are folded into two monotonic queues only when a test asks: `_minima` holds the indices that are the first
    minimum of every suffix of the samples, `_maxima` the maxima likewise. The first entry at or after an index is
    then the first extreme from there on.
    """

    __slots__ = (
        "_bars",
        "_first",
        "_highs",
        "_least_time",
        "_lows",
        "_maxima",
        "_memo",
        "_minima",
        "_times",
        "_wide_multiple",
        "_x_max",
        "_x_min",
        "_y_min",
    )

    def __init__(self, parameters: Parameters) -> None:
        self._x_min = parameters.Rally_X_Min_PCT / 100.0
        self._x_max = parameters.Rally_X_Max_PCT / 100.0
        self._y_min = parameters.Rally_Y_PCT / 100.0
        self._least_time = timedelta(minutes=parameters.Rally_Time_Constraint)
        self._wide_multiple = parameters.Rally_Time_Constraint_Threshold
        self._times: list[datetime] = []
        self._bars: list[Bar] = []
        self._highs: list[float] = []
        self._lows: list[float] = []
        self._first = 0
        self._minima: deque[int] = deque()
        self._maxima: deque[int] = deque()
        self._memo: dict[bool, Rally] = {}

    def clear(self) -> None:
        """Forget all samples."""
        for column in (self._times, self._bars, self._highs, self._lows, self._minima, self._maxima, self._memo):
            column.clear()
        self._first = 0

    def add(self, now: datetime, bar: Bar) -> None:
        """Take in a sample: a bar, and the moment it was seen."""
        times = self._times
        if times and now - times[-1] > _MAX_AGE:
            self.clear()
        times.append(now)
        self._bars.append(bar)
        self._memo.clear()

    def evaluate(self, is_long: bool, range_pct: float, range_multiple: float) -> Rally:
        """Test one side; remembered until the next sample.

        `range_pct` is the day's range in percent, the scale of X and Y; `range_multiple` is that over R30.
        """
        known = self._memo.get(is_long)
        if known is None:
            known = self._memo[is_long] = self._evaluate(is_long, range_pct, range_multiple)
        return known

    def _evaluate(self, is_long: bool, scale: float, range_multiple: float) -> Rally:
        if self._drop_old() < MIN_SAMPLES:
            return _NO_RALLY
        self._fold()
        highs = self._highs
        lows = self._lows
        if scale <= 0:
            scale = 100.0 * (highs[self._maxima[0]] - lows[self._minima[0]]) / self._bars[self._first].open
            if scale <= 0:
                return _NO_RALLY
        if is_long:
            extreme = self._minima[0]
            low, high = lows[extreme], highs[_first_at_or_after(self._maxima, extreme)]
            x = 100.0 * (high - low) / low / scale
            y = abs(100.0 * (high - lows[-1]) / high) / scale
        else:
            extreme = self._maxima[0]
            high, low = highs[extreme], lows[_first_at_or_after(self._minima, extreme)]
            x = 100.0 * (high - low) / high / scale
            y = abs(100.0 * (highs[-1] - low) / low) / scale
        found = self._x_min <= x <= self._x_max and y >= self._y_min
        if found and range_multiple > self._wide_multiple:
            found = self._times[-1] - self._times[extreme] >= self._least_time
        return Rally(found, x > self._x_max)

    def _drop_old(self) -> int:
        """Leave out samples over 4 hours old and the oldest above 960; returns how many are left."""
        times = self._times
        oldest = times[-1] - _MAX_AGE if times else datetime.min
        first = max(self._first, len(times) - MAX_SAMPLES)
        while first < len(times) and times[first] < oldest:
            first += 1
        self._first = first
        return len(times) - first

    def _fold(self) -> None:
        highs = self._highs
        lows = self._lows
        minima = self._minima
        maxima = self._maxima
        for index, bar in enumerate(self._bars[len(highs) :], len(highs)):
            high = bar.high
            low = bar.low
            highs.append(high)
            lows.append(low)
            while minima and lows[minima[-1]] > low:
                minima.pop()
            minima.append(index)
            while maxima and highs[maxima[-1]] < high:
                maxima.pop()
            maxima.append(index)
        while minima[0] < self._first:
            minima.popleft()
        while maxima[0] < self._first:
            maxima.popleft()


def _first_at_or_after(indices: deque[int], index: int) -> int:
    return indices[bisect_left(indices, index)]
