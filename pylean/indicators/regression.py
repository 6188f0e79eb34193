"""Straight lines through the last values."""

from __future__ import annotations

from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator, WindowIndicator
from pylean.indicators.deviation import StandardDeviation
from pylean.indicators.extensions import IndicatorExtensions
from pylean.indicators.names import checked_period, named
from pylean.indicators.windows import Identity
from pylean.numbers import ONE, ZERO, double_to_decimal, to_float

__all__ = ["LeastSquaresMovingAverage", "RegressionChannel", "TimeSeriesForecast"]


class LeastSquaresMovingAverage(WindowIndicator):
    """The newest point of the least-squares line through the last ``period`` values.

    The value itself while there are fewer. ``intercept`` and ``slope`` per value describe the line; the oldest value is
    number 1.
    """

    @named("LSMA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, checked_period(name, period, lowest=2))
        self.intercept = Identity(f"{name}_Intercept")
        self.slope = Identity(f"{name}_Slope")
        self.parts = (self.intercept, self.slope)

    def compute(self, data: BaseData) -> Decimal:
        self.values.appendleft(data.decimal_value)
        if len(self.values) < self.period:
            return data.decimal_value
        intercept, slope = _least_squares([to_float(value) for value in reversed(self.values)])
        self.intercept.take_value(data, double_to_decimal(intercept))
        self.slope.take_value(data, double_to_decimal(slope))
        return self.intercept.exact + self.slope.exact * self.period


def _least_squares(values: list[float]) -> tuple[float, float]:
    """Intercept and slope over 1, 2, 3, …, summed in the order in which Lean's mathematics library does."""
    count = len(values)
    mean_place, mean_value = (count + 1) / 2, sum(values) / count
    covariance = variance = 0.0
    for place, value in enumerate(values, 1):
        distance = place - mean_place
        covariance += distance * (value - mean_value)
        variance += distance * distance
    slope = covariance / variance
    return mean_value - slope * mean_place, slope


class RegressionChannel(Indicator):
    """A least-squares line, and channels ``k`` standard deviations of the values above and below it."""

    @named("RC({period},{k})")
    def __init__(self, name: str, period: int, k: float | Decimal) -> None:
        super().__init__(name, period)
        self._deviation = StandardDeviation(period)
        self.linear_regression = LeastSquaresMovingAverage(f"{name}_LinearRegression", period)
        self.lower_channel = IndicatorExtensions.minus(
            self.linear_regression, IndicatorExtensions.times(self._deviation, k), f"{name}_LowerChannel"
        )
        self.upper_channel = IndicatorExtensions.plus(
            self.linear_regression, IndicatorExtensions.times(self._deviation, k), f"{name}_UpperChannel"
        )
        self.parts = (self.lower_channel, self.upper_channel)

    @property
    def is_ready(self) -> bool:
        return self._deviation.is_ready and self.linear_regression.is_ready

    @property
    def intercept(self) -> Identity:
        return self.linear_regression.intercept

    @property
    def slope(self) -> Identity:
        return self.linear_regression.slope

    def compute(self, data: BaseData) -> Decimal:
        self._deviation.take(data)
        self.linear_regression.take(data)
        return self.linear_regression.exact


class TimeSeriesForecast(WindowIndicator):
    """The least-squares line through the last ``period`` values, one value ahead; 0 while there are fewer."""

    @named("TSF{period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, checked_period(name, period, lowest=2))
        places = range(1, period + 1)
        self._place_sum = sum(places)
        self._share = ONE / (period * sum(place * place for place in places) - self._place_sum**2)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        period = self.period
        if len(self.values) < period:
            return ZERO
        weighted = sum((place * one for place, one in zip(range(period, 0, -1), self.values, strict=True)), ZERO)
        total = sum(self.values, ZERO)
        slope = (period * weighted - self._place_sum * total) * self._share
        intercept = (total - slope * self._place_sum) * (ONE / period)
        return intercept + slope * (period + 1)
