"""Bars made of one value of each input, whenever that value says so."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pylean.consolidators.base import DataConsolidator, span_ms
from pylean.feed.bars import TradeBar
from pylean.feed.base_data import BaseData
from pylean.numbers import ZERO, to_decimal

__all__ = ["SelectedValueConsolidator", "Selector", "positive_size"]

Selector = Callable[[Any], Any]


class SelectedValueConsolidator(DataConsolidator):
    """``selector(data)`` gives the value, by default the data's own; ``volume_selector(data)`` the volume.

    Time alone emits nothing. Subclasses begin bars with ``_begin`` and take values with ``_extend``.
    """

    _handlers_come_first = True
    input_type = BaseData

    def __init__(self, selector: Selector | None = None, volume_selector: Selector | None = None) -> None:
        self._selector = selector
        self._volume_selector = volume_selector
        self._bar: Any = None

    def _open_bar(self) -> Any:
        return self._bar

    def update(self, data: BaseData) -> None:
        value = data.decimal_value if self._selector is None else to_decimal(self._selector(data))
        volume = _volume_of(data) if self._volume_selector is None else to_decimal(self._volume_selector(data))
        start_ms, _ = span_ms(data)
        if self._bar is not None:
            self._extend(start_ms, value, volume)
        if self._bar is None:
            self._bar = self._begin(data, start_ms, value, volume)

    def reset(self) -> None:
        super().reset()
        self._bar = None

    def _begin(self, data: BaseData, start_ms: int, value: Decimal, volume: Decimal) -> Any:
        raise NotImplementedError

    def _extend(self, start_ms: int, value: Decimal, volume: Decimal) -> None:
        raise NotImplementedError


def _volume_of(data: BaseData) -> Decimal:
    return to_decimal(data.volume) if isinstance(data, TradeBar) else ZERO


def positive_size(name: str, value: float | Decimal) -> Decimal:
    """A size that must be above 0. Raises ValueError."""
    size = to_decimal(value)
    if size <= 0:
        raise ValueError(f"{name} is {value}: it must be above 0")
    return size
