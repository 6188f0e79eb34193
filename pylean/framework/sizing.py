"""Order sizes: what a target still needs, and in which sequence targets are ordered."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pylean.naming import PascalType
from pylean.numbers import ZERO, to_decimal, to_float

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.framework.targets import PortfolioTarget
    from pylean.orders.transactions import TradingAlgorithm
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = [
    "BuyingPowerModelExtensions",
    "OrderSizing",
    "adjust_by_lot_size",
    "is_above_minimum_margin",
    "order_by_margin_impact",
    "order_size_for_maximum_value",
    "order_size_for_percent_volume",
    "unordered_quantity",
]

_Target = TypeVar("_Target", bound="PortfolioTarget")
_ROUNDING_ERROR_OF_A_LOT = Decimal("0.000001")


def adjust_by_lot_size(security: Security, quantity: Decimal) -> Decimal:
    """Cut to whole lots; what misses the next lot by less than a millionth of it is rounded up."""
    lot = security.symbol_properties.lot_size
    size = abs(quantity)
    rest = size % lot
    if lot - rest < lot * _ROUNDING_ERROR_OF_A_LOT:
        rest -= lot
    return (size - rest) * _sign(quantity)


def unordered_quantity(algorithm: QCAlgorithm, target: PortfolioTarget) -> Decimal:
    """Signed shares to order, so that held and open shares together meet the target."""
    security = algorithm.securities[target.symbol]
    return adjust_by_lot_size(
        security, target.decimal_quantity - algorithm.transactions.get_projected_holdings(security).decimal_projected
    )


def order_size_for_percent_volume(security: Security, share: Decimal, wanted: Decimal) -> Decimal:
    """At most ``share`` × the current bar's volume."""
    size = min(share * Decimal(int(security.volume)), abs(wanted))
    return _sign(wanted) * adjust_by_lot_size(security, size)


def order_size_for_maximum_value(security: Security, maximum_value: Decimal, wanted: Decimal) -> Decimal:
    """At most ``maximum_value`` USD at the last price; 0 without one."""
    price = security.cache.price
    if price == 0:
        return ZERO
    return _sign(wanted) * adjust_by_lot_size(security, min(maximum_value / price, abs(wanted)))


def is_above_minimum_margin(
    portfolio: SecurityPortfolioManager, security: Security, quantity: Decimal, minimum_share: Decimal
) -> bool:
    """The order's initial margin is at least that share of the portfolio, or no margin is left at all."""
    if minimum_share == 0:
        return True
    margin: Decimal = abs(security.buying_power_model.initial_margin(security, quantity))
    total = portfolio.decimal_total_portfolio_value
    return not (total * minimum_share > margin and portfolio.decimal_margin_remaining(total) > 0)


def order_by_margin_impact(
    targets: Iterable[_Target], algorithm: TradingAlgorithm, target_is_delta: bool = False
) -> list[_Target]:
    """Targets that need an order of a lot or more: reductions first, then by falling order value.

    With ``target_is_delta`` the quantities are orders, not positions. Securities without data and those that cannot be
    traded are left out; nothing is ordered during warm-up.
    """
    if algorithm.is_warming_up:
        return []
    ranked: list[tuple[bool, Decimal, _Target]] = []
    for target in targets:
        security = algorithm.securities[target.symbol]
        wanted = adjust_by_lot_size(security, target.decimal_quantity)
        existing = algorithm.transactions.get_projected_holdings(security).decimal_projected
        change = wanted if target_is_delta else wanted - existing
        if not security.has_data or not security.is_tradable or abs(change) < security.symbol_properties.lot_size:
            continue
        final = existing + change if target_is_delta else wanted
        reduces = existing != 0 and abs(final) < abs(existing)
        ranked.append((not reduces, -abs(change * security.cache.price), target))
    ranked.sort(key=lambda entry: entry[:2])
    return [target for _, _, target in ranked]


class BuyingPowerModelExtensions(metaclass=PascalType):
    """Lean's name of a question that execution models ask."""

    @staticmethod
    def above_minimum_order_margin_portfolio_percentage(
        model: Any,
        security: Security,
        quantity: float,
        portfolio_manager: SecurityPortfolioManager,
        minimum_order_margin_portfolio_percentage: float,
    ) -> bool:
        """The order's margin by the security's own model is at least that share of the portfolio, or none is left."""
        minimum = to_decimal(minimum_order_margin_portfolio_percentage)
        return is_above_minimum_margin(portfolio_manager, security, to_decimal(quantity), minimum)


class OrderSizing(metaclass=PascalType):
    """Lean's names of these functions for algorithms, in floats."""

    @staticmethod
    def get_unordered_quantity(
        algorithm: QCAlgorithm,
        target: PortfolioTarget,
        security: Security | None = None,
        account_for_fees: bool = False,
    ) -> float:
        """Signed shares to order. Fees are in cash for equities, so they never change the quantity."""
        return to_float(unordered_quantity(algorithm, target))

    @staticmethod
    def get_order_size_for_percent_volume(
        security: Security, maximum_percent_current_volume: float, desired_order_size: float
    ) -> float:
        """At most a share of the current bar's volume."""
        share, wanted = to_decimal(maximum_percent_current_volume), to_decimal(desired_order_size)
        return to_float(order_size_for_percent_volume(security, share, wanted))

    @staticmethod
    def get_order_size_for_maximum_value(
        security: Security, maximum_order_value_in_account_currency: float, desired_order_size: float
    ) -> float:
        """At most so many USD at the last price."""
        value, wanted = to_decimal(maximum_order_value_in_account_currency), to_decimal(desired_order_size)
        return to_float(order_size_for_maximum_value(security, value, wanted))

    @staticmethod
    def adjust_by_lot_size(security: Security, quantity: float) -> float:
        return to_float(adjust_by_lot_size(security, to_decimal(quantity)))


def _sign(quantity: Decimal) -> int:
    return (quantity > 0) - (quantity < 0)
