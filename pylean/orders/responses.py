"""What became of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pylean.naming import PascalNames, PascalType
from pylean.orders import messages
from pylean.orders.enums import OrderResponseErrorCode

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.orders.requests import OrderRequest, SubmitOrderRequest

__all__ = ["OrderResponse"]

_Code = OrderResponseErrorCode
_NO_ORDER_ID = -(2**31)


class OrderResponse(PascalNames, metaclass=PascalType):
    """The answer to a request; ``UNPROCESSED`` stands for none yet. A success has no message."""

    __slots__ = ("error_code", "error_message", "order_id")
    UNPROCESSED: ClassVar[OrderResponse]

    def __init__(self, order_id: int, error_code: OrderResponseErrorCode, error_message: str | None) -> None:
        self.order_id = order_id
        self.error_code = error_code
        failed = error_code is not _Code.NONE
        self.error_message = (error_message or "An unexpected error occurred.") if failed else None

    @property
    def is_processed(self) -> bool:
        return self is not OrderResponse.UNPROCESSED

    @property
    def is_success(self) -> bool:
        return self.is_processed and self.error_code is _Code.NONE

    @property
    def is_error(self) -> bool:
        return self.error_code is not _Code.NONE

    @staticmethod
    def success(request: OrderRequest) -> OrderResponse:
        return OrderResponse(request.order_id, _Code.NONE, None)

    @staticmethod
    def error(request: OrderRequest, error_code: OrderResponseErrorCode, error_message: str) -> OrderResponse:
        return OrderResponse(request.order_id, error_code, error_message)

    @staticmethod
    def invalid_status(request: OrderRequest, order: Order) -> OrderResponse:
        """The order is closed."""
        return OrderResponse.error(request, _Code.INVALID_ORDER_STATUS, messages.invalid_status(request, order))

    @staticmethod
    def invalid_new_status(request: OrderRequest, order: Order) -> OrderResponse:
        """The order is not submitted yet."""
        return OrderResponse.error(request, _Code.INVALID_NEW_ORDER_STATUS, messages.invalid_new_status(request, order))

    @staticmethod
    def unable_to_find_order(request: OrderRequest) -> OrderResponse:
        return OrderResponse.error(request, _Code.UNABLE_TO_FIND_ORDER, messages.unable_to_find(request))

    @staticmethod
    def zero_quantity(request: OrderRequest) -> OrderResponse:
        return OrderResponse.error(request, _Code.ORDER_QUANTITY_ZERO, messages.zero_quantity(request))

    @staticmethod
    def missing_security(request: SubmitOrderRequest) -> OrderResponse:
        text = f"You haven't requested {request.symbol} data. Add this with add_security() in the initialize() method."
        return OrderResponse.error(request, _Code.MISSING_SECURITY, text)

    @staticmethod
    def warming_up(request: OrderRequest) -> OrderResponse:
        return OrderResponse.error(request, _Code.ALGORITHM_WARMING_UP, messages.warming_up(request))

    def to_string(self) -> str:
        if not self.is_processed:
            return "Unprocessed"
        return f"Error: {self.error_code} - {self.error_message}" if self.is_error else "Success"

    __str__ = to_string
    __repr__ = to_string


OrderResponse.UNPROCESSED = OrderResponse(_NO_ORDER_ID, _Code.NONE, None)
