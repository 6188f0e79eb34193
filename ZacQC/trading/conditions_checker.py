"""The five entry conditions of one symbol and their latches."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.parameters import ENTRY_CONDITIONS, Parameters
from data.data_manager import DataManager
from data.metrics_calculator import MetricsCalculator
from management.rally_detector import RallyDetector

LONG_CONDITIONS = (1, 2, 3)


class ConditionsChecker:
    """Latches and cool-downs of conditions 1…5.

    A condition first arms (the extension), and once armed is met while a retracement and the distance filter hold.
    Arming never meets the condition on the same bar; a retracement that goes too far disarms.
    """

    __slots__ = (
        "_arm_move",
        "_arm_range",
        "_cool_downs",
        "_data",
        "_distance",
        "_drop",
        "_enabled",
        "_metrics",
        "_rally",
        "_ready_at",
        "_whole_session",
        "armed",
    )

    def __init__(
        self,
        parameters: Parameters,
        data: DataManager,
        metrics: MetricsCalculator,
        rally: RallyDetector,
        started_at: datetime,
    ) -> None:
        self._data = data
        self._metrics = metrics
        self._rally = rally
        self._arm_move = parameters.Parameter_1
        self._arm_range = parameters.Parameter_2 / 100.0
        self._drop = parameters.Parameter_3 / 100.0
        self._distance = parameters.VWAP_PCT
        self._whole_session = parameters.fix_session_extremes
        self._enabled = tuple(k for k, name in enumerate(ENTRY_CONDITIONS, 1) if getattr(parameters, name))
        self._cool_downs = {k: timedelta(minutes=parameters.cool_down_minutes(k)) for k in range(1, 6)}
        self._ready_at: dict[int, datetime] = {}
        self.armed: set[int] = set()
        self.reset_day(started_at)

    def reset_day(self, now: datetime) -> None:
        """Disarm everything and count `now` as every condition's last execution."""
        self.armed.clear()
        for condition in range(1, 6):
            self.stamp(condition, now)

    def stamp(self, condition: int, now: datetime) -> None:
        """Start the condition's cool-down."""
        self._ready_at[condition] = now + self._cool_downs[condition]

    def may_act(self) -> bool:
        """Whether `evaluate` could change a latch or meet a condition; False saves the gates' work."""
        if self.armed or 3 in self._enabled:
            return True
        metrics = self._metrics
        reach = metrics.mean_range * self._arm_move / 100.0
        return abs(metrics.from_open) >= reach or metrics.range_pct >= self._arm_range * metrics.mean_range

    def evaluate(self, now: datetime) -> list[int]:
        """Move the latches on by one bar; returns the met conditions in ascending order."""
        met = []
        for condition in self._enabled:
            if now <= self._ready_at[condition]:
                continue
            if condition == 3:
                if self._has_dropped(now):
                    met.append(condition)
            elif condition not in self.armed:
                if self._arms(condition, now):
                    self.armed.add(condition)
            elif self._retraced(condition):
                met.append(condition)
        return met

    def is_far_enough(self, is_long: bool, distance_pct: float | None = None) -> bool:
        """The distance filter on the losing side of the reference: below it for longs, above it for shorts.

        `distance_pct` defaults to VWAP_PCT (% of the filter's range). Without a reference the filter passes.
        """
        distance = self._metrics.distance
        if distance is None:
            return True
        if distance >= 0 if is_long else distance <= 0:
            return False
        least = self._distance if distance_pct is None else distance_pct
        return abs(distance) >= least * self._metrics.filter_range / 100.0

    def _has_dropped(self, now: datetime) -> bool:
        mean_range = self._metrics.mean_range
        # a hair less than the threshold, so that the short cut never decides what rounding should
        return self._metrics.max_drop(now, 0.999 * self._drop * mean_range) / mean_range <= -self._drop

    def _retraced(self, condition: int) -> bool:
        is_long = condition in LONG_CONDITIONS
        metrics = self._metrics
        rally = self._rally.evaluate(is_long, metrics.range_pct, metrics.range_multiple)
        if rally.too_far:
            self.armed.discard(condition)
            return False
        return rally.found and self.is_far_enough(is_long)

    def _arms(self, condition: int, now: datetime) -> bool:
        metrics = self._metrics
        if condition == 1:
            return metrics.from_open <= -metrics.mean_range * self._arm_move / 100.0
        if condition == 4:
            return metrics.from_open >= metrics.mean_range * self._arm_move / 100.0
        if metrics.range_pct < self._arm_range * metrics.mean_range:
            return False
        return self._made_new_extreme(condition == 2, now)

    def _made_new_extreme(self, is_low: bool, now: datetime) -> bool:
        """Whether the previous bar went beyond all of today's bars before it."""
        data = self._data
        if self._whole_session:
            if data.session_bars < 3:
                return False
            return data.lows[-2] < data.before_previous_low if is_low else data.highs[-2] > data.before_previous_high
        today = data.today_ring(now)
        bars = (data.lows if is_low else data.highs)[today]
        if len(bars) < 3:
            return False
        return bars[-2] < min(bars[:-2]) if is_low else bars[-2] > max(bars[:-2])
