"""Names of indicators."""

from pylean.indicators import (
    BarIndicator,
    ExponentialMovingAverage,
    Indicator,
    IndicatorBase,
    IndicatorDataPoint,
    RollingWindow,
    SimpleMovingAverage,
    TradeBarIndicator,
)

__all__ = [
    "BarIndicator",
    "ExponentialMovingAverage",
    "Indicator",
    "IndicatorBase",
    "IndicatorDataPoint",
    "RollingWindow",
    "SimpleMovingAverage",
    "TradeBarIndicator",
]
