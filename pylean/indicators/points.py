"""What indicators give: points in time, and results that may also tell of a failure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.clock import from_ms, to_ms
from pylean.feed.base_data import BaseData
from pylean.naming import LeanEnum, PascalNames
from pylean.numbers import double_to_decimal, to_decimal, to_float

__all__ = ["IndicatorDataPoint", "IndicatorResult", "IndicatorStatus", "decimal_of"]

_BEGINNING_MS = to_ms(datetime.min)
_new_point = object.__new__


class IndicatorDataPoint(BaseData):
    """A value at a time (naive New York): ``()``, ``(time, value)`` or ``(symbol, time, value)``."""

    __slots__ = ("decimal_value", "end_ms", "moment", "symbol")

    decimal_value: Decimal
    is_fill_forward = False

    def __init__(self, *arguments: Any) -> None:
        self.symbol = arguments[0] if len(arguments) > 2 else None
        #: The time once it was asked for, because most points pass without a question.
        self.moment: datetime | None = arguments[-2] if arguments else datetime.min
        self.end_ms = to_ms(arguments[-2]) if arguments else _BEGINNING_MS
        self.decimal_value = to_decimal(arguments[-1]) if arguments else Decimal(0)

    @staticmethod
    def at(data: Any, value: Decimal) -> IndicatorDataPoint:
        """A value at the time and with the symbol of other data."""
        point = _new_point(IndicatorDataPoint)
        point.symbol = data.symbol
        point.end_ms = data.end_ms
        point.decimal_value = value
        point.moment = None
        return point

    @property
    def time(self) -> datetime:
        if self.moment is None:
            self.moment = from_ms(self.end_ms)
        return self.moment

    @property
    def end_time(self) -> datetime:
        return self.time

    @property
    def value(self) -> float:
        return to_float(self.decimal_value)

    price = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IndicatorDataPoint):
            return NotImplemented
        return self.end_ms == other.end_ms and self.decimal_value == other.decimal_value

    def __hash__(self) -> int:
        return hash((self.end_ms, self.decimal_value))

    def __lt__(self, other: Any) -> bool:
        return self.decimal_value < decimal_of(other)

    def __le__(self, other: Any) -> bool:
        return self.decimal_value <= decimal_of(other)

    def __gt__(self, other: Any) -> bool:
        return self.decimal_value > decimal_of(other)

    def __ge__(self, other: Any) -> bool:
        return self.decimal_value >= decimal_of(other)

    def __repr__(self) -> str:
        return f"{self.time} - {self.value}"


class IndicatorStatus(LeanEnum):
    """How an indicator's computation went."""

    SUCCESS = 0
    INVALID_INPUT = 1
    MATH_ERROR = 2
    VALUE_NOT_READY = 3


class IndicatorResult(PascalNames):
    """A computed value and how it went; only a success becomes the indicator's current value."""

    __slots__ = ("decimal_value", "status")

    def __init__(self, value: float | Decimal, status: IndicatorStatus = IndicatorStatus.SUCCESS) -> None:
        self.decimal_value = to_decimal(value)
        self.status = IndicatorStatus(status)

    @property
    def value(self) -> float:
        return to_float(self.decimal_value)


def decimal_of(value: Any) -> Decimal:
    """The exact value of data, or of a number that it is compared with."""
    if isinstance(value, BaseData):
        return value.decimal_value
    return double_to_decimal(value) if isinstance(value, float) else to_decimal(value)
