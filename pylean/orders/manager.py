"""The algorithm's view of its orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from pylean.naming import PascalNames
from pylean.numbers import ZERO, to_float
from pylean.orders.requests import CancelOrderRequest, SubmitOrderRequest, UpdateOrderRequest
from pylean.securities.symbol import Symbol

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.requests import OrderRequest
    from pylean.orders.ticket import OrderTicket
    from pylean.orders.transactions import TransactionHandler
    from pylean.securities.security import Security

__all__ = ["ProjectedHoldings", "SecurityTransactionManager"]

_T = TypeVar("_T", "Order", "OrderTicket")


class SecurityTransactionManager(PascalNames):
    """Look-up, submission and cancellation of orders. Orders are copies: only requests change the real ones."""

    def __init__(self, handler: TransactionHandler) -> None:
        self._handler = handler
        #: Fills are made before a call returns; there is nothing to wait for in a backtest.
        self.market_order_fill_timeout = timedelta(0)

    @property
    def orders_count(self) -> int:
        return len(self._handler.orders)

    @property
    def last_order_id(self) -> int:
        return self._handler.last_order_id

    @property
    def utc_time(self) -> datetime:
        return self._handler.utc

    def get_order_by_id(self, order_id: int) -> Order | None:
        order = self._handler.orders.get(order_id)
        return None if order is None else order.clone()

    def get_orders_by_brokerage_id(self, brokerage_id: str | int) -> list[Order]:
        return self.get_orders(lambda order: str(brokerage_id) in order.brokerage_ids)

    def get_order_ticket(self, order_id: int) -> OrderTicket | None:
        return self._handler.tickets.get(order_id)

    def get_orders(self, condition: Callable[[Order], bool] | None = None) -> list[Order]:
        orders = self._handler.orders.values()
        return [order.clone() for order in orders if condition is None or condition(order)]

    def get_open_orders(
        self, condition: Symbol | str | Security | Callable[[Order], bool] | None = None
    ) -> list[Order]:
        """Open orders, pending cancels included, of one symbol or under a condition; by id."""
        return [order.clone() for order in self._handler.open_orders if _matches(order, condition)]

    def get_order_tickets(self, condition: Callable[[OrderTicket], bool] | None = None) -> list[OrderTicket]:
        return [ticket for ticket in self._handler.tickets.values() if condition is None or condition(ticket)]

    def get_open_order_tickets(
        self, condition: Symbol | str | Security | Callable[[OrderTicket], bool] | None = None
    ) -> list[OrderTicket]:
        tickets = [self._handler.tickets[order.id] for order in self._handler.open_orders]
        return [ticket for ticket in tickets if _matches(ticket, condition)]

    def open_quantity(self, symbol: Symbol) -> Decimal:
        """Exact signed shares that open orders of a symbol may still fill."""
        return sum((ticket.decimal_quantity_remaining for ticket in self.get_open_order_tickets(symbol)), ZERO)

    def get_open_orders_remaining_quantity(
        self, condition: Symbol | str | Security | Callable[[OrderTicket], bool] | None = None
    ) -> float:
        """Signed shares that open orders may still fill."""
        tickets = self.get_open_order_tickets(condition)
        return to_float(sum((ticket.decimal_quantity_remaining for ticket in tickets), ZERO))

    def get_projected_holdings(self, security: Security) -> ProjectedHoldings:
        """Shares held, and what open orders will make of them."""
        return ProjectedHoldings(security.holdings.decimal_quantity, self.open_quantity(security.symbol))

    def add_order(self, request: SubmitOrderRequest) -> OrderTicket:
        """Send an order past the algorithm's own checks."""
        return self._handler.submit(request)

    def update_order(self, request: UpdateOrderRequest) -> OrderTicket | None:
        self._handler.update(request)
        return self._handler.tickets.get(request.order_id)

    def process_request(self, request: OrderRequest) -> OrderTicket | None:
        if isinstance(request, SubmitOrderRequest):
            return self.add_order(request)
        if isinstance(request, UpdateOrderRequest):
            return self.update_order(request)
        return self.cancel_order(request.order_id, request.tag)

    def cancel_order(self, order_id: int, order_tag: str | None = None) -> OrderTicket:
        """Cancel by id; without a tag the order's own is blanked, which is Lean's behaviour. An unknown id gives an
        invalid ticket."""
        request = CancelOrderRequest(self._handler.utc, order_id, order_tag or "")
        self._handler.cancel(request)
        return self._handler.tickets.get(order_id) or self._handler.unknown_ticket(request)

    remove_order = cancel_order

    def cancel_open_orders(self, symbol: Symbol | str | None = None, tag: str | None = None) -> list[OrderTicket]:
        """Cancel all open orders, or those of one symbol; without a tag the latter keep their own.

        Raises RuntimeError during warm-up.
        """
        self._handler.refuse_in_warm_up("cancel_open_orders")
        if symbol is None:
            # Lean's text of a time that has no fraction of a second finer than its own ticks of 100 ns.
            tag = f"Canceled by CancelOpenOrders() at {self._handler.utc.isoformat(timespec='microseconds')}0Z"
        tickets = self.get_open_order_tickets(symbol)
        for ticket in tickets:
            ticket.cancel(tag)
        return tickets

    def wait_for_order(self, order_id: int) -> bool:
        """The order is closed; a backtest does not wait."""
        ticket = self._handler.tickets.get(order_id)
        return ticket is not None and ticket.status.is_closed


class ProjectedHoldings(PascalNames):
    """Shares held, shares that open orders may still fill, and both together."""

    def __init__(self, holdings_quantity: Decimal, open_orders_quantity: Decimal) -> None:
        self.decimal_projected = holdings_quantity + open_orders_quantity
        self.holdings_quantity = to_float(holdings_quantity)
        self.open_orders_quantity = to_float(open_orders_quantity)
        self.projected_quantity = to_float(self.decimal_projected)


def _matches(item: _T, condition: Symbol | str | Security | Callable[[_T], bool] | None) -> bool:
    if condition is None:
        return True
    if isinstance(condition, (Symbol, str)):
        return item.symbol == condition
    return condition(item) if callable(condition) else item.symbol == condition.symbol
