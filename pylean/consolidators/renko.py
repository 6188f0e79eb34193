"""Renko bars: bricks of one price size."""

from __future__ import annotations

from decimal import Decimal
from math import ceil, floor
from typing import Any

from pylean.consolidators.base import DataConsolidator, span_ms
from pylean.consolidators.made_bars import BarDirection, RenkoBar, RenkoType
from pylean.consolidators.selected_values import SelectedValueConsolidator, Selector, positive_size
from pylean.feed.base_data import BaseData
from pylean.numbers import round_half_even, to_decimal, to_float

__all__ = ["ClassicRenkoConsolidator", "RenkoConsolidator", "WickedRenkoConsolidator"]


class ClassicRenkoConsolidator(SelectedValueConsolidator):
    """Each brick starts where the one before closed, and closes one size above or below.

    With ``even_bars`` the first starts at the next multiple of the size at or above the first value.
    """

    output_type = RenkoBar
    type = RenkoType.CLASSIC

    def __init__(
        self,
        bar_size: float,
        selector: Selector | bool | None = None,
        volume_selector: Selector | None = None,
        even_bars: bool = True,
    ) -> None:
        if isinstance(selector, bool):
            even_bars, selector = selector, None
        super().__init__(selector, volume_selector)
        self._size = positive_size("bar_size", bar_size)
        self._is_even: bool = even_bars
        self._last_close: Decimal | None = None

    def reset(self) -> None:
        super().reset()
        self._last_close = None

    def _begin(self, data: BaseData, start_ms: int, value: Decimal, volume: Decimal) -> RenkoBar:
        opened = value if self._last_close is None else self._last_close
        if self._is_even and self._last_close is None:
            opened = ceil(opened / self._size) * self._size
        return RenkoBar(data.symbol, start_ms, start_ms, self._size, (opened, opened, opened, opened), volume)

    def _extend(self, start_ms: int, value: Decimal, volume: Decimal) -> None:
        bar = self._bar
        bar.extend(start_ms, value, volume)
        if bar.is_closed:
            self._last_close = bar.decimal("close")
            self.deliver(bar)
            self._bar = None


class RenkoConsolidator(DataConsolidator):
    """Wicked bricks: a turn needs two sizes, and the brick that it makes shows how far the price had gone before.

    One input can make many bricks, each with the input's start as its end.
    """

    _handlers_come_first = True
    input_type = BaseData
    output_type = RenkoBar
    type = RenkoType.WICKED

    def __init__(self, bar_size: float) -> None:
        self._size = positive_size("bar_size", bar_size)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._opened: Decimal | None = None
        self._high = self._low = Decimal(0)
        self._open_ms = 0
        self._last_brick: RenkoBar | None = None

    def _open_bar(self) -> Any:
        return self._last_brick

    def update(self, data: BaseData) -> None:
        rate = data.decimal_value
        start_ms, _ = span_ms(data)
        if self._opened is None:
            rate = self.closest_multiple(rate, self._size)
            self._open_ms = start_ms
            self._opened = self._high = self._low = rate
            return
        self._high, self._low = max(self._high, rate), min(self._low, rate)
        if rate != self._opened:
            self._move(data, start_ms, rate, +1 if rate > self._opened else -1)

    def reset(self) -> None:
        super().reset()
        self._begin_anew()

    @staticmethod
    def closest_multiple(price: Decimal, size: Decimal) -> Decimal:
        """The multiple of a size that is nearest to a price, of two the lower one."""
        below = floor(price / size)
        return size * (below + round_half_even((price - size * below) / size, 0))

    @classmethod
    def get_closest_multiple(cls, price: float, bar_size: float) -> float:
        return to_float(cls.closest_multiple(to_decimal(price), positive_size("bar_size", bar_size)))

    def _move(self, data: BaseData, start_ms: int, rate: Decimal, step: int) -> None:
        """Make every brick between the open and a rate above (``step`` 1) or below (-1) it."""
        last = self._last_brick
        against = BarDirection.FALLING if step > 0 else BarDirection.RISING
        if last is not None and last.direction is against:
            edge = last.decimal("open") + step * self._size
            if not _is_beyond(rate, edge, step):
                return
            self._complete(data, start_ms, last.decimal("open"), edge, step)
        opened = self._opened
        while opened is not None and _is_beyond(rate, edge := opened + step * self._size, step):
            self._complete(data, start_ms, opened, edge, step)
            opened = self._opened

    def _complete(self, data: BaseData, end_ms: int, opened: Decimal, edge: Decimal, step: int) -> None:
        """A brick to an edge; the next opens there."""
        prices = (opened, edge, self._low, edge) if step > 0 else (opened, self._high, edge, edge)
        brick = RenkoBar(data.symbol, self._open_ms, end_ms, self._size, prices, type=RenkoType.WICKED)
        brick.is_closed = True
        self._last_brick = brick
        self.deliver(brick)
        self._open_ms, self._opened = end_ms, edge
        if step > 0:
            self._low = edge
        else:
            self._high = edge


def _is_beyond(rate: Decimal, edge: Decimal, step: int) -> bool:
    return rate > edge if step > 0 else rate < edge


class WickedRenkoConsolidator(RenkoConsolidator):
    """Lean's second name for the same bricks."""
