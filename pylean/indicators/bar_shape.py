"""What the shape of a single bar tells, and bars smoothed by the ones before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import BarIndicator
from pylean.indicators.names import named
from pylean.indicators.windows import Identity
from pylean.numbers import ZERO, to_decimal

__all__ = ["BalanceOfPower", "HeikinAshi", "InternalBarStrength"]

_HALF = Decimal("0.5")


class BalanceOfPower(BarIndicator):
    """Close minus open as a part of the bar's height; 0 without a height."""

    @named("BOP")
    def __init__(self, name: str) -> None:
        super().__init__(name, 1)

    def compute(self, data: Any) -> Decimal:
        height: Decimal = data.decimal("high") - data.decimal("low")
        return (data.decimal("close") - data.decimal("open")) / height if height > 0 else ZERO


class InternalBarStrength(BarIndicator):
    """Where the close lies between low and high, 0 to 1; one half without a height."""

    @named("IBS()")
    def __init__(self, name: str) -> None:
        super().__init__(name, 1)

    def compute(self, data: Any) -> Decimal:
        high, low, close = (data.decimal(field) for field in ("high", "low", "close"))
        return (close - low) / (high - low) if high != low else _HALF


class HeikinAshi(BarIndicator):
    """Averaged bars: ``open`` is the middle of the averaged bar before, ``close`` the mean of this bar's prices."""

    @named("HA")
    def __init__(self, name: str) -> None:
        super().__init__(name, 2)
        self.open = Identity(f"{name}_Open")
        self.high = Identity(f"{name}_High")
        self.low = Identity(f"{name}_Low")
        self.close = Identity(f"{name}_Close")
        self.volume = Identity(f"{name}_Volume")
        self.parts = (self.open, self.high, self.low, self.close, self.volume)

    def compute(self, data: Any) -> Decimal:
        open_, high, low, close = (data.decimal(field) for field in ("open", "high", "low", "close"))
        mean: Decimal = (open_ + high + low + close) / 4
        if self.samples > 1:
            middle = (self.open.exact + self.close.exact) / 2
            high, low = max(high, middle, mean), min(low, middle, mean)
        else:
            middle = (open_ + close) / 2
        for part, value in ((self.open, middle), (self.close, mean), (self.high, high), (self.low, low)):
            part.take_value(data, value)
        self.volume.take_value(data, to_decimal(getattr(data, "volume", ZERO)))
        return mean
