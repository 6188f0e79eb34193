"""The bases of all indicators: decimals in, a current value out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pylean.clock import EPOCH
from pylean.events import EventHandlers
from pylean.feed.base_data import BaseData
from pylean.indicators.rolling_window import RollingWindow
from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float

__all__ = ["BarIndicator", "Indicator", "IndicatorBase", "IndicatorDataPoint", "TradeBarIndicator"]


class IndicatorDataPoint(BaseData):
    """A value at a time (naive New York): ``(time, value)`` or ``(symbol, time, value)``."""

    __slots__ = ("_time", "_value", "symbol")

    def __init__(self, *arguments: Any) -> None:
        self.symbol = arguments[0] if len(arguments) > 2 else None
        self._time: datetime = arguments[-2]
        self._value = to_decimal(arguments[-1])

    @property
    def time(self) -> datetime:
        return self._time

    @property
    def end_time(self) -> datetime:
        return self._time

    @property
    def decimal_value(self) -> Decimal:
        return self._value

    @property
    def value(self) -> float:
        return to_float(self._value)

    price = value
    is_fill_forward = False

    def __repr__(self) -> str:
        return f"{self._time} - {self.value}"


class IndicatorBase(LeanOverrides, PascalNames):
    """One value from a series of data; ``current.value`` is 0 before the first.

    Subclasses override ``compute(data)``, which returns the exact value after one more input, or ``None`` when the
    input gives no new value (``current`` then stays and ``updated`` is not called). A subclass with a state of its own
    overrides ``reset`` too and calls this one. Indicators that are made of others update them in ``compute``.
    """

    def __init__(self, name: str, warm_up_period: int = 0) -> None:
        self.name = name
        self.warm_up_period = warm_up_period
        self.samples = 0
        self.window: RollingWindow[IndicatorDataPoint] = RollingWindow(2)
        self.current = IndicatorDataPoint(EPOCH, ZERO)
        self.window.add(self.current)
        self.updated = EventHandlers()
        #: The consolidators that feed it, so that it can be unregistered.
        self.consolidators: list[Any] = []
        self._latest: dict[Any, BaseData] = {}

    @property
    def is_ready(self) -> bool:
        """Enough samples were seen for a full value."""
        return self.samples >= self.warm_up_period

    @property
    def previous(self) -> IndicatorDataPoint:
        return self.window[1] if len(self.window) > 1 else IndicatorDataPoint(EPOCH, ZERO)

    def update(self, *data: Any) -> bool:
        """Take a bar or point, or ``(time, value)``; returns ``is_ready``.

        As in Lean the same object twice is one sample, and data older than the symbol's latest are left out.
        """
        point = self._taken(data)
        latest = self._latest.get(point.symbol)
        if latest is not None and (latest is point or point.end_time < latest.end_time):
            return self.is_ready
        self._latest[point.symbol] = point
        self.samples += 1
        value = self.compute(point)
        if value is not None:
            self.current = IndicatorDataPoint(point.symbol, point.end_time, value)
            self.window.add(self.current)
            if self.updated:
                self.updated(self, self.current)
        return self.is_ready

    def _taken(self, data: tuple[Any, ...]) -> Any:
        """The input as ``compute`` gets it."""
        if len(data) == 1:
            return data[0]
        raise TypeError(f"{type(self).__name__}.update takes a bar, not {data!r}: it needs more than one price")

    def compute(self, data: Any) -> Decimal | None:
        """The indicator's exact value after one more input."""
        raise TypeError(f"{type(self).__name__} does not override compute(data)")

    def reset(self) -> None:
        """Forget every sample."""
        self.samples = 0
        self._latest.clear()
        self.window.reset()
        self.current = IndicatorDataPoint(EPOCH, ZERO)
        self.window.add(self.current)

    def __getitem__(self, index: int) -> IndicatorDataPoint:
        return self.window[index]

    def __iter__(self) -> Iterator[IndicatorDataPoint]:
        return iter(self.window)

    def __lt__(self, other: Any) -> bool:
        return self.current.decimal_value < _value_of(other)

    def __le__(self, other: Any) -> bool:
        return self.current.decimal_value <= _value_of(other)

    def __gt__(self, other: Any) -> bool:
        return self.current.decimal_value > _value_of(other)

    def __ge__(self, other: Any) -> bool:
        return self.current.decimal_value >= _value_of(other)

    def __str__(self) -> str:
        return str(self.current.value)


class Indicator(IndicatorBase):
    """Takes points of one value: ``compute(point)`` reads ``point.decimal_value``; of a bar that is its close."""

    def _taken(self, data: tuple[Any, ...]) -> BaseData:
        return data[0] if len(data) == 1 else IndicatorDataPoint(*data)


class BarIndicator(IndicatorBase):
    """Takes trade or quote bars: ``compute(bar)`` reads ``bar.decimal("high")`` and so on."""


class TradeBarIndicator(BarIndicator):
    """Takes trade bars: ``compute(bar)`` may read ``bar.volume`` too."""


def _value_of(other: Any) -> Decimal:
    if isinstance(other, IndicatorBase):
        return other.current.decimal_value
    return other.decimal_value if isinstance(other, BaseData) else to_decimal(other)
