"""Plain views of the last few values: the value itself, the extremes, the sum, the value some time ago."""

from __future__ import annotations

from decimal import Decimal

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator, WindowIndicator
from pylean.indicators.names import named
from pylean.numbers import ZERO

__all__ = ["Delay", "Identity", "Maximum", "Minimum", "Sum", "WindowIdentity"]


class Identity(Indicator):
    """The value itself."""

    def __init__(self, name: str = "") -> None:
        super().__init__(name, 1)

    def compute(self, data: BaseData) -> Decimal:
        return data.decimal_value


class WindowIdentity(WindowIndicator):
    """The value itself, ready after ``period`` values."""

    @named("WIN-ID{period}")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        return value


class Maximum(WindowIndicator):
    """Highest of the last ``period`` values."""

    @named("MAX({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.periods_since_maximum = 0

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if self.samples == 1 or value >= self.current.decimal_value:
            self.periods_since_maximum = 0
            return value
        if self.periods_since_maximum < self.period - 1:
            self.periods_since_maximum += 1
            return self.current.decimal_value
        highest = max(self.values)
        self.periods_since_maximum = self.values.index(highest)
        return highest

    def reset(self) -> None:
        self.periods_since_maximum = 0
        super().reset()


class Minimum(WindowIndicator):
    """Lowest of the last ``period`` values."""

    @named("MIN({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self.periods_since_minimum = 0

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        if self.samples == 1 or value <= self.current.decimal_value:
            self.periods_since_minimum = 0
            return value
        if self.periods_since_minimum < self.period - 1:
            self.periods_since_minimum += 1
            return self.current.decimal_value
        lowest = min(self.values)
        self.periods_since_minimum = self.values.index(lowest)
        return lowest

    def reset(self) -> None:
        self.periods_since_minimum = 0
        super().reset()


class Sum(WindowIndicator):
    """Sum of the last ``period`` values."""

    @named("SUM({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period)
        self._sum = ZERO

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        self._sum += value
        if removed is not None:
            self._sum -= removed
        return self._sum

    def reset(self) -> None:
        self._sum = ZERO
        super().reset()


class Delay(WindowIndicator):
    """The value ``period`` values ago; the first value until there are so many."""

    @named("DELAY({period})")
    def __init__(self, name: str, period: int) -> None:
        super().__init__(name, period, period + 1)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal:
        return self.values[-1] if removed is None else removed
