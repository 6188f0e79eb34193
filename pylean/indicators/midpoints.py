"""Middles of the range of the last values or bars."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator, Indicator
from pylean.indicators.names import named
from pylean.indicators.points import IndicatorDataPoint
from pylean.indicators.windows import Maximum, Minimum

__all__ = ["MidPoint", "MidPrice"]


class MidPoint(Indicator):
    """Middle between the highest and the lowest of the last ``period`` values."""

    @named("MIDPOINT({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._maximum = Maximum(period)
        self._minimum = Minimum(period)

    def compute(self, data: BaseData) -> Decimal:
        self._maximum.take(data)
        self._minimum.take(data)
        return (self._maximum.current.decimal_value + self._minimum.current.decimal_value) / 2

    def reset(self) -> None:
        self._maximum.reset()
        self._minimum.reset()
        super().reset()


class MidPrice(BarIndicator):
    """Middle between the highest high and the lowest low of the last ``period`` bars."""

    @named("MIDPRICE({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._maximum = Maximum(period)
        self._minimum = Minimum(period)

    def compute(self, data: Any) -> Decimal:
        self._maximum.take(IndicatorDataPoint.at(data, data.decimal("high")))
        self._minimum.take(IndicatorDataPoint.at(data, data.decimal("low")))
        return (self._maximum.current.decimal_value + self._minimum.current.decimal_value) / 2

    def reset(self) -> None:
        self._maximum.reset()
        self._minimum.reset()
        super().reset()
