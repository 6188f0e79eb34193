"""Bars of one volume, in shares or in USD."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.consolidators.base import DataConsolidator, span_ms
from pylean.consolidators.made_bars import VolumeRenkoBar
from pylean.consolidators.selected_values import positive_size
from pylean.feed.bars import TradeBar
from pylean.feed.base_data import BaseData
from pylean.numbers import ZERO, to_decimal

__all__ = ["DollarVolumeRenkoConsolidator", "VolumeRenkoConsolidator"]


class VolumeRenkoConsolidator(DataConsolidator):
    """A bar for each ``bar_size`` shares of trade bars; one input can make many."""

    input_type = BaseData
    output_type = VolumeRenkoBar

    def __init__(self, bar_size: float) -> None:
        self._size = positive_size("bar_size", bar_size)
        self._bar: VolumeRenkoBar | None = None

    def _open_bar(self) -> Any:
        return self._bar

    def update(self, data: BaseData) -> None:
        if not isinstance(data, TradeBar):
            raise TypeError(f"{type(self).__name__} takes trade bars, not a {type(data).__name__}")
        opened, high, low, close = (data.decimal(field) for field in ("open", "high", "low", "close"))
        start_ms, end_ms = span_ms(data)
        if self._bar is None:
            self._bar = VolumeRenkoBar(data.symbol, start_ms, end_ms, self._size, (opened, high, low, close))
        left = self._bar.extend(end_ms, high, low, close, self._amount(to_decimal(data.volume), close))
        while left >= 0:
            self.deliver(self._bar)
            self._bar = self._bar.following()
            left = self._bar.extend(end_ms, high, low, close, left)

    def reset(self) -> None:
        super().reset()
        self._bar = None

    def _amount(self, volume: Decimal, close: Decimal) -> Decimal:
        """What an input adds to the bar."""
        return volume or ZERO


class DollarVolumeRenkoConsolidator(VolumeRenkoConsolidator):
    """A bar for each ``bar_size`` USD traded, at the inputs' closes."""

    def _amount(self, volume: Decimal, close: Decimal) -> Decimal:
        return volume * close
