"""Requests to the transaction handler, and its responses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.naming import ClosedNames, PascalNames
from pylean.numbers import ZERO
from pylean.orders.enums import OrderRequestStatus, OrderResponseErrorCode, OrderType

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["CancelOrderRequest", "OrderResponse", "SubmitOrderRequest", "UpdateOrderFields", "UpdateOrderRequest"]


class OrderResponse(PascalNames):
    """What became of a request."""

    __slots__ = ("error_code", "error_message")

    def __init__(
        self, error_code: OrderResponseErrorCode = OrderResponseErrorCode.NONE, error_message: str = ""
    ) -> None:
        self.error_code = error_code
        self.error_message = error_message

    @property
    def is_success(self) -> bool:
        return self.error_code is OrderResponseErrorCode.NONE

    @property
    def is_error(self) -> bool:
        return not self.is_success

    def __repr__(self) -> str:
        return "Success" if self.is_success else f"{self.error_code.name}: {self.error_message}"


@dataclass(eq=False)
class OrderRequest(PascalNames):
    """Common to all requests; ``time`` is naive UTC."""

    time: datetime
    order_id: int
    tag: str | None
    response: OrderResponse = field(default_factory=OrderResponse, kw_only=True)
    status: OrderRequestStatus = field(default=OrderRequestStatus.UNPROCESSED, kw_only=True)


@dataclass(eq=False)
class SubmitOrderRequest(OrderRequest):
    order_type: OrderType
    symbol: Symbol
    quantity: Decimal
    limit: Decimal | None = None
    stop: Decimal | None = None
    properties: Any = None


@dataclass(eq=False)
class CancelOrderRequest(OrderRequest):
    pass


class UpdateOrderFields(ClosedNames):
    """What an update changes; ``None`` leaves a field as it is. Prices in USD, quantity signed shares."""

    def __init__(
        self,
        quantity: float | None = None,
        limit_price: float | None = None,
        stop_price: float | None = None,
        tag: str | None = None,
    ) -> None:
        self.quantity = quantity
        self.limit_price = limit_price
        self.stop_price = stop_price
        self.tag = tag
        self._close()


@dataclass(eq=False)
class UpdateOrderRequest(OrderRequest):
    quantity: Decimal | None = None
    limit: Decimal | None = None
    stop: Decimal | None = None

    @property
    def changes_only_tag(self) -> bool:
        """The only update that a closed order still takes."""
        return self.quantity is None and self.limit is None and self.stop is None and self.tag is not None

    @property
    def is_zero_quantity(self) -> bool:
        return self.quantity is not None and self.quantity == ZERO
