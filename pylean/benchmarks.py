"""What a run is compared with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import to_decimal, to_float
from pylean.securities.cache import SecurityCache
from pylean.securities.symbol import Symbol

__all__ = ["Benchmark", "FuncBenchmark", "SecurityBenchmark"]


class Benchmark(LeanOverrides, PascalNames):
    """Base of benchmarks. Subclasses override ``evaluate``."""

    def evaluate(self, time: datetime) -> float:
        """The value at a time, naive UTC."""
        raise NotImplementedError(f"{type(self).__name__} does not override evaluate")

    def decimal_value(self, utc: datetime) -> Decimal:
        return to_decimal(self.evaluate(utc))


class FuncBenchmark(Benchmark):
    """What a function of the time gives; 0 at all times stands for no benchmark."""

    def __init__(self, benchmark: Callable[[datetime], Any]) -> None:
        if not callable(benchmark):
            raise TypeError(f"a benchmark is a symbol, a ticker or a function of the time; got {benchmark!r}")
        self._function = benchmark

    def evaluate(self, time: datetime) -> float:
        return float(self._function(time))

    def decimal_value(self, utc: datetime) -> Decimal:
        return to_decimal(self._function(utc))


class SecurityBenchmark(Benchmark):
    """The price of a security, from hourly bars of its own that the engine keeps in ``cache``."""

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
        self.cache = SecurityCache()

    def evaluate(self, time: datetime) -> float:
        return to_float(self.cache.price)

    def decimal_value(self, utc: datetime) -> Decimal:
        return self.cache.price
