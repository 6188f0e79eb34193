"""The bases of all indicators: decimals in, a current value out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from pylean.events import EventHandlers
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.base_data import BaseData
from pylean.indicators.names import checked_period
from pylean.indicators.points import IndicatorDataPoint, decimal_of
from pylean.indicators.rolling_window import RollingWindow
from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, format_fixed

_WINDOW_SIZE = 2
_point_at = IndicatorDataPoint.at

__all__ = ["BarIndicator", "BarWindowIndicator", "Indicator", "IndicatorBase", "TradeBarIndicator", "WindowIndicator"]


class IndicatorBase(LeanOverrides, PascalNames):
    """One value from a series of data; ``current.value`` is 0 before the first.

    Subclasses override ``compute(data)``, which returns the exact value after one more input, or ``None`` when the
    input gives no new value (``current`` then stays and ``updated`` is not called). A subclass with a state of its own
    overrides ``reset`` too and calls this one. Indicators that are made of others update them in ``compute`` and name
    them in ``parts``, so that they are reset together.
    ``warm_up_period`` is how many samples it needs; where being ready means something else, ``is_ready`` is overridden.
    """

    def __init__(self, name: str, warm_up_period: int = 0) -> None:
        self.name = name
        self.warm_up_period = warm_up_period
        self.samples = 0
        self.current = IndicatorDataPoint()
        self._value_before: IndicatorDataPoint | None = None
        self._window: RollingWindow[IndicatorDataPoint] | None = None
        self._published = 1
        self.updated = EventHandlers()
        #: The consolidators that feed it, so that it can be unregistered.
        self.consolidators: list[Any] = []
        self.parts: tuple[IndicatorBase, ...] = ()
        self._latest: dict[Any, BaseData] = {}

    @property
    def exact(self) -> Decimal:
        """The current value as it was computed."""
        return self.current.decimal_value

    @property
    def is_ready(self) -> bool:
        """Enough samples were seen for a full value."""
        return self.samples >= self.warm_up_period

    @property
    def previous(self) -> IndicatorDataPoint:
        """The value before the current one; 0 at the beginning of time without one."""
        return self._value_before or IndicatorDataPoint()

    @property
    def window(self) -> RollingWindow[IndicatorDataPoint]:
        """The last values, two of them unless ``window.size`` is set; kept only once it was asked for."""
        if self._window is None:
            self._window = window = RollingWindow[IndicatorDataPoint](_WINDOW_SIZE)
            for point in (self._value_before, self.current):
                if point is not None:
                    window.add(point)
            window.samples = self._published
        return self._window

    def update(self, *data: Any) -> bool:
        """Take a bar or point, or ``(time, value)``; returns ``is_ready``."""
        self.take(data[0] if len(data) == 1 else self._point(data))
        return self.is_ready

    def take(self, data: Any) -> None:
        """One more input. As in Lean the same object twice is one sample, and data older than the symbol's latest are
        left out."""
        symbol = data.symbol
        latest = self._latest.get(symbol)
        if latest is not None and (latest is data or data.end_ms < latest.end_ms):
            return
        self._latest[symbol] = data
        self.samples += 1
        value = self.compute(data)
        if value is None:
            return
        point = _point_at(data, value)
        self._value_before = self.current
        self.current = point
        self._published += 1
        if self._window is not None:
            self._window.add(point)
        if self.updated:
            self.updated(self, point)

    def take_value(self, data: Any, value: Decimal) -> None:
        """One more input: a value at the time of other data."""
        self.take(IndicatorDataPoint.at(data, value))

    def compute(self, data: Any) -> Decimal | None:
        """The indicator's exact value after one more input."""
        raise TypeError(f"{type(self).__name__} does not override compute(data)")

    def reset(self) -> None:
        """Forget every sample."""
        for part in self.parts:
            part.reset()
        self.samples = 0
        self._latest.clear()
        self._start_over()

    def to_detailed_string(self) -> str:
        return f"{self.name} - {self}"

    def _start_over(self, value: Decimal = ZERO) -> None:
        """No values yet: the current one is ``value`` at the beginning of time."""
        self.current = IndicatorDataPoint()
        self.current.decimal_value = value
        self._value_before = None
        self._published = 1
        if self._window is not None:
            self._window.reset()
            self._window.add(self.current)

    def _point(self, data: tuple[Any, ...]) -> Any:
        raise TypeError(f"{type(self).__name__}.update takes a bar, not {data!r}: it needs more than one price")

    def __getitem__(self, index: int) -> IndicatorDataPoint:
        return self.window[index]

    def __iter__(self) -> Iterator[IndicatorDataPoint]:
        return iter(self.window)

    def __eq__(self, other: object) -> bool:
        """As in Lean: indicators are equal only to themselves, numbers to the current value."""
        if isinstance(other, (int, float, Decimal)):
            return self.current.decimal_value == decimal_of(other)
        return self is other

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> bool:
        return self.current.decimal_value < _value_of(other)

    def __le__(self, other: Any) -> bool:
        return self.current.decimal_value <= _value_of(other)

    def __gt__(self, other: Any) -> bool:
        return self.current.decimal_value > _value_of(other)

    def __ge__(self, other: Any) -> bool:
        return self.current.decimal_value >= _value_of(other)

    def __str__(self) -> str:
        """The current value with one to five places."""
        whole, _, fraction = format_fixed(self.current.decimal_value, 5).partition(".")
        return f"{whole}.{fraction.rstrip('0') or '0'}"


class Indicator(IndicatorBase):
    """Takes points of one value: ``compute(point)`` reads ``point.decimal_value``; of a bar that is its close."""

    def _point(self, data: tuple[Any, ...]) -> BaseData:
        return IndicatorDataPoint(*data)


class WindowIndicator(Indicator):
    """Keeps the last ``period`` values: subclasses override ``compute_window``. Raises ValueError for a period below 1.

    ``values[0]`` is the newest value, ``values[-1]`` the oldest.
    """

    def __init__(self, name: str, period: int, warm_up_period: int | None = None) -> None:
        self.period = checked_period(name, period)
        super().__init__(name, self.period if warm_up_period is None else warm_up_period)
        self.values: deque[Decimal] = deque(maxlen=self.period)

    def compute(self, data: BaseData) -> Decimal | None:
        value, values = data.decimal_value, self.values
        removed = values[-1] if len(values) == self.period else None
        values.appendleft(value)
        return self.compute_window(value, removed)

    def compute_window(self, value: Decimal, removed: Decimal | None) -> Decimal | None:
        """The exact value after ``value`` came in and ``removed``, once the window is full, fell out."""
        raise TypeError(f"{type(self).__name__} does not override compute_window(value, removed)")

    def reset(self) -> None:
        self.values.clear()
        super().reset()


class BarIndicator(IndicatorBase):
    """Takes trade or quote bars: ``compute(bar)`` reads ``bar.decimal("high")`` and so on. TypeError for other data."""

    _input: ClassVar[tuple[type[BaseData], ...]] = (TradeBar, QuoteBar)

    def take(self, data: Any) -> None:
        if not isinstance(data, self._input):
            allowed = " or ".join(one.__name__ for one in self._input)
            raise TypeError(f"input of {self.name} is a {type(data).__name__}: it must be a {allowed}")
        super().take(data)


class BarWindowIndicator(BarIndicator):
    """Keeps the last ``period`` bars: subclasses override ``compute_bars``. Raises ValueError for a period below 1.

    ``bars[0]`` is the newest bar, ``bars[-1]`` the oldest.
    """

    def __init__(self, name: str, period: int, warm_up_period: int | None = None) -> None:
        self.period = checked_period(name, period)
        super().__init__(name, self.period if warm_up_period is None else warm_up_period)
        self.bars: deque[Any] = deque(maxlen=self.period)

    def compute(self, data: Any) -> Decimal | None:
        bars = self.bars
        removed = bars[-1] if len(bars) == self.period else None
        bars.appendleft(data)
        return self.compute_bars(data, removed)

    def compute_bars(self, bar: Any, removed: Any | None) -> Decimal | None:
        """The exact value after ``bar`` came in and ``removed``, once the window is full, fell out."""
        raise TypeError(f"{type(self).__name__} does not override compute_bars(bar, removed)")

    def reset(self) -> None:
        self.bars.clear()
        super().reset()


class TradeBarIndicator(BarIndicator):
    """Takes trade bars: ``compute(bar)`` may read ``bar.volume`` too."""

    _input = (TradeBar,)


def _value_of(other: Any) -> Decimal:
    return other.current.decimal_value if isinstance(other, IndicatorBase) else decimal_of(other)
