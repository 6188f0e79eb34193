"""Fees of a filled order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.valuation import order_value

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["CashAmount", "ConstantFeeModel", "FeeModel", "InteractiveBrokersFeeModel", "OrderFee", "OrderFeeParameters"]


class CashAmount(PascalNames):
    """An amount of money; only USD is supported."""

    def __init__(self, amount: float | Decimal, currency: str = "USD") -> None:
        self.decimal_amount = to_decimal(amount)
        self.currency = currency

    @property
    def amount(self) -> float:
        return to_float(self.decimal_amount)


class OrderFee(PascalNames):
    """The fee of one order event."""

    ZERO: ClassVar[OrderFee]

    def __init__(self, value: CashAmount) -> None:
        self.value = value


OrderFee.ZERO = OrderFee(CashAmount(ZERO))


@dataclass(frozen=True, slots=True)
class OrderFeeParameters:
    """What a fee model is asked about."""

    security: Security
    order: Order


class FeeModel(LeanOverrides, PascalNames):
    """Base of fee models: no fee. Subclasses override ``get_order_fee``; the engine asks ``order_fee_amount``."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "get_order_fee" in vars(cls) and "order_fee_amount" not in vars(cls):
            # The shortcut of a base class would pass over the override.
            setattr(cls, "order_fee_amount", FeeModel.order_fee_amount)  # noqa: B010 - mypy takes no other form

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        """The whole fee of the order, in USD."""
        return OrderFee.ZERO

    def order_fee_amount(self, security: Security, order: Order) -> Decimal:
        """The fee as a decimal amount of USD."""
        return self.get_order_fee(OrderFeeParameters(security, order)).value.decimal_amount


class ConstantFeeModel(FeeModel):
    """The same fee in USD for every order."""

    def __init__(self, fee: float | Decimal, currency: str = "USD") -> None:
        self._fee = OrderFee(CashAmount(abs(to_decimal(fee)), currency))

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        return self._fee


class InteractiveBrokersFeeModel(FeeModel):
    """US equities: 0.005 USD a share, at least 1 USD; above that at most 0.5 % of the trade's value."""

    _per_share = Decimal("0.005")
    _minimum = Decimal(1)
    _maximum_rate = Decimal("0.005")

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        return OrderFee(CashAmount(self.order_fee_amount(parameters.security, parameters.order)))

    def order_fee_amount(self, security: Security, order: Order) -> Decimal:
        fee = self._per_share * abs(order.decimal_quantity)
        if fee < self._minimum:
            return self._minimum
        return min(fee, self._maximum_rate * abs(order_value(order, security.cache.price)))
