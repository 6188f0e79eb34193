"""Changes over a number of values, absolute and relative."""

from __future__ import annotations

import math
from decimal import Decimal

from pylean.indicators.base import WindowIndicator
from pylean.indicators.names import named
from pylean.numbers import ONE, ZERO, double_to_decimal, to_float

__all__ = ["LogReturn", "Momentum", "MomentumPercent", "RateOfChange", "RateOfChangePercent", "RateOfChangeRatio"]


class Momentum(WindowIndicator):
    """Difference to the value ``period`` values ago; to the first until there are so many."""

    @named("MOM({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period, period + 1)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        return value - (self.values[-1] if removed is None else removed)


class RateOfChange(WindowIndicator):
    """Change since the value ``period`` values ago, as a fraction of it; 0 where that is 0."""

    @named("ROC({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period, period + 1)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        past = self.values[-1] if removed is None else removed
        return (value - past) / past if past else ZERO


class RateOfChangePercent(RateOfChange):
    """The rate of change in percent."""

    @named("ROCP({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        return 100 * super().compute_window(value, removed)


class MomentumPercent(RateOfChangePercent):
    """The rate of change in percent, under the name of momentum."""

    @named("MOMP({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)


class RateOfChangeRatio(RateOfChange):
    """Value divided by the value ``period`` values ago; 0 where nothing changed, as in Lean."""

    @named("ROCR({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        change = super().compute_window(value, removed)
        return change + ONE if change else ZERO


class LogReturn(WindowIndicator):
    """Natural logarithm of the value divided by the value ``period`` values ago; 0 where either is 0.

    Raises ValueError where the two have different signs.
    """

    @named("LOGR({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        past = self.values[-1] if removed is None else removed
        if not value or not past:
            return ZERO
        return double_to_decimal(math.log(to_float(value / past)))
