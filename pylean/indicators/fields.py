"""Which value of a bar an indicator takes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.base_data import BaseData
from pylean.naming import UnsupportedApiError, snake_case
from pylean.numbers import to_decimal, to_float

__all__ = ["Field", "FieldSelector", "selected_value"]


class FieldSelector:
    """A value of a bar: a float when it is called, exact by ``exact(data)``. ``data_type`` is the bar that it needs."""

    def __init__(self, name: str, exact: Callable[[Any], Decimal], data_type: type[BaseData] | None = None) -> None:
        self.name = name
        self.exact = exact
        self.data_type = data_type

    def __call__(self, data: Any) -> float:
        return to_float(self.exact(data))

    def __repr__(self) -> str:
        return f"Field.{self.name}"


class _Fields(type):
    """Finds ``Field.Close`` and ``Field.SevenBar``."""

    def __getattr__(cls, name: str) -> FieldSelector:
        found = cls.__dict__.get(snake_case(name).upper())
        if not isinstance(found, FieldSelector):
            raise UnsupportedApiError(cls.__name__, name)
        return found


def _of_bar(name: str, compute: Callable[..., Decimal], *fields: str) -> FieldSelector:
    """Made of prices of a bar; of other data, which has no bar's prices, its value."""

    def exact(data: Any) -> Decimal:
        if not isinstance(data, TradeBar | QuoteBar):
            value: Decimal = data.decimal_value
            return value
        return compute(*(data.decimal(field) for field in fields))

    return FieldSelector(name, exact)


def _of_side(name: str, side: str, field: str) -> FieldSelector:
    """A price of the bid or the ask; of other data than quotes, its value. Raises ValueError without that side."""

    def exact(data: Any) -> Decimal:
        if not isinstance(data, QuoteBar):
            value: Decimal = data.decimal_value
            return value
        bar = getattr(data, side)
        if bar is None:
            raise ValueError(f"Field.{name}: the quotes of {data.symbol} at {data.end_time} have no {side}")
        price: Decimal = bar.decimal(field)
        return price

    return FieldSelector(name, exact, QuoteBar)


def _volume(data: Any) -> Decimal:
    return to_decimal(data.volume) if isinstance(data, TradeBar) else data.decimal_value


class Field(metaclass=_Fields):
    """Ready-made selectors of a bar's values; weights and divisors are Lean's."""

    OPEN = _of_bar("OPEN", lambda price: price, "open")
    HIGH = _of_bar("HIGH", lambda high: high, "high")
    LOW = _of_bar("LOW", lambda low: low, "low")
    CLOSE = FieldSelector("CLOSE", lambda data: data.decimal_value)
    AVERAGE = _of_bar("AVERAGE", lambda *prices: sum(prices) / Decimal(4), "open", "high", "low", "close")
    MEDIAN = _of_bar("MEDIAN", lambda high, low: (high + low) / 2, "high", "low")
    TYPICAL = _of_bar("TYPICAL", lambda *prices: sum(prices) / Decimal(3), "high", "low", "close")
    WEIGHTED = _of_bar("WEIGHTED", lambda high, low, close: (high + low + 2 * close) / 4, "high", "low", "close")
    SEVEN_BAR = _of_bar(
        "SEVEN_BAR",
        lambda first, high, low, last: (2 * first + high + low + 3 * last) / 7,
        *("open", "high", "low", "close"),
    )
    VOLUME = FieldSelector("VOLUME", _volume, TradeBar)
    BID_OPEN = _of_side("BID_OPEN", "bid", "open")
    BID_HIGH = _of_side("BID_HIGH", "bid", "high")
    BID_LOW = _of_side("BID_LOW", "bid", "low")
    BID_CLOSE = _of_side("BID_CLOSE", "bid", "close")
    BID_PRICE = _of_side("BID_PRICE", "bid", "close")
    ASK_OPEN = _of_side("ASK_OPEN", "ask", "open")
    ASK_HIGH = _of_side("ASK_HIGH", "ask", "high")
    ASK_LOW = _of_side("ASK_LOW", "ask", "low")
    ASK_CLOSE = _of_side("ASK_CLOSE", "ask", "close")
    ASK_PRICE = _of_side("ASK_PRICE", "ask", "close")


def selected_value(selector: Callable[[Any], Any], data: Any) -> Decimal:
    """What a selector takes of data, exact where the selector is one of ``Field``."""
    if isinstance(selector, FieldSelector):
        return selector.exact(data)
    return to_decimal(selector(data))
