"""Differences of a fast and a slow moving average, and what is made of them."""

from __future__ import annotations

from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.indicators.momentum import RateOfChangePercent
from pylean.indicators.moving_average_type import MovingAverageType
from pylean.indicators.moving_averages import ExponentialMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.points import IndicatorDataPoint
from pylean.indicators.windows import Identity, Maximum, Minimum
from pylean.numbers import ZERO

__all__ = [
    "AbsolutePriceOscillator",
    "MovingAverageConvergenceDivergence",
    "PercentagePriceOscillator",
    "SchaffTrendCycle",
    "Trix",
    "TrueStrengthIndex",
]


class MovingAverageConvergenceDivergence(Indicator):
    """Fast average minus slow average; ``signal`` is the average of that, ``histogram`` the distance from it.

    The signal is fed once both averages are ready, the histogram once the signal is. Raises ValueError unless the fast
    period is below the slow one.
    """

    @named("MACD({fast_period},{slow_period},{signal_period})")
    def __init__(
        self,
        name: str,
        fast_period: int,
        slow_period: int,
        signal_period: int,
        type: MovingAverageType = MovingAverageType.EXPONENTIAL,
    ) -> None:
        if fast_period >= slow_period:
            raise ValueError(f"fast_period of {name} is {fast_period}: it must be below slow_period, {slow_period}")
        super().__init__(name, slow_period + signal_period - 1)
        kind = MovingAverageType(type)
        self.fast = kind.as_indicator(f"{name}_Fast", fast_period)
        self.slow = kind.as_indicator(f"{name}_Slow", slow_period)
        self.signal = kind.as_indicator(f"{name}_Signal", signal_period)
        self.histogram = Identity(f"{name}_Histogram")
        self.parts = (self.fast, self.slow, self.signal, self.histogram)

    @property
    def is_ready(self) -> bool:
        return self.signal.is_ready

    def compute(self, data: BaseData) -> Decimal:
        self.fast.take(data)
        self.slow.take(data)
        difference = self.fast.exact - self.slow.exact
        if self.fast.is_ready and self.slow.is_ready:
            self.signal.take_value(data, difference)
            if self.signal.is_ready:
                distance = difference - self.signal.exact
                self.histogram.take_value(data, distance)
        return difference


class AbsolutePriceOscillator(MovingAverageConvergenceDivergence):
    """Fast average minus slow average, with a signal over the slow period."""

    @named("APO({fast_period},{slow_period})")
    def __init__(
        self,
        name: str,
        fast_period: int,
        slow_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        super().__init__(name, fast_period, slow_period, slow_period, moving_average_type)


class PercentagePriceOscillator(AbsolutePriceOscillator):
    """Fast average minus slow average, in percent of the slow one; 0 where that is 0."""

    @named("PPO({fast_period},{slow_period})")
    def __init__(
        self,
        name: str,
        fast_period: int,
        slow_period: int,
        moving_average_type: MovingAverageType = MovingAverageType.SIMPLE,
    ) -> None:
        super().__init__(name, fast_period, slow_period, moving_average_type)

    def compute(self, data: BaseData) -> Decimal:
        difference = super().compute(data)
        slow = self.slow.exact
        return 100 * difference / slow if slow else ZERO


class SchaffTrendCycle(Indicator):
    """Where a MACD lies in its recent range, smoothed, and where that lies in its own, smoothed again: 0 to 100."""

    @named("SchaffTrendCycle({cycle_period},{fast_period},{slow_period})")
    def __init__(
        self,
        name: str,
        cycle_period: int = 10,
        fast_period: int = 23,
        slow_period: int = 50,
        type: MovingAverageType = MovingAverageType.EXPONENTIAL,
    ) -> None:
        kind = MovingAverageType(type)
        self._macd = MovingAverageConvergenceDivergence(fast_period, slow_period, cycle_period, kind)
        super().__init__(name, self._macd.warm_up_period)
        self._macd_range = (Maximum(cycle_period), Minimum(cycle_period))
        self._smoothed = kind.as_indicator(f"{name}_D", 3)
        self._smoothed_range = (Maximum(cycle_period), Minimum(cycle_period))
        self._cycle = kind.as_indicator(f"{name}_PFF", 3)
        self.parts = (self._macd, *self._macd_range, self._smoothed, *self._smoothed_range, self._cycle)

    @property
    def is_ready(self) -> bool:
        return self._macd.is_ready

    def compute(self, data: BaseData) -> Decimal:
        self._macd.take(data)
        place = _place_in_range(self._macd.current, *self._macd_range)
        self._smoothed.take_value(data, place)
        place = _place_in_range(self._smoothed.current, *self._smoothed_range)
        self._cycle.take_value(data, place)
        return self._cycle.exact


def _place_in_range(point: IndicatorDataPoint, maximum: Maximum, minimum: Minimum) -> Decimal:
    """Where a value lies in its range, itself included: 0 at the bottom, 100 at the top, 0 in an empty range."""
    maximum.take(point)
    minimum.take(point)
    lowest = minimum.exact
    height = maximum.exact - lowest
    return (point.decimal_value - lowest) / height * 100 if height > 0 else ZERO


class Trix(Indicator):
    """One-step change in percent of an exponential average of an exponential average of an exponential average."""

    @named("TRIX({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, 3 * (checked_period(name, period) - 1) + 2)
        self._averages = [ExponentialMovingAverage(f"{name}_{number}", period) for number in (1, 2, 3)]
        self._change = RateOfChangePercent(f"{name}_ROCP1", 1)
        self.parts = (*self._averages, self._change)

    @property
    def is_ready(self) -> bool:
        return self._change.is_ready

    def compute(self, data: BaseData) -> Decimal:
        point = data
        for average in self._averages:
            average.take(point)
            if not average.is_ready:
                break
            point = average.current
        else:
            self._change.take(point)
        return self._change.exact


class TrueStrengthIndex(Indicator):
    """Twice averaged change divided by twice averaged absolute change, in percent; ``signal`` is an average of it."""

    @named("TSI({long_term_period},{short_term_period},{signal_period})")
    def __init__(
        self,
        name: str,
        long_term_period: int = 25,
        short_term_period: int = 13,
        signal_period: int = 7,
        signal_type: MovingAverageType = MovingAverageType.EXPONENTIAL,
    ) -> None:
        super().__init__(name, long_term_period + short_term_period)
        self._change = (
            ExponentialMovingAverage(f"{name}_PC_EMA", long_term_period),
            ExponentialMovingAverage(f"{name}_PC_EMA_EMA", short_term_period),
        )
        self._absolute_change = (
            ExponentialMovingAverage(f"{name}_APC_EMA", long_term_period),
            ExponentialMovingAverage(f"{name}_APC_EMA_EMA", short_term_period),
        )
        self.signal = MovingAverageType(signal_type).as_indicator(f"{name}_Signal", signal_period)
        self._previous_value = ZERO
        self.parts = (*self._change, *self._absolute_change, self.signal)

    def compute(self, data: BaseData) -> Decimal:
        change = data.decimal_value - self._previous_value
        self._previous_value = data.decimal_value
        if self.samples == 1:
            return ZERO
        smoothed = _averaged_twice(IndicatorDataPoint.at(data, change), *self._change)
        absolute = _averaged_twice(IndicatorDataPoint.at(data, abs(change)), *self._absolute_change)
        if not absolute:
            return self.exact
        strength = smoothed / absolute * 100
        self.signal.take_value(data, strength)
        return strength


def _averaged_twice(point: IndicatorDataPoint, first: Indicator, second: Indicator) -> Decimal:
    """The average of the average once both are ready; 0 before."""
    first.take(point)
    if first.is_ready:
        second.take(first.current)
    return second.exact
