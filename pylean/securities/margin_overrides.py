"""How the engine asks a buying power model whose methods an algorithm has written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.numbers import to_decimal
from pylean.securities.margin_values import (
    BuyingPowerParameters,
    GetMaximumOrderQuantityForDeltaBuyingPowerParameters,
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    HasSufficientBuyingPowerForOrderParameters,
    InitialMarginParameters,
    InitialMarginRequiredForOrderParameters,
    MaintenanceMarginParameters,
    amount_of,
)

if TYPE_CHECKING:
    from pylean.orders.enums import OrderDirection
    from pylean.orders.order import Order
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = ["LEAN_METHODS", "ROUTES"]


def _ask_leverage(model: Any, security: Security) -> Decimal:
    return to_decimal(model.get_leverage(security))


def _ask_initial(model: Any, security: Security, quantity: Decimal) -> Decimal:
    return amount_of(model.get_initial_margin_requirement(InitialMarginParameters(security, quantity)))


def _ask_maintenance(model: Any, security: Security) -> Decimal:
    quantity = security.holdings.decimal_quantity
    parameters = MaintenanceMarginParameters.for_quantity_at_current_price(security, quantity)
    return amount_of(model.get_maintenance_margin(parameters))


def _ask_order_margin(model: Any, security: Security, order: Order) -> Decimal:
    parameters = InitialMarginRequiredForOrderParameters(security.quote_currency, security, order)
    return amount_of(model.get_initial_margin_required_for_order(parameters))


def _ask_free(
    model: Any, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection
) -> Decimal:
    return amount_of(model.get_buying_power(BuyingPowerParameters(portfolio, security, direction)))


def _ask_check(
    model: Any, portfolio: SecurityPortfolioManager, security: Security, order: Order, filled: Decimal
) -> Any:
    parameters = HasSufficientBuyingPowerForOrderParameters(portfolio, security, order)
    return model.has_sufficient_buying_power_for_order(parameters)


def _ask_size(
    model: Any, portfolio: SecurityPortfolioManager, security: Security, target: Decimal, minimum_share: Decimal
) -> Decimal:
    parameters = GetMaximumOrderQuantityForTargetBuyingPowerParameters(portfolio, security, target, minimum_share)
    return to_decimal(model.get_maximum_order_quantity_for_target_buying_power(parameters).quantity)


def _ask_size_of_change(
    model: Any, portfolio: SecurityPortfolioManager, security: Security, delta: Decimal, minimum_share: Decimal
) -> Decimal:
    parameters = GetMaximumOrderQuantityForDeltaBuyingPowerParameters(portfolio, security, delta, minimum_share)
    return to_decimal(model.get_maximum_order_quantity_for_delta_buying_power(parameters).quantity)


#: By the method that a subclass overrides: the engine's method, and how it then asks the override.
ROUTES = {
    "get_leverage": ("leverage_of", _ask_leverage),
    "get_initial_margin_requirement": ("initial_margin", _ask_initial),
    "get_maintenance_margin": ("maintenance_margin", _ask_maintenance),
    "get_initial_margin_required_for_order": ("initial_margin_for_order", _ask_order_margin),
    "get_buying_power": ("margin_remaining", _ask_free),
    "has_sufficient_buying_power_for_order": ("check", _ask_check),
    "get_maximum_order_quantity_for_target_buying_power": ("quantity_for_target", _ask_size),
    "get_maximum_order_quantity_for_delta_buying_power": ("quantity_for_delta", _ask_size_of_change),
}

#: What a class without our base has to have to serve as a buying power model.
LEAN_METHODS = (*ROUTES, "set_leverage", "get_reserved_buying_power_for_position")
