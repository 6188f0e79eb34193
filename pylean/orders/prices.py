"""The range of prices that a fill model looks at."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.clock import to_ms
from pylean.naming import PascalNames
from pylean.numbers import to_decimal, to_float

__all__ = ["Prices"]

_FIELDS = ("current", "open", "high", "low", "close")


class Prices(PascalNames):
    """Local time, end time and the prices of a bar or of one side of it; a price of 0 stands for the current one.

    ``Prices(bar)``, ``Prices(time, end_time, bar)`` or
    ``Prices(time, end_time, current, open, high, low, close)``.
    """

    __slots__ = ("_values", "end_time", "time")

    def __init__(self, *values: Any) -> None:
        if len(values) == 1:
            (bar,) = values
            values = (bar.time, bar.end_time, bar)
        self.time: datetime = values[0]
        self.end_time: datetime = values[1]
        if len(values) == 3:
            bar = values[2]
            prices = [bar.decimal(field) for field in ("close", *_FIELDS[1:])]
        else:
            prices = [to_decimal(price) for price in values[2:]]
        self._values: dict[str, Decimal] = dict(zip(_FIELDS, (price or prices[0] for price in prices), strict=True))

    def decimal(self, field: str) -> Decimal:
        """The exact value of ``current``, ``open``, ``high``, ``low`` or ``close``."""
        return self._values[field]

    @property
    def start_ms(self) -> int:
        return to_ms(self.time)

    @property
    def end_ms(self) -> int:
        return to_ms(self.end_time)

    @property
    def current(self) -> float:
        return to_float(self._values["current"])

    @property
    def open(self) -> float:
        return to_float(self._values["open"])

    @property
    def high(self) -> float:
        return to_float(self._values["high"])

    @property
    def low(self) -> float:
        return to_float(self._values["low"])

    @property
    def close(self) -> float:
        return to_float(self._values["close"])
