"""Margin: how much of a security the account can afford (Lean's BuyingPowerModel for equities)."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any

from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ONE, ZERO, to_decimal, to_float
from pylean.orders.enums import OrderDirection
from pylean.orders.fees import InteractiveBrokersFeeModel
from pylean.securities.margin_overrides import ROUTES
from pylean.securities.margin_values import (
    BuyingPower,
    BuyingPowerParameters,
    GetMaximumOrderQuantityForDeltaBuyingPowerParameters,
    GetMaximumOrderQuantityForTargetBuyingPowerParameters,
    GetMaximumOrderQuantityResult,
    HasSufficientBuyingPowerForOrderParameters,
    HasSufficientBuyingPowerForOrderResult,
    InitialMargin,
    InitialMarginParameters,
    InitialMarginRequiredForOrderParameters,
    MaintenanceMargin,
    MaintenanceMarginParameters,
    ReservedBuyingPowerForPosition,
    ReservedBuyingPowerForPositionParameters,
    amount_of,
)

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = [
    "BuyingPowerModel",
    "MarginConvergenceError",
    "SecurityMarginModel",
    "is_above_minimum_margin",
]


class MarginConvergenceError(ArithmeticError):
    """No order quantity meets a target margin; Lean stops the algorithm in this case too."""


_SUFFICIENT = HasSufficientBuyingPowerForOrderResult(True)
_ROOM = 1.05
_ROOM_PER_SHARE_USD = 0.01


def is_above_minimum_margin(portfolio: SecurityPortfolioManager, margin: Decimal, minimum_share: Decimal) -> bool:
    """An order's margin is worth sending: at least ``minimum_share`` of the portfolio, or no margin is left at all."""
    total = portfolio.decimal_total_portfolio_value
    return margin >= total * minimum_share or portfolio.decimal_margin_remaining(total) <= 0


class BuyingPowerModel(LeanOverrides, PascalNames):
    """Initial and maintenance margin are fixed shares of the value, 1 / leverage unless given.

    Two faces. The engine asks the plain methods (``check``, ``maintenance_margin`` …) and gets decimals. Algorithms
    call or override Lean's (``has_sufficient_buying_power_for_order`` …). An override is what the engine gets; but the
    methods of this class never call an override of another one, as Lean's C# never calls Python's.
    """

    def __init__(
        self,
        leverage: float | Decimal = 1,
        required_free_buying_power_percent: float | Decimal = 0,
        *percents: float | Decimal,
    ) -> None:
        """Either leverage and free share, or initial requirement, maintenance requirement and free share.

        Raises ValueError for a leverage below 1 and for shares outside 0 to 1.
        """
        if percents:
            shares = [to_decimal(share) for share in (leverage, required_free_buying_power_percent, *percents)]
            self._initial_share, self._maintenance_share, self._required_free = shares
        else:
            self._set_leverage(to_decimal(leverage))
            self._required_free = to_decimal(required_free_buying_power_percent)
        for share in (self._initial_share, self._maintenance_share, self._required_free):
            if not 0 <= share <= 1:
                raise ValueError(f"a margin requirement is {share}: it must be from 0 to 1")
        self._initial_float = float(self._initial_share)
        self._usable_float = 1 - float(self._required_free)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for lean_name, (engine_name, route) in ROUTES.items():
            if lean_name in vars(cls):
                setattr(cls, engine_name, route)

    def _set_leverage(self, leverage: Decimal, subject: object = "the model") -> None:
        if leverage < 1:
            raise ValueError(f"leverage of {subject} is {leverage}: it must be at least 1")
        self._initial_share = self._maintenance_share = ONE / leverage
        self._initial_float = float(self._initial_share)

    # What the engine asks

    def leverage_of(self, security: Security) -> Decimal:
        return self._leverage(security)

    def initial_margin(self, security: Security, quantity: Decimal) -> Decimal:
        """Signed margin in USD to hold so many shares at the last price."""
        return self._initial(security, quantity)

    def maintenance_margin(self, security: Security) -> Decimal:
        """Margin in USD of the position held."""
        holding = security.holdings
        return self._maintenance(security, holding.decimal_quantity, holding.decimal_value)

    def initial_margin_for_order(self, security: Security, order: Order) -> Decimal:
        """Signed margin in USD of an order at the last price, its fee added."""
        return self._order_margin(security, order)

    def margin_remaining(
        self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection
    ) -> Decimal:
        """Margin in USD free for an order; reversing frees the position's margin and may open as much the other way."""
        return self._free(portfolio, security, direction)

    def check(
        self, portfolio: SecurityPortfolioManager, security: Security, order: Order, filled: Decimal
    ) -> HasSufficientBuyingPowerForOrderResult:
        """Can the account carry what is left of an order? An order that only reduces is always affordable."""
        return self._check(portfolio, security, order, filled)

    def quantity_for_target(
        self, portfolio: SecurityPortfolioManager, security: Security, target: Decimal, minimum_share: Decimal
    ) -> Decimal:
        """Signed order quantity that brings the position's margin to ``target`` × portfolio value, fees included.

        0 when the change is below ``minimum_share`` of the portfolio or below one lot.
        """
        return self._size(portfolio, security, target, minimum_share).decimal_quantity

    def quantity_for_delta(
        self, portfolio: SecurityPortfolioManager, security: Security, delta: Decimal, minimum_share: Decimal
    ) -> Decimal:
        """Signed order quantity that changes the position's margin by ``delta`` USD."""
        return self._size_of_change(portfolio, security, delta, minimum_share).decimal_quantity

    # What algorithms call and override

    def get_leverage(self, security: Security) -> float:
        return to_float(self._leverage(security))

    def set_leverage(self, security: Security, leverage: float | Decimal) -> None:
        """Raises ValueError below 1."""
        self._set_leverage(to_decimal(leverage), security.symbol)

    def get_initial_margin_requirement(self, parameters: InitialMarginParameters) -> InitialMargin:
        return InitialMargin(self._initial(parameters.security, parameters.decimal_quantity))

    def get_initial_margin_required_for_order(
        self, parameters: InitialMarginRequiredForOrderParameters
    ) -> InitialMargin:
        return InitialMargin(self._order_margin(parameters.security, parameters.order))

    def get_maintenance_margin(self, parameters: MaintenanceMarginParameters) -> MaintenanceMargin:
        margin = self._maintenance(parameters.security, parameters.decimal_quantity, parameters.decimal_holdings_value)
        return MaintenanceMargin(margin)

    def get_reserved_buying_power_for_position(
        self, parameters: ReservedBuyingPowerForPositionParameters
    ) -> ReservedBuyingPowerForPosition:
        return ReservedBuyingPowerForPosition(BuyingPowerModel.maintenance_margin(self, parameters.security))

    def get_buying_power(self, parameters: BuyingPowerParameters) -> BuyingPower:
        return BuyingPower(self._free(parameters.portfolio, parameters.security, parameters.direction))

    def has_sufficient_buying_power_for_order(
        self, parameters: HasSufficientBuyingPowerForOrderParameters
    ) -> HasSufficientBuyingPowerForOrderResult:
        portfolio, order = parameters.portfolio, parameters.order
        filled = portfolio.quantity_filled(order.id)
        if filled is None:
            return parameters.insufficient(f"there is no ticket of order {order.id}")
        return self._check(portfolio, parameters.security, order, filled)

    def get_maximum_order_quantity_for_target_buying_power(
        self, parameters: GetMaximumOrderQuantityForTargetBuyingPowerParameters
    ) -> GetMaximumOrderQuantityResult:
        minimum = parameters.decimal_minimum_share
        return self._size(parameters.portfolio, parameters.security, parameters.decimal_target, minimum)

    def get_maximum_order_quantity_for_delta_buying_power(
        self, parameters: GetMaximumOrderQuantityForDeltaBuyingPowerParameters
    ) -> GetMaximumOrderQuantityResult:
        minimum = parameters.decimal_minimum_share
        return self._size_of_change(parameters.portfolio, parameters.security, parameters.decimal_delta, minimum)

    # The rules; our own subclasses change these

    def _leverage(self, security: Security) -> Decimal:
        return ONE / self._initial_share

    def _initial(self, security: Security, quantity: Decimal) -> Decimal:
        return security.cache.price * quantity * self._initial_share

    def _maintenance(self, security: Security, quantity: Decimal, value: Decimal) -> Decimal:
        return abs(value) * self._maintenance_share

    def _order_margin(self, security: Security, order: Order) -> Decimal:
        fee: Decimal = security.fee_model.order_fee_amount(security, order)
        margin = self._initial(security, order.decimal_quantity)
        return margin + (fee if margin > 0 else -fee if margin < 0 else ZERO)

    def _free(self, portfolio: SecurityPortfolioManager, security: Security, direction: OrderDirection) -> Decimal:
        total = portfolio.decimal_total_portfolio_value
        free = portfolio.decimal_margin_remaining(total)
        holding = security.holdings
        held = holding.decimal_quantity
        reverses = (held > 0 and direction is OrderDirection.SELL) or (held < 0 and direction is OrderDirection.BUY)
        if reverses:
            free += self._maintenance(security, held, holding.decimal_value) + self._initial(security, abs(held))
        return max(ZERO, free - total * self._required_free)

    def _check(
        self, portfolio: SecurityPortfolioManager, security: Security, order: Order, filled: Decimal
    ) -> HasSufficientBuyingPowerForOrderResult:
        quantity = order.decimal_quantity
        held = security.holdings.decimal_quantity
        if held:
            reduces = (held > 0) is not (quantity > 0) and abs(held) >= abs(quantity)
        else:
            reduces = self._is_clearly_affordable(portfolio, security, order)
        if reduces or quantity == 0:
            return _SUFFICIENT
        free = self._free(portfolio, security, order.direction)
        unfilled = (abs(quantity) - abs(filled)) / abs(quantity)
        required = unfilled * self._order_margin(security, order)
        if abs(required) <= free:
            return _SUFFICIENT
        return HasSufficientBuyingPowerForOrderResult(
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
        needed = shares * (security.cache.price_float * self._initial_float + _ROOM_PER_SHARE_USD)
        return needed * _ROOM + 1 < portfolio.cash * self._usable_float

    def _size(
        self, portfolio: SecurityPortfolioManager, security: Security, target: Decimal, minimum_share: Decimal
    ) -> GetMaximumOrderQuantityResult:
        total = portfolio.decimal_total_portfolio_value
        reserve = total * self._required_free
        goal = target * (total - reserve)
        held = security.holdings.decimal_quantity
        if goal == 0:
            return GetMaximumOrderQuantityResult(-held)
        unit = self._initial(security, ONE)
        if unit == 0:
            return GetMaximumOrderQuantityResult(ZERO, f"{security.symbol}: the price is 0, no bar has arrived yet")
        change = abs(goal - self._initial(security, held))
        if not is_above_minimum_margin(portfolio, change, minimum_share):
            reason = f"the margin of the order, {change} USD, is below {minimum_share} of the portfolio value"
            return GetMaximumOrderQuantityResult(ZERO, reason, False)
        previous = ZERO
        while True:
            quantity = self._quantity_within(security, goal, unit)
            if quantity == 0:
                reason = f"the order quantity of {security.symbol} is below the lot size"
                return GetMaximumOrderQuantityResult(ZERO, reason, False)
            goal = (total - security.estimate_market_order_fee(quantity) - reserve) * target
            if abs(self._initial(security, quantity + held)) <= abs(goal):
                return GetMaximumOrderQuantityResult(quantity)
            if quantity == previous:
                raise MarginConvergenceError(
                    f"no order quantity of {security.symbol} meets the target margin {goal} USD (last tried {quantity})"
                )
            previous = quantity

    def _size_of_change(
        self, portfolio: SecurityPortfolioManager, security: Security, delta: Decimal, minimum_share: Decimal
    ) -> GetMaximumOrderQuantityResult:
        model, holding = security.buying_power_model, security.holdings
        reserved = model.get_reserved_buying_power_for_position(ReservedBuyingPowerForPositionParameters(security))
        used = amount_of(reserved)
        total = portfolio.decimal_total_portfolio_value
        wanted = (used if holding.is_long else -used) + delta
        return self._size(portfolio, security, wanted / total if total else ZERO, minimum_share)

    def _quantity_within(self, security: Security, goal: Decimal, unit: Decimal) -> Decimal:
        lot = security.symbol_properties.lot_size
        held = security.holdings.decimal_quantity
        rounding = ROUND_CEILING if goal < 0 else ROUND_FLOOR
        quantity = ((goal / unit - held) / lot).to_integral_value(rounding=rounding) * lot
        step = lot if goal < 0 else -lot
        while abs(self._initial(security, quantity + held)) > abs(goal):
            quantity += step
        return quantity


class SecurityMarginModel(BuyingPowerModel):
    """Lean's model of equities on a margin account (leverage 2) and on a cash account (leverage 1)."""
