"""Moving averages."""

from __future__ import annotations

from collections import deque
from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator
from pylean.numbers import ONE, ZERO

__all__ = ["ExponentialMovingAverage", "SimpleMovingAverage"]


class SimpleMovingAverage(Indicator):
    """Arithmetic mean of the last ``period`` values; of all of them while there are fewer."""

    def __init__(self, *arguments: str | int) -> None:
        name, period = _name_and_period("SMA", arguments)
        super().__init__(name, period)
        self.period = period
        self._window: deque[Decimal] = deque(maxlen=period)
        self._sum = ZERO

    def compute(self, data: BaseData) -> Decimal:
        value = data.decimal_value
        if len(self._window) == self.period:
            self._sum -= self._window[0]
        self._window.append(value)
        self._sum += value
        return self._sum / len(self._window)

    def reset(self) -> None:
        self._window.clear()
        self._sum = ZERO
        super().reset()


class ExponentialMovingAverage(Indicator):
    """Mean of the first ``period`` values, then ``k·value + (1−k)·previous`` with k = 2 / (period + 1)."""

    def __init__(self, *arguments: str | int) -> None:
        name, period = _name_and_period("EMA", arguments)
        super().__init__(name, period)
        self.period = period
        self._factor = Decimal(2) / (period + 1)
        self._seed = SimpleMovingAverage(period)

    def compute(self, data: BaseData) -> Decimal:
        if self.samples <= self.period:
            return self._seed.compute(data)
        return data.decimal_value * self._factor + self.current.decimal_value * (ONE - self._factor)

    def reset(self) -> None:
        self._seed.reset()
        super().reset()


def _name_and_period(short_name: str, arguments: tuple[str | int, ...]) -> tuple[str, int]:
    """``(period)`` or ``(name, period)``. Raises ValueError for a period below 1."""
    period = int(arguments[-1])
    if period < 1:
        raise ValueError(f"period of {short_name} is {period}: it must be at least 1")
    return (str(arguments[0]) if len(arguments) > 1 else f"{short_name}({period})", period)
