"""Indicators."""

from pylean.indicators.base import Indicator, IndicatorDataPoint
from pylean.indicators.moving_averages import ExponentialMovingAverage, SimpleMovingAverage

__all__ = ["ExponentialMovingAverage", "Indicator", "IndicatorDataPoint", "SimpleMovingAverage"]
