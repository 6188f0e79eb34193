"""The base of all indicators: decimals in, a current value out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.clock import EPOCH
from pylean.feed.bars import TradeBar
from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float

__all__ = ["Indicator", "IndicatorDataPoint"]


@dataclass(frozen=True, slots=True)
class IndicatorDataPoint(PascalNames):
    """A value at a time (naive New York)."""

    time: datetime
    decimal_value: Decimal

    @property
    def value(self) -> float:
        return to_float(self.decimal_value)

    @property
    def end_time(self) -> datetime:
        return self.time


class Indicator(LeanOverrides, PascalNames):
    """One value from a series of values. Subclasses override ``compute``; ``current.value`` is 0 before the first."""

    def __init__(self, name: str, warm_up_period: int) -> None:
        self.name = name
        self.warm_up_period = warm_up_period
        self.samples = 0
        self.current = IndicatorDataPoint(EPOCH, ZERO)
        self.previous = self.current
        self.updated: list[Callable[[Indicator, IndicatorDataPoint], Any]] = []

    @property
    def is_ready(self) -> bool:
        """Enough samples were seen for a full value."""
        return self.samples >= self.warm_up_period

    def update(self, *data: Any) -> bool:
        """Take ``(time, value)`` or a bar (its close); returns ``is_ready``."""
        if len(data) == 2:
            time, value = data[0], to_decimal(data[1])
        else:
            bar: TradeBar = data[0]
            time, value = bar.end_time, bar.decimal("close")
        self.samples += 1
        self.previous = self.current
        self.current = IndicatorDataPoint(time, self.compute(value))
        for handler in self.updated:
            handler(self, self.current)
        return self.is_ready

    def compute(self, value: Decimal) -> Decimal:
        """The indicator's value after one more input."""
        raise TypeError(f"{type(self).__name__} does not override compute(value)")

    def reset(self) -> None:
        """Forget every sample."""
        self.samples = 0
        self.current = self.previous = IndicatorDataPoint(EPOCH, ZERO)

    def __str__(self) -> str:
        return str(self.current.value)
