"""Moving averages whose speed follows the market."""

from __future__ import annotations

import math
from collections import deque
from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator, WindowIndicator
from pylean.indicators.names import named
from pylean.numbers import ONE, ZERO, double_to_decimal, to_float

__all__ = ["FractalAdaptiveMovingAverage", "KaufmanAdaptiveMovingAverage", "KaufmanEfficiencyRatio", "McGinleyDynamic"]


class KaufmanEfficiencyRatio(WindowIndicator):
    """How straight the values moved: the whole change divided by the sum of all single changes.

    The value itself while there are not more than ``period`` values.
    """

    @named("KER({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period + 1)
        self._sum_of_changes = ZERO

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        values = self.values
        if self.samples > 1:
            self._sum_of_changes += abs(value - values[1])
        if self.samples < self.period:
            return value
        oldest = values[-1]
        if removed is not None:
            self._sum_of_changes -= abs(removed - oldest)
        change = value - oldest
        if self._sum_of_changes <= change or not self._sum_of_changes:
            return ONE
        return abs(change / self._sum_of_changes)

    def reset(self) -> None:
        self._sum_of_changes = ZERO
        super().reset()


class KaufmanAdaptiveMovingAverage(KaufmanEfficiencyRatio):
    """An exponential average, fast while values move straight and slow while they do not."""

    @named("KAMA({period},{fast_ema_period},{slow_ema_period})")
    def __init__(self, name: str, period: int, fast_ema_period: int = 2, slow_ema_period: int = 30) -> None:
        super().__init__(name, period)
        self._slow_factor = Decimal(2) / (slow_ema_period + ONE)
        self._factor_range = Decimal(2) / (fast_ema_period + ONE) - self._slow_factor
        self._average = ZERO

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        ratio = super().compute_window(value, removed)
        if self.samples < self.period:
            return value
        if self.samples == self.period:
            self._average = self.values[1]
        factor = ratio * self._factor_range + self._slow_factor
        self._average = (value - self._average) * (factor * factor) + self._average
        return self._average

    def reset(self) -> None:
        self._average = ZERO
        super().reset()


class McGinleyDynamic(WindowIndicator):
    """McGinley's average, ``m + (value − m) / (period · (value / m)⁴)``, begun with the mean of the first period.

    0 before that.
    """

    @named("MGD({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if self.samples < self.period:
            return ZERO
        if self.samples == self.period:
            return sum(self.values, ZERO) / self.period
        average = self.current.decimal_value
        if not average or not value:
            return average
        speed = self.period * double_to_decimal(to_float(value / average) ** 4.0)
        return average + (value - average) / speed if speed else average


class FractalAdaptiveMovingAverage(BarIndicator):
    """Ehlers' FRAMA: an exponential average of the bars' middles, fast while the fractal dimension is low.

    ``n`` is even; ``long_period`` bounds how slow it gets. The middle itself until there are more than ``n`` bars.
    """

    @named("FRAMA({n},{long_period})")
    def __init__(self, name: str, n: int, long_period: int = 198) -> None:
        if n % 2:
            raise ValueError(f"n of {name} is {n}: it must be even")
        super().__init__(name, n)
        self._speed = math.log(2.0 / (1 + long_period))
        self._half = n // 2
        self._highs: deque[float] = deque(maxlen=n)
        self._lows: deque[float] = deque(maxlen=n)

    def compute(self, data: Any) -> Decimal:
        high, low = data.decimal("high"), data.decimal("low")
        price: Decimal = (high + low) / 2
        self._highs.append(to_float(high))
        self._lows.append(to_float(low))
        if self.samples <= self.warm_up_period:
            return price
        alpha = double_to_decimal(min(1.0, max(0.01, math.exp(self._speed * (self._dimension() - 1)))))
        return alpha * price + (ONE - alpha) * self.exact

    def _dimension(self) -> float:
        """Fractal dimension: the ranges of both halves against the range of the whole; 0 without any range."""
        highs, lows, half = list(self._highs), list(self._lows), self._half
        newer = (max(highs[half:]) - min(lows[half:])) / half
        older = (max(highs[:half]) - min(lows[:half])) / half
        whole = (max(highs) - min(lows)) / len(highs)
        if newer + older <= 0 or whole <= 0:
            return 0.0
        return math.log((newer + older) / whole) / math.log(2)

    def reset(self) -> None:
        self._highs.clear()
        self._lows.clear()
        super().reset()
