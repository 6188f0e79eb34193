"""One symbol's bars: the ring of 15-second bars, the day's accumulators and the daily history."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from config.parameters import Parameters
from core.engine import Bar

RING_BARS = 45
RANGE_SESSIONS = 30
VOLUME_SESSIONS = 7
DAILY_BARS = 35
HISTORY_SESSIONS = 50

_KEPT_BARS = 256
_TRIM_ABOVE = 1024
_MAX_AGE = timedelta(seconds=300)
_SESSION_START = time(9, 30)


class DataManager:
    """Bars and accumulators of one symbol.

    `bars`, `highs` and `lows` are chronological; their last `RING_BARS` entries are the ring. `open`, `high`, `low`,
    `close` accumulate the day, 0.0 meaning unset. By default "the day" begins at 15:59 of the session before.
    `session_bars` counts today's bars and `before_previous_high`, `before_previous_low` are the extremes of those
    before the previous one; these and the volume-weighted price are kept only for corrections.
    """

    __slots__ = (
        "_corrected",
        "_daily_closes",
        "_daily_volume_frozen",
        "_day",
        "_handled_date",
        "_range_sum",
        "_ranges",
        "_resets_at_open",
        "_volumes",
        "bars",
        "before_previous_high",
        "before_previous_low",
        "close",
        "daily_bar_count",
        "high",
        "highs",
        "last_bar",
        "last_traded",
        "low",
        "lows",
        "mean_daily_volume",
        "mean_range_pct",
        "new_bar",
        "open",
        "session_bars",
        "traded_value",
        "traded_volume",
    )

    def __init__(self, parameters: Parameters) -> None:
        self.bars: list[Bar] = []
        self.highs: list[float] = []
        self.lows: list[float] = []
        self.new_bar = False
        self.last_bar: Bar | None = None
        self.last_traded: datetime | None = None
        self.daily_bar_count = 0
        self.mean_range_pct = 1.0
        self.mean_daily_volume = 0.0
        self._ranges: deque[float] = deque()
        self._range_sum = 0.0
        self._volumes: deque[float] = deque(maxlen=VOLUME_SESSIONS)
        self._daily_closes: deque[float] = deque(maxlen=DAILY_BARS)
        self._handled_date: date | None = None
        self._day: date | None = None
        self._resets_at_open = parameters.fix_day_reset
        self._corrected = (
            parameters.fix_day_reset
            or parameters.fix_vwap_distance
            or parameters.fix_session_extremes
            or parameters.fix_stale_data
        )
        self._daily_volume_frozen = parameters.fix_volume_source
        self.session_bars = 0
        self.before_previous_high = 0.0
        self.before_previous_low = 0.0
        self.reset_day()

    def reset_day(self) -> None:
        """Forget the day's accumulators and the new-bar flag."""
        self.open = self.high = self.low = self.close = 0.0
        self.traded_value = self.traded_volume = 0.0
        self.new_bar = False

    def push(self, bar: Bar) -> None:
        """Take in a 15-second bar."""
        high = bar.high
        low = bar.low
        if self._corrected:
            self._before_push(bar)
        bars = self.bars
        bars.append(bar)
        self.highs.append(high)
        self.lows.append(low)
        if len(bars) > _TRIM_ABOVE:
            del bars[:-_KEPT_BARS], self.highs[:-_KEPT_BARS], self.lows[:-_KEPT_BARS]
        if not self.open:
            self.open = bar.open
        if high > self.high:
            self.high = high
        if low < self.low or not self.low:
            self.low = low
        self.close = bar.close
        self.last_bar = bar
        self.new_bar = True

    def is_ready(self, now: datetime) -> bool:
        """Whether there are two bars and the newest started at most 300 s ago."""
        newest = self.last_bar  # not the ring's: at the close the ring is reversed before the last step
        return newest is not None and len(self.bars) >= 2 and now - newest.time <= _MAX_AGE

    def load_history(self, bars: Iterable[Bar]) -> None:
        """Take in daily bars, oldest first."""
        for bar in bars:
            self._append_daily(bar)
            self._append_volume(bar.volume)

    def reload_volumes(self, bars: Iterable[Bar]) -> None:
        """Replace the daily volumes by those of `bars`, oldest first."""
        self._volumes.clear()
        for bar in bars:
            self._append_volume(bar.volume)

    def push_daily(self, bar: Bar) -> None:
        """Take in the session's daily bar, once per date; reverses the ring, as the predecessor's clean-up did."""
        today = bar.time.date()
        if today == self._handled_date:
            return
        self._handled_date = today
        self._append_daily(bar)
        if not self._daily_volume_frozen:
            self._append_volume(bar.volume)
        kept = [n for n in range(-min(RING_BARS, len(self.bars)), 0) if self.bars[n].time.date() == today]
        kept.reverse()
        self.bars = [self.bars[n] for n in kept]
        self.highs = [self.highs[n] for n in kept]
        self.lows = [self.lows[n] for n in kept]

    def daily_close(self, sessions_back: int) -> float | None:
        """Close of a past daily bar, 0 = the newest; None without enough bars."""
        closes = self._daily_closes
        return closes[-1 - sessions_back] if len(closes) > max(sessions_back, 1) else None

    def recent_mean_range_pct(self, sessions: int) -> float:
        """Mean daily range of the last sessions, % of the open; 1.0 if there are none."""
        recent = list(self._ranges)[-sessions:]
        mean = sum(recent) / len(recent) if recent else 0.0
        return mean if mean > 0 else 1.0

    def today_ring(self, now: datetime) -> slice:
        """The ring's bars of today's session as a slice of the lists; empty if the ring's oldest bar is older."""
        bars = self.bars
        first = max(0, len(bars) - RING_BARS)
        if not bars or bars[first].time.date() != now.date():
            return slice(0, 0)
        session_start = datetime.combine(now, _SESSION_START)
        while first < len(bars) and bars[first].time < session_start:
            first += 1
        return slice(first, len(bars))

    def _append_daily(self, bar: Bar) -> None:
        self._daily_closes.append(bar.close)
        self.daily_bar_count += 1
        if bar.open:
            spread = 100.0 * (bar.high - bar.low) / bar.open
            self._ranges.append(spread)
            self._range_sum += spread
            if len(self._ranges) > RANGE_SESSIONS:
                self._range_sum -= self._ranges.popleft()
        mean = self._range_sum / len(self._ranges) if self._ranges else 0.0
        self.mean_range_pct = mean if mean > 0 else 1.0

    def _append_volume(self, volume: float) -> None:
        self._volumes.append(volume)
        self.mean_daily_volume = sum(self._volumes) / len(self._volumes)

    def _before_push(self, bar: Bar) -> None:
        """What only corrections need of a new bar."""
        start = bar.time
        if self._resets_at_open and start.date() != self._day:
            self.reset_day()
            self._day = start.date()
        if not self.bars or self.bars[-1].time.date() != start.date():
            self.session_bars = 0
        self.session_bars += 1
        if self.session_bars == 3:
            self.before_previous_high, self.before_previous_low = self.highs[-2], self.lows[-2]
        elif self.session_bars > 3:
            self.before_previous_high = max(self.before_previous_high, self.highs[-2])
            self.before_previous_low = min(self.before_previous_low, self.lows[-2])
        volume = bar.volume
        if volume > 0:
            self.last_traded = start
            self.traded_value += (bar.high + bar.low + bar.close) / 3.0 * volume
            self.traded_volume += volume
