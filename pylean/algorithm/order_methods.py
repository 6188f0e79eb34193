"""Orders by type."""

from __future__ import annotations

from decimal import Decimal
from math import gcd
from typing import TYPE_CHECKING, Any

from pylean.algorithm.order_checks import OrderChecksMixin, has_only_daily_data, is_too_late_for_close
from pylean.margin_call import DefaultMarginCallModel
from pylean.numbers import ZERO, double_to_decimal, to_decimal
from pylean.orders.combo import GroupOrderManager, Leg
from pylean.orders.enums import OrderDirection, OrderType
from pylean.orders.order_types import TrailingStopOrder
from pylean.orders.properties import OrderProperties
from pylean.orders.requests import SubmitOrderRequest
from pylean.orders.ticket import OrderTicket
from pylean.orders.time_in_force import GoodTilDateTimeInForce, TimeInForce
from pylean.securities.security_type import SecurityType
from pylean.securities.symbol import Symbol

if TYPE_CHECKING:
    from pylean.securities.security import Security

__all__ = ["OrderMethodsMixin", "decimal_of_double"]

_Number = float | Decimal
_Tradable = Any
"""A symbol, a ticker or a security."""


def decimal_of_double(value: float | Decimal) -> Decimal:
    """A number for which Lean has a parameter of type double beside the decimal one.

    Python's floats go to the double one, which casts to 15 significant digits; integers and NumPy's go to decimal.
    """
    return double_to_decimal(value) if type(value) is float else to_decimal(value)


class OrderMethodsMixin(OrderChecksMixin):
    """One method for each type of order. Quantities are signed shares, prices USD.

    ``asynchronous`` is only kept with the request: in a backtest an order is handled before the call returns.
    """

    def __init__(self) -> None:
        super().__init__()
        self.default_order_properties = OrderProperties()
        self.portfolio.set_margin_call_model(DefaultMarginCallModel(self.portfolio, self.default_order_properties))
        self._told: set[str] = set()

    def market_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        """Fills at once; outside market hours it becomes a market-on-open order.

        With daily data only, an order at market hours waits for the close (for the next open if that is too near).
        """
        security = self._security_for_order(symbol)
        if not security.exchange.exchange_open:
            ticket = self.market_on_open_order(security, quantity, asynchronous, tag, order_properties)
            self._tell_once(ticket, "market orders sent while the market is closed become market-on-open orders")
            return ticket
        if has_only_daily_data(security):
            late = is_too_late_for_close(security)
            convert = self.market_on_open_order if late else self.market_on_close_order
            ticket = convert(security, quantity, asynchronous, tag, order_properties)
            self._tell_once(ticket, "market orders on daily data sent while the market is open wait for the close")
            return ticket
        return self._submit(OrderType.MARKET, security, quantity, asynchronous, tag, order_properties)

    def order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        return self.market_order(symbol, quantity, asynchronous, tag, order_properties)

    def buy(self, symbol: _Tradable, quantity: float) -> OrderTicket:
        return self.market_order(symbol, abs(quantity))

    def sell(self, symbol: _Tradable, quantity: float) -> OrderTicket:
        return self.market_order(symbol, -abs(quantity))

    def market_on_open_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        """Fills at the next open. It cannot expire at a date; such a time in force becomes good til cancelled."""
        properties = self._without_date(order_properties)
        security = self._security_for_order(symbol)
        return self._submit(OrderType.MARKET_ON_OPEN, security, quantity, asynchronous, tag, properties)

    def market_on_close_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        """Fills at the next close. It cannot expire at a date; such a time in force becomes good til cancelled."""
        properties = self._without_date(order_properties)
        security = self._security_for_order(symbol)
        return self._submit(OrderType.MARKET_ON_CLOSE, security, quantity, asynchronous, tag, properties)

    def limit_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        limit_price: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        security = self._security_for_order(symbol)
        return self._submit(
            OrderType.LIMIT, security, quantity, asynchronous, tag, order_properties, limit_price=limit_price
        )

    def stop_market_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        stop_price: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        security = self._security_for_order(symbol)
        return self._submit(
            OrderType.STOP_MARKET, security, quantity, asynchronous, tag, order_properties, stop_price=stop_price
        )

    def stop_limit_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        stop_price: _Number,
        limit_price: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        security = self._security_for_order(symbol)
        prices = {"stop_price": stop_price, "limit_price": limit_price}
        return self._submit(OrderType.STOP_LIMIT, security, quantity, asynchronous, tag, order_properties, **prices)

    def limit_if_touched_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        trigger_price: _Number,
        limit_price: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> OrderTicket:
        security = self._security_for_order(symbol)
        prices = {"trigger_price": trigger_price, "limit_price": limit_price}
        return self._submit(
            OrderType.LIMIT_IF_TOUCHED, security, quantity, asynchronous, tag, order_properties, **prices
        )

    def trailing_stop_order(
        self,
        symbol: _Tradable,
        quantity: _Number,
        *arguments: Any,
        stop_price: float | None = None,
        trailing_amount: float | None = None,
        trailing_as_percentage: bool | None = None,
        **options: Any,
    ) -> OrderTicket:
        """``([stop_price,] trailing_amount, trailing_as_percentage, asynchronous, tag, order_properties)``.

        Without a stop price the first stop is at the full distance from the last price. Raises TypeError without an
        amount.
        """
        flag = next((index for index, value in enumerate(arguments) if isinstance(value, bool)), len(arguments))
        prices, rest = list(arguments[:flag]), list(arguments[flag:])
        if trailing_as_percentage is None and rest:
            trailing_as_percentage = rest.pop(0)
        if trailing_amount is None and prices:
            trailing_amount = prices.pop()
        if stop_price is None and prices:
            stop_price = prices.pop()
        if trailing_amount is None or trailing_as_percentage is None or prices:
            raise TypeError("a trailing stop takes [stop_price,] trailing_amount and trailing_as_percentage")
        options = dict(zip(("asynchronous", "tag", "order_properties"), rest, strict=False)) | options
        security = self._security_for_order(symbol)
        amount = to_decimal(trailing_amount)
        side = OrderDirection.BUY if quantity > 0 else OrderDirection.SELL
        stop = (
            TrailingStopOrder.calculate_stop_price(security.cache.price, amount, trailing_as_percentage, side)
            if stop_price is None
            else to_decimal(stop_price)
        )
        return self._submit(
            OrderType.TRAILING_STOP,
            security,
            quantity,
            options.pop("asynchronous", False),
            options.pop("tag", ""),
            options.pop("order_properties", None),
            stop_price=stop,
            trailing_amount=amount,
            trailing_as_percentage=trailing_as_percentage,
            **options,
        )

    def combo_market_order(
        self,
        legs: list[Leg],
        quantity: int,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> list[OrderTicket]:
        """All legs at the market, or none; ``quantity`` is that of the group."""
        return self._submit_combo(legs, quantity, ZERO, asynchronous, tag, order_properties)

    def combo_leg_limit_order(
        self,
        legs: list[Leg],
        quantity: int,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> list[OrderTicket]:
        """All legs within their own limits, or none. Raises ValueError for a leg without a limit."""
        if any(not leg.order_price for leg in legs):
            raise ValueError("ComboLegLimitOrder requires a limit price for each leg")
        return self._submit_combo(legs, quantity, ZERO, asynchronous, tag, order_properties)

    def combo_limit_order(
        self,
        legs: list[Leg],
        quantity: int,
        limit_price: _Number,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: OrderProperties | None = None,
    ) -> list[OrderTicket]:
        """All legs when together they are within the limit, or none. Raises ValueError for a limit of 0 or of a leg."""
        if limit_price == 0:
            raise ValueError("ComboLimitOrder requires a limit price")
        if any(leg.order_price for leg in legs):
            raise ValueError("ComboLimitOrder does not support limit prices for individual legs")
        return self._submit_combo(legs, quantity, to_decimal(limit_price), asynchronous, tag, order_properties)

    def _submit_combo(
        self,
        legs: list[Leg],
        quantity: _Number,
        limit: Decimal,
        asynchronous: bool,
        tag: str,
        properties: OrderProperties | None,
    ) -> list[OrderTicket]:
        """Check all legs, then send them; only the refused leg's ticket when one fails."""
        _check_ratios(legs, quantity)
        handler = self._lean.handler
        group = GroupOrderManager(handler.next_group_id(), len(legs), to_decimal(quantity), limit)
        kind = OrderType.COMBO_LIMIT if limit else OrderType.COMBO_MARKET
        requests = []
        for leg in legs:
            if leg.order_price is not None:
                limit, kind = to_decimal(leg.order_price), OrderType.COMBO_LEG_LIMIT
            shares = to_decimal(leg.quantity) * group.decimal_quantity
            security = self._security_for_order(leg.symbol)
            request = self._request(
                kind, security, shares, asynchronous, tag, properties, limit_price=limit, group_order_manager=group
            )
            problem = self._check_request(request)
            if problem is not None:
                return [self._refuse_request(request, problem)]
            requests.append(request)
        return [handler.submit(request) for request in requests]

    def _submit(
        self,
        order_type: OrderType,
        security: Security,
        quantity: _Number,
        asynchronous: bool,
        tag: str,
        properties: OrderProperties | None,
        **prices: Any,
    ) -> OrderTicket:
        shares = decimal_of_double(quantity)
        return self.submit_order_request(
            self._request(order_type, security, shares, asynchronous, tag, properties, **prices)
        )

    def _request(
        self,
        order_type: OrderType,
        security: Security,
        quantity: Decimal,
        asynchronous: bool,
        tag: str,
        properties: OrderProperties | None,
        *,
        stop_price: _Number = ZERO,
        limit_price: _Number = ZERO,
        **others: Any,
    ) -> SubmitOrderRequest:
        return SubmitOrderRequest(
            order_type,
            SecurityType.EQUITY,
            security.symbol,
            quantity,
            stop_price,
            limit_price,
            self.utc_time,
            tag,
            properties or self.default_order_properties.clone(),
            asynchronous=asynchronous,
            **others,
        )

    def _without_date(self, properties: OrderProperties | None) -> OrderProperties:
        properties = properties or self.default_order_properties.clone()
        if isinstance(properties.time_in_force, GoodTilDateTimeInForce):
            properties.time_in_force = TimeInForce.GOOD_TIL_CANCELED
            text = "market-on-open and market-on-close orders cannot expire at a date; they are good til cancelled"
            self._tell_once(None, text)
        return properties

    def _tell_once(self, ticket: OrderTicket | None, text: str) -> None:
        if text not in self._told and (ticket is None or ticket.submit_request.response.is_success):
            self._told.add(text)
            self.debug(f"Warning: {text}")

    def _security_for_order(self, symbol: _Tradable) -> Security:
        """The security to trade; one that is not there is added now and priced from history, as Lean does.

        Raises ValueError for text that cannot be a ticker.
        """
        wanted = symbol if isinstance(symbol, (Symbol, str)) else symbol.symbol
        known: Security | None = self.securities.find(wanted)
        if known is not None and (known.is_tradable or known.is_delisted):
            return known
        added: Security = self.add_security(wanted) if isinstance(wanted, Symbol) else self.add_equity(wanted)
        if not added.price:
            for bar in self.get_last_known_prices(added):
                added.set_market_price(bar)
        return added


def _check_ratios(legs: list[Leg], quantity: _Number) -> None:
    common = gcd(*(int(leg.quantity) for leg in legs))
    if common != 1:
        asked = ", ".join(f"{leg.quantity} {leg.symbol}" for leg in legs)
        raise ValueError(
            f"the legs {quantity}x({asked}) have the common factor {common}: give the ratio in the legs and the size "
            "as the group's quantity"
        )
