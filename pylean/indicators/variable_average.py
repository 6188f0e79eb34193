"""The moving average whose speed is the market's momentum."""

from __future__ import annotations

from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.indicators.names import checked_period, named
from pylean.indicators.price_oscillators import ChandeMomentumOscillator
from pylean.numbers import ONE, ZERO

__all__ = ["VariableIndexDynamicAverage"]


class VariableIndexDynamicAverage(Indicator):
    """Chande's VIDYA: an exponential average whose factor is scaled by the absolute Chande momentum oscillator.

    It starts from the ``period``th value; 0 before it is ready.
    """

    @named("VIDYA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, checked_period(name, period) + 1)
        self._factor = Decimal(2) / (period + 1)
        self._momentum = ChandeMomentumOscillator(period)
        self._average = ZERO
        self.parts = (self._momentum,)

    def compute(self, data: BaseData) -> Decimal:
        self._momentum.take(data)
        value = data.decimal_value
        if not self.is_ready:
            self._average = value
            return ZERO
        strength = abs(self._momentum.exact / 100)
        self._average = value * self._factor * strength + self._average * (ONE - self._factor * strength)
        return self._average
