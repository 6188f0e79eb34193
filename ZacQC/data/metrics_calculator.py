"""The metrics of one symbol at one moment, all in percent unless said otherwise."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, time, timedelta

from config.parameters import Parameters
from core.engine import Bar
from data.data_manager import RING_BARS, DataManager

SESSION_SECONDS = 23_400
BARS_PER_MINUTE = 4

_DROP_WINDOW = timedelta(seconds=1800)
_SESSION_START = time(9, 30)


class MetricsCalculator:
    """Range and distances of the last `update`; gap, liquidity, sharp move and drop on demand.

    `mean_range` is R30, the mean daily range of 30 sessions. `filter_range` is what the distance filter is measured
    against: R30, or the 7-session mean under `fix_vwap_distance`.
    """

    __slots__ = (
        "_data",
        "_gap",
        "_gap_inputs",
        "_gap_sessions_back",
        "_sharp_bars",
        "_true_drop",
        "_uses_vwap",
        "distance",
        "from_open",
        "mean_range",
        "price",
        "range_pct",
    )

    def __init__(self, data: DataManager, parameters: Parameters) -> None:
        self._data = data
        self._sharp_bars = BARS_PER_MINUTE * parameters.SharpMovement_Minutes
        self._gap = 0.0
        self._gap_inputs = (0.0, 0)
        self._gap_sessions_back = 0 if parameters.fix_gap_reference else 1
        self._true_drop = parameters.fix_max_drop
        self._uses_vwap = parameters.fix_vwap_distance
        self.mean_range = 1.0
        self.range_pct = 1.0
        self.from_open = 0.0
        self.distance: float | None = 0.0
        self.price = 0.0

    def update(self, price: float) -> None:
        """Recompute for the current price (close of the 1-second bar)."""
        data = self._data
        day_open = data.open
        high = data.high
        low = data.low
        close = data.close
        self.price = price
        self.mean_range = data.mean_range_pct
        self.range_pct = 100.0 * (high - low) / day_open if day_open and high and low and close else 1.0
        self.from_open = 100.0 * (close - day_open) / day_open if day_open else 0.0
        if self._uses_vwap:
            volume = data.traded_volume
            self.distance = 100.0 * (price - data.traded_value / volume) / price if volume and price else None
        else:
            self.distance = 100.0 * (price - day_open) / day_open if day_open else 0.0

    @property
    def filter_range(self) -> float:
        """Range that the distance filter is measured against."""
        return self._data.recent_mean_range_pct(7) if self._uses_vwap else self.mean_range

    @property
    def range_multiple(self) -> float:
        """The day's range ÷ R30."""
        return self.range_pct / self.mean_range

    @property
    def liquidity(self) -> float:
        """Mean turnover of the last 7 sessions, USD per second."""
        return self._data.mean_daily_volume / SESSION_SECONDS * self.price

    @property
    def day_range_usd(self) -> float:
        """High less low of the day, USD."""
        return self._data.high - self._data.low

    def gap(self) -> float:
        """Day's open against a past daily close, rounded to 2 decimals; 0.0 without enough daily bars."""
        data = self._data
        inputs = (data.open, data.daily_bar_count)
        if inputs != self._gap_inputs:
            self._gap_inputs = inputs
            reference = data.daily_close(self._gap_sessions_back)
            self._gap = round(100.0 * (data.open - reference) / reference, 2) if reference else 0.0
        return self._gap

    def sharp_move(self) -> float:
        """High against low of the newest bars; 0.0 while there are too few."""
        count = self._sharp_bars
        data = self._data
        if min(len(data.highs), RING_BARS) < count:
            return 0.0
        lowest = min(data.lows[-count:])
        return 100.0 * (max(data.highs[-count:]) - lowest) / lowest if lowest else 0.0

    def max_drop(self, now: datetime, least: float = 0.0) -> float:
        """C3's measure, 0 or negative; 0.0 also when it cannot be as deep as `least` percent.

        As the predecessor computes it, this is the largest low below a *later* high of the ring, and 0 unless the
        whole ring lies within 30 minutes and today's session. `fix_max_drop` turns it into the largest fall from an
        earlier high within those 30 minutes.
        """
        data = self._data
        earliest = max(now - _DROP_WINDOW, datetime.combine(now, _SESSION_START))
        if self._true_drop:
            first = bisect_left(data.bars, earliest, key=_start)  # older bars may be unordered, but all before it
        else:
            first = max(0, len(data.bars) - RING_BARS)
            if data.bars[first].time < earliest:
                return 0.0
        highs = data.highs[first:]
        lows = data.lows[first:]
        if not highs or 100.0 * (max(highs) - min(lows)) / max(highs) < least:
            return 0.0
        if not self._true_drop:
            highs.reverse()
            lows.reverse()
        top = highs[0]
        deepest = 0.0
        for high, low in zip(highs, lows, strict=True):
            top = max(top, high)
            deepest = min(deepest, 100.0 * (low - top) / top)
        return deepest


def _start(bar: Bar) -> datetime:
    return bar.time
