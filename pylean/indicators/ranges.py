"""How far bars reach: true ranges, and volatility estimated from whole bars."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator, TradeBarIndicator
from pylean.indicators.moving_averages import ExponentialMovingAverage, SimpleMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.windows import Sum
from pylean.numbers import ZERO, double_to_decimal, to_float

__all__ = ["MassIndex", "NormalizedAverageTrueRange", "RogersSatchellVolatility", "TrueRange"]


class TrueRange(BarIndicator):
    """Height of the bar, stretched to the close before it; of the first bar its height alone."""

    @named("TR")
    def __init__(self, name: str) -> None:
        super().__init__(name, 2)
        self._previous_close: Decimal | None = None

    def compute(self, data: Any) -> Decimal:
        high: Decimal = data.decimal("high")
        low: Decimal = data.decimal("low")
        previous_close = self._previous_close
        self._previous_close = data.decimal("close")
        if previous_close is None:
            return high - low
        return max(high - low, abs(previous_close - high), abs(previous_close - low))

    def reset(self) -> None:
        self._previous_close = None
        super().reset()


class NormalizedAverageTrueRange(BarIndicator):
    """Wilder's average of the true range in percent of the close; 0 where the close is 0.

    The first ``period + 1`` bars are averaged plainly, those beyond the period replacing the first ones.
    """

    @named("NATR({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, checked_period(name, period) + 1)
        self.period = period
        self._true_range = TrueRange(f"{name}_TR")
        self._mean = SimpleMovingAverage(f"{name}_ATR", period)
        self._average = ZERO
        self.parts = (self._true_range, self._mean)

    def compute(self, data: Any) -> Decimal:
        self._true_range.take(data)
        if self.samples <= self.warm_up_period:
            self._mean.take(self._true_range.current)
            self._average = self._mean.exact
        else:
            self._average = (self._average * (self.period - 1) + self._true_range.exact) / self.period
        close = data.decimal("close")
        return self._average / close * 100 if close else ZERO


class RogersSatchellVolatility(BarIndicator):
    """Rogers' and Satchell's estimate of volatility, free of drift: root of the mean over the last ``period`` bars.

    0 before it is ready. A bar with a price of 0 does not count, and gives 0.
    """

    @named("RSV({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._sum = Sum(f"{name}_Sum", period)
        self.parts = (self._sum,)

    def compute(self, data: Any) -> Decimal:
        prices = [to_float(data.decimal(field)) for field in ("open", "high", "low", "close")]
        if not all(prices):
            return ZERO
        open_, high, low, close = prices
        variance = math.log(high / close) * math.log(high / open_) + math.log(low / close) * math.log(low / open_)
        self._sum.take_value(data, double_to_decimal(variance))
        if not self.is_ready:
            return ZERO
        return double_to_decimal(math.sqrt(to_float(self._sum.exact) / self._sum.period))


class MassIndex(TradeBarIndicator):
    """Dorsey's index: sum over ``sum_period`` of the averaged height of bars divided by the average of that average.

    ``sum_period`` itself before it is ready.
    """

    @named("MASS({ema_period},{sum_period})")
    def __init__(self, name: str, ema_period: int = 9, sum_period: int = 25) -> None:
        super().__init__(name, 2 * (ema_period - 1) + sum_period)
        self._first = ExponentialMovingAverage(ema_period)
        self._second = ExponentialMovingAverage(ema_period)
        self._sum = Sum(sum_period)
        self.parts = (self._first, self._second, self._sum)

    @property
    def is_ready(self) -> bool:
        return self._sum.is_ready

    def compute(self, data: Any) -> Decimal:
        self._first.take_value(data, data.decimal("high") - data.decimal("low"))
        if self._first.is_ready:
            self._second.take(self._first.current)
        if self._second.is_ready:
            height, average = self._first.exact, self._second.exact
            self._sum.take_value(data, height / average if average else ZERO)
        return self._sum.exact if self.is_ready else Decimal(self._sum.period)
