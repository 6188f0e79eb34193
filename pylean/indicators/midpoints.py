"""Middles of the range of the last values or bars."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator, Indicator
from pylean.indicators.names import named
from pylean.indicators.windows import Maximum, Minimum

__all__ = ["MidPoint", "MidPrice"]


class MidPoint(Indicator):
    """Middle between the highest and the lowest of the last ``period`` values."""

    @named("MIDPOINT({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._maximum = Maximum(period)
        self._minimum = Minimum(period)
        self.parts = (self._maximum, self._minimum)

    def compute(self, data: BaseData) -> Decimal:
        self._maximum.take(data)
        self._minimum.take(data)
        return (self._maximum.exact + self._minimum.exact) / 2


class MidPrice(BarIndicator):
    """Middle between the highest high and the lowest low of the last ``period`` bars."""

    @named("MIDPRICE({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._maximum = Maximum(period)
        self._minimum = Minimum(period)
        self.parts = (self._maximum, self._minimum)

    def compute(self, data: Any) -> Decimal:
        self._maximum.take_value(data, data.decimal("high"))
        self._minimum.take_value(data, data.decimal("low"))
        return (self._maximum.exact + self._minimum.exact) / 2
