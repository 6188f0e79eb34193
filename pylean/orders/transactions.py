"""Order requests and fills: the backtest's transaction handler and brokerage in one.

A submission is handled at once, updates and cancels wait in a queue for the next submission or scan; every handled
request is followed by a scan of all pending orders, as in Lean.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from pylean.numbers import smart_round
from pylean.orders.enums import OrderRequestStatus, OrderResponseErrorCode, OrderStatus, OrderType
from pylean.orders.events import OrderEvent
from pylean.orders.fees import CashAmount, OrderFee
from pylean.orders.fills import FillModelParameters
from pylean.orders.order import ORDER_CLASSES, Order, OrderSubmissionData
from pylean.orders.requests import (
    CancelOrderRequest,
    OrderRequest,
    OrderResponse,
    SubmitOrderRequest,
    UpdateOrderRequest,
)
from pylean.orders.ticket import OrderTicket
from pylean.orders.valuation import order_value

if TYPE_CHECKING:
    from pylean.algorithm.settings import AlgorithmSettings
    from pylean.clock import AlgorithmClock
    from pylean.securities.margin_values import HasSufficientBuyingPowerForOrderResult
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = ["TransactionHandler"]

_RAW = 0


class TransactionHandler:
    """Owns every order and ticket of a run. ``on_event`` is told of each order event, ``on_error`` of each refusal."""

    def __init__(self, clock: AlgorithmClock, portfolio: SecurityPortfolioManager, settings: AlgorithmSettings) -> None:
        self._clock = clock
        self._portfolio = portfolio
        self._settings = settings
        self._queue: deque[OrderRequest] = deque()
        self._pending: dict[int, Order] = {}
        self._open: dict[int, Order] = {}
        self.orders: dict[int, Order] = {}
        self.tickets: dict[int, OrderTicket] = {}
        self.last_order_id = 0
        self.on_event: Callable[[OrderEvent], None] = lambda event: None
        self.on_error: Callable[[str], None] = lambda text: None

    @property
    def utc(self) -> datetime:
        """Simulated time, naive UTC."""
        return self._clock.utc

    @property
    def has_work(self) -> bool:
        """Something waits for ``process``; most slices have nothing."""
        return bool(self._pending or self._queue)

    @property
    def open_orders(self) -> list[Order]:
        """Orders that are not closed, pending cancels and ones still waiting for submission included, by id."""
        return list(self._open.values())

    def submit(self, request: SubmitOrderRequest) -> OrderTicket:
        """Take an order: it has an id from here on, and a market order is filled when this returns."""
        self.last_order_id += 1
        request.order_id = self.last_order_id
        ticket = OrderTicket(self, request)
        security = self._portfolio.securities[request.symbol]
        order = ORDER_CLASSES[request.order_type](
            id=request.order_id,
            type=request.order_type,
            symbol=security.symbol,
            decimal_quantity=request.quantity,
            created_time=request.time,
            time=request.time,
            tag=request.tag or "",
            limit=request.limit,
            stop=request.stop,
            properties=request.properties,
        )
        cache = security.cache
        order.submission = OrderSubmissionData(cache.bid, cache.ask, cache.price)
        self.orders[order.id] = order
        self.tickets[order.id] = ticket
        self._open[order.id] = order
        ticket.order = order
        self._queue.append(request)
        self._handle_queue()
        return ticket

    def update(self, request: UpdateOrderRequest) -> OrderResponse:
        """Queue a change of an order that is still open (or of a closed order's tag)."""
        ticket = self.tickets[request.order_id]
        order = self.orders[request.order_id]
        ticket.update_requests.append(request)
        if order.status is OrderStatus.NEW:
            return self._refuse(request, OrderResponseErrorCode.INVALID_NEW_ORDER_STATUS, _new_text(order, "update"))
        if order.status.is_closed and not request.changes_only_tag:
            return self._refuse(request, OrderResponseErrorCode.INVALID_ORDER_STATUS, _closed_text(order, "update"))
        if request.is_zero_quantity:
            text = f"Unable to update order with id {order.id}: the new quantity is zero."
            return self._refuse(request, OrderResponseErrorCode.ORDER_QUANTITY_ZERO, text)
        return self._enqueue(request)

    def cancel(self, request: CancelOrderRequest) -> OrderResponse:
        """Mark an order as pending cancel at once; it goes away when the queue is handled."""
        ticket = self.tickets[request.order_id]
        order = self.orders[request.order_id]
        pending = ticket.cancel_request
        if pending is not None and pending.status is not OrderRequestStatus.ERROR:
            return self._refuse(request, OrderResponseErrorCode.INVALID_REQUEST, "Cancellation is already in progress.")
        ticket.cancel_request = request
        if request.tag is not None:
            order.tag = request.tag
        if order.status is OrderStatus.NEW:
            return self._refuse(request, OrderResponseErrorCode.INVALID_NEW_ORDER_STATUS, _new_text(order, "cancel"))
        if order.status.is_closed:
            return self._refuse(request, OrderResponseErrorCode.INVALID_ORDER_STATUS, _closed_text(order, "cancel"))
        order.status = OrderStatus.CANCEL_PENDING
        self._publish(OrderEvent(order, self.utc))
        return self._enqueue(request)

    def process(self) -> None:
        """Handle what is queued, then try to fill every pending order on the data at hand."""
        self._handle_queue()
        self._scan()

    def _enqueue(self, request: OrderRequest) -> OrderResponse:
        request.status = OrderRequestStatus.PROCESSING
        self._queue.append(request)
        return request.response

    def _refuse(self, request: OrderRequest, code: OrderResponseErrorCode, text: str) -> OrderResponse:
        request.response = OrderResponse(code, text)
        request.status = OrderRequestStatus.ERROR
        return request.response

    def _handle_queue(self) -> None:
        while self._queue:
            request = self._queue.popleft()
            if isinstance(request, SubmitOrderRequest):
                response = self._handle_submit(request)
            elif isinstance(request, UpdateOrderRequest):
                response = self._handle_update(request)
            else:
                response = self._handle_cancel(request)
            request.response = response
            request.status = OrderRequestStatus.PROCESSED
            self._scan()

    def _handle_submit(self, request: SubmitOrderRequest) -> OrderResponse:
        order = self.orders[request.order_id]
        security = self._portfolio.securities[order.symbol]
        _round_quantity(order, security)
        _round_prices(order, security)
        if order.decimal_quantity == 0:
            text = f"Unable to submit order with id {order.id}: its quantity is zero after rounding to the lot size."
            return self._invalidate(order, OrderResponseErrorCode.ORDER_QUANTITY_ZERO, text)
        check = self._check_buying_power(security, order)
        if not check.is_sufficient:
            text = _insufficient_text(order, security, check)
            return self._invalidate(order, OrderResponseErrorCode.INSUFFICIENT_BUYING_POWER, text)
        self._pending[order.id] = order
        order.brokerage_ids.append(str(order.id))
        submitted = OrderEvent(order, self.utc)
        submitted.status = OrderStatus.SUBMITTED
        self._publish(submitted)
        return OrderResponse()

    def _handle_update(self, request: UpdateOrderRequest) -> OrderResponse:
        order = self.orders[request.order_id]
        is_closed = order.status.is_closed
        if is_closed and not request.changes_only_tag:
            return OrderResponse(OrderResponseErrorCode.INVALID_ORDER_STATUS, _closed_text(order, "update"))
        security = self._portfolio.securities[order.symbol]
        # As in Lean the old quantity is rounded here, and a new one only by the next update.
        _round_quantity(order, security)
        earlier = (order.decimal_quantity, order.limit, order.stop)
        _apply_update(order, request)
        check = self._check_buying_power(security, order)
        if not check.is_sufficient:
            order.decimal_quantity, order.limit, order.stop = earlier
            text = (
                f"Brokerage failed to update order with id: {order.id}, Symbol: {order.symbol}, "
                f"Insufficient buying power to complete order, Reason: {check.reason}."
            )
            self.on_error(text)
            self._publish(OrderEvent(order, self.utc, message=text))
            return OrderResponse(OrderResponseErrorCode.BROKERAGE_FAILED_TO_UPDATE_ORDER, text)
        if request.tag is not None:
            order.tag = request.tag
        _round_prices(order, security)
        if is_closed:
            return OrderResponse()
        updated = OrderEvent(order, self.utc)
        updated.status = OrderStatus.UPDATE_SUBMITTED
        self._publish(updated)
        return OrderResponse()

    def _handle_cancel(self, request: OrderRequest) -> OrderResponse:
        order = self.orders[request.order_id]
        if order.status.is_closed:
            return OrderResponse(OrderResponseErrorCode.INVALID_ORDER_STATUS, _closed_text(order, "cancel"))
        self._pending.pop(order.id, None)
        canceled = OrderEvent(order, self.utc)
        canceled.status = OrderStatus.CANCELED
        self._publish(canceled)
        if request.tag is not None:
            order.tag = request.tag
        return OrderResponse()

    def _scan(self) -> None:
        """Offer the data at hand to every pending order, by id. Only market orders fill at their own submit time."""
        if not self._pending:
            return
        now = self.utc
        for order in sorted(self._pending.values(), key=_order_id):
            if order.status.is_closed:
                self._pending.pop(order.id, None)
            elif order.type is OrderType.MARKET or order.time != now:
                self._try_fill(order)

    def _try_fill(self, order: Order) -> None:
        security = self._portfolio.securities[order.symbol]
        check = self._check_buying_power(security, order)
        if not check.is_sufficient:
            if order.status is not OrderStatus.CANCEL_PENDING:
                self._pending.pop(order.id, None)
                text = _insufficient_text(order, security, check)
                self._invalidate(order, OrderResponseErrorCode.INSUFFICIENT_BUYING_POWER, text)
            return
        parameters = FillModelParameters(security, order, self._settings.stale_price_time_span)
        fills = [
            event
            for event in security.fill_model.fill(parameters)
            if event.status is not order.status or event.decimal_fill_quantity
        ]
        for event in fills:
            if event.status is OrderStatus.FILLED and event.order_fee.value.decimal_amount == 0:
                event.order_fee = OrderFee(CashAmount(security.fee_model.order_fee_amount(security, order)))
            if event.status.is_closed:
                self._pending.pop(order.id, None)
        self._publish(*fills)

    def _invalidate(self, order: Order, code: OrderResponseErrorCode, text: str) -> OrderResponse:
        self.on_error(text)
        order.status = OrderStatus.INVALID
        self._publish(OrderEvent(order, self.utc, message=text))
        return OrderResponse(code, text)

    def _publish(self, *events: OrderEvent) -> None:
        """Bring orders, portfolio and tickets up to date with all events, then tell the listeners of each."""
        for event in events:
            self._book(event)
        for event in events:
            if event.status is not OrderStatus.NONE:
                self.on_event(event)

    def _book(self, event: OrderEvent) -> None:
        order = self.orders[event.order_id]
        ticket = self.tickets[event.order_id]
        order.status = event.status
        if event.status.is_closed:
            self._open.pop(order.id, None)
        order.last_event_id += 1
        event.id = order.last_event_id
        event.ticket = ticket
        if event.status is OrderStatus.CANCELED:
            order.canceled_time = event.utc_time
        elif event.is_fill:
            order.last_fill_time = event.utc_time
        elif event.status in (OrderStatus.UPDATE_SUBMITTED, OrderStatus.SUBMITTED) and ticket.update_requests:
            order.last_update_time = event.utc_time
        event.decimal_quantity, event.limit, event.stop = order.decimal_quantity, order.limit, order.stop
        if event.is_fill:
            self._portfolio.process_fill(event)
        ticket.add_event(event)

    def _check_buying_power(self, security: Security, order: Order) -> HasSufficientBuyingPowerForOrderResult:
        filled = self.tickets[order.id].decimal_quantity_filled
        check: HasSufficientBuyingPowerForOrderResult = security.buying_power_model.check(
            self._portfolio, security, order, filled
        )
        return check


_SUB_DOLLAR_TICK = Decimal("0.0001")


def _round_quantity(order: Order, security: Security) -> None:
    """Toward zero to the lot."""
    lot = security.symbol_properties.lot_size
    order.decimal_quantity = (order.decimal_quantity / lot).to_integral_value(rounding=ROUND_DOWN) * lot


def _round_prices(order: Order, security: Security) -> None:
    """To the tick where data are raw, untouched where they are adjusted."""
    order.price_adjustment_mode = int(security.subscriptions[0].data_normalization_mode)
    if order.price_adjustment_mode == _RAW:
        tick = security.symbol_properties.minimum_price_variation
        order.limit = _to_tick(order.limit, tick)
        order.stop = _to_tick(order.stop, tick)


def _to_tick(price: Decimal | None, tick: Decimal) -> Decimal | None:
    if price is None:
        return None
    if price < 1:
        tick = _SUB_DOLLAR_TICK
    return (price / tick).to_integral_value(rounding=ROUND_HALF_EVEN) * tick


def _order_id(order: Order) -> int:
    return order.id


def _apply_update(order: Order, request: UpdateOrderRequest) -> None:
    if request.quantity is not None:
        order.decimal_quantity = request.quantity
    if request.limit is not None and order.limit is not None:
        order.limit = request.limit
    if request.stop is not None and order.stop is not None:
        order.stop = request.stop


def _new_text(order: Order, verb: str) -> str:
    return f"Unable to {verb} order with id {order.id}: it waits for its submission."


def _closed_text(order: Order, verb: str) -> str:
    return f"Unable to {verb} order with id {order.id}: it is {order.status.name.lower()} already."


def _insufficient_text(order: Order, security: Security, check: HasSufficientBuyingPowerForOrderResult) -> str:
    value = smart_round(order_value(order, security.cache.price))
    return (
        f"Order Error: ids: [{order.id}], Insufficient buying power to complete orders (Value:[{value}]), "
        f"Reason: {check.reason}."
    )
