"""Trade and quote bars as algorithms see them: floats on the surface, exact integers underneath."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.clock import from_ms, to_ms
from pylean.feed.base_data import BaseData
from pylean.naming import PascalNames
from pylean.numbers import to_decimal, to_float

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["Bar", "PriceScale", "QuoteBar", "TradeBar", "scaled_integer"]


class PriceScale:
    """How integers stand for prices: price = integer / 10**digits.

    Division of two doubles is what .NET does on the way from decimal to double, so floats agree to the last bit.
    """

    __slots__ = ("digits", "divisor", "unit")

    def __init__(self, digits: int) -> None:
        self.digits = digits
        self.divisor = 10.0**digits
        #: One in the last digit. Multiplying by it is how a price is scaled fastest.
        self.unit = Decimal(1).scaleb(-digits)

    def decimal(self, scaled: int) -> Decimal:
        """The exact price, zeros of the scale kept."""
        return Decimal(scaled) * self.unit


def scaled_integer(value: Decimal, digits: int) -> int:
    """A decimal as an integer at a scale that is at least its own."""
    return int(value.scaleb(digits))


def _common_scale(*prices: float | Decimal) -> tuple[PriceScale, list[int]]:
    """Prices as integers at the finest scale among them."""
    decimals = [to_decimal(price) for price in prices]
    digits = max(0, *(-int(price.as_tuple().exponent) for price in decimals))
    return PriceScale(digits), [scaled_integer(price, digits) for price in decimals]


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

    @classmethod
    def of_prices(
        cls, open: float | Decimal, high: float | Decimal, low: float | Decimal, close: float | Decimal
    ) -> Bar:
        """A side from its prices."""
        scale, prices = _common_scale(open, high, low, close)
        return Bar(scale, *prices)

    def copy(self) -> Bar:
        """The four prices alone."""
        return Bar(self.scale, self.open_scaled, self.high_scaled, self.low_scaled, self.close_scaled)

    def absorb(self, later: Bar) -> None:
        """Add the bar that follows: its close, and its high and low where they go beyond."""
        if later.scale.digits != self.scale.digits:
            later = self._at_one_scale_with(later)
        self.high_scaled = max(self.high_scaled, later.high_scaled)
        self.low_scaled = min(self.low_scaled, later.low_scaled)
        self.close_scaled = later.close_scaled

    def _at_one_scale_with(self, other: Bar) -> Bar:
        """The other bar at the finer scale of both, which is this bar's scale from now on."""
        other = other.copy()
        digits = self.scale.digits - other.scale.digits
        coarse, fine = (other, self) if digits > 0 else (self, other)
        for name in ("open_scaled", "high_scaled", "low_scaled", "close_scaled"):
            setattr(coarse, name, getattr(coarse, name) * 10 ** abs(digits))
        coarse.scale = fine.scale
        return other

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
        scale, prices = _common_scale(open, high, low, close)
        super().__init__(scale, *prices)
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
        return Decimal(self.close_scaled) * self.scale.unit

    price = value

    def __repr__(self) -> str:
        return (
            f"{self.symbol}: O: {self.open:.2f} H: {self.high:.2f} L: {self.low:.2f} C: {self.close:.2f} "
            f"V: {self.volume:.0f} @ {self.end_time}"
        )


class QuoteBar(BaseData):
    """One bar of quotes: ``bid`` and ``ask`` are ``None`` when that side had none; sizes are shares."""

    __slots__ = (
        *("_value", "ask", "bid", "end_ms", "is_fill_forward"),
        *("last_ask_size", "last_bid_size", "period_ms", "symbol"),
    )

    def __init__(
        self,
        time: datetime,
        symbol: Symbol,
        bid: Bar | None,
        last_bid_size: float,
        ask: Bar | None,
        last_ask_size: float,
        period: timedelta = timedelta(minutes=1),
    ) -> None:
        self.symbol = symbol
        self.bid = None if bid is None else bid.copy()
        self.ask = None if ask is None else ask.copy()
        self.last_bid_size = last_bid_size
        self.last_ask_size = last_ask_size
        self.period_ms = period // timedelta(milliseconds=1)
        self.end_ms = to_ms(time) + self.period_ms
        self.is_fill_forward = False
        self._value: Decimal | None = None

    @classmethod
    def of_sides(
        cls,
        symbol: Symbol,
        bid: Bar | None,
        last_bid_size: float,
        ask: Bar | None,
        last_ask_size: float,
        end_ms: int,
        period_ms: int,
        is_fill_forward: bool = False,
    ) -> QuoteBar:
        """A bar of these very sides, without a copy; ``end_ms`` is local."""
        bar = cls.__new__(cls)
        bar.symbol = symbol
        bar.bid = bid
        bar.ask = ask
        bar.last_bid_size = last_bid_size
        bar.last_ask_size = last_ask_size
        bar.end_ms = end_ms
        bar.period_ms = period_ms
        bar.is_fill_forward = is_fill_forward
        bar._value = None  # noqa: SLF001 - it is this class's own
        return bar

    def update(
        self,
        last_trade: float | Decimal,
        bid_price: float | Decimal,
        ask_price: float | Decimal,
        volume: float,
        bid_size: float,
        ask_size: float,
    ) -> None:
        """Take one more quote; a price of 0 leaves its side as it was, a size of 0 too."""
        last, bid, ask = (to_decimal(price) for price in (last_trade, bid_price, ask_price))
        self.bid = _updated(self.bid, bid)
        self.ask = _updated(self.ask, ask)
        self.last_bid_size = bid_size if bid_size > 0 else self.last_bid_size
        self.last_ask_size = ask_size if ask_size > 0 else self.last_ask_size
        self._value = last or ask or bid or self._value

    @property
    def time(self) -> datetime:
        return from_ms(self.end_ms - self.period_ms)

    @property
    def end_time(self) -> datetime:
        return from_ms(self.end_ms)

    @end_time.setter
    def end_time(self, moment: datetime) -> None:
        """The start stays."""
        end_ms = to_ms(moment)
        self.period_ms += end_ms - self.end_ms
        self.end_ms = end_ms

    @property
    def period(self) -> timedelta:
        return timedelta(milliseconds=self.period_ms)

    def decimal(self, field: str) -> Decimal:
        """Mean of both sides, or the only side there is; 0 without any. A price of 0 counts as none."""
        sides = [price for side in (self.bid, self.ask) if side is not None and (price := side.decimal(field))]
        return sum(sides, Decimal(0)) / len(sides) if sides else Decimal(0)

    @property
    def open(self) -> float:
        return to_float(self.decimal("open"))

    @property
    def high(self) -> float:
        return to_float(self.decimal("high"))

    @property
    def low(self) -> float:
        return to_float(self.decimal("low"))

    @property
    def close(self) -> float:
        return to_float(self.decimal("close"))

    @property
    def value(self) -> float:
        return to_float(self.decimal_value)

    price = value

    @property
    def decimal_value(self) -> Decimal:
        """The close, if nothing else was set: a consolidated bar has the value of its latest input."""
        return self.decimal("close") if self._value is None else self._value

    @decimal_value.setter
    def decimal_value(self, value: Decimal) -> None:
        self._value = value


def _updated(side: Bar | None, price: Decimal) -> Bar | None:
    """A side after one more price; 0 for none."""
    if not price:
        return side
    if side is None:
        return Bar.of_prices(price, price, price, price)
    side.absorb(Bar.of_prices(price, price, price, price))
    return side
