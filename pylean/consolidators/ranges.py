"""Range bars: each spans the same distance from low to high."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

from pylean.consolidators.made_bars import RangeBar
from pylean.consolidators.selected_values import SelectedValueConsolidator, Selector
from pylean.feed.base_data import BaseData
from pylean.numbers import ZERO, to_float

__all__ = ["ClassicRangeConsolidator", "RangeConsolidator"]

#: Lean's price step of US equities, in USD.
_MINIMUM_PRICE_VARIATION = Decimal("0.01")


class RangeConsolidator(SelectedValueConsolidator):
    """Bars of ``range`` price steps. A value beyond the range makes as many bars as it takes, the ones between without
    volume."""

    output_type = RangeBar

    def __init__(self, range: int, selector: Selector | None = None, volume_selector: Selector | None = None) -> None:
        super().__init__(selector, volume_selector)
        if range <= 0:
            raise ValueError(f"range is {range}: it must be above 0")
        self.range = range
        self._step = ZERO

    @property
    def range_size(self) -> float:
        """Distance from low to high in USD; 0 before the first input."""
        return to_float(self._size)

    @property
    def _size(self) -> Decimal:
        return self._step * self.range

    def reset(self) -> None:
        super().reset()
        self._step = ZERO

    def _begin(self, data: BaseData, start_ms: int, value: Decimal, volume: Decimal) -> RangeBar:
        opened = value
        if not self._step:
            self._step = _MINIMUM_PRICE_VARIATION
            opened = ceil(opened / self._size) * self._size
        return RangeBar(data.symbol, start_ms, self._size, opened, volume)

    def _extend(self, start_ms: int, value: Decimal, volume: Decimal) -> None:
        bar: Any = self._bar
        is_rising = value > bar.decimal("high")
        bar.extend(start_ms, value, volume)
        while bar.is_closed:
            self.deliver(bar)
            opened = bar.decimal("high") + self._step if is_rising else bar.decimal("low") - self._step
            bar = self._bar = RangeBar(bar.symbol, bar.end_ms, self._size, opened)
            is_between = abs(bar.decimal("low") - value) > self._size
            bar.extend(start_ms, value, ZERO if is_between else volume)


class ClassicRangeConsolidator(RangeConsolidator):
    """A value beyond the range closes the bar, and the next starts with the next value."""

    def _extend(self, start_ms: int, value: Decimal, volume: Decimal) -> None:
        bar = self._bar
        bar.extend(start_ms, value, volume)
        if bar.is_closed:
            self.deliver(bar)
            self._bar = None
