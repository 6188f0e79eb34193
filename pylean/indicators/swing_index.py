"""Wilder's swing index and its sum."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pylean.indicators.base import TradeBarIndicator
from pylean.indicators.names import named
from pylean.numbers import ZERO, to_decimal

__all__ = ["WilderAccumulativeSwingIndex", "WilderSwingIndex"]

_HALF = Decimal("0.5")
_QUARTER = Decimal("0.25")


class WilderSwingIndex(TradeBarIndicator):
    """How convincingly a bar moved on from the one before it; ``limit_move`` is the largest move of a day.

    0 for the first bar and where nothing moved.
    """

    @named("SI")
    def __init__(self, name: str, limit_move: float | Decimal) -> None:
        super().__init__(name, 2)
        self._limit_move = abs(to_decimal(limit_move))
        self._previous: tuple[Decimal, Decimal] | None = None

    def compute(self, data: Any) -> Decimal:
        open_: Decimal = data.decimal("open")
        close: Decimal = data.decimal("close")
        previous, self._previous = self._previous, (open_, close)
        if previous is None:
            return ZERO
        previous_body = previous[1] - previous[0]
        high: Decimal = data.decimal("high")
        low: Decimal = data.decimal("low")
        to_high, to_low = high - previous[1], low - previous[1]
        stretch = _stretch(to_high, to_low, previous_body)
        if not stretch or not self._limit_move:
            return ZERO
        move = close - previous[1] + _HALF * (close - open_) + _QUARTER * previous_body
        return 50 * (move / stretch) * (max(abs(to_high), abs(to_low)) / self._limit_move)

    def reset(self) -> None:
        self._previous = None
        super().reset()


def _stretch(to_high: Decimal, to_low: Decimal, previous_body: Decimal) -> Decimal:
    """The longest way between the previous close, the high and the low, corrected for the other end and the body."""
    reach = abs(_QUARTER * previous_body)
    up, down, height = abs(to_high), abs(to_low), abs(to_high - to_low)
    if up >= down and up >= height:
        return up - _HALF * down + reach
    if down >= height:
        return down - _HALF * up + reach
    return height + reach


class WilderAccumulativeSwingIndex(TradeBarIndicator):
    """Sum of the swing index since the start."""

    @named("ASI")
    def __init__(self, name: str, limit_move: float | Decimal) -> None:
        super().__init__(name, 2)
        self._swing = WilderSwingIndex(limit_move)
        self.parts = (self._swing,)

    def compute(self, data: Any) -> Decimal:
        self._swing.take(data)
        return self.exact + self._swing.exact
