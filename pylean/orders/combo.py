"""Combo orders: several legs that fill together or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.naming import PascalNames, PascalType, assignable
from pylean.numbers import ZERO, drop_trailing_zeros, to_float
from pylean.orders.enums import OrderDirection
from pylean.orders.order import Order

if TYPE_CHECKING:
    from pylean.orders.requests import UpdateOrderRequest
    from pylean.securities.symbol import Symbol

__all__ = ["ComboLegLimitOrder", "ComboLimitOrder", "ComboMarketOrder", "ComboOrder", "GroupOrderManager", "Leg"]


@assignable("symbol", "quantity", "order_price")
@dataclass(eq=False)
class Leg(PascalNames, metaclass=PascalType):
    """One security of a combo: how many shares for each unit of the group, and its own limit in USD or none."""

    symbol: Symbol
    quantity: int
    order_price: float | Decimal | None = None

    @classmethod
    def create(cls, symbol: Symbol, quantity: int, limit_price: float | Decimal | None = None) -> Leg:
        return cls(symbol, quantity, limit_price)


@dataclass(eq=False)
class GroupOrderManager(PascalNames):
    """What the legs of a combo share; ``order_ids`` are those of the legs that have arrived."""

    id: int
    count: int
    decimal_quantity: Decimal
    decimal_limit_price: Decimal = ZERO
    order_ids: list[int] = field(default_factory=list)

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def absolute_quantity(self) -> float:
        return abs(self.quantity)

    @property
    def limit_price(self) -> float:
        return to_float(self.decimal_limit_price)

    @property
    def direction(self) -> OrderDirection:
        if self.decimal_quantity > 0:
            return OrderDirection.BUY
        return OrderDirection.SELL if self.decimal_quantity < 0 else OrderDirection.HOLD


class ComboOrder(Order):
    """A leg. Its quantity is always its ratio times the group's, so that an update of the group reaches all legs."""

    group_order_manager: GroupOrderManager
    #: Shares for each unit of the group, signed.
    ratio: Decimal

    @property
    def decimal_quantity(self) -> Decimal:
        return drop_trailing_zeros(self.ratio * self.group_order_manager.decimal_quantity)

    @decimal_quantity.setter
    def decimal_quantity(self, quantity: Decimal) -> None:
        self.ratio = quantity / self.group_order_manager.decimal_quantity

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        """A new quantity is that of the group."""
        if request.decimal_quantity is not None:
            self.group_order_manager.decimal_quantity = request.decimal_quantity
        if request.tag is not None:
            self.tag = request.tag


class ComboMarketOrder(ComboOrder):
    """All legs fill at the market."""


class ComboLimitOrder(ComboOrder):
    """All legs fill when their prices together, each times its ratio, are better than the group's limit."""

    @property
    def own_price(self) -> Decimal | None:
        return self.group_order_manager.decimal_limit_price

    @property
    def limit_price(self) -> float:
        return self.group_order_manager.limit_price

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        super().apply_update_order_request(request)
        if request.limit is not None:
            self.group_order_manager.decimal_limit_price = request.limit


class ComboLegLimitOrder(ComboOrder):
    """All legs fill when each is better than its own limit."""

    def apply_update_order_request(self, request: UpdateOrderRequest) -> None:
        super().apply_update_order_request(request)
        if request.limit is not None:
            self.limit = request.limit
