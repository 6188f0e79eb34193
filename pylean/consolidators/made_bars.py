"""Bars that prices make, not the clock: Renko, volume and range bars."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.clock import to_ms
from pylean.feed.bars import Bar, TradeBar
from pylean.naming import LeanEnum
from pylean.numbers import ZERO, to_float

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["BarDirection", "BaseRenkoBar", "MadeBar", "RangeBar", "RenkoBar", "RenkoType", "VolumeRenkoBar"]


_YEAR_ONE_MS = to_ms(datetime.min)


class RenkoType(LeanEnum):
    CLASSIC = 0
    WICKED = 1


class BarDirection(LeanEnum):
    RISING = 0
    NO_DELTA = 1
    FALLING = 2


class MadeBar(TradeBar):
    """A trade bar of exact decimals that changes until it is closed; volume in shares."""

    __slots__ = ("decimal_volume", "is_closed")

    def __init__(
        self,
        symbol: Symbol,
        start_ms: int,
        end_ms: int,
        prices: tuple[Decimal, Decimal, Decimal, Decimal],
        volume: Decimal,
    ) -> None:
        self.symbol = symbol
        self.end_ms = end_ms
        self.period_ms = end_ms - start_ms
        self.is_fill_forward = False
        self.is_closed = False
        self._set_prices(*prices)
        self._set_volume(volume)

    def _set_prices(self, open: Decimal, high: Decimal, low: Decimal, close: Decimal) -> None:
        bar = Bar.of_prices(open, high, low, close)
        self.scale = bar.scale
        self.open_scaled, self.high_scaled = bar.open_scaled, bar.high_scaled
        self.low_scaled, self.close_scaled = bar.low_scaled, bar.close_scaled

    def _set_volume(self, volume: Decimal) -> None:
        self.decimal_volume = volume
        self.volume = to_float(volume)

    def _end_at(self, end_ms: int) -> None:
        """The start stays."""
        self.period_ms += end_ms - self.end_ms
        self.end_ms = end_ms


class BaseRenkoBar(MadeBar):
    """What Renko bars share; ``brick_size`` is USD, or shares for volume bars."""

    __slots__ = ("decimal_brick_size", "type")

    decimal_brick_size: Decimal
    type: RenkoType

    @property
    def brick_size(self) -> float:
        return to_float(self.decimal_brick_size)

    @property
    def start(self) -> datetime:
        return self.time


class RenkoBar(BaseRenkoBar):
    """A brick of one size. A classic one is filled by ``extend``; a wicked one is complete when it is made."""

    __slots__ = ()

    def __init__(
        self,
        symbol: Symbol,
        start_ms: int,
        end_ms: int,
        brick_size: Decimal,
        prices: tuple[Decimal, Decimal, Decimal, Decimal],
        volume: Decimal = ZERO,
        type: RenkoType = RenkoType.CLASSIC,
    ) -> None:
        super().__init__(symbol, start_ms, end_ms, prices, volume)
        self.decimal_brick_size = brick_size
        self.type = type

    @property
    def direction(self) -> BarDirection:
        if self.open_scaled == self.close_scaled:
            return BarDirection.NO_DELTA
        return BarDirection.RISING if self.open_scaled < self.close_scaled else BarDirection.FALLING

    @property
    def spread(self) -> float:
        """How far the close is from the open, in USD."""
        return to_float(abs(self.decimal("close") - self.decimal("open")))

    @property
    def end(self) -> datetime:
        return self.end_time

    def extend(self, time_ms: int, value: Decimal, volume: Decimal) -> None:
        """Take one more value; the brick closes when it is one size away from the open."""
        self._end_at(time_ms)
        opened, high, low = (self.decimal(field) for field in ("open", "high", "low"))
        floor, ceiling = opened - self.decimal_brick_size, opened + self.decimal_brick_size
        close = min(ceiling, max(floor, value))
        self._set_prices(opened, max(high, close), min(low, close), close)
        self._set_volume(self.decimal_volume + volume)
        self.is_closed = value <= floor or value >= ceiling


class VolumeRenkoBar(BaseRenkoBar):
    """A bar of one volume."""

    __slots__ = ()

    def __init__(
        self,
        symbol: Symbol,
        start_ms: int,
        end_ms: int,
        brick_size: Decimal,
        prices: tuple[Decimal, Decimal, Decimal, Decimal],
    ) -> None:
        super().__init__(symbol, start_ms, end_ms, prices, ZERO)
        self.decimal_brick_size = brick_size
        self.type = RenkoType.CLASSIC

    def extend(self, end_ms: int, high: Decimal, low: Decimal, close: Decimal, volume: Decimal) -> Decimal:
        """Take one more input; returns the volume beyond the brick, below 0 while there is room."""
        self._end_at(end_ms)
        excess = self.decimal_volume + volume - self.decimal_brick_size
        self._set_volume(self.decimal_brick_size if excess > 0 else self.decimal_volume + volume)
        self._set_prices(self.decimal("open"), max(self.decimal("high"), high), min(self.decimal("low"), low), close)
        self.is_closed = self.decimal_volume >= self.decimal_brick_size
        return excess

    def following(self) -> VolumeRenkoBar:
        """The next bar: it starts where and when this one ended."""
        close = self.decimal("close")
        prices = (close, close, close, close)
        return VolumeRenkoBar(self.symbol, self.end_ms, self.end_ms, self.decimal_brick_size, prices)


class RangeBar(MadeBar):
    """A bar whose high and low are at most ``range_size`` USD apart; as in Lean its ``time`` is always 0001-01-01."""

    __slots__ = ("decimal_range_size",)

    def __init__(
        self, symbol: Symbol, time_ms: int, range_size: Decimal, open: Decimal, volume: Decimal = ZERO
    ) -> None:
        super().__init__(symbol, _YEAR_ONE_MS, time_ms, (open, open, open, open), volume)
        self.decimal_range_size = range_size

    @property
    def range_size(self) -> float:
        return to_float(self.decimal_range_size)

    def extend(self, time_ms: int, value: Decimal, volume: Decimal) -> None:
        """Take one more value; one beyond the range closes the bar at the range's edge, without its volume."""
        self._end_at(time_ms)
        opened, high, low = (self.decimal(field) for field in ("open", "high", "low"))
        size = self.decimal_range_size
        if value < low:
            self.is_closed = high - value > size
            edge = high - size if self.is_closed else value
            self._set_prices(opened, high, edge, edge if self.is_closed else self.decimal("close"))
        elif value > high:
            self.is_closed = value - low > size
            edge = low + size if self.is_closed else value
            self._set_prices(opened, edge, low, edge if self.is_closed else self.decimal("close"))
        if not self.is_closed:
            self._set_volume(self.decimal_volume + volume)
