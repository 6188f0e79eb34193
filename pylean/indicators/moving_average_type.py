"""Moving averages by kind."""

from __future__ import annotations

from collections.abc import Callable

from pylean.indicators.adaptive_averages import KaufmanAdaptiveMovingAverage, McGinleyDynamic
from pylean.indicators.base import Indicator
from pylean.indicators.moving_averages import (
    ArnaudLegouxMovingAverage,
    ExponentialMovingAverage,
    HullMovingAverage,
    LinearWeightedMovingAverage,
    SimpleMovingAverage,
    TriangularMovingAverage,
    WilderMovingAverage,
)
from pylean.indicators.repeated_averages import (
    DoubleExponentialMovingAverage,
    T3MovingAverage,
    TripleExponentialMovingAverage,
    ZeroLagExponentialMovingAverage,
)
from pylean.naming import LeanEnum

__all__ = ["MovingAverageType", "MovingAverageTypeExtensions"]


class MovingAverageType(LeanEnum):
    """The kinds of moving average that other indicators can be built on."""

    SIMPLE = 0
    EXPONENTIAL = 1
    WILDERS = 2
    LINEAR_WEIGHTED_MOVING_AVERAGE = 3
    DOUBLE_EXPONENTIAL = 4
    TRIPLE_EXPONENTIAL = 5
    TRIANGULAR = 6
    T3 = 7
    KAMA = 8
    HULL = 9
    ALMA = 10
    ZLEMA = 11
    MGD = 12

    def as_indicator(self, *arguments: str | int) -> Indicator:
        """``([name,] period)``: an average of this kind."""
        return _CLASSES[self](*arguments)


class MovingAverageTypeExtensions:
    """Lean's extension method as a function."""

    @staticmethod
    def as_indicator(moving_average_type: MovingAverageType, *arguments: str | int) -> Indicator:
        return MovingAverageType(moving_average_type).as_indicator(*arguments)

    AsIndicator = as_indicator


_CLASSES: dict[MovingAverageType, Callable[..., Indicator]] = {
    MovingAverageType.SIMPLE: SimpleMovingAverage,
    MovingAverageType.EXPONENTIAL: ExponentialMovingAverage,
    MovingAverageType.WILDERS: WilderMovingAverage,
    MovingAverageType.LINEAR_WEIGHTED_MOVING_AVERAGE: LinearWeightedMovingAverage,
    MovingAverageType.DOUBLE_EXPONENTIAL: DoubleExponentialMovingAverage,
    MovingAverageType.TRIPLE_EXPONENTIAL: TripleExponentialMovingAverage,
    MovingAverageType.TRIANGULAR: TriangularMovingAverage,
    MovingAverageType.T3: T3MovingAverage,
    MovingAverageType.KAMA: KaufmanAdaptiveMovingAverage,
    MovingAverageType.HULL: HullMovingAverage,
    MovingAverageType.ALMA: ArnaudLegouxMovingAverage,
    MovingAverageType.ZLEMA: ZeroLagExponentialMovingAverage,
    MovingAverageType.MGD: McGinleyDynamic,
}
