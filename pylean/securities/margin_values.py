"""What buying power models are asked, and what they answer. Members read as floats; ``decimal_…`` ones are exact."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from pylean.naming import PascalNames
from pylean.numbers import ZERO, to_decimal, to_float

if TYPE_CHECKING:
    from pylean.orders.enums import OrderDirection
    from pylean.orders.order import Order
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = [
    "BuyingPower",
    "BuyingPowerParameters",
    "GetMaximumOrderQuantityForDeltaBuyingPowerParameters",
    "GetMaximumOrderQuantityForTargetBuyingPowerParameters",
    "GetMaximumOrderQuantityResult",
    "HasSufficientBuyingPowerForOrderParameters",
    "HasSufficientBuyingPowerForOrderResult",
    "InitialMargin",
    "InitialMarginParameters",
    "InitialMarginRequiredForOrderParameters",
    "MaintenanceMargin",
    "MaintenanceMarginParameters",
    "ReservedBuyingPowerForPosition",
    "ReservedBuyingPowerForPositionParameters",
    "amount_of",
]


class _Amount(PascalNames):
    """An amount of USD."""

    __slots__ = ("decimal_value",)

    def __init__(self, value: float | Decimal) -> None:
        self.decimal_value = to_decimal(value)

    @property
    def value(self) -> float:
        return to_float(self.decimal_value)

    def __float__(self) -> float:
        return self.value


class InitialMargin(_Amount):
    """Signed margin to open a position."""

    ZERO: ClassVar[InitialMargin]


class MaintenanceMargin(_Amount):
    """Margin to keep a position."""

    ZERO: ClassVar[MaintenanceMargin]


class BuyingPower(_Amount):
    """Margin free for an order."""


InitialMargin.ZERO = InitialMargin(ZERO)
MaintenanceMargin.ZERO = MaintenanceMargin(ZERO)


class ReservedBuyingPowerForPosition(PascalNames):
    """Margin that a position takes up."""

    def __init__(self, reserved_buying_power_for_position: float | Decimal) -> None:
        self.decimal_value = to_decimal(reserved_buying_power_for_position)

    @property
    def absolute_used_buying_power(self) -> float:
        return to_float(self.decimal_value)


def amount_of(answer: Any) -> Decimal:
    """The amount in what a model of the algorithm answered: one of the objects here, or a plain number."""
    exact: Decimal | None = getattr(answer, "decimal_value", None)
    return to_decimal(answer) if exact is None else exact


class InitialMarginParameters(PascalNames):
    def __init__(self, security: Security, quantity: float | Decimal) -> None:
        self.security = security
        self.decimal_quantity = to_decimal(quantity)

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)


class InitialMarginRequiredForOrderParameters(PascalNames):
    def __init__(self, currency_converter: Any, security: Security, order: Order) -> None:
        self.currency_converter = currency_converter
        self.security = security
        self.order = order


class MaintenanceMarginParameters(PascalNames):
    """A position: signed shares, what they cost and what they are worth in USD."""

    def __init__(
        self,
        security: Security,
        quantity: float | Decimal,
        holdings_cost: float | Decimal,
        holdings_value: float | Decimal,
    ) -> None:
        self.security = security
        self.decimal_quantity = to_decimal(quantity)
        self.decimal_holdings_cost = to_decimal(holdings_cost)
        self.decimal_holdings_value = to_decimal(holdings_value)

    @classmethod
    def for_current_holdings(cls, security: Security) -> MaintenanceMarginParameters:
        holding = security.holdings
        return cls(security, holding.decimal_quantity, holding.decimal_cost, holding.decimal_value)

    @classmethod
    def for_quantity_at_current_price(
        cls, security: Security, quantity: float | Decimal
    ) -> MaintenanceMarginParameters:
        value = security.cache.price * to_decimal(quantity)
        return cls(security, quantity, value, value)

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def absolute_quantity(self) -> float:
        return abs(self.quantity)

    @property
    def holdings_cost(self) -> float:
        return to_float(self.decimal_holdings_cost)

    @property
    def absolute_holdings_cost(self) -> float:
        return abs(self.holdings_cost)

    @property
    def holdings_value(self) -> float:
        return to_float(self.decimal_holdings_value)

    @property
    def absolute_holdings_value(self) -> float:
        return abs(self.holdings_value)


class ReservedBuyingPowerForPositionParameters(PascalNames):
    def __init__(self, security: Security) -> None:
        self.security = security

    def result_in_account_currency(self, reserved_buying_power: float | Decimal) -> ReservedBuyingPowerForPosition:
        return ReservedBuyingPowerForPosition(reserved_buying_power)


class BuyingPowerParameters(PascalNames):
    def __init__(self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection) -> None:
        self.portfolio = portfolio
        self.security = security
        self.direction = direction

    def result_in_account_currency(self, buying_power: float | Decimal) -> BuyingPower:
        return BuyingPower(buying_power)

    def result(self, buying_power: float | Decimal, currency: str) -> BuyingPower:
        """The currency is not looked at, as in Lean."""
        return BuyingPower(buying_power)


class HasSufficientBuyingPowerForOrderResult(PascalNames):
    """Whether the account can carry an order; ``reason`` says why not."""

    __slots__ = ("is_sufficient", "reason")

    def __init__(self, is_sufficient: bool, reason: str | None = None) -> None:
        self.is_sufficient = is_sufficient
        self.reason = reason or ""


class HasSufficientBuyingPowerForOrderParameters(PascalNames):
    def __init__(self, portfolio: SecurityPortfolioManager, security: Security, order: Order) -> None:
        self.portfolio = portfolio
        self.security = security
        self.order = order

    def sufficient(self) -> HasSufficientBuyingPowerForOrderResult:
        return HasSufficientBuyingPowerForOrderResult(True)

    def insufficient(self, reason: str) -> HasSufficientBuyingPowerForOrderResult:
        return HasSufficientBuyingPowerForOrderResult(False, reason)


class GetMaximumOrderQuantityResult(PascalNames):
    """Signed shares to order. A reason counts as an error unless ``is_error`` says otherwise."""

    def __init__(self, quantity: float | Decimal, reason: str | None = None, is_error: bool | None = None) -> None:
        self.decimal_quantity = to_decimal(quantity)
        self.reason = reason or ""
        self.is_error = bool(self.reason) if is_error is None else is_error

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)


class GetMaximumOrderQuantityForTargetBuyingPowerParameters(PascalNames):
    """``target_buying_power`` is a share of the portfolio value in terms of margin."""

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        security: Security,
        target_buying_power: float | Decimal,
        minimum_order_margin_portfolio_percentage: float | Decimal,
        silence_non_error_reasons: bool = False,
    ) -> None:
        self.portfolio = portfolio
        self.security = security
        self.decimal_target = to_decimal(target_buying_power)
        self.decimal_minimum_share = to_decimal(minimum_order_margin_portfolio_percentage)
        self.silence_non_error_reasons = silence_non_error_reasons

    @property
    def target_buying_power(self) -> float:
        return to_float(self.decimal_target)

    @property
    def minimum_order_margin_portfolio_percentage(self) -> float:
        return to_float(self.decimal_minimum_share)


class GetMaximumOrderQuantityForDeltaBuyingPowerParameters(PascalNames):
    """``delta_buying_power`` is the change of the position's margin in USD."""

    def __init__(
        self,
        portfolio: SecurityPortfolioManager,
        security: Security,
        delta_buying_power: float | Decimal,
        minimum_order_margin_portfolio_percentage: float | Decimal,
        silence_non_error_reasons: bool = False,
    ) -> None:
        self.portfolio = portfolio
        self.security = security
        self.decimal_delta = to_decimal(delta_buying_power)
        self.decimal_minimum_share = to_decimal(minimum_order_margin_portfolio_percentage)
        self.silence_non_error_reasons = silence_non_error_reasons

    @property
    def delta_buying_power(self) -> float:
        return to_float(self.decimal_delta)

    @property
    def minimum_order_margin_portfolio_percentage(self) -> float:
        return to_float(self.decimal_minimum_share)
