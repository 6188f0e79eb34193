"""Indicators."""

from pylean.indicators.base import BarIndicator, Indicator, IndicatorBase, IndicatorDataPoint, TradeBarIndicator
from pylean.indicators.moving_averages import ExponentialMovingAverage, SimpleMovingAverage
from pylean.indicators.rolling_window import RollingWindow

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
