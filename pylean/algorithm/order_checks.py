"""What an order has to pass before it gets an id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.algorithm.core import AlgorithmCore
from pylean.orders import messages
from pylean.orders.enums import OrderResponseErrorCode, OrderType
from pylean.orders.order_types import MarketOnCloseOrder
from pylean.orders.requests import SubmitOrderRequest
from pylean.orders.responses import OrderResponse
from pylean.orders.ticket import OrderTicket
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.securities.security import Security

__all__ = ["OrderChecksMixin", "has_only_daily_data", "is_too_late_for_close", "zero_price_text"]

_Code = OrderResponseErrorCode
_MAXIMUM_ORDERS = 10_000


class OrderChecksMixin(AlgorithmCore):
    """Lean's checks of a request. What fails here has no id and is not recorded."""

    _maximum_orders = _MAXIMUM_ORDERS

    def set_maximum_orders(self, max: int) -> None:
        """How many orders the run may send; in ``initialize`` only, later calls change nothing."""
        if not self._lean.is_initialized:
            self._maximum_orders = max

    def submit_order_request(self, request: SubmitOrderRequest) -> OrderTicket:
        """Check a request and send it; an invalid ticket when a check fails."""
        problem = self._check_request(request)
        return self._lean.handler.submit(request) if problem is None else self._refuse_request(request, problem)

    def _refuse_request(self, request: SubmitOrderRequest, problem: OrderResponse) -> OrderTicket:
        self.error(problem.error_message)
        return OrderTicket.refused(self._lean.handler, request, problem)

    def _check_request(self, request: SubmitOrderRequest) -> OrderResponse | None:
        """The first check that fails, in Lean's order; ``None`` when all pass."""
        if self.is_warming_up:
            return OrderResponse.warming_up(request)
        if request.symbol not in self.securities:
            return OrderResponse.missing_security(request)
        security = self.securities[request.symbol]
        if request.decimal_quantity == 0:
            return OrderResponse.zero_quantity(request)
        found = self._check_security(request, security) or self._check_session(request, security)
        return None if found is None else OrderResponse.error(request, *found)

    def _check_security(
        self, request: SubmitOrderRequest, security: Security
    ) -> tuple[OrderResponseErrorCode, str] | None:
        size, lot = abs(request.decimal_quantity), security.symbol_properties.lot_size
        if size < lot:
            text = (
                f"Unable to submit order with id {request.order_id} which quantity ({messages.number(size)}) is less "
                f"than lot size ({messages.number(lot)})."
            )
            return _Code.ORDER_QUANTITY_LESS_THAN_LOT_SIZE, text
        if not security.is_tradable:
            text = f"The security with symbol '{request.symbol}' is marked as non-tradable."
            return _Code.NON_TRADABLE_SECURITY, text
        if security.cache.price == 0:
            return _Code.SECURITY_PRICE_ZERO, zero_price_text(security)
        if not security.has_data:
            text = (
                "There is no data for this symbol yet, please check the security.HasData flag to ensure there is at "
                "least one data point."
            )
            return _Code.SECURITY_HAS_NO_DATA, text
        if self.transactions.orders_count > self._maximum_orders:
            self.quit(f"more than {self._maximum_orders} orders were sent; set_maximum_orders allows more")
            text = (
                f"You have exceeded maximum number of orders ({self._maximum_orders}), for unlimited orders upgrade "
                "your account."
            )
            return _Code.EXCEEDED_MAXIMUM_ORDERS, text
        return None

    def _check_session(
        self, request: SubmitOrderRequest, security: Security
    ) -> tuple[OrderResponseErrorCode, str] | None:
        is_open = security.exchange.exchange_open
        if request.order_type is OrderType.MARKET_ON_OPEN and is_open and not has_only_daily_data(security):
            text = "Cannot submit a MarketOnOpen order while the market is open."
            return _Code.MARKET_ON_OPEN_NOT_ALLOWED_DURING_REGULAR_HOURS, text
        if request.order_type is OrderType.MARKET_ON_CLOSE and is_too_late_for_close(security):
            buffer = messages.span(MarketOnCloseOrder.submission_time_buffer)
            text = (
                f"MarketOnClose orders must be placed within {buffer} before market close. Override this TimeSpan "
                "buffer by setting Orders.MarketOnCloseOrder.SubmissionTimeBuffer in QCAlgorithm.Initialize()."
            )
            return _Code.MARKET_ON_CLOSE_ORDER_TOO_LATE, text
        if request.order_type is OrderType.COMBO_MARKET and request.limit:
            raise ValueError(
                f"a combo market order of {request.symbol} has the limit price {request.limit}; it takes none"
            )
        return None


def has_only_daily_data(security: Security) -> bool:
    """A market order then has no fresh price to fill at while the market is open."""
    configs = security.subscriptions
    return bool(configs) and all(config.resolution is Resolution.DAILY for config in configs)


def is_too_late_for_close(security: Security) -> bool:
    """Less than the buffer of market-on-close orders is left to the next regular close."""
    now = security.local_time
    return now > security.exchange.hours.next_close(now) - MarketOnCloseOrder.submission_time_buffer


def zero_price_text(security: Security) -> str:
    return (
        f"{security.symbol}: the price is 0; no bar has arrived yet. Add it in initialize and trade it once on_data "
        "has seen a bar of it."
    )
