"""Turning points: bars that stand out of their surroundings, and zigzags between them."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from decimal import Decimal
from inspect import signature
from typing import Any

from pylean.events import EventHandlers
from pylean.feed.base_data import BaseData
from pylean.indicators.base import BarIndicator
from pylean.indicators.names import checked_period, named
from pylean.indicators.rolling_window import RollingWindow
from pylean.indicators.windows import Identity
from pylean.naming import LeanEnum, PascalNames
from pylean.numbers import ONE, ZERO, to_decimal, to_float

__all__ = ["PivotPoint", "PivotPointType", "PivotPointsEventArgs", "PivotPointsHighLow", "ZigZag"]


class PivotPointType(LeanEnum):
    """Which way a bar stands out."""

    LOW = -1
    NONE = 0
    HIGH = 1
    BOTH = 2


class PivotPoint(BaseData):
    """The price that stood out, at the end of its bar."""

    __slots__ = ("_time", "decimal_value", "pivot_point_type", "symbol")

    decimal_value: Decimal
    is_fill_forward = False

    def __init__(self, type: PivotPointType, price: float | Decimal, time: datetime) -> None:
        self.pivot_point_type = PivotPointType(type)
        self.decimal_value = to_decimal(price)
        self.symbol = None
        self._time = time

    @property
    def time(self) -> datetime:
        return self._time

    @property
    def end_time(self) -> datetime:
        return self._time

    @property
    def value(self) -> float:
        return to_float(self.decimal_value)

    price = value

    def __repr__(self) -> str:
        return f"{self._time} - {self.pivot_point_type.name} {self.value}"


class PivotPointsEventArgs(PascalNames):
    """What ``new_pivot_point_formed`` tells."""

    __slots__ = ("pivot_point",)

    def __init__(self, pivot_point: PivotPoint) -> None:
        self.pivot_point = pivot_point


class PivotPointsHighLow(BarIndicator):
    """Finds bars higher, or lower, than the given number of bars on both sides of them.

    ``(surrounding_bars_count, last_stored_values=100)`` or ``([name,] surrounding_bars_count_for_high_point,
    surrounding_bars_count_for_low_point, last_stored_values=100, strict=True)``; unless strict, equal bars may surround
    a pivot. The value is the ``PivotPointType`` of the bar in the middle. ``new_pivot_point_formed(sender, args)`` is
    called for each pivot, and the latest ones are kept.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        name, high_count, low_count, stored, strict = _settings(arguments, options)
        high_bars = 2 * checked_period(name, high_count, lowest=0) + 1
        low_bars = 2 * checked_period(name, low_count, lowest=0) + 1
        super().__init__(name, max(high_bars, low_bars))
        self.new_pivot_point_formed = EventHandlers()
        self._strict = strict
        self._high_bars: deque[Any] = deque(maxlen=high_bars)
        self._low_bars: deque[Any] = deque(maxlen=low_bars)
        self._pivots: RollingWindow[PivotPoint] = RollingWindow(stored)

    def compute(self, data: Any) -> Decimal:
        self._high_bars.append(data)
        self._low_bars.append(data)
        high = self._middle(self._high_bars, PivotPointType.HIGH)
        low = self._middle(self._low_bars, PivotPointType.LOW)
        for pivot in (high, low):
            if pivot is not None:
                self._pivots.add(pivot)
                self.new_pivot_point_formed(self, PivotPointsEventArgs(pivot))
        if high is not None:
            return Decimal(PivotPointType.HIGH if low is None else PivotPointType.BOTH)
        return Decimal(PivotPointType.NONE if low is None else PivotPointType.LOW)

    def _middle(self, bars: deque[Any], type: PivotPointType) -> PivotPoint | None:
        """The bar in the middle of a full window, if it stands out."""
        if len(bars) < (bars.maxlen or 0):
            return None
        field = "high" if type is PivotPointType.HIGH else "low"
        heights = [bar.decimal(field) * type.value for bar in bars]
        place = len(bars) // 2
        middle = heights.pop(place)
        stands_out = all(one < middle for one in heights) if self._strict else all(one <= middle for one in heights)
        return PivotPoint(type, bars[place].decimal(field), bars[place].end_time) if stands_out else None

    def get_all_pivot_points_array(self) -> list[PivotPoint]:
        """The kept pivots, newest first."""
        return list(self._pivots)

    def get_high_pivot_points_array(self) -> list[PivotPoint]:
        return [pivot for pivot in self._pivots if pivot.pivot_point_type is PivotPointType.HIGH]

    def get_low_pivot_points_array(self) -> list[PivotPoint]:
        return [pivot for pivot in self._pivots if pivot.pivot_point_type is PivotPointType.LOW]

    def reset(self) -> None:
        self._high_bars.clear()
        self._low_bars.clear()
        self._pivots.reset()
        super().reset()


_Settings = tuple[str, int, int, int, bool]


def _settings(arguments: tuple[Any, ...], options: dict[str, Any]) -> _Settings:
    """Name, both counts, how many pivots are kept, and strictness, from Lean's three constructors."""
    if "name" in options or (arguments and isinstance(arguments[0], str)):
        return _of_name(*arguments, **options)
    try:
        signature(_of_one_count).bind(*arguments, **options)
    except TypeError:
        return _of_both_counts(*arguments, **options)
    return _of_one_count(*arguments, **options)


def _of_one_count(surrounding_bars_count: int, last_stored_values: int = 100) -> _Settings:
    count = surrounding_bars_count
    return f"PivotPointsHighLow({count})", count, count, last_stored_values, True


def _of_both_counts(
    surrounding_bars_count_for_high_point: int,
    surrounding_bars_count_for_low_point: int,
    last_stored_values: int = 100,
    strict: bool = True,
) -> _Settings:
    high, low = surrounding_bars_count_for_high_point, surrounding_bars_count_for_low_point
    return f"PivotPointsHighLow({high},{low})", high, low, last_stored_values, strict


def _of_name(name: str, *arguments: Any, **options: Any) -> _Settings:
    return (name, *_of_both_counts(*arguments, **options)[1:])


class ZigZag(BarIndicator):
    """The latest turning point: the extreme of a move of at least ``sensitivity`` (a fraction) against the one before.

    A move counts after ``min_trend_length`` bars; until then a further extreme takes the turning point's place. The
    first bar gives 0. ``high_pivot``, ``low_pivot`` and ``pivot_type`` tell the latest of each kind and the kind.
    """

    @named("ZZ({sensitivity},{min_trend_length})")
    def __init__(self, name: str, sensitivity: float | Decimal = Decimal("0.05"), min_trend_length: int = 1) -> None:
        if not 0 < sensitivity < 1:
            raise ValueError(f"sensitivity of {name} is {sensitivity}: it must be between 0 and 1")
        super().__init__(name, checked_period(name, min_trend_length) + 1)
        self.high_pivot = Identity(f"{name}_HighPivot")
        self.low_pivot = Identity(f"{name}_LowPivot")
        self.pivot_type = PivotPointType.LOW
        self._sensitivity = to_decimal(sensitivity)
        self._min_trend_length = min_trend_length
        self._pivot = ZERO
        self._bars_since_pivot = 0
        self.parts = (self.high_pivot, self.low_pivot)

    def compute(self, data: Any) -> Decimal:
        high, low = data.decimal("high"), data.decimal("low")
        if self.samples == 1:
            self._turn(data, PivotPointType.LOW, low)
            return ZERO
        may_turn = self._bars_since_pivot >= self._min_trend_length
        if self.pivot_type is PivotPointType.LOW:
            if may_turn and high >= self._pivot * (ONE + self._sensitivity):
                self._turn(data, PivotPointType.HIGH, high)
            elif low <= self._pivot:
                self._turn(data, PivotPointType.LOW, low)
        elif may_turn and low <= self._pivot * (ONE - self._sensitivity):
            self._turn(data, PivotPointType.LOW, low)
        elif high >= self._pivot:
            self._turn(data, PivotPointType.HIGH, high)
        self._bars_since_pivot += 1
        return self._pivot

    def _turn(self, data: Any, type: PivotPointType, price: Decimal) -> None:
        pivot = self.high_pivot if type is PivotPointType.HIGH else self.low_pivot
        pivot.take_value(data, price)
        self.pivot_type = type
        self._pivot = price
        self._bars_since_pivot = 0

    def reset(self) -> None:
        self.pivot_type = PivotPointType.LOW
        super().reset()
