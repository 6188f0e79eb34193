"""Order requests from their arrival to their answer (Lean's BrokerageTransactionHandler in a backtest).

A submission is handled at once, updates and cancels wait in a queue for the next submission or scan; every handled
request is followed by a scan of all pending orders, as in Lean.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from pylean.brokerages.messages import refusal
from pylean.numbers import ZERO
from pylean.orders import messages
from pylean.orders.brokerage import BacktestingBrokerage
from pylean.orders.enums import OrderRequestStatus, OrderResponseErrorCode, OrderStatus, OrderType
from pylean.orders.events import OrderEvent
from pylean.orders.order import Order, OrderSubmissionData
from pylean.orders.order_types import create_order
from pylean.orders.requests import CancelOrderRequest, OrderRequest, SubmitOrderRequest, UpdateOrderRequest
from pylean.orders.responses import OrderResponse
from pylean.orders.rounding import round_prices, round_quantity
from pylean.orders.shorting import exceeds_shortable
from pylean.orders.ticket import OrderTicket
from pylean.securities.security_type import SecurityType
from pylean.securities.symbol import Symbol

if TYPE_CHECKING:
    from pylean.algorithm.settings import AlgorithmSettings
    from pylean.brokerages.model import DefaultBrokerageModel
    from pylean.orders.manager import SecurityTransactionManager
    from pylean.securities.manager import SecurityManager
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = ["TradingAlgorithm", "TransactionHandler"]

_Code = OrderResponseErrorCode


class TradingAlgorithm(Protocol):
    """What orders need to know of the algorithm that sends them."""

    portfolio: SecurityPortfolioManager
    securities: SecurityManager
    settings: AlgorithmSettings
    transactions: SecurityTransactionManager
    brokerage_model: DefaultBrokerageModel

    @property
    def utc_time(self) -> datetime: ...

    @property
    def is_warming_up(self) -> bool: ...


class TransactionHandler:
    """Owns every order and ticket of a run. ``on_event`` is told of each order event, ``on_error`` of each refusal."""

    def __init__(self, algorithm: TradingAlgorithm) -> None:
        self._algorithm = algorithm
        self._queue: deque[OrderRequest] = deque()
        self._open: dict[int, Order] = {}
        self._before_cancel: dict[int, OrderStatus] = {}
        self.orders: dict[int, Order] = {}
        self.tickets: dict[int, OrderTicket] = {}
        self._brokerage = BacktestingBrokerage(algorithm, self.tickets)
        self._brokerage.publish = self._publish
        self._brokerage.on_error = self._report
        self.last_order_id = 0
        self.last_group_id = 0
        self.on_event: Callable[[OrderEvent], None] = lambda event: None
        self.on_error: Callable[[str], None] = lambda text: None

    @property
    def utc(self) -> datetime:
        """Simulated time, naive UTC."""
        return self._algorithm.utc_time

    @property
    def has_work(self) -> bool:
        """Something waits for ``process``; most slices have nothing."""
        return bool(self._brokerage.pending or self._queue)

    @property
    def open_orders(self) -> list[Order]:
        """Orders that are not closed, pending cancels and ones still waiting for submission included, by id."""
        return list(self._open.values())

    def next_group_id(self) -> int:
        """A new number for a group of legs."""
        self.last_group_id += 1
        return self.last_group_id

    def submit(self, request: SubmitOrderRequest) -> OrderTicket:
        """Take an order: it has an id from here on, and a market order is filled when this returns.

        Raises RuntimeError during warm-up, ValueError for an order type that equities do not have.
        """
        self.refuse_in_warm_up(request)
        security = self._algorithm.securities[request.symbol]
        request.symbol = security.symbol
        if request.order_id < 1:
            self.last_order_id += 1
            request.order_id = self.last_order_id
        sold = request.decimal_quantity if request.decimal_quantity < 0 else None
        refusal = None if sold is None else exceeds_shortable(self._algorithm, security, sold)
        ticket = OrderTicket(self, request)
        order = create_order(request)
        self.orders[order.id] = order
        self.tickets[order.id] = ticket
        ticket.order = order
        if refusal is not None:
            request.set_response(OrderResponse.error(request, _Code.EXCEEDS_SHORTABLE_QUANTITY, refusal))
            order.tag = refusal
            self._invalidate([order], refusal)
            return ticket
        request.set_response(OrderResponse.success(request))
        cache = security.cache
        order.submission = OrderSubmissionData(cache.bid, cache.ask, cache.price)
        self._open[order.id] = order
        self._queue.append(request)
        self._handle_queue()
        return ticket

    def update(self, request: UpdateOrderRequest) -> UpdateOrderRequest:
        """Queue a change of an order that is still open (or of a closed order's tag), and answer the request."""
        self.refuse_in_warm_up(request)
        ticket, order = self.tickets.get(request.order_id), self.orders.get(request.order_id)
        if ticket is None or order is None:
            request.set_response(OrderResponse.unable_to_find_order(request))
            return request
        ticket.update_requests.append(request)
        refusal = None
        quantity = order.decimal_quantity if request.decimal_quantity is None else request.decimal_quantity
        if order.decimal_quantity < 0 or quantity < 0:
            refusal = exceeds_shortable(self._algorithm, self._security(order), quantity, order)
        if order.status is OrderStatus.NEW:
            request.set_response(OrderResponse.invalid_new_status(request, order))
        elif order.status.is_closed and not request.is_allowed_for_closed_order():
            request.set_response(OrderResponse.invalid_status(request, order))
        elif request.is_zero_quantity:
            request.set_response(OrderResponse.zero_quantity(request))
        elif refusal is not None:
            request.set_response(OrderResponse.error(request, _Code.EXCEEDS_SHORTABLE_QUANTITY, refusal))
        else:
            self._enqueue(request)
        return request

    def cancel(self, request: CancelOrderRequest) -> CancelOrderRequest:
        """Mark an order as pending cancel at once, and answer the request; the order goes when the queue is handled."""
        self.refuse_in_warm_up(request)
        ticket, order = self.tickets.get(request.order_id), self.orders.get(request.order_id)
        if ticket is None or order is None:
            request.set_response(OrderResponse.unable_to_find_order(request))
            return request
        pending = ticket.cancel_request
        if pending is not None and pending.status is not OrderRequestStatus.ERROR:
            text = "Cancellation is already in progress."
            request.set_response(OrderResponse.error(request, _Code.INVALID_REQUEST, text))
            return pending
        ticket.cancel_request = request
        if request.tag is not None:
            order.tag = request.tag
        if order.status is OrderStatus.NEW:
            request.set_response(OrderResponse.invalid_new_status(request, order))
        elif order.status.is_closed:
            request.set_response(OrderResponse.invalid_status(request, order))
        else:
            self._before_cancel[order.id] = order.status
            order.status = OrderStatus.CANCEL_PENDING
            self._publish([OrderEvent(order, self.utc)])
            self._enqueue(request)
        return request

    def unknown_ticket(self, request: CancelOrderRequest) -> OrderTicket:
        """The ticket of a cancellation whose order does not exist: invalid, and not recorded."""
        nothing = Symbol("", "")
        kind = SecurityType.BASE
        submit = SubmitOrderRequest(0, kind, nothing, ZERO, ZERO, ZERO, datetime.max, request.tag)  # type: ignore[arg-type]
        submit.order_id = request.order_id
        ticket = OrderTicket.refused(self, submit, OrderResponse.unable_to_find_order(request))
        ticket.cancel_request = request
        return ticket

    def fill_outside_market(self, security: Security, tag: str) -> OrderTicket:
        """Close a position at its last price and without a fee, though nothing trades any more."""
        quantity = -security.holdings.decimal_quantity
        self.last_order_id += 1
        symbol = security.symbol
        request = SubmitOrderRequest(
            OrderType.MARKET, symbol.security_type, symbol, quantity, ZERO, ZERO, self.utc, tag
        )
        request.order_id = self.last_order_id
        ticket, order = OrderTicket(self, request), create_order(request)
        ticket.order = order
        self.orders[order.id], self.tickets[order.id] = order, ticket
        order.price_currency = ""  # Lean sets it with a submission, which this order has not
        order.price_adjustment_mode = int(security.data_normalization_mode)
        fill = OrderEvent(order, self.utc, message=tag)
        fill.status = OrderStatus.FILLED
        fill.decimal_fill_price, fill.decimal_fill_quantity = security.cache.price, quantity
        self._publish([fill])
        return ticket

    def process(self) -> None:
        """Handle what is queued, then try to fill every pending order on the data at hand."""
        self._handle_queue()
        self._brokerage.scan()

    def _enqueue(self, request: OrderRequest) -> None:
        request.set_response(OrderResponse.success(request), OrderRequestStatus.PROCESSING)
        self._queue.append(request)

    def _handle_queue(self) -> None:
        while self._queue:
            request = self._queue.popleft()
            if isinstance(request, SubmitOrderRequest):
                response = self._handle_submit(request)
            elif isinstance(request, UpdateOrderRequest):
                response = self._handle_update(request)
            else:
                response = self._handle_cancel(request)
            request.set_response(response, OrderRequestStatus.PROCESSED)
            self._brokerage.scan()

    def _handle_submit(self, request: SubmitOrderRequest) -> OrderResponse:
        order = self.orders[request.order_id]
        security = self._security(order)
        order.tag = order.tag or default_tag(order)
        round_quantity(order, security)
        order.price_adjustment_mode = int(security.subscriptions[0].data_normalization_mode)
        group = self._group(order)
        round_prices(order, security, group)
        if group is None:
            return OrderResponse.success(request)
        if any(leg.decimal_quantity == 0 for leg in group):
            return self._refuse(group, OrderResponse.zero_quantity(request))
        failed = self._brokerage.insufficient_buying_power(group)
        if failed is not None:
            text = self._brokerage.buying_power_text(group, failed)
            return self._refuse(group, OrderResponse.error(request, _Code.INSUFFICIENT_BUYING_POWER, text))
        for leg in group:
            message = self._refused_by_model("can_submit_order", self._security(leg), leg)
            if message is not None:
                ids = ",".join(str(one.id) for one in group)
                text = f"BrokerageModel declared unable to submit order: [{ids}] {message or _INVALID_ORDER}"
                code = _Code.BROKERAGE_MODEL_REFUSED_TO_SUBMIT_ORDER
                return self._refuse(group, OrderResponse.error(request, code, text))
        for leg in group:
            self._brokerage.place(leg)
        return OrderResponse.success(request)

    def _handle_update(self, request: UpdateOrderRequest) -> OrderResponse:
        order = self.orders[request.order_id]
        if order.status is OrderStatus.NEW:
            return OrderResponse.invalid_new_status(request, order)
        is_closed = order.status.is_closed
        if is_closed and not request.is_allowed_for_closed_order():
            return OrderResponse.invalid_status(request, order)
        security = self._security(order)
        # As in Lean the old quantity is rounded here, and a new one only by the next update.
        round_quantity(order, security)
        message = self._refused_by_model("can_update_order", security, order, request)
        if message is not None:
            text = f"OrderID: {order.id} {message or _INVALID_REQUEST + str(order.id)}"
            self._report(text)
            self._publish([OrderEvent(order, self.utc, message="BrokerageModel declared unable to update order")])
            return OrderResponse.error(request, _Code.BROKERAGE_MODEL_REFUSED_TO_UPDATE_ORDER, text)
        if order.group_order_manager is None:
            changed = order.clone()
            changed.apply_update_order_request(request)
            check = self._brokerage.check_buying_power(changed)
            if not check.is_sufficient:
                return self._fail_update(request, order, messages.failed_update(order, check.reason))
        order.apply_update_order_request(request)
        round_prices(order, security, self._group(order))
        if not is_closed and not self._brokerage.update(order):
            text = f"Brokerage failed to update order with id {order.id}"
            return self._fail_update(request, order, text, "Brokerage failed to update order")
        return OrderResponse.success(request)

    def _fail_update(
        self, request: UpdateOrderRequest, order: Order, text: str, event_text: str | None = None
    ) -> OrderResponse:
        self._report(text)
        self._publish([OrderEvent(order, self.utc, message=event_text or text)])
        return OrderResponse.error(request, _Code.BROKERAGE_FAILED_TO_UPDATE_ORDER, text)

    def _handle_cancel(self, request: OrderRequest) -> OrderResponse:
        order = self.orders[request.order_id]
        if order.status.is_closed:
            return OrderResponse.invalid_status(request, order)
        if not self._brokerage.cancel(order):
            text = f"Brokerage failed to cancel order with id {order.id}"
            self._report(text)
            order.status = self._before_cancel.pop(order.id, order.status)
            return OrderResponse.error(request, _Code.BROKERAGE_FAILED_TO_CANCEL_ORDER, text)
        if request.tag is not None:
            order.tag = request.tag
        return OrderResponse.success(request)

    def _refused_by_model(self, method: str, *arguments: Any) -> str | None:
        """What the brokerage model says when it refuses (perhaps nothing); ``None`` when it takes the order."""
        refused, message = refusal(getattr(self._algorithm.brokerage_model, method)(*arguments, None))
        return str(message or "") if refused else None

    def _refuse(self, group: list[Order], response: OrderResponse) -> OrderResponse:
        text = response.error_message or ""
        self._report(text)
        self._invalidate(group, text)
        return response

    def _invalidate(self, group: list[Order], text: str) -> None:
        for order in group:
            if not order.status.is_closed:
                order.status = OrderStatus.INVALID
            self._publish([OrderEvent(order, self.utc, message=text)])

    def _publish(self, events: list[OrderEvent]) -> None:
        """Bring orders, portfolio and tickets up to date with all events, then tell the listeners of each."""
        for event in events:
            self._book(event)
        for event in events:
            if event.status is not OrderStatus.NONE:
                self.on_event(event)

    def _book(self, event: OrderEvent) -> None:
        order = self.orders[event.order_id]
        ticket = self.tickets[event.order_id]
        settled = order.status in (OrderStatus.FILLED, OrderStatus.CANCELED)
        if not (settled and event.status is OrderStatus.INVALID):
            order.status = event.status
        if event.status.is_closed:
            self._open.pop(order.id, None)
            self._before_cancel.pop(order.id, None)
        elif order.id in self._before_cancel and event.status is not OrderStatus.CANCEL_PENDING:
            self._before_cancel[order.id] = event.status
        order.last_event_id += 1
        event.id = order.last_event_id
        event.ticket = ticket
        if event.status is OrderStatus.CANCELED:
            order.canceled_time = event.utc_time
        elif event.is_fill:
            order.last_fill_time = event.utc_time
        elif event.status in (OrderStatus.UPDATE_SUBMITTED, OrderStatus.SUBMITTED) and ticket.update_requests:
            order.last_update_time = event.utc_time
        event.show_order(order)
        if event.is_fill:
            self._algorithm.portfolio.process_fill(event)
        ticket.add_event(event)

    def _group(self, order: Order) -> list[Order] | None:
        """All legs of the order's group by id, the order alone without one; ``None`` while a leg has not arrived."""
        manager = order.group_order_manager
        if manager is None:
            return [order]
        legs = [self.orders[leg_id] for leg_id in sorted(manager.order_ids) if leg_id in self.orders]
        return legs if len(legs) == manager.count else None

    def _security(self, order: Order) -> Security:
        return self._algorithm.securities[order.symbol]

    def _report(self, text: str) -> None:
        self.on_error(text)

    def refuse_in_warm_up(self, what: OrderRequest | str) -> None:
        """Raises RuntimeError while the algorithm warms up."""
        if self._algorithm.is_warming_up:
            raise RuntimeError(
                f"{what} is not allowed in initialize or during warm up; move it to on_warmup_finished()"
                if isinstance(what, str)
                else str(OrderResponse.warming_up(what))
            )


#: What Lean says for a brokerage model that refuses without a message.
_INVALID_ORDER = "Warning - Code: InvalidOrder - "
_INVALID_REQUEST = "Warning - Code: InvalidRequest - BrokerageModel declared unable to update order: "


def default_tag(order: Order) -> str:
    """Only trailing stops have one."""
    if order.trailing is None:
        return ""
    return f"Trailing Amount: {messages.trailing_text(order.trailing, order.trailing_as_percentage)}"
