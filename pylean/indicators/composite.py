"""Indicators made of functions and of other indicators."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pylean.feed.base_data import BaseData
from pylean.indicators.base import Indicator, IndicatorBase
from pylean.indicators.names import named
from pylean.indicators.points import IndicatorDataPoint, IndicatorResult, IndicatorStatus
from pylean.indicators.python_indicator import as_indicator
from pylean.numbers import ZERO, to_decimal

__all__ = [
    "CompositeIndicator",
    "ConstantIndicator",
    "DerivedIndicator",
    "FilteredIdentity",
    "FunctionalIndicator",
    "ResetCompositeIndicator",
]

#: Of the left and the right indicator.
Composer = Callable[[Any, Any], IndicatorResult | Decimal | float]


class ConstantIndicator(IndicatorBase):
    """The same value always, ready from the start."""

    def __init__(self, name: str, value: float | Decimal) -> None:
        self._constant = to_decimal(value)
        super().__init__(name)
        self._start_over(self._constant)

    def compute(self, data: BaseData) -> Decimal:
        return self._constant

    def reset(self) -> None:
        super().reset()
        self._start_over(self._constant)


class FunctionalIndicator(IndicatorBase):
    """Whatever a function makes of an input; another one says when it is ready."""

    def __init__(
        self,
        name: str,
        compute_next_value: Callable[[Any], float | Decimal],
        is_ready: Callable[[Any], bool],
        reset: Callable[[], Any] | None = None,
    ) -> None:
        super().__init__(name)
        self._compute_next_value = compute_next_value
        self._is_ready = is_ready
        self._reset = reset

    @property
    def is_ready(self) -> bool:
        return self._is_ready(self)

    def compute(self, data: Any) -> Decimal:
        return to_decimal(self._compute_next_value(data))

    def reset(self) -> None:
        if self._reset is not None:
            self._reset()
        super().reset()

    def _point(self, data: tuple[Any, ...]) -> BaseData:
        return IndicatorDataPoint(*data)

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


class DerivedIndicator(Indicator):
    """A value that the indicator it belongs to works out and gives it; ready when that one says so."""

    def __init__(self, name: str, is_ready: Callable[[], bool]) -> None:
        super().__init__(name)
        self._is_ready = is_ready

    @property
    def is_ready(self) -> bool:
        return self._is_ready()

    def compute(self, data: BaseData) -> Decimal:
        return data.decimal_value


class FilteredIdentity(IndicatorBase):
    """The value of the latest input that passes the filter; 0 before the first."""

    @named("")
    def __init__(self, name: str, filter: Callable[[Any], bool] | None = None) -> None:
        super().__init__(name)
        self._filter = filter
        self._passed = ZERO

    @property
    def is_ready(self) -> bool:
        return self.samples > 0 and self.current.decimal_value > 0

    def compute(self, data: BaseData) -> Decimal:
        if self._filter is None or self._filter(data):
            self._passed = data.decimal_value
        return self._passed

    def reset(self) -> None:
        self._passed = ZERO
        super().reset()

    def _point(self, data: tuple[Any, ...]) -> BaseData:
        return IndicatorDataPoint(*data)


class CompositeIndicator(Indicator):
    """A function of two indicators, computed when both have a new value; constants always do."""

    def __init__(self, *arguments: Any) -> None:
        """``([name,] left, right, composer)``; the composer gets both indicators and returns a result or a number."""
        *name, first, second, composer = arguments
        left, right = as_indicator(first), as_indicator(second)
        super().__init__((name and name[0]) or f"COMPOSE({left.name},{right.name})")
        self.left: IndicatorBase = left
        self.right: IndicatorBase = right
        self._composer: Composer = composer
        self._has_new_left = False
        self._has_new_right = False
        left.updated += self._on_left
        right.updated += self._on_right

    @property
    def is_ready(self) -> bool:
        return self.left.is_ready and self.right.is_ready

    def compute(self, data: BaseData) -> Decimal | None:
        result = self._composer(self.left, self.right)
        if not isinstance(result, IndicatorResult):
            return to_decimal(result)
        return result.decimal_value if result.status is IndicatorStatus.SUCCESS else None

    def reset(self) -> None:
        self.left.reset()
        self.right.reset()
        super().reset()

    def _on_left(self, sender: IndicatorBase, point: IndicatorDataPoint) -> None:
        self._has_new_left = True
        if self._has_new_right or isinstance(self.right, ConstantIndicator):
            self._compose(point)

    def _on_right(self, sender: IndicatorBase, point: IndicatorDataPoint) -> None:
        self._has_new_right = True
        if self._has_new_left or isinstance(self.left, ConstantIndicator):
            self._compose(point)

    def _compose(self, point: IndicatorDataPoint) -> None:
        when = IndicatorDataPoint.at(max(point, self.left.current, self.right.current, key=_end_ms), ZERO)
        when.symbol = None
        self.take(when)
        self._has_new_left = self._has_new_right = False


class ResetCompositeIndicator(CompositeIndicator):
    """A composite that does something more when it is reset."""

    def __init__(self, *arguments: Any) -> None:
        """``([name,] left, right, composer, extra reset action)``."""
        *name, left, right, composer, self._extra_reset_action = arguments
        super().__init__(*name or [f"RESET_COMPOSE({left.name},{right.name})"], left, right, composer)

    def reset(self) -> None:
        super().reset()
        self._extra_reset_action()


def _end_ms(point: IndicatorDataPoint) -> int:
    return point.end_ms
