"""The super trend: a stop that trails prices at a multiple of their average true range."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.average_ranges import AverageTrueRange
from pylean.indicators.base import BarIndicator
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.names import named
from pylean.numbers import ZERO, to_decimal, to_float

__all__ = ["SuperTrend"]


class SuperTrend(BarIndicator):
    """The upper trailing band while prices fall and the lower one while they rise; 0 before the range is ready.

    A trailing band follows the basic one, the middle of the bar plus or minus ``multiplier`` average ranges, only
    towards prices, until a close beyond it frees it.
    """

    @named("SuperTrend({period},{multiplier})")
    def __init__(
        self,
        name: str,
        period: int,
        multiplier: float | Decimal,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
    ) -> None:
        super().__init__(name, period)
        self._multiplier = to_decimal(multiplier)
        self._range = AverageTrueRange(period, moving_average_type)
        self._basic_upper = self._basic_lower = ZERO
        self._upper = self._lower = self._close = ZERO
        self._trend: Decimal | None = None

    @property
    def is_ready(self) -> bool:
        return self._range.is_ready

    @property
    def basic_upper_band(self) -> float:
        return to_float(self._basic_upper)

    @property
    def basic_lower_band(self) -> float:
        return to_float(self._basic_lower)

    @property
    def current_trailing_upper_band(self) -> float:
        return to_float(self._upper)

    @property
    def current_trailing_lower_band(self) -> float:
        return to_float(self._lower)

    def compute(self, data: Any) -> Decimal:
        self._range.take(data)
        close: Decimal = data.decimal("close")
        previous_close, self._close = self._close, close
        if not self._range.is_ready:
            return ZERO
        middle = (data.decimal("high") + data.decimal("low")) / 2
        distance = self._multiplier * self._range.current.decimal_value
        self._basic_lower, self._basic_upper = middle - distance, middle + distance
        before_upper, before_lower = self._upper, self._lower
        if self._basic_lower > before_lower or previous_close < before_lower:
            self._lower = self._basic_lower
        if self._basic_upper < before_upper or previous_close > before_upper:
            self._upper = self._basic_upper
        if self._trend is None or self._trend == before_upper:
            self._trend = self._upper if close <= self._upper else self._lower
        elif self._trend == before_lower:
            self._trend = self._lower if close >= self._lower else self._upper
        return self._trend

    def reset(self) -> None:
        self._range.reset()
        self._upper = self._lower = self._close = ZERO
        self._trend = None
        super().reset()
