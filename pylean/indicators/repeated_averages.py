"""Moving averages of moving averages, which take lag away from the plain ones."""

from __future__ import annotations

from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.indicators.moving_averages import ExponentialMovingAverage
from pylean.indicators.names import checked_period, named
from pylean.indicators.points import IndicatorDataPoint
from pylean.indicators.windows import Delay
from pylean.numbers import ZERO, to_decimal

__all__ = [
    "DoubleExponentialMovingAverage",
    "T3MovingAverage",
    "TripleExponentialMovingAverage",
    "ZeroLagExponentialMovingAverage",
]


class DoubleExponentialMovingAverage(Indicator):
    """``(v + 1)·ema − v·ema(ema)``; v is the volume factor."""

    @named("DEMA({period})")
    def __init__(self, name: str, period: int, volume_factor: float | Decimal = 1) -> None:
        super().__init__(name, 1 + 2 * (checked_period(name, period) - 1))
        self._volume_factor = to_decimal(volume_factor)
        self._first = ExponentialMovingAverage(f"{name}_1", period)
        self._second = ExponentialMovingAverage(f"{name}_2", period)

    def compute(self, data: BaseData) -> Decimal:
        self._first.take(data)
        if not self._first.is_ready:
            return self._first.current.decimal_value
        self._second.take(self._first.current)
        factor = self._volume_factor
        return (factor + 1) * self._first.current.decimal_value - factor * self._second.current.decimal_value

    def reset(self) -> None:
        self._first.reset()
        self._second.reset()
        super().reset()


class TripleExponentialMovingAverage(Indicator):
    """``3·ema − 3·ema(ema) + ema(ema(ema))``; 0 before it is ready."""

    @named("TEMA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, 1 + 3 * (checked_period(name, period) - 1))
        self._first = ExponentialMovingAverage(f"{name}_1", period)
        self._second = ExponentialMovingAverage(f"{name}_2", period)
        self._third = ExponentialMovingAverage(f"{name}_3", period)

    @property
    def is_ready(self) -> bool:
        return self._third.is_ready

    def compute(self, data: BaseData) -> Decimal:
        self._first.take(data)
        if self._first.is_ready:
            self._second.take(self._first.current)
        if self._second.is_ready:
            self._third.take(self._second.current)
        if not self.is_ready:
            return ZERO
        first, second, third = (part.current.decimal_value for part in (self._first, self._second, self._third))
        return 3 * first - 3 * second + third

    def reset(self) -> None:
        for part in (self._first, self._second, self._third):
            part.reset()
        super().reset()


class T3MovingAverage(Indicator):
    """Tim Tillson's T3: the double exponential average, three times over."""

    @named("T3({period},{volume_factor})")
    def __init__(self, name: str, period: int, volume_factor: float | Decimal = 0.7) -> None:
        super().__init__(name, 1 + 6 * (checked_period(name, period) - 1))
        self._parts = [
            DoubleExponentialMovingAverage(f"{name}_{number}", period, volume_factor) for number in (1, 2, 3)
        ]

    def compute(self, data: BaseData) -> Decimal:
        for part in self._parts:
            part.take(data)
            if not part.is_ready:
                break
            data = part.current
        return part.current.decimal_value

    def reset(self) -> None:
        for part in self._parts:
            part.reset()
        super().reset()


class ZeroLagExponentialMovingAverage(Indicator):
    """Exponential average of the value plus its change over half the period; 0 until there is such a change."""

    @named("ZLEMA({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, checked_period(name, period) + period // 2)
        self.period = period
        self._average = ExponentialMovingAverage(f"{name}_EMA", period)
        self._delayed = Delay(round((period - 1) / 2))

    @property
    def is_ready(self) -> bool:
        return self._delayed.is_ready and self._average.is_ready

    def compute(self, data: BaseData) -> Decimal:
        self._delayed.take(data)
        if not self._delayed.is_ready:
            return ZERO
        value = data.decimal_value
        self._average.take(IndicatorDataPoint.at(data, value + (value - self._delayed.current.decimal_value)))
        return self._average.current.decimal_value

    def reset(self) -> None:
        self._average.reset()
        self._delayed.reset()
        super().reset()
