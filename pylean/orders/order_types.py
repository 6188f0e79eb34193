"""The kinds of orders. An algorithm that makes one itself only asks models about it; requests make the real ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.naming import PascalType
from pylean.numbers import drop_trailing_zeros, to_decimal
from pylean.orders.combo import ComboLegLimitOrder, ComboLimitOrder, ComboMarketOrder
from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.order import Order
from pylean.orders.properties import OrderProperties

if TYPE_CHECKING:
    from pylean.orders.requests import SubmitOrderRequest
    from pylean.securities.symbol import Symbol

__all__ = [
    "LimitIfTouchedOrder",
    "LimitOrder",
    "MarketOnCloseOrder",
    "MarketOnOpenOrder",
    "MarketOrder",
    "StopLimitOrder",
    "StopMarketOrder",
    "TrailingStopOrder",
    "create_order",
]

_Price = float | Decimal


class _SingleOrder(Order):
    """An order of one security, made the way Lean's constructors make it: without an id and without a status."""

    _type: ClassVar[OrderType]

    def _make(
        self,
        symbol: Symbol,
        quantity: _Price,
        time: datetime,
        tag: str,
        properties: OrderProperties | None,
        **fields: Any,
    ) -> None:
        super().__init__(
            0,
            self._type,
            symbol,
            to_decimal(quantity),
            time,
            time,
            tag,
            OrderStatus.NONE,
            properties=properties or OrderProperties(),
            **fields,
        )


class MarketOrder(_SingleOrder):
    """Fills at once at the market."""

    _type = OrderType.MARKET

    def __init__(
        self, symbol: Symbol, quantity: _Price, time: datetime, tag: str = "", properties: OrderProperties | None = None
    ) -> None:
        self._make(symbol, quantity, time, tag, properties)


class LimitOrder(_SingleOrder):
    """Fills at its limit or better."""

    _type = OrderType.LIMIT

    def __init__(
        self,
        symbol: Symbol,
        quantity: _Price,
        limit_price: _Price,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        self._make(symbol, quantity, time, tag, properties, limit=to_decimal(limit_price))


class StopMarketOrder(_SingleOrder):
    """Becomes a market order when its stop is touched."""

    _type = OrderType.STOP_MARKET

    def __init__(
        self,
        symbol: Symbol,
        quantity: _Price,
        stop_price: _Price,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        self._make(symbol, quantity, time, tag, properties, stop=to_decimal(stop_price))


class StopLimitOrder(_SingleOrder):
    """Becomes a limit order when its stop is passed."""

    _type = OrderType.STOP_LIMIT

    def __init__(
        self,
        symbol: Symbol,
        quantity: _Price,
        stop_price: _Price,
        limit_price: _Price,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        prices = {"stop": to_decimal(stop_price), "limit": to_decimal(limit_price)}
        self._make(symbol, quantity, time, tag, properties, **prices)


class LimitIfTouchedOrder(_SingleOrder):
    """Becomes a limit order when its trigger is touched from the other side of a stop."""

    _type = OrderType.LIMIT_IF_TOUCHED

    def __init__(
        self,
        symbol: Symbol,
        quantity: _Price,
        trigger_price: _Price,
        limit_price: _Price,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        prices = {"trigger": to_decimal(trigger_price), "limit": to_decimal(limit_price)}
        self._make(symbol, quantity, time, tag, properties, **prices)


class TrailingStopOrder(StopMarketOrder):
    """A stop order whose stop follows the market at a distance: USD, or a fraction of the price."""

    _type = OrderType.TRAILING_STOP

    def __init__(
        self,
        symbol: Symbol,
        quantity: _Price,
        stop_price: _Price,
        trailing_amount: _Price,
        trailing_as_percentage: bool,
        time: datetime,
        tag: str = "",
        properties: OrderProperties | None = None,
    ) -> None:
        prices = {"stop": to_decimal(stop_price), "trailing": to_decimal(trailing_amount)}
        is_percentage = bool(trailing_as_percentage)
        self._make(symbol, quantity, time, tag, properties, trailing_as_percentage=is_percentage, **prices)

    @staticmethod
    def calculate_stop_price(
        price: Decimal, trailing_amount: Decimal, trailing_as_percentage: bool, direction: OrderDirection
    ) -> Decimal:
        """The stop at the full distance from a price: above it to buy, below it to sell."""
        if trailing_as_percentage:
            return price * (1 + trailing_amount if direction is OrderDirection.BUY else 1 - trailing_amount)
        return price + trailing_amount if direction is OrderDirection.BUY else price - trailing_amount

    @classmethod
    def moved_stop_price(
        cls, price: Decimal, stop: Decimal, trailing_amount: Decimal, as_percentage: bool, direction: OrderDirection
    ) -> Decimal | None:
        """The new stop where the market has moved away further than the distance, else ``None``."""
        distance = price - stop if direction is OrderDirection.SELL else stop - price
        if distance <= (price * trailing_amount if as_percentage else trailing_amount):
            return None
        return cls.calculate_stop_price(price, trailing_amount, as_percentage, direction)


class MarketOnOpenOrder(_SingleOrder):
    """Fills at the next open."""

    _type = OrderType.MARKET_ON_OPEN

    def __init__(
        self, symbol: Symbol, quantity: _Price, time: datetime, tag: str = "", properties: OrderProperties | None = None
    ) -> None:
        self._make(symbol, quantity, time, tag, properties)


class MarketOnCloseOrder(_SingleOrder, metaclass=PascalType):
    """Fills at the next close. It must be sent ``submission_time_buffer`` before it, which an algorithm may set."""

    _type = OrderType.MARKET_ON_CLOSE
    DEFAULT_SUBMISSION_TIME_BUFFER: ClassVar[timedelta] = timedelta(minutes=15, seconds=30)
    submission_time_buffer: ClassVar[timedelta] = DEFAULT_SUBMISSION_TIME_BUFFER

    def __init__(
        self, symbol: Symbol, quantity: _Price, time: datetime, tag: str = "", properties: OrderProperties | None = None
    ) -> None:
        self._make(symbol, quantity, time, tag, properties)


_CLASSES: dict[OrderType, type[Order]] = {
    OrderType.MARKET: MarketOrder,
    OrderType.LIMIT: LimitOrder,
    OrderType.STOP_MARKET: StopMarketOrder,
    OrderType.STOP_LIMIT: StopLimitOrder,
    OrderType.MARKET_ON_OPEN: MarketOnOpenOrder,
    OrderType.MARKET_ON_CLOSE: MarketOnCloseOrder,
    OrderType.LIMIT_IF_TOUCHED: LimitIfTouchedOrder,
    OrderType.COMBO_MARKET: ComboMarketOrder,
    OrderType.COMBO_LIMIT: ComboLimitOrder,
    OrderType.COMBO_LEG_LIMIT: ComboLegLimitOrder,
    OrderType.TRAILING_STOP: TrailingStopOrder,
}
_PRICES: dict[OrderType, tuple[str, ...]] = {
    OrderType.LIMIT: ("limit",),
    OrderType.STOP_MARKET: ("stop",),
    OrderType.STOP_LIMIT: ("stop", "limit"),
    OrderType.LIMIT_IF_TOUCHED: ("trigger", "limit"),
    OrderType.COMBO_LEG_LIMIT: ("limit",),
    OrderType.TRAILING_STOP: ("stop", "trailing"),
}
_NOT_SET = 0


def create_order(request: SubmitOrderRequest) -> Order:
    """The order that a request asks for, with the prices its type has.

    Raises ValueError for types that no US equity has.
    """
    kind = request.order_type
    order_class = _CLASSES.get(kind)
    if order_class is None:
        raise ValueError(f"an order of {request.symbol} cannot be of type {kind}; equities have all others")
    order = order_class.__new__(order_class)
    # A leg reckons its quantity by its group, so that has to be there first.
    order.group_order_manager = request.group_order_manager
    Order.__init__(
        order,
        request.order_id,
        kind,
        request.symbol,
        drop_trailing_zeros(request.decimal_quantity),
        request.time,
        request.time,
        request.tag,
        properties=request.order_properties or OrderProperties(),
        group_order_manager=request.group_order_manager,
        trailing_as_percentage=kind is OrderType.TRAILING_STOP and request.trailing_as_percentage,
        price_adjustment_mode=_NOT_SET,
        **{name: getattr(request, name) for name in _PRICES.get(kind, ())},
    )
    if request.group_order_manager is not None:
        request.group_order_manager.order_ids.append(order.id)
    return order
