"""What a run is compared with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.naming import PascalNames
from pylean.numbers import to_decimal, to_float

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["FuncBenchmark", "SecurityBenchmark"]


class FuncBenchmark(PascalNames):
    """The value at a time is what a function of the time (naive UTC) gives; 0 at all times stands for none."""

    def __init__(self, benchmark: Callable[[datetime], Any]) -> None:
        self._function = benchmark

    def evaluate(self, time: datetime) -> float:
        return to_float(self.decimal_value(time))

    def decimal_value(self, time: datetime) -> Decimal:
        return to_decimal(self._function(time))


class SecurityBenchmark(PascalNames):
    """The price of a security, read from hourly bars that the engine subscribes to."""

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
