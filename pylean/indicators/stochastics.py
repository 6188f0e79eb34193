"""Where the close lies in the range of the last bars."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator
from pylean.indicators.composite import DerivedIndicator
from pylean.indicators.moving_averages import ExponentialMovingAverage
from pylean.indicators.names import named
from pylean.indicators.windows import Maximum, Minimum, Sum
from pylean.numbers import ZERO, double_to_decimal, to_float

__all__ = ["PremierStochasticOscillator", "Stochastic", "WilliamsPercentR"]


class Stochastic(BarIndicator):
    """Lane's oscillator, 0 to 100. Its value is ``fast_stoch``: where the close lies in the bars' range.

    ``stoch_k`` is the mean of that over ``k_period``, ``stoch_d`` the mean of ``stoch_k`` over ``d_period``. Bars in an
    empty range do not count for the means.
    """

    @named("STO({period},{k_period},{d_period})")
    def __init__(self, name: str, period: int, k_period: int, d_period: int) -> None:
        super().__init__(name, period + k_period + d_period - 2)
        maximum = self._maximum = Maximum(f"{name}_Max", period)
        self._minimum = Minimum(f"{name}_Min", period)
        fast_sum = self._fast_sum = Sum(f"{name}_SumFastK", k_period)
        slow_sum = self._slow_sum = Sum(f"{name}_SumD", d_period)
        self.fast_stoch = DerivedIndicator(f"{name}_FastStoch", lambda: maximum.is_ready)
        self.stoch_k = DerivedIndicator(f"{name}_StochK", lambda: fast_sum.is_ready)
        self.stoch_d = DerivedIndicator(f"{name}_StochD", lambda: slow_sum.is_ready)
        sums = (self._fast_sum, self._slow_sum)
        self.parts = (self._maximum, self._minimum, *sums, self.fast_stoch, self.stoch_k, self.stoch_d)

    @property
    def is_ready(self) -> bool:
        return self.fast_stoch.is_ready and self.stoch_k.is_ready and self.stoch_d.is_ready

    def compute(self, data: Any) -> Decimal:
        fast = self._place_in_range(data)
        self.fast_stoch.take_value(data, fast * 100)
        k = ZERO
        if self._fast_sum.is_ready:
            k = self._fast_sum.exact / self._fast_sum.period
            self._slow_sum.take_value(data, k)
        self.stoch_k.take_value(data, k * 100)
        d = self._slow_sum.exact / self._slow_sum.period if self._slow_sum.is_ready else ZERO
        self.stoch_d.take_value(data, d * 100)
        return self.fast_stoch.exact

    def _place_in_range(self, bar: Any) -> Decimal:
        self._maximum.take_value(bar, bar.decimal("high"))
        self._minimum.take_value(bar, bar.decimal("low"))
        lowest = self._minimum.exact
        height = self._maximum.exact - lowest
        if not self._maximum.is_ready or not height:
            return ZERO
        place: Decimal = (bar.decimal("close") - lowest) / height
        self._fast_sum.take_value(bar, place)
        return place


class PremierStochasticOscillator(BarIndicator):
    """Lee Leibfarth's oscillator, -1 to 1: the fast stochastic around its middle, averaged twice and bounded.

    0 before it is ready.
    """

    @named("PSO({period},{ema_period})")
    def __init__(self, name: str, period: int, ema_period: int) -> None:
        super().__init__(name, period + 2 * (ema_period - 1))
        self._stochastic = Stochastic(name, period, period, period)
        self._first = ExponentialMovingAverage(ema_period)
        self._second = ExponentialMovingAverage(ema_period)
        self.parts = (self._stochastic, self._first, self._second)

    @property
    def is_ready(self) -> bool:
        return self._second.is_ready

    def compute(self, data: Any) -> Decimal:
        fast = self._stochastic.fast_stoch
        self._stochastic.take(data)
        if not fast.is_ready:
            return ZERO
        around_middle = Decimal("0.1") * (fast.exact - 50)
        self._first.take_value(data, around_middle)
        if not self._first.is_ready:
            return ZERO
        self._second.take(self._first.current)
        if not self._second.is_ready:
            return ZERO
        power = double_to_decimal(math.exp(to_float(self._second.exact)))
        return (power - 1) / (power + 1)


class WilliamsPercentR(BarIndicator):
    """Larry Williams' %R, -100 to 0: how far the close is below the top of the bars' range, in percent of the range.

    0 before it is ready and in an empty range.
    """

    @named("WILR({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.maximum = Maximum(f"{name}_Max", period)
        self.minimum = Minimum(f"{name}_Min", period)
        self.parts = (self.maximum, self.minimum)

    @property
    def is_ready(self) -> bool:
        return self.maximum.is_ready and self.minimum.is_ready

    def compute(self, data: Any) -> Decimal:
        self.minimum.take_value(data, data.decimal("low"))
        self.maximum.take_value(data, data.decimal("high"))
        highest = self.maximum.exact
        height = highest - self.minimum.exact
        if not self.is_ready or not height:
            return ZERO
        close: Decimal = data.decimal("close")
        return -100 * (highest - close) / height
