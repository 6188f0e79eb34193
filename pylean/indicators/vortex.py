"""Upward and downward movement against the true range."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator
from pylean.indicators.extensions import IndicatorExtensions
from pylean.indicators.names import named
from pylean.indicators.ranges import TrueRange
from pylean.indicators.windows import Sum
from pylean.numbers import ZERO

__all__ = ["Vortex"]


class Vortex(BarIndicator):
    """Mean of ``plus_vortex`` and ``minus_vortex``; 0 before there are ``period`` bars.

    They are the sums of the ways from the low before to the high, and from the high before to the low, each divided by
    the sum of the true ranges. As in Lean they are ready one bar later than the whole.
    """

    @named("VTX({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._true_range = TrueRange(f"{name}_ATR")
        self._ranges = Sum("ATR_Sum", period)
        self._ups = Sum("PlusVM_Sum", period)
        self._downs = Sum("MinusVM_Sum", period)
        self.plus_vortex = IndicatorExtensions.over(self._ups, self._ranges)
        self.minus_vortex = IndicatorExtensions.over(self._downs, self._ranges)
        self._previous: tuple[Decimal, Decimal] | None = None
        self.parts = (self._true_range, self.plus_vortex, self.minus_vortex)

    def compute(self, data: Any) -> Decimal:
        self._true_range.take(data)
        self._ranges.take(self._true_range.current)
        high, low = data.decimal("high"), data.decimal("low")
        if self._previous is not None:
            previous_high, previous_low = self._previous
            self._ups.take_value(data, abs(high - previous_low))
            self._downs.take_value(data, abs(low - previous_high))
        self._previous = (high, low)
        if not self.is_ready:
            return ZERO
        return (self.plus_vortex.exact + self.minus_vortex.exact) / 2

    def reset(self) -> None:
        self._previous = None
        super().reset()
