"""Transforms borrowed from signal processing and statistics."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator, Indicator
from pylean.indicators.composite import DerivedIndicator
from pylean.indicators.names import named
from pylean.indicators.windows import Delay, Maximum, Minimum
from pylean.numbers import ZERO, double_to_decimal, to_decimal, to_float

__all__ = ["FisherTransform", "HilbertTransform"]

_ALPHA = 0.33
_HALF = Decimal("0.5")
_LIMIT = 0.999
_IN_PHASE_GAIN = Decimal("1.25")


class FisherTransform(BarIndicator):
    """Ehlers' transform of where the bar's middle lies in its range, plus half of the value before; 0 at first."""

    @named("FISH({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._highest = Maximum("MedianMax", period)
        self._lowest = Minimum("MedianMin", period)
        self.parts = (self._highest, self._lowest)
        self._last = 0.0

    def compute(self, data: Any) -> Decimal:
        price = (data.decimal("low") + data.decimal("high")) / 2
        self._lowest.take_value(data, price)
        self._highest.take_value(data, price)
        if not self.is_ready:
            return ZERO
        low, high = self._lowest.exact, self._highest.exact
        place = transformed = 0.0
        if low != high:
            place = _ALPHA * 2 * (to_float((price - low) / (high - low)) - 0.5) + (1 - _ALPHA) * self._last
            bounded = max(-_LIMIT, min(_LIMIT, place))
            transformed = 0.5 * math.log((1.0 + bounded) / (1.0 - bounded))
        self._last = place
        return double_to_decimal(transformed) + _HALF * self.exact

    def reset(self) -> None:
        self._last = 0.0
        super().reset()


class HilbertTransform(Indicator):
    """The cycle's ``in_phase`` and ``quadrature`` parts (Ehlers); its own value is the input's."""

    @named("Hilbert({length}, {in_phase_multiplication_factor}, {quadrature_multiplication_factor})")
    def __init__(
        self,
        name: str,
        length: int = 7,
        in_phase_multiplication_factor: float | Decimal = 0.635,
        quadrature_multiplication_factor: float | Decimal = 0.338,
    ) -> None:
        super().__init__(name, length + 2)
        self._in_phase_factor = to_decimal(in_phase_multiplication_factor)
        self._quadrature_factor = to_decimal(quadrature_multiplication_factor)
        self._delayed = Delay(f"{name}_prev", length)
        self._change_1 = Delay(f"{name}_detrendPriceDelay2", 1)
        self._change_3 = Delay(f"{name}_detrendPriceDelay4", 3)
        self._in_phase_2 = Delay(f"{name}_inPhaseDelay3", 2)
        self._quadrature_1 = Delay(f"{name}_quadratureDelay2", 1)
        self.in_phase = DerivedIndicator(f"{name}_inPhase", lambda: self.samples > length + 2)
        self.quadrature = DerivedIndicator(f"{name}_quad", lambda: self.samples > length)
        delays = (self._delayed, self._change_1, self._change_3, self._in_phase_2, self._quadrature_1)
        self.parts = (*delays, self.in_phase, self.quadrature)

    def compute(self, data: BaseData) -> Decimal:
        self._delayed.take(data)
        change = ZERO
        if self._delayed.is_ready:
            change = data.decimal_value - self._delayed.exact
            self._change_1.take_value(data, change)
            self._change_3.take_value(data, change)
        before, long_before = _if_ready(self._change_1), _if_ready(self._change_3)
        in_phase = quadrature = ZERO
        if self.in_phase.is_ready:
            factor = self._in_phase_factor
            in_phase = _IN_PHASE_GAIN * (long_before - before * factor) + _if_ready(self._in_phase_2) * factor
            self._in_phase_2.take_value(data, in_phase)
        if self.quadrature.is_ready:
            factor = self._quadrature_factor
            quadrature = before - change * factor + _if_ready(self._quadrature_1) * factor
            self._quadrature_1.take_value(data, quadrature)
        self.in_phase.take_value(data, in_phase)
        self.quadrature.take_value(data, quadrature)
        return data.decimal_value


def _if_ready(indicator: Indicator) -> Decimal:
    return indicator.exact if indicator.is_ready else ZERO
