"""Fees of US stocks at brokers whose price lists differ from Interactive Brokers'."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from pylean.clock import to_ms
from pylean.numbers import ZERO, to_decimal
from pylean.orders.fees import CashAmount, FeeModel, InteractiveBrokersFeeModel, OrderFee, OrderFeeParameters

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = [
    "AlpacaFeeModel",
    "AlphaStreamsFeeModel",
    "AxosFeeModel",
    "CharlesSchwabFeeModel",
    "EzeFeeModel",
    "PublicFeeModel",
    "RBIFeeModel",
    "TDAmeritradeFeeModel",
    "TastytradeFeeModel",
    "TradeStationFeeModel",
    "WebullFeeModel",
    "WolverineFeeModel",
]


class AlpacaFeeModel(FeeModel):
    """Stocks are free."""


class CharlesSchwabFeeModel(FeeModel):
    """Stocks are free."""


class EzeFeeModel(FeeModel):
    """Free."""


class TastytradeFeeModel(FeeModel):
    """Stocks are free."""


class TDAmeritradeFeeModel(FeeModel):
    """Stocks are free."""


class WebullFeeModel(FeeModel):
    """Stocks are free."""


class AlphaStreamsFeeModel(InteractiveBrokersFeeModel):
    """Stocks as at Interactive Brokers."""


class _PerShareFeeModel(FeeModel):
    """USD for each share."""

    _default: ClassVar[Decimal]

    def __init__(self, fees_per_share: float | Decimal | None = None) -> None:
        self._per_share = self._default if fees_per_share is None else to_decimal(fees_per_share)

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        return OrderFee(CashAmount(self._per_share * abs(parameters.order.decimal_quantity)))


class AxosFeeModel(_PerShareFeeModel):
    """0.0035 USD a share unless given."""

    _default = Decimal("0.0035")


class _UnchargedPerShareFeeModel(_PerShareFeeModel):
    """Tells a fee when it is asked itself, yet its orders are filled without one.

    Lean's class hides the method of its base instead of overriding it, so that Lean's engine gets the base's 0.
    """

    def order_fee_amount(self, security: Security, order: Order) -> Decimal:
        return ZERO


class RBIFeeModel(_UnchargedPerShareFeeModel):
    """0.005 USD a share unless given, told but not charged."""

    _default = Decimal("0.005")


class WolverineFeeModel(_UnchargedPerShareFeeModel):
    """0.005 USD a share unless given, told but not charged."""

    _default = Decimal("0.005")


class TradeStationFeeModel(FeeModel):
    """Stocks are free for residents of the US, 5 USD an order for others."""

    def __init__(self, us_resident: bool = True) -> None:
        self.us_resident = us_resident

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        return OrderFee(CashAmount(ZERO if self.us_resident else Decimal(5)))


class PublicFeeModel(FeeModel):
    """Stocks are free at regular hours; 2.99 USD an order that was made outside them."""

    _outside = OrderFee(CashAmount(Decimal("2.99")))

    def get_order_fee(self, parameters: OrderFeeParameters) -> OrderFee:
        security = parameters.security
        clock = security.clock
        local_ms = to_ms(parameters.order.time) + clock.local_ms - clock.utc_ms
        return OrderFee.ZERO if security.exchange.is_open_at(local_ms) else self._outside
