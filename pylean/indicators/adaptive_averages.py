"""Moving averages whose speed follows the market."""

from __future__ import annotations

from decimal import Decimal

from pylean.indicators.base import WindowIndicator
from pylean.indicators.names import named
from pylean.numbers import ONE, ZERO, double_to_decimal, to_float

__all__ = ["KaufmanAdaptiveMovingAverage", "KaufmanEfficiencyRatio", "McGinleyDynamic"]


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
