"""Oscillators built on the relative strength index."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.indicators.moving_averages import ExponentialMovingAverage, SimpleMovingAverage
from pylean.indicators.names import named
from pylean.indicators.relative_strength import RelativeStrengthIndex
from pylean.numbers import ZERO

__all__ = ["ConnorsRelativeStrengthIndex", "DerivativeOscillator"]

_HUNDRED = Decimal(100)


class ConnorsRelativeStrengthIndex(Indicator):
    """Mean of the RSI, of the RSI of the streak of rises or falls, and of the rank of the last change; 0 at first.

    The rank is the percentage of the changes before that were smaller.
    """

    @named("CRSI({rsi_period},{rsi_period_streak},{look_back_period})")
    def __init__(self, name: str, rsi_period: int, rsi_period_streak: int, look_back_period: int) -> None:
        self._strength = RelativeStrengthIndex(rsi_period)
        self._streak_strength = RelativeStrengthIndex(rsi_period_streak)
        warm_up_periods = self._strength.warm_up_period, self._streak_strength.warm_up_period
        super().__init__(name, max(look_back_period, *warm_up_periods))
        self.parts = (self._strength, self._streak_strength)
        self._changes: deque[Decimal] = deque(maxlen=look_back_period)
        self._streak = 0
        self._last: Decimal | None = None

    @property
    def is_ready(self) -> bool:
        return all(part.is_ready for part in self.parts) and len(self._changes) == self._changes.maxlen

    def compute(self, data: BaseData) -> Decimal:
        value, last = data.decimal_value, self._last
        self._last = value
        self._strength.take(data)
        if last is not None:
            self._streak = _longer(self._streak, value - last)
        self._streak_strength.take_value(data, Decimal(self._streak))
        if not last:
            self._changes.append(ZERO)
            return ZERO
        change, rank = (value - last) / last, ZERO
        if len(self._changes) == self._changes.maxlen:
            rank = _HUNDRED * sum(before < change for before in self._changes) / len(self._changes)
        self._changes.append(change)
        return (self._strength.exact + self._streak_strength.exact + rank) / 3 if self.is_ready else ZERO

    def reset(self) -> None:
        self._changes.clear()
        self._streak = 0
        self._last = None
        super().reset()


def _longer(streak: int, change: Decimal) -> int:
    """A streak, positive for rises, after one more change; a turn begins at one."""
    if change > 0:
        return max(streak, 0) + 1
    return min(streak, 0) - 1 if change < 0 else streak


class DerivativeOscillator(Indicator):
    """Twice smoothed RSI minus its mean; 0 before it is ready."""

    @named("DO({rsi_period},{smoothing_rsi_period},{double_smoothing_rsi_period},{signal_line_period})")
    def __init__(
        self,
        name: str,
        rsi_period: int,
        smoothing_rsi_period: int,
        double_smoothing_rsi_period: int,
        signal_line_period: int,
    ) -> None:
        periods = (rsi_period, smoothing_rsi_period, double_smoothing_rsi_period, signal_line_period)
        super().__init__(name, sum(periods) - 2)
        self._smoothed = ExponentialMovingAverage(f"{name}_DoubleSmoothedRSI", double_smoothing_rsi_period)
        self._signal = SimpleMovingAverage(f"{name}_SignalLine", signal_line_period)
        self.parts = (
            RelativeStrengthIndex(f"{name}_RSI", rsi_period),
            ExponentialMovingAverage(f"{name}_SmoothedRSI", smoothing_rsi_period),
            self._smoothed,
            self._signal,
        )

    @property
    def is_ready(self) -> bool:
        return self._signal.is_ready

    def compute(self, data: BaseData) -> Decimal:
        for part in self.parts:
            part.take(data)
            if not part.is_ready:
                break
            data = part.current
        return self._smoothed.exact - self._signal.exact if self.is_ready else ZERO
