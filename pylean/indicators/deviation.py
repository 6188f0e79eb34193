"""How far values lie from their mean."""

from __future__ import annotations

import math
from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import WindowIndicator
from pylean.indicators.moving_averages import SimpleMovingAverage
from pylean.indicators.names import named
from pylean.numbers import ZERO, double_to_decimal

__all__ = ["MeanAbsoluteDeviation", "StandardDeviation", "Variance"]


class Variance(WindowIndicator):
    """Population variance of the last ``period`` values: mean of squares minus square of the mean."""

    @named("VAR({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._sum = ZERO
        self._sum_of_squares = ZERO

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if removed is not None:
            self._sum -= removed
            self._sum_of_squares -= removed * removed
        self._sum += value
        self._sum_of_squares += value * value
        count = len(self.values)
        if self.samples < 2:
            return ZERO
        mean = self._sum / count
        return max(ZERO, self._sum_of_squares / count - mean * mean)

    def reset(self) -> None:
        self._sum = ZERO
        self._sum_of_squares = ZERO
        super().reset()


class StandardDeviation(Variance):
    """Population standard deviation of the last ``period`` values."""

    @named("STD({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        return double_to_decimal(math.sqrt(super().compute_window(value, removed)))


class MeanAbsoluteDeviation(WindowIndicator):
    """Mean distance of the last ``period`` values from their mean."""

    @named("MAD({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.mean = SimpleMovingAverage(f"{name}_Mean", period)

    def compute(self, data: BaseData) -> Decimal | None:
        self.mean.take(data)
        return super().compute(data)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if self.samples < 2:
            return ZERO
        mean = self.mean.current.decimal_value
        return sum((abs(one - mean) for one in self.values), ZERO) / len(self.values)

    def reset(self) -> None:
        self.mean.reset()
        super().reset()
