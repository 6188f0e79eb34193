"""The algorithm's view of its orders."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, TypeVar

from pylean.naming import PascalNames
from pylean.orders.requests import CancelOrderRequest

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.ticket import OrderTicket
    from pylean.orders.transactions import TransactionHandler
    from pylean.securities.symbol import Symbol

__all__ = ["SecurityTransactionManager"]

_T = TypeVar("_T", "Order", "OrderTicket")


class SecurityTransactionManager(PascalNames):
    """Look-up and cancellation of orders. Orders are copies: only requests change the real ones."""

    def __init__(self, handler: TransactionHandler) -> None:
        self._handler = handler

    @property
    def orders_count(self) -> int:
        return len(self._handler.orders)

    @property
    def last_order_id(self) -> int:
        return self._handler.last_order_id

    def get_order_by_id(self, order_id: int) -> Order | None:
        order = self._handler.orders.get(order_id)
        return None if order is None else copy(order)

    def get_order_ticket(self, order_id: int) -> OrderTicket | None:
        return self._handler.tickets.get(order_id)

    def get_orders(self, condition: Callable[[Order], bool] | None = None) -> list[Order]:
        orders = self._handler.orders.values()
        return [copy(order) for order in orders if condition is None or condition(order)]

    def get_open_orders(self, condition: Symbol | str | Callable[[Order], bool] | None = None) -> list[Order]:
        """Open orders, pending cancels included, of one symbol or under a condition; by id."""
        return [copy(order) for order in self._handler.open_orders if _matches(order, condition)]

    def get_order_tickets(self, condition: Callable[[OrderTicket], bool] | None = None) -> list[OrderTicket]:
        return [ticket for ticket in self._handler.tickets.values() if condition is None or condition(ticket)]

    def get_open_order_tickets(
        self, condition: Symbol | str | Callable[[OrderTicket], bool] | None = None
    ) -> list[OrderTicket]:
        tickets = [self._handler.tickets[order.id] for order in self._handler.open_orders]
        return [ticket for ticket in tickets if _matches(ticket, condition)]

    def get_open_orders_remaining_quantity(
        self, condition: Symbol | str | Callable[[OrderTicket], bool] | None = None
    ) -> float:
        """Signed shares that open orders may still fill."""
        return sum(ticket.quantity_remaining for ticket in self.get_open_order_tickets(condition))

    def cancel_order(self, order_id: int, tag: str | None = None) -> OrderTicket:
        """Cancel by id; without a tag the order's own is blanked, which is Lean's behaviour.

        Raises KeyError for an unknown id.
        """
        ticket = self._handler.tickets.get(order_id)
        if ticket is None:
            raise KeyError(f"there is no order with id {order_id}; ids go from 1 to {self._handler.last_order_id}")
        self._handler.cancel(CancelOrderRequest(self._handler.utc, order_id, tag or ""))
        return ticket

    def cancel_open_orders(self, symbol: Symbol | str | None = None, tag: str | None = None) -> list[OrderTicket]:
        """Cancel all open orders, or those of one symbol; without a tag each keeps its own."""
        if symbol is None and tag is None:
            tag = f"Canceled by CancelOpenOrders() at {self._handler.utc.isoformat()}.0000000Z"
        tickets = self.get_open_order_tickets(symbol)
        for ticket in tickets:
            ticket.cancel(tag)
        return tickets


def _matches(item: _T, condition: Symbol | str | Callable[[_T], bool] | None) -> bool:
    if condition is None:
        return True
    if callable(condition):
        return condition(item)
    return item.symbol == condition
