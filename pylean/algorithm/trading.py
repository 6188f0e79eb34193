"""Placing orders."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.enums import OrderResponseErrorCode, OrderType
from pylean.orders.requests import OrderResponse, SubmitOrderRequest
from pylean.orders.ticket import OrderTicket
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

__all__ = ["MARKET_ON_CLOSE_BUFFER", "TradingMixin"]

#: A market-on-close order must be sent this long before the close.
MARKET_ON_CLOSE_BUFFER = timedelta(minutes=15, seconds=30)


class TradingMixin(AlgorithmCore):
    """Orders by type, and orders sized by a share of the portfolio. Quantities are signed shares, prices USD.

    ``asynchronous`` is accepted and changes nothing: in a backtest an order is handled before the call returns.
    """

    def market_order(
        self,
        symbol: Symbol | str,
        quantity: float,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Any = None,
    ) -> OrderTicket:
        """Fills at once; outside market hours it becomes a market-on-open order.

        With daily data only, an order at market hours waits for the close (for the next open if that is too near).
        """
        security = self.securities[symbol]
        order_type = OrderType.MARKET
        if not security.exchange.exchange_open:
            order_type = OrderType.MARKET_ON_OPEN
        elif all(config.resolution is Resolution.DAILY for config in security.subscriptions):
            order_type = OrderType.MARKET_ON_OPEN if self._too_late_for_close(security) else OrderType.MARKET_ON_CLOSE
        return self._submit(order_type, security, quantity, tag, properties=order_properties)

    def order(self, symbol: Symbol | str, quantity: float, asynchronous: bool = False, tag: str = "") -> OrderTicket:
        return self.market_order(symbol, quantity, asynchronous, tag)

    def buy(self, symbol: Symbol | str, quantity: float) -> OrderTicket:
        return self.market_order(symbol, abs(quantity))

    def sell(self, symbol: Symbol | str, quantity: float) -> OrderTicket:
        return self.market_order(symbol, -abs(quantity))

    def limit_order(
        self,
        symbol: Symbol | str,
        quantity: float,
        limit_price: float,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Any = None,
    ) -> OrderTicket:
        security = self.securities[symbol]
        limit = to_decimal(limit_price)
        return self._submit(OrderType.LIMIT, security, quantity, tag, limit=limit, properties=order_properties)

    def stop_market_order(
        self,
        symbol: Symbol | str,
        quantity: float,
        stop_price: float,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Any = None,
    ) -> OrderTicket:
        security = self.securities[symbol]
        stop = to_decimal(stop_price)
        return self._submit(OrderType.STOP_MARKET, security, quantity, tag, stop=stop, properties=order_properties)

    def market_on_open_order(
        self,
        symbol: Symbol | str,
        quantity: float,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Any = None,
    ) -> OrderTicket:
        security = self.securities[symbol]
        return self._submit(OrderType.MARKET_ON_OPEN, security, quantity, tag, properties=order_properties)

    def market_on_close_order(
        self,
        symbol: Symbol | str,
        quantity: float,
        asynchronous: bool = False,
        tag: str = "",
        order_properties: Any = None,
    ) -> OrderTicket:
        security = self.securities[symbol]
        return self._submit(OrderType.MARKET_ON_CLOSE, security, quantity, tag, properties=order_properties)

    def calculate_order_quantity(self, symbol: Symbol | str, target: float) -> float:
        """Signed shares to order so that the position becomes ``target`` × portfolio value; 0 without a price."""
        return to_float(self._target_quantity(self.securities[symbol], to_decimal(target)))

    def set_holdings(
        self,
        symbol: Symbol | str,
        percentage: float,
        liquidate_existing_holdings: bool = False,
        asynchronous: bool = False,
        tag: str | None = None,
    ) -> list[OrderTicket]:
        """Bring a position to a share of the portfolio value, open market orders counted.

        Without a tag its own order has none and liquidations of others are tagged as such.
        """
        security = self.securities[symbol]
        target = self._target_quantity(security, to_decimal(percentage))
        tickets: list[OrderTicket] = []
        if liquidate_existing_holdings:
            others = sorted((other for other in self.securities if other is not security.symbol), key=_ticker)
            for other in others:
                tickets += self.liquidate(other, tag=tag)
        waiting = sum(
            (
                ticket.decimal_quantity_remaining
                for ticket in self.transactions.get_open_order_tickets(security.symbol)
                if ticket.order_type in (OrderType.MARKET, OrderType.MARKET_ON_OPEN)
            ),
            ZERO,
        )
        quantity = target - waiting
        if quantity:
            kind = OrderType.MARKET if security.exchange.exchange_open else OrderType.MARKET_ON_OPEN
            place = self.market_order if kind is OrderType.MARKET else self.market_on_open_order
            tickets.append(place(security.symbol, to_float(quantity), asynchronous, tag or ""))
        return tickets

    def liquidate(
        self, symbol: Symbol | str | None = None, asynchronous: bool = False, tag: str | None = None
    ) -> list[OrderTicket]:
        """Cancel the open orders of a symbol (of all, by ticker) and close its position at the market."""
        if not self.settings.liquidate_enabled:
            self.debug("liquidate is disabled by settings.liquidate_enabled")
            return []
        if symbol is not None and symbol not in self.securities:
            self.debug(f"liquidate ignores {symbol}: it was not added to the algorithm")
            return []
        symbols = [self.securities.symbol(symbol)] if symbol is not None else sorted(self.securities, key=_ticker)
        tickets = (self._liquidate(one, "Liquidated" if tag is None else tag) for one in symbols)
        return [ticket for ticket in tickets if ticket is not None]

    def _liquidate(self, symbol: Symbol, tag: str) -> OrderTicket | None:
        held = self.portfolio[symbol].decimal_quantity
        open_tickets = self.transactions.get_open_order_tickets(symbol)
        closing = [ticket for ticket in open_tickets if ticket.order_type is OrderType.MARKET]
        if held and len(open_tickets) == 1 and closing and closing[0].decimal_quantity == -held:
            return None
        for ticket in open_tickets:
            if ticket.order_type is not OrderType.MARKET:
                self.transactions.cancel_order(ticket.order_id, tag)
        if not held:
            return None
        waiting = sum((ticket.decimal_quantity_remaining for ticket in closing), ZERO)
        return self.market_order(symbol, to_float(-held - waiting), tag=tag)

    def _target_quantity(self, security: Security, target: Decimal) -> Decimal:
        low = to_decimal(self.settings.min_absolute_portfolio_target_percentage)
        high = to_decimal(self.settings.max_absolute_portfolio_target_percentage)
        if target and not low <= abs(target) <= high:
            self.error(
                f"{security.symbol}: the target {target} is not between {low} and {high} times the portfolio value"
            )
            return ZERO
        if security.cache.price == 0:
            self.error(_zero_price_text(security))
            return ZERO
        return self.portfolio.target_quantity(security, target)

    def _submit(
        self,
        order_type: OrderType,
        security: Security,
        quantity: float,
        tag: str,
        *,
        limit: Decimal | None = None,
        stop: Decimal | None = None,
        properties: Any = None,
    ) -> OrderTicket:
        shares = to_decimal(quantity)
        request = SubmitOrderRequest(
            self.utc_time, 0, tag, order_type, security.symbol, shares, limit, stop, properties
        )
        problem = self._pre_order_check(request, security)
        if problem is not None:
            self.error(problem.error_message)
            return OrderTicket.refused(self._lean.handler, request, problem)
        return self._lean.handler.submit(request)

    def _pre_order_check(self, request: SubmitOrderRequest, security: Security) -> OrderResponse | None:
        """Lean's checks before an order gets an id; ``None`` when all pass."""
        code = OrderResponseErrorCode
        symbol, lot = security.symbol, security.symbol_properties.lot_size
        if request.quantity == 0:
            return OrderResponse(code.ORDER_QUANTITY_ZERO, f"Unable to submit an order of {symbol} with quantity 0.")
        if abs(request.quantity) < lot:
            text = (
                f"Unable to submit an order of {symbol}: quantity {abs(request.quantity)} is below the lot size {lot}."
            )
            return OrderResponse(code.ORDER_QUANTITY_LESS_THAN_LOT_SIZE, text)
        if not security.is_tradable:
            return OrderResponse(code.NON_TRADABLE_SECURITY, f"The security {symbol} is marked as non-tradable.")
        if security.cache.price == 0:
            return OrderResponse(code.SECURITY_PRICE_ZERO, _zero_price_text(security))
        daily_only = all(config.resolution is Resolution.DAILY for config in security.subscriptions)
        if request.order_type is OrderType.MARKET_ON_OPEN and security.exchange.exchange_open and not daily_only:
            text = f"Cannot submit a market-on-open order of {symbol} while the market is open."
            return OrderResponse(code.MARKET_ON_OPEN_NOT_ALLOWED_DURING_REGULAR_HOURS, text)
        if request.order_type is OrderType.MARKET_ON_CLOSE and self._too_late_for_close(security):
            text = f"Market-on-close orders of {symbol} must be sent {MARKET_ON_CLOSE_BUFFER} before the close."
            return OrderResponse(code.MARKET_ON_CLOSE_ORDER_TOO_LATE, text)
        return None

    def _too_late_for_close(self, security: Security) -> bool:
        now = self.time
        if not security.exchange.exchange_open:
            return False
        return security.exchange.hours.next_close(now) - now < MARKET_ON_CLOSE_BUFFER


def _ticker(symbol: Symbol) -> str:
    return symbol.value


def _zero_price_text(security: Security) -> str:
    return (
        f"{security.symbol}: the price is 0; no bar has arrived yet. Add it in initialize and trade it once on_data "
        "has seen a bar of it."
    )
