"""Trade and quote bars as algorithms see them: floats on the surface, exact integers underneath."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.clock import from_ms, to_ms
from pylean.feed.base_data import BaseData
from pylean.naming import PascalNames
from pylean.numbers import to_decimal

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["Bar", "PriceScale", "QuoteBar", "TradeBar", "scaled_integer"]


class PriceScale:
    """How integers stand for prices: price = integer / 10**digits.

    Division of two doubles is what .NET does on the way from decimal to double, so floats agree to the last bit.
    """

    __slots__ = ("digits", "divisor")

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.divisor = 10.0**digits

    def decimal(self, scaled: int) -> Decimal:
        """The exact price, zeros of the scale kept."""
        return Decimal(scaled).scaleb(-self.digits)


def scaled_integer(value: Decimal, digits: int) -> int:
    """A decimal as an integer at a scale that is at least its own."""
    return int(value.scaleb(digits))


class Bar(PascalNames):
    """Open, high, low and close of one side of the market."""

    __slots__ = ("close_scaled", "high_scaled", "low_scaled", "open_scaled", "scale")

    def __init__(
        self, scale: PriceScale, open_scaled: int, high_scaled: int, low_scaled: int, close_scaled: int
    ) -> None:
        self.scale = scale
        self.open_scaled = open_scaled
        self.high_scaled = high_scaled
        self.low_scaled = low_scaled
        self.close_scaled = close_scaled

    @property
    def open(self) -> float:
        return self.open_scaled / self.scale.divisor

    @property
    def high(self) -> float:
        return self.high_scaled / self.scale.divisor

    @property
    def low(self) -> float:
        return self.low_scaled / self.scale.divisor

    @property
    def close(self) -> float:
        return self.close_scaled / self.scale.divisor

    def decimal(self, field: str) -> Decimal:
        """The exact value of ``open``, ``high``, ``low`` or ``close``."""
        return self.scale.decimal(getattr(self, field + "_scaled"))


class TradeBar(Bar, BaseData):
    """One bar of trades; ``time`` and ``end_time`` are naive New York times, prices USD, volume shares."""

    __slots__ = ("end_ms", "is_fill_forward", "period_ms", "symbol", "volume")

    def __init__(
        self,
        time: datetime,
        symbol: Symbol,
        open: float | Decimal,
        high: float | Decimal,
        low: float | Decimal,
        close: float | Decimal,
        volume: float,
        period: timedelta = timedelta(minutes=1),
    ) -> None:
        prices = [to_decimal(price) for price in (open, high, low, close)]
        digits = max(0, *(-int(price.as_tuple().exponent) for price in prices))
        super().__init__(PriceScale(digits), *(scaled_integer(price, digits) for price in prices))
        self.symbol = symbol
        self.period_ms = period // timedelta(milliseconds=1)
        self.end_ms = to_ms(time) + self.period_ms
        self.volume = float(volume)
        self.is_fill_forward = False

    @classmethod
    def of_integers(
        cls,
        symbol: Symbol,
        scale: PriceScale,
        open_scaled: int,
        high_scaled: int,
        low_scaled: int,
        close_scaled: int,
        volume: float,
        end_ms: int,
        period_ms: int,
        is_fill_forward: bool = False,
    ) -> TradeBar:
        """A bar from column values, without a conversion; ``end_ms`` is local."""
        bar = cls.__new__(cls)
        bar.scale = scale
        bar.open_scaled = open_scaled
        bar.high_scaled = high_scaled
        bar.low_scaled = low_scaled
        bar.close_scaled = close_scaled
        bar.symbol = symbol
        bar.volume = volume
        bar.end_ms = end_ms
        bar.period_ms = period_ms
        bar.is_fill_forward = is_fill_forward
        return bar

    @property
    def time(self) -> datetime:
        return from_ms(self.end_ms - self.period_ms)

    @property
    def end_time(self) -> datetime:
        return from_ms(self.end_ms)

    @property
    def period(self) -> timedelta:
        return timedelta(milliseconds=self.period_ms)

    @property
    def value(self) -> float:
        """The close, which is what an indicator takes from a bar."""
        return self.close

    @property
    def decimal_value(self) -> Decimal:
        return self.scale.decimal(self.close_scaled)

    price = value

    def __repr__(self) -> str:
        return (
            f"{self.symbol}: O: {self.open:.2f} H: {self.high:.2f} L: {self.low:.2f} C: {self.close:.2f} "
            f"V: {self.volume:.0f} @ {self.end_time}"
        )


class QuoteBar(BaseData):
    """One bar of quotes: ``bid`` and ``ask`` are ``None`` when that side had none; sizes are shares."""

    __slots__ = ("ask", "bid", "end_ms", "is_fill_forward", "last_ask_size", "last_bid_size", "period_ms", "symbol")

    def __init__(
        self,
        symbol: Symbol,
        bid: Bar | None,
        last_bid_size: float,
        ask: Bar | None,
        last_ask_size: float,
        end_ms: int,
        period_ms: int,
        is_fill_forward: bool = False,
    ) -> None:
        self.symbol = symbol
        self.bid = bid
        self.ask = ask
        self.last_bid_size = last_bid_size
        self.last_ask_size = last_ask_size
        self.end_ms = end_ms
        self.period_ms = period_ms
        self.is_fill_forward = is_fill_forward

    @property
    def time(self) -> datetime:
        return from_ms(self.end_ms - self.period_ms)

    @property
    def end_time(self) -> datetime:
        return from_ms(self.end_ms)

    @property
    def period(self) -> timedelta:
        return timedelta(milliseconds=self.period_ms)

    def decimal(self, field: str) -> Decimal:
        """Mean of both sides, or the only side there is; 0 without any."""
        sides = [side.decimal(field) for side in (self.bid, self.ask) if side is not None]
        return sum(sides, Decimal(0)) / len(sides) if sides else Decimal(0)

    @property
    def open(self) -> float:
        return float(self.decimal("open"))

    @property
    def high(self) -> float:
        return float(self.decimal("high"))

    @property
    def low(self) -> float:
        return float(self.decimal("low"))

    @property
    def close(self) -> float:
        return float(self.decimal("close"))

    value = close
    price = close

    @property
    def decimal_value(self) -> Decimal:
        return self.decimal("close")
