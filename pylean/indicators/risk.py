"""Risk of a series of values, and return for it."""

from __future__ import annotations

import math
from collections import deque
from decimal import Decimal
from statistics import NormalDist
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.indicators.deviation import StandardDeviation
from pylean.indicators.extensions import IndicatorExtensions
from pylean.indicators.momentum import RateOfChange
from pylean.indicators.names import checked_period, named
from pylean.indicators.points import IndicatorDataPoint
from pylean.indicators.windows import Identity
from pylean.moments import average, mean, standard_deviation
from pylean.numbers import ZERO, double_to_decimal, to_float
from pylean.risk_free_rate import ConstantRiskFreeRateInterestRateModel, decimal_rate

__all__ = ["SharpeRatio", "SortinoRatio", "TargetDownsideDeviation", "ValueAtRisk"]


class ValueAtRisk(Indicator):
    """The return that is undercut with a probability of ``1 - confidence_level`` if returns are normally distributed.

    Of the last ``period`` returns, the first value's counting as 0.
    """

    @named("VaR({period}, {confidence_level})")
    def __init__(self, name: str, period: int, confidence_level: float) -> None:
        super().__init__(name, checked_period(name, period, lowest=3))
        self.period = period
        self._quantile = NormalDist().inv_cdf(1 - confidence_level)
        self._change = RateOfChange(1)
        self._returns: deque[float] = deque(maxlen=period)

    def compute(self, data: BaseData) -> Decimal:
        self._change.take(data)
        self._returns.appendleft(to_float(self._change.current.decimal_value))
        if len(self._returns) < 2:
            return ZERO
        returns = tuple(self._returns)
        return double_to_decimal(mean(returns) + standard_deviation(returns) * self._quantile)

    def reset(self) -> None:
        self._change.reset()
        self._returns.clear()
        super().reset()


class TargetDownsideDeviation(Indicator):
    """Root mean square of how far the last ``period`` returns fell short of ``minimum_acceptable_return``."""

    @named("TDD({period},{minimum_acceptable_return})")
    def __init__(self, name: str, period: int, minimum_acceptable_return: float = 0) -> None:
        super().__init__(name, checked_period(name, period) + 1)
        self._target = minimum_acceptable_return
        self._change = RateOfChange(1)
        self._change.window.size = period

    def compute(self, data: BaseData) -> Decimal:
        self._change.take(data)
        shortfalls = [min(0.0, point.value - self._target) for point in self._change.window]
        return double_to_decimal(math.sqrt(average([math.pow(shortfall, 2) for shortfall in shortfalls])))

    def reset(self) -> None:
        self._change.reset()
        super().reset()


class SharpeRatio(Indicator):
    """Mean return of the last ``period`` values above the risk-free rate, divided by the returns' deviation.

    The rate is a number or a model.
    """

    @named(lambda period, risk_free_rate: f"SR({period}{f',{risk_free_rate}' if _is_number(risk_free_rate) else ''})")
    def __init__(self, name: str, period: int, risk_free_rate: Any = Decimal("0.0")) -> None:
        self._period = checked_period(name, period)
        self._rates = (
            ConstantRiskFreeRateInterestRateModel(risk_free_rate) if _is_number(risk_free_rate) else risk_free_rate
        )
        self.rate_of_change = RateOfChange(1)
        super().__init__(name, self.rate_of_change.warm_up_period + period)
        self.risk_free_rate = Identity(f"{name}_RiskFreeRate")
        self._excess = IndicatorExtensions.minus(
            IndicatorExtensions.sma(self.rate_of_change, period), self.risk_free_rate
        )
        self._ratio = IndicatorExtensions.over(self._excess, self._deviation(period))

    def _deviation(self, period: int) -> Indicator:
        deviation = StandardDeviation(period)
        IndicatorExtensions.of(deviation, self.rate_of_change)
        return deviation

    @property
    def is_ready(self) -> bool:
        return self._ratio.samples > self._period

    def compute(self, data: BaseData) -> Decimal:
        rate = decimal_rate(self._rates, data.end_time)
        self.risk_free_rate.take(IndicatorDataPoint.at(data, rate))
        self.rate_of_change.take(data)
        return self._ratio.current.decimal_value

    def reset(self) -> None:
        self._ratio.reset()
        self.rate_of_change.reset()
        super().reset()


class SortinoRatio(SharpeRatio):
    """As the Sharpe ratio, but only returns below ``minimum_acceptable_return`` count as risk."""

    @named("SORTINO({period},{minimum_acceptable_return})")
    def __init__(self, name: str, period: int, minimum_acceptable_return: float = 0) -> None:
        self._downside = TargetDownsideDeviation(period, minimum_acceptable_return)
        super().__init__(name, period, double_to_decimal(minimum_acceptable_return))

    def _deviation(self, period: int) -> Indicator:
        return self._downside

    def compute(self, data: BaseData) -> Decimal:
        self._downside.take(data)
        return super().compute(data)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal))
