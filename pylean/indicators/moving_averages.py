"""Moving averages: plain, exponential and weighted."""

from __future__ import annotations

import math
from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator, WindowIndicator
from pylean.indicators.names import checked_period, named
from pylean.indicators.points import IndicatorDataPoint
from pylean.indicators.windows import Sum
from pylean.numbers import ONE, ZERO, double_to_decimal, to_decimal, to_float

__all__ = [
    "ArnaudLegouxMovingAverage",
    "ExponentialMovingAverage",
    "HullMovingAverage",
    "LinearWeightedMovingAverage",
    "RelativeMovingAverage",
    "SimpleMovingAverage",
    "TriangularMovingAverage",
    "WilderMovingAverage",
]


class SimpleMovingAverage(WindowIndicator):
    """Arithmetic mean of the last ``period`` values; of all of them while there are fewer."""

    @named("SMA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._sum = ZERO
        self._divisor = Decimal(period)

    def compute(self, data: BaseData) -> Decimal:
        # The window's steps are repeated here: most algorithms have one of these, called for every bar.
        value, values = data.decimal_value, self.values
        if len(values) == self.period:
            self._sum += value - values[-1]
            values.appendleft(value)
            return self._sum / self._divisor
        values.appendleft(value)
        self._sum += value
        return self._sum / len(values)

    def reset(self) -> None:
        self._sum = ZERO
        super().reset()

    @property
    def rolling_sum(self) -> Sum:
        """The sum that the mean is made of, as an indicator of its own that is up to date when it is read."""
        total = Sum(f"{self.name}_Sum", self.period)
        total.samples = self.samples
        total.current = IndicatorDataPoint.at(self.current, self._sum)
        return total


class ExponentialMovingAverage(Indicator):
    """Mean of the first ``period`` values, then ``k·value + (1-k)·previous``; k is 2 / (period + 1) unless given.

    0 before there are ``period`` values.
    """

    @named(
        lambda period, smoothing_factor: f"EMA({period}{'' if smoothing_factor is None else f',{smoothing_factor}'})"
    )
    def __init__(self, name: str, period: int, smoothing_factor: float | Decimal | None = None) -> None:
        self.period = checked_period(name, period)
        super().__init__(name, self.period)
        factor = self.smoothing_factor_default(period) if smoothing_factor is None else to_decimal(smoothing_factor)
        self._factor = factor
        self._rest = ONE - factor
        self._sum = ZERO

    @staticmethod
    def smoothing_factor_default(period: int) -> Decimal:
        return Decimal(2) / (period + 1)

    def compute(self, data: BaseData) -> Decimal:
        if self.samples > self.period:
            return data.decimal_value * self._factor + self.current.decimal_value * self._rest
        self._sum += data.decimal_value
        return self._sum / self.period if self.samples == self.period else ZERO

    def reset(self) -> None:
        self._sum = ZERO
        super().reset()


class WilderMovingAverage(Indicator):
    """Mean of the values while there are fewer than ``period``, then ``k·value + (1-k)·previous``; k is 1 / period."""

    @named("WWMA{period}")
    def __init__(self, name: str, period: int) -> None:
        self.period = checked_period(name, period)
        super().__init__(name, self.period)
        self._factor = ONE / self.period
        self._rest = ONE - self._factor
        self._sum = ZERO

    def compute(self, data: BaseData) -> Decimal:
        if self.samples >= self.period:
            return data.decimal_value * self._factor + self.current.decimal_value * self._rest
        self._sum += data.decimal_value
        return self._sum / self.samples

    def reset(self) -> None:
        self._sum = ZERO
        super().reset()


class LinearWeightedMovingAverage(WindowIndicator):
    """Mean of the last ``period`` values, weighted from ``period`` for the newest to 1; 0 while there are fewer."""

    @named("LWMA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._weights = range(period, 0, -1)
        self._total_weight = period * (period + 1) // 2

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if len(self.values) < self.period:
            return ZERO
        weighted = (weight * one for weight, one in zip(self._weights, self.values, strict=True))
        return sum(weighted, ZERO) / self._total_weight


class TriangularMovingAverage(Indicator):
    """Mean of means: both windows are about half the period."""

    @named("TRIMA({period})")
    def __init__(self, name: str, period: int) -> None:
        self.period = checked_period(name, period)
        super().__init__(name, self.period)
        self._inner = SimpleMovingAverage(f"{name}_1", (period + 1) // 2)
        self._outer = SimpleMovingAverage(f"{name}_2", period // 2 + 1)

    def compute(self, data: BaseData) -> Decimal:
        self._inner.take(data)
        self._outer.take(self._inner.current)
        return self._outer.current.decimal_value

    def reset(self) -> None:
        self._inner.reset()
        self._outer.reset()
        super().reset()


class HullMovingAverage(Indicator):
    """Weighted mean over √period of twice the weighted mean over half the period minus that over all of it."""

    @named("HMA({period})")
    def __init__(self, name: str, period: int) -> None:
        checked_period(name, period, lowest=2)
        smoothing = round(math.sqrt(period))
        super().__init__(name, period + smoothing - 1)
        self._slow = LinearWeightedMovingAverage(period)
        self._fast = LinearWeightedMovingAverage(round(period / 2))
        self._hull = LinearWeightedMovingAverage(smoothing)

    @property
    def is_ready(self) -> bool:
        return self._hull.is_ready

    def compute(self, data: BaseData) -> Decimal:
        self._fast.take(data)
        self._slow.take(data)
        if self._fast.is_ready and self._slow.is_ready:
            difference = 2 * self._fast.current.decimal_value - self._slow.current.decimal_value
            self._hull.take(IndicatorDataPoint.at(data, difference))
        return self._hull.current.decimal_value

    def reset(self) -> None:
        for part in (self._slow, self._fast, self._hull):
            part.reset()
        super().reset()


class ArnaudLegouxMovingAverage(WindowIndicator):
    """Mean of the last ``period`` values under a bell of weights; the value itself until there are so many.

    The bell's width is ``period / sigma``; ``offset`` in [0, 1] moves its top towards the newest value.
    """

    @named("ALMA({period},{sigma},{offset})")
    def __init__(self, name: str, period: int, sigma: int = 6, offset: float = 0.85) -> None:
        super().__init__(name, period)
        shift = to_decimal(offset)
        if not 0 <= shift <= 1:
            raise ValueError(f"offset of {name} is {offset}: it must be from 0 to 1")
        top = math.floor(shift * (period - 1))
        width = Decimal(period) / sigma
        bell = [math.exp(to_float(-((place - top) ** 2) / (2 * width * width))) for place in range(period)]
        total = sum(bell)
        self._weights = [double_to_decimal(weight / total) for weight in reversed(bell)]

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if len(self.values) < self.period:
            return value
        return sum((weight * one for weight, one in zip(self._weights, self.values, strict=True)), ZERO)


class RelativeMovingAverage(Indicator):
    """Mean over the period, minus that over two periods, plus that over three."""

    @named("RMA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, 3 * checked_period(name, period))
        self.short_average = SimpleMovingAverage(f"{name}_Short", period)
        self.medium_average = SimpleMovingAverage(f"{name}_Medium", 2 * period)
        self.long_average = SimpleMovingAverage(f"{name}_Long", 3 * period)

    def compute(self, data: BaseData) -> Decimal:
        for average in (self.short_average, self.medium_average, self.long_average):
            average.take(data)
        longer = self.long_average.current.decimal_value - self.medium_average.current.decimal_value
        return longer + self.short_average.current.decimal_value

    def reset(self) -> None:
        for average in (self.short_average, self.medium_average, self.long_average):
            average.reset()
        super().reset()
