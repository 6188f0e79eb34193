"""Margin: how much of a security the account can afford (Lean's BuyingPowerModel for equities)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ONE, ZERO, to_decimal, to_float
from pylean.orders.enums import OrderDirection
from pylean.orders.fees import InteractiveBrokersFeeModel

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = ["BuyingPowerCheck", "MarginConvergenceError", "SecurityMarginModel"]


class MarginConvergenceError(ArithmeticError):
    """No order quantity meets a target margin; Lean stops the algorithm in this case too."""


@dataclass(frozen=True, slots=True)
class BuyingPowerCheck:
    """Whether the account can carry an order; ``reason`` says why not."""

    is_sufficient: bool
    reason: str = ""


_SUFFICIENT = BuyingPowerCheck(True)
_ROOM = 1.05
_ROOM_PER_SHARE_USD = 0.01


class SecurityMarginModel(LeanOverrides, PascalNames):
    """Initial and maintenance margin are both 1 / leverage of the value."""

    def __init__(self, leverage: float | Decimal = 1, required_free_buying_power_percent: float | Decimal = 0) -> None:
        self.decimal_leverage = to_decimal(leverage)
        self._requirement = ONE / self.decimal_leverage
        self._required_free = to_decimal(required_free_buying_power_percent)
        self._requirement_float = float(self._requirement)
        self._usable_float = 1 - float(self._required_free)

    def get_leverage(self, security: Security) -> float:
        return to_float(self.decimal_leverage)

    def set_leverage(self, security: Security, leverage: float | Decimal) -> None:
        """Raises ValueError below 1."""
        if leverage < 1:
            raise ValueError(f"leverage of {security.symbol} is {leverage}: it must be at least 1")
        self.decimal_leverage = to_decimal(leverage)
        self._requirement = ONE / self.decimal_leverage
        self._requirement_float = float(self._requirement)

    def initial_margin(self, security: Security, quantity: Decimal) -> Decimal:
        """Signed margin in USD to hold so many shares at the last price."""
        return security.cache.price * quantity * self._requirement

    def maintenance_margin(self, security: Security) -> Decimal:
        """Margin in USD of the position held."""
        return abs(security.holdings.decimal_value) * self._requirement

    def initial_margin_for_order(self, security: Security, order: Order) -> Decimal:
        """Signed margin in USD of an order at the last price, its fee added."""
        fee: Decimal = security.fee_model.order_fee_amount(security, order)
        margin = self.initial_margin(security, order.decimal_quantity)
        return margin + (fee if margin > 0 else -fee if margin < 0 else ZERO)

    def margin_remaining(
        self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection
    ) -> Decimal:
        """Margin in USD free for an order; reversing frees the position's margin and may open as much the other way."""
        total = portfolio.decimal_total_portfolio_value
        free = portfolio.decimal_margin_remaining(total)
        held = security.holdings.decimal_quantity
        reverses = (held > 0 and direction is OrderDirection.SELL) or (held < 0 and direction is OrderDirection.BUY)
        if reverses:
            free += self.maintenance_margin(security) + self.initial_margin(security, abs(held))
        return max(ZERO, free - total * self._required_free)

    def check(
        self, portfolio: SecurityPortfolioManager, security: Security, order: Order, filled: Decimal
    ) -> BuyingPowerCheck:
        """Can the account carry what is left of an order? An order that only reduces is always affordable."""
        quantity = order.decimal_quantity
        held = security.holdings.decimal_quantity
        if held:
            reduces = (held > 0) is not (quantity > 0) and abs(held) >= abs(quantity)
        else:
            reduces = self._is_clearly_affordable(portfolio, security, order)
        if reduces or quantity == 0:
            return _SUFFICIENT
        free = self.margin_remaining(portfolio, security, order.direction)
        unfilled = (abs(quantity) - abs(filled)) / abs(quantity)
        required = unfilled * self.initial_margin_for_order(security, order)
        if abs(required) <= free:
            return _SUFFICIENT
        return BuyingPowerCheck(
            False, f"Id: {order.id}, Initial Margin: {required.normalize():f}, Free Margin: {free.normalize():f}"
        )

    def _is_clearly_affordable(self, portfolio: SecurityPortfolioManager, security: Security, order: Order) -> bool:
        """A quick yes by doubles with room to spare, for accounts without a position and models not overridden.

        Resting orders are checked twice a slice; nearly all of them are far from the limit.
        """
        known = type(self) is SecurityMarginModel and type(security.fee_model) is InteractiveBrokersFeeModel
        if not known or portfolio.held:
            return False
        shares = order.absolute_quantity
        needed = shares * (security.cache.price_float * self._requirement_float + _ROOM_PER_SHARE_USD)
        return needed * _ROOM + 1 < portfolio.cash * self._usable_float

    def quantity_for_target(
        self, portfolio: SecurityPortfolioManager, security: Security, target: Decimal, minimum_margin_share: Decimal
    ) -> Decimal:
        """Signed order quantity that brings the position's margin to ``target`` × portfolio value, fees included.

        0 when the change is below ``minimum_margin_share`` of the portfolio or below one lot.
        """
        total = portfolio.decimal_total_portfolio_value
        reserve = total * self._required_free
        goal = target * (total - reserve)
        held = security.holdings.decimal_quantity
        if goal == 0:
            return -held
        unit = self.initial_margin(security, ONE)
        change = abs(goal - self.initial_margin(security, held))
        too_small = change < total * minimum_margin_share and portfolio.decimal_margin_remaining(total) > 0
        if unit == 0 or too_small:
            return ZERO
        previous = ZERO
        while True:
            quantity = self._quantity_within(security, goal, unit)
            if quantity == 0:
                return ZERO
            goal = (total - security.estimate_market_order_fee(quantity) - reserve) * target
            if abs(self.initial_margin(security, quantity + held)) <= abs(goal):
                return quantity
            if quantity == previous:
                raise MarginConvergenceError(
                    f"no order quantity of {security.symbol} meets the target margin {goal} USD (last tried {quantity})"
                )
            previous = quantity

    def _quantity_within(self, security: Security, goal: Decimal, unit: Decimal) -> Decimal:
        lot = security.symbol_properties.lot_size
        held = security.holdings.decimal_quantity
        rounding = ROUND_CEILING if goal < 0 else ROUND_FLOOR
        quantity = ((goal / unit - held) / lot).to_integral_value(rounding=rounding) * lot
        step = lot if goal < 0 else -lot
        while abs(self.initial_margin(security, quantity + held)) > abs(goal):
            quantity += step
        return quantity
