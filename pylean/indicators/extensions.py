"""Indicators of indicators."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import IndicatorBase
from pylean.indicators.composite import (
    Composer,
    CompositeIndicator,
    ConstantIndicator,
    ResetCompositeIndicator,
)
from pylean.indicators.moving_averages import ExponentialMovingAverage, SimpleMovingAverage
from pylean.indicators.points import IndicatorDataPoint, IndicatorResult, IndicatorStatus
from pylean.indicators.python_indicator import as_indicator
from pylean.indicators.windows import Maximum, Minimum, Sum, WindowIdentity
from pylean.naming import PascalStatics
from pylean.numbers import ZERO, to_decimal

__all__ = ["IndicatorExtensions"]


class IndicatorExtensions(metaclass=PascalStatics):
    """Functions that chain indicators: each takes indicators, or objects of the algorithm's own classes."""

    @staticmethod
    def of(second: Any, first: Any, wait_for_first_to_ready: bool = True) -> IndicatorBase:
        """Feed ``second`` with every value of ``first``; from the start, or when the first is ready."""
        source, target = as_indicator(first), as_indicator(second)

        def feed(sender: Any, point: IndicatorDataPoint) -> None:
            if not wait_for_first_to_ready or source.is_ready:
                target.take(point)

        source.updated += feed
        return target

    @staticmethod
    def plus(left: Any, right: Any, name: str | None = None) -> CompositeIndicator:
        """Sum of two indicators, or of one and a constant."""
        return _compose(left, right, name, lambda one, other: _value(one) + _value(other))

    @staticmethod
    def minus(left: Any, right: Any, name: str | None = None) -> CompositeIndicator:
        """Difference of two indicators, or of one and a constant."""
        return _compose(left, right, name, lambda one, other: _value(one) - _value(other))

    @staticmethod
    def times(left: Any, right: Any, name: str | None = None) -> CompositeIndicator:
        """Product of two indicators, or of one and a constant."""
        return _compose(left, right, name, lambda one, other: _value(one) * _value(other))

    @staticmethod
    def over(left: Any, right: Any, name: str | None = None) -> CompositeIndicator:
        """Quotient of two indicators, or of one and a constant; a divisor of 0 gives no new value."""
        return _compose(left, right, name, _quotient)

    @staticmethod
    def weighted_by(value: Any, weight: Any, period: int) -> CompositeIndicator:
        """Mean of one indicator's last ``period`` values, weighted by another's."""
        values, weights = WindowIdentity(period), WindowIdentity(period)
        products, total = Sum("Sum_xy", period), Sum("Sum_y", period)

        def add_product(point: IndicatorDataPoint, other: IndicatorBase) -> None:
            if values.samples == weights.samples:
                products.take(IndicatorDataPoint(point.time, point.decimal_value * _value(other)))

        def on_value(sender: Any, point: IndicatorDataPoint) -> None:
            values.take(point)
            add_product(point, weights)

        def on_weight(sender: Any, point: IndicatorDataPoint) -> None:
            weights.take(point)
            add_product(point, values)
            total.take(point)

        def reset_windows() -> None:
            values.reset()
            weights.reset()

        as_indicator(value).updated += on_value
        as_indicator(weight).updated += on_weight
        return ResetCompositeIndicator(products, total, _quotient, reset_windows)

    @staticmethod
    def ema(
        left: Any, period: int, smoothing_factor: float | None = None, wait_for_first_to_ready: bool = True
    ) -> ExponentialMovingAverage:
        """Exponential moving average of an indicator."""
        source = as_indicator(left)
        average = ExponentialMovingAverage(f"EMA{period}_Of_{source.name}", period, smoothing_factor)
        IndicatorExtensions.of(average, source, wait_for_first_to_ready)
        return average

    @staticmethod
    def sma(left: Any, period: int, wait_for_first_to_ready: bool = True) -> SimpleMovingAverage:
        """Simple moving average of an indicator."""
        source = as_indicator(left)
        average = SimpleMovingAverage(f"SMA{period}_Of_{source.name}", period)
        IndicatorExtensions.of(average, source, wait_for_first_to_ready)
        return average

    @staticmethod
    def max(left: Any, period: int, wait_for_first_to_ready: bool = True) -> Maximum:
        """Highest of an indicator's last values."""
        source = as_indicator(left)
        highest = Maximum(f"MAX{period}_Of_{source.name}", period)
        IndicatorExtensions.of(highest, source, wait_for_first_to_ready)
        return highest

    @staticmethod
    def min(left: Any, period: int, wait_for_first_to_ready: bool = True) -> Minimum:
        """Lowest of an indicator's last values."""
        source = as_indicator(left)
        lowest = Minimum(f"MIN{period}_Of_{source.name}", period)
        IndicatorExtensions.of(lowest, source, wait_for_first_to_ready)
        return lowest


def _value(indicator: IndicatorBase) -> Decimal:
    return indicator.current.decimal_value


def _quotient(left: IndicatorBase, right: IndicatorBase) -> IndicatorResult:
    divisor = _value(right)
    if not divisor:
        return IndicatorResult(ZERO, IndicatorStatus.MATH_ERROR)
    return IndicatorResult(_value(left) / divisor)


def _compose(left: Any, right: Any, name: str | None, composer: Composer) -> CompositeIndicator:
    if isinstance(right, (int, float, Decimal)):
        constant = to_decimal(right)
        return CompositeIndicator(as_indicator(left), ConstantIndicator(str(constant), constant), composer)
    return CompositeIndicator(name, as_indicator(left), as_indicator(right), composer)
