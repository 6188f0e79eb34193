"""Hurst's exponent: whether a series trends (above a half) or returns to its mean (below)."""

from __future__ import annotations

import math
from decimal import Decimal

from pylean.indicators.base import WindowIndicator
from pylean.indicators.names import named
from pylean.numbers import ZERO, double_to_decimal, to_float

__all__ = ["HurstExponent"]


class _Differences:
    """Sums over the window's differences at one lag: all exact, so they can be kept instead of made anew."""

    def __init__(self, lag: int) -> None:
        self.lag = lag
        self.log = double_to_decimal(math.log(lag))
        self.forget()

    def forget(self) -> None:
        self._sum = ZERO
        self._squares = ZERO

    def add(self, older: Decimal, newer: Decimal) -> None:
        difference = older - newer
        self._sum += difference
        self._squares += difference * difference

    def drop(self, older: Decimal, newer: Decimal) -> None:
        difference = older - newer
        self._sum -= difference
        self._squares -= difference * difference

    def log_deviation(self, period: int) -> Decimal:
        """Logarithm of the standard deviation; 0 where there is none."""
        count = period - self.lag
        if count <= 0:
            return ZERO
        mean = self._sum / count
        deviation = math.sqrt(to_float(self._squares / count - mean * mean))
        return double_to_decimal(math.log(deviation)) if deviation else ZERO


class HurstExponent(WindowIndicator):
    """Slope of the logarithm of the differences' standard deviation over that of their lag, from 2 to ``max_lag``."""

    @named("HE({period},{max_lag})")
    def __init__(self, name: str, period: int, max_lag: int = 20) -> None:
        if max_lag < 3:
            raise ValueError(f"max_lag of {name} is {max_lag}: it must be at least 3")
        super().__init__(name, period)
        self._differences = [_Differences(lag) for lag in range(2, max_lag + 1)]
        self._sum_x = sum((each.log for each in self._differences), ZERO)
        self._sum_x2 = sum((each.log * each.log for each in self._differences), ZERO)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        values = self.values
        for each in self._differences:
            lag = each.lag
            if removed is not None and lag < self.period:
                each.drop(removed, values[-lag])
            if len(values) > lag:
                each.add(values[lag], value)
        if len(values) < self.period:
            return ZERO
        deviations = [(each.log, each.log_deviation(self.period)) for each in self._differences]
        sum_y = sum((log_deviation for _, log_deviation in deviations), ZERO)
        sum_xy = sum((log_lag * log_deviation for log_lag, log_deviation in deviations), ZERO)
        count = len(self._differences)
        return (count * sum_xy - self._sum_x * sum_y) / (count * self._sum_x2 - self._sum_x * self._sum_x)

    def reset(self) -> None:
        for each in self._differences:
            each.forget()
        super().reset()
