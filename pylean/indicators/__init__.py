"""Indicators."""

from pylean.indicators.adaptive_averages import (
    FractalAdaptiveMovingAverage,
    KaufmanAdaptiveMovingAverage,
    KaufmanEfficiencyRatio,
    McGinleyDynamic,
)
from pylean.indicators.arima import AutoRegressiveIntegratedMovingAverage
from pylean.indicators.average_ranges import AverageRange, AverageTrueRange, ChandeKrollStop, ChoppinessIndex
from pylean.indicators.bands import AccelerationBands, BollingerBands, DonchianChannel, KeltnerChannels, SqueezeMomentum
from pylean.indicators.bar_shape import BalanceOfPower, HeikinAshi, InternalBarStrength
from pylean.indicators.base import (
    BarIndicator,
    BarWindowIndicator,
    Indicator,
    IndicatorBase,
    TradeBarIndicator,
    WindowIndicator,
)
from pylean.indicators.breadth import (
    AdvanceDeclineDifference,
    AdvanceDeclineIndicator,
    AdvanceDeclineRatio,
    AdvanceDeclineVolumeRatio,
    ArmsIndex,
    McClellanOscillator,
    McClellanSummationIndex,
    NewHighsNewLows,
    NewHighsNewLowsVolume,
)
from pylean.indicators.composite import (
    CompositeIndicator,
    ConstantIndicator,
    DerivedIndicator,
    FilteredIdentity,
    FunctionalIndicator,
    ResetCompositeIndicator,
)
from pylean.indicators.convergence import (
    AbsolutePriceOscillator,
    MovingAverageConvergenceDivergence,
    PercentagePriceOscillator,
    SchaffTrendCycle,
    Trix,
    TrueStrengthIndex,
)
from pylean.indicators.deviation import MeanAbsoluteDeviation, StandardDeviation, Variance
from pylean.indicators.directional import (
    AroonOscillator,
    AverageDirectionalIndex,
    AverageDirectionalMovementIndexRating,
    DeMarkerIndicator,
)
from pylean.indicators.ehlers import MesaAdaptiveMovingAverage, SwissArmyKnife, SwissArmyKnifeTool
from pylean.indicators.extensions import IndicatorExtensions
from pylean.indicators.fields import Field
from pylean.indicators.hurst import HurstExponent
from pylean.indicators.ichimoku import IchimokuKinkoHyo
from pylean.indicators.midpoints import MidPoint, MidPrice
from pylean.indicators.momentum import (
    LogReturn,
    Momentum,
    MomentumPercent,
    RateOfChange,
    RateOfChangePercent,
    RateOfChangeRatio,
)
from pylean.indicators.momersion import Momersion, MomersionIndicator
from pylean.indicators.money_flow import (
    AccumulationDistribution,
    AccumulationDistributionOscillator,
    ChaikinMoneyFlow,
    ChaikinOscillator,
    EaseOfMovementValue,
    ForceIndex,
    KlingerVolumeOscillator,
)
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
from pylean.indicators.oscillators import (
    RelativeVigorIndex,
    RelativeVigorIndexSignal,
    UltimateOscillator,
    WaveTrendOscillator,
)
from pylean.indicators.paired import (
    Alpha,
    Beta,
    Correlation,
    CorrelationType,
    Covariance,
    DualSymbolIndicator,
    MultiSymbolIndicator,
)
from pylean.indicators.parabolic import ParabolicStopAndReverse, ParabolicStopAndReverseExtended
from pylean.indicators.pivots import PivotPoint, PivotPointsEventArgs, PivotPointsHighLow, PivotPointType, ZigZag
from pylean.indicators.points import IndicatorDataPoint, IndicatorResult, IndicatorStatus
from pylean.indicators.price_oscillators import (
    AugenPriceSpike,
    AwesomeOscillator,
    ChandeMomentumOscillator,
    CommodityChannelIndex,
    CoppockCurve,
    DetrendedPriceOscillator,
    KnowSureThing,
)
from pylean.indicators.profiles import MarketProfile, TimeProfile, VolumeProfile
from pylean.indicators.python_indicator import PythonIndicator
from pylean.indicators.ranges import MassIndex, NormalizedAverageTrueRange, RogersSatchellVolatility, TrueRange
from pylean.indicators.regression import LeastSquaresMovingAverage, RegressionChannel, TimeSeriesForecast
from pylean.indicators.relative_strength import RelativeStrengthIndex, StochasticRelativeStrengthIndex
from pylean.indicators.repeated_averages import (
    DoubleExponentialMovingAverage,
    T3MovingAverage,
    TripleExponentialMovingAverage,
    ZeroLagExponentialMovingAverage,
)
from pylean.indicators.risk import SharpeRatio, SortinoRatio, TargetDownsideDeviation, ValueAtRisk
from pylean.indicators.rolling_window import RollingWindow
from pylean.indicators.stochastics import PremierStochasticOscillator, Stochastic, WilliamsPercentR
from pylean.indicators.strength_oscillators import ConnorsRelativeStrengthIndex, DerivativeOscillator
from pylean.indicators.super_trend import SuperTrend
from pylean.indicators.swing_index import WilderAccumulativeSwingIndex, WilderSwingIndex
from pylean.indicators.tom_demark import TomDemarkSequential, TomDemarkSequentialPhase
from pylean.indicators.transforms import FisherTransform, HilbertTransform
from pylean.indicators.variable_average import VariableIndexDynamicAverage
from pylean.indicators.volume import (
    IntradayVwap,
    MoneyFlowIndex,
    OnBalanceVolume,
    RelativeDailyVolume,
    SmoothedOnBalanceVolume,
    VolumeWeightedAveragePriceIndicator,
    VolumeWeightedMovingAverage,
)
from pylean.indicators.vortex import Vortex
from pylean.indicators.windows import Delay, Identity, Maximum, Minimum, Sum, WindowIdentity

__all__ = [
    "AbsolutePriceOscillator",
    "AccelerationBands",
    "AccumulationDistribution",
    "AccumulationDistributionOscillator",
    "AdvanceDeclineDifference",
    "AdvanceDeclineIndicator",
    "AdvanceDeclineRatio",
    "AdvanceDeclineVolumeRatio",
    "Alpha",
    "ArmsIndex",
    "ArnaudLegouxMovingAverage",
    "AroonOscillator",
    "AugenPriceSpike",
    "AutoRegressiveIntegratedMovingAverage",
    "AverageDirectionalIndex",
    "AverageDirectionalMovementIndexRating",
    "AverageRange",
    "AverageTrueRange",
    "AwesomeOscillator",
    "BalanceOfPower",
    "BarIndicator",
    "BarWindowIndicator",
    "Beta",
    "BollingerBands",
    "ChaikinMoneyFlow",
    "ChaikinOscillator",
    "ChandeKrollStop",
    "ChandeMomentumOscillator",
    "ChoppinessIndex",
    "CommodityChannelIndex",
    "CompositeIndicator",
    "ConnorsRelativeStrengthIndex",
    "ConstantIndicator",
    "CoppockCurve",
    "Correlation",
    "CorrelationType",
    "Covariance",
    "DeMarkerIndicator",
    "Delay",
    "DerivativeOscillator",
    "DerivedIndicator",
    "DetrendedPriceOscillator",
    "DonchianChannel",
    "DoubleExponentialMovingAverage",
    "DualSymbolIndicator",
    "EaseOfMovementValue",
    "ExponentialMovingAverage",
    "Field",
    "FilteredIdentity",
    "FisherTransform",
    "ForceIndex",
    "FractalAdaptiveMovingAverage",
    "FunctionalIndicator",
    "HeikinAshi",
    "HilbertTransform",
    "HullMovingAverage",
    "HurstExponent",
    "IchimokuKinkoHyo",
    "Identity",
    "Indicator",
    "IndicatorBase",
    "IndicatorDataPoint",
    "IndicatorExtensions",
    "IndicatorResult",
    "IndicatorStatus",
    "InternalBarStrength",
    "IntradayVwap",
    "KaufmanAdaptiveMovingAverage",
    "KaufmanEfficiencyRatio",
    "KeltnerChannels",
    "KlingerVolumeOscillator",
    "KnowSureThing",
    "LeastSquaresMovingAverage",
    "LinearWeightedMovingAverage",
    "LogReturn",
    "MarketProfile",
    "MassIndex",
    "Maximum",
    "McClellanOscillator",
    "McClellanSummationIndex",
    "McGinleyDynamic",
    "MeanAbsoluteDeviation",
    "MesaAdaptiveMovingAverage",
    "MidPoint",
    "MidPrice",
    "Minimum",
    "Momentum",
    "MomentumPercent",
    "Momersion",
    "MomersionIndicator",
    "MoneyFlowIndex",
    "MovingAverageConvergenceDivergence",
    "MovingAverageType",
    "MovingAverageTypeExtensions",
    "MultiSymbolIndicator",
    "NewHighsNewLows",
    "NewHighsNewLowsVolume",
    "NormalizedAverageTrueRange",
    "OnBalanceVolume",
    "ParabolicStopAndReverse",
    "ParabolicStopAndReverseExtended",
    "PercentagePriceOscillator",
    "PivotPoint",
    "PivotPointType",
    "PivotPointsEventArgs",
    "PivotPointsHighLow",
    "PremierStochasticOscillator",
    "PythonIndicator",
    "RateOfChange",
    "RateOfChangePercent",
    "RateOfChangeRatio",
    "RegressionChannel",
    "RelativeDailyVolume",
    "RelativeMovingAverage",
    "RelativeStrengthIndex",
    "RelativeVigorIndex",
    "RelativeVigorIndexSignal",
    "ResetCompositeIndicator",
    "RogersSatchellVolatility",
    "RollingWindow",
    "SchaffTrendCycle",
    "SharpeRatio",
    "SimpleMovingAverage",
    "SmoothedOnBalanceVolume",
    "SortinoRatio",
    "SqueezeMomentum",
    "StandardDeviation",
    "Stochastic",
    "StochasticRelativeStrengthIndex",
    "Sum",
    "SuperTrend",
    "SwissArmyKnife",
    "SwissArmyKnifeTool",
    "T3MovingAverage",
    "TargetDownsideDeviation",
    "TimeProfile",
    "TimeSeriesForecast",
    "TomDemarkSequential",
    "TomDemarkSequentialPhase",
    "TradeBarIndicator",
    "TriangularMovingAverage",
    "TripleExponentialMovingAverage",
    "Trix",
    "TrueRange",
    "TrueStrengthIndex",
    "UltimateOscillator",
    "ValueAtRisk",
    "VariableIndexDynamicAverage",
    "Variance",
    "VolumeProfile",
    "VolumeWeightedAveragePriceIndicator",
    "VolumeWeightedMovingAverage",
    "Vortex",
    "WaveTrendOscillator",
    "WilderAccumulativeSwingIndex",
    "WilderMovingAverage",
    "WilderSwingIndex",
    "WilliamsPercentR",
    "WindowIdentity",
    "WindowIndicator",
    "ZeroLagExponentialMovingAverage",
    "ZigZag",
]
