"""Indicators."""

from pylean.indicators.adaptive_averages import KaufmanAdaptiveMovingAverage, KaufmanEfficiencyRatio, McGinleyDynamic
from pylean.indicators.base import (
    BarIndicator,
    BarWindowIndicator,
    Indicator,
    IndicatorBase,
    TradeBarIndicator,
    WindowIndicator,
)
from pylean.indicators.composite import (
    CompositeIndicator,
    ConstantIndicator,
    FilteredIdentity,
    FunctionalIndicator,
    ResetCompositeIndicator,
)
from pylean.indicators.deviation import MeanAbsoluteDeviation, StandardDeviation, Variance
from pylean.indicators.extensions import IndicatorExtensions
from pylean.indicators.momentum import Momentum, MomentumPercent, RateOfChange, RateOfChangePercent, RateOfChangeRatio
from pylean.indicators.moving_average_type import MovingAverageType, MovingAverageTypeExtensions
from pylean.indicators.moving_averages import (
    ArnaudLegouxMovingAverage,
    ExponentialMovingAverage,
    HullMovingAverage,
    LinearWeightedMovingAverage,
    RelativeMovingAverage,
    SimpleMovingAverage,
    TriangularMovingAverage,
    WilderMovingAverage,
)
from pylean.indicators.points import IndicatorDataPoint, IndicatorResult, IndicatorStatus
from pylean.indicators.python_indicator import PythonIndicator
from pylean.indicators.repeated_averages import (
    DoubleExponentialMovingAverage,
    T3MovingAverage,
    TripleExponentialMovingAverage,
    ZeroLagExponentialMovingAverage,
)
from pylean.indicators.rolling_window import RollingWindow
from pylean.indicators.windows import Delay, Identity, Maximum, Minimum, Sum, WindowIdentity

__all__ = [
    "ArnaudLegouxMovingAverage",
    "BarIndicator",
    "BarWindowIndicator",
    "CompositeIndicator",
    "ConstantIndicator",
    "Delay",
    "DoubleExponentialMovingAverage",
    "ExponentialMovingAverage",
    "FilteredIdentity",
    "FunctionalIndicator",
    "HullMovingAverage",
    "Identity",
    "Indicator",
    "IndicatorBase",
    "IndicatorDataPoint",
    "IndicatorExtensions",
    "IndicatorResult",
    "IndicatorStatus",
    "KaufmanAdaptiveMovingAverage",
    "KaufmanEfficiencyRatio",
    "LinearWeightedMovingAverage",
    "Maximum",
    "McGinleyDynamic",
    "MeanAbsoluteDeviation",
    "Minimum",
    "Momentum",
    "MomentumPercent",
    "MovingAverageType",
    "MovingAverageTypeExtensions",
    "PythonIndicator",
    "RateOfChange",
    "RateOfChangePercent",
    "RateOfChangeRatio",
    "RelativeMovingAverage",
    "ResetCompositeIndicator",
    "RollingWindow",
    "SimpleMovingAverage",
    "StandardDeviation",
    "Sum",
    "T3MovingAverage",
    "TradeBarIndicator",
    "TriangularMovingAverage",
    "TripleExponentialMovingAverage",
    "Variance",
    "WilderMovingAverage",
    "WindowIdentity",
    "WindowIndicator",
    "ZeroLagExponentialMovingAverage",
]
