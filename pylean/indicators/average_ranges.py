"""Averages of how far bars reach, and what is built on them."""

from __future__ import annotations

import math
from collections import deque
from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.moving_averages import SimpleMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.ranges import TrueRange
from pylean.indicators.windows import Maximum, Minimum
from pylean.numbers import ZERO, double_to_decimal, to_decimal, to_float

__all__ = ["AverageRange", "AverageTrueRange", "ChandeKrollStop", "ChoppinessIndex"]

_HUNDRED = Decimal(100)


class AverageRange(BarIndicator):
    """Mean of high minus low."""

    @named("AR({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._mean = SimpleMovingAverage(f"{name}_SMA", period)
        self.parts = (self._mean,)

    def compute(self, data: Any) -> Decimal:
        self._mean.take_value(data, data.decimal("high") - data.decimal("low"))
        return self._mean.exact


class AverageTrueRange(BarIndicator):
    """Moving average, by default Wilder's, of the true range."""

    @named("ATR({period})")
    def __init__(
        self, name: str, period: int, moving_average_type: MovingAverageType = MovingAverageType.WILDERS
    ) -> None:
        super().__init__(name, period)
        self.true_range = TrueRange(name)
        self._average = MovingAverageType(moving_average_type).as_indicator(f"{name}_Smoother", period)
        self.parts = (self.true_range, self._average)

    @property
    def is_ready(self) -> bool:
        return self._average.is_ready

    def compute(self, data: Any) -> Decimal:
        self.true_range.take(data)
        self._average.take(self.true_range.current)
        return self._average.exact


class ChandeKrollStop(BarIndicator):
    """Stops some average true ranges away from recent extremes: ``short_stop`` and ``long_stop``.

    As in Lean its own value is the close.
    """

    @named("CKS({atr_period},{atr_mult},{period})")
    def __init__(
        self,
        name: str,
        atr_period: int,
        atr_mult: float | Decimal,
        period: int,
        moving_average_type: MovingAverageType = MovingAverageType.WILDERS,
    ) -> None:
        super().__init__(name, atr_period + period - 1)
        self._atr = AverageTrueRange(atr_period, moving_average_type)
        self._multiple = to_decimal(atr_mult)
        self._maximum, self._minimum = Maximum(atr_period), Minimum(atr_period)
        self.short_stop = Maximum(f"{name}_Short", period)
        self.long_stop = Minimum(f"{name}_Long", period)
        self.parts = (self._atr, self._maximum, self._minimum, self.short_stop, self.long_stop)

    def compute(self, data: Any) -> Decimal:
        self._atr.take(data)
        self._maximum.take_value(data, data.decimal("high"))
        self._minimum.take_value(data, data.decimal("low"))
        distance = self._atr.exact * self._multiple
        self.short_stop.take_value(data, self._maximum.exact - distance)
        self.long_stop.take_value(data, self._minimum.exact + distance)
        close: Decimal = data.decimal("close")
        return close


class ChoppinessIndex(BarIndicator):
    """How much of the way was sideways: logarithm of the sum of true ranges over the whole range, from 0 to 100.

    0 before it is ready; 100 where prices did not move.
    """

    @named("CHOP({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, checked_period(name, period))
        self.period = period
        self._true_range = TrueRange()
        self._ranges: deque[Decimal] = deque(maxlen=period)
        self._highs: deque[Decimal] = deque(maxlen=period)
        self._lows: deque[Decimal] = deque(maxlen=period)
        self.parts = (self._true_range,)

    def compute(self, data: Any) -> Decimal:
        self._true_range.take(data)
        self._ranges.append(self._true_range.exact)
        self._highs.append(data.decimal("high"))
        self._lows.append(data.decimal("low"))
        if not self.is_ready:
            return ZERO
        reach = max(self._highs) - min(self._lows)
        if not reach:
            return _HUNDRED
        way = to_float(sum(self._ranges, ZERO)) / to_float(reach)
        return double_to_decimal(100.0 * math.log10(way) / math.log10(self.period))

    def reset(self) -> None:
        for window in (self._ranges, self._highs, self._lows):
            window.clear()
        super().reset()
