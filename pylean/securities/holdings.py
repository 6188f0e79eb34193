"""What the account holds of one security, and what it made on it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.events import EventHandlers
from pylean.naming import PascalNames, assignable
from pylean.numbers import ZERO, to_decimal, to_float

if TYPE_CHECKING:
    from pylean.framework.targets import PortfolioTarget
    from pylean.securities.cash import Cash
    from pylean.securities.security import Security
    from pylean.securities.security_type import SecurityType
    from pylean.securities.symbol import Symbol

__all__ = ["ConvertibleCashAmount", "SecurityHolding"]


class ConvertibleCashAmount(PascalNames):
    """An amount of the currency that ``cash`` keeps; that currency is always the account's, USD."""

    def __init__(self, amount: float | Decimal, cash: Cash) -> None:
        self.decimal_amount = to_decimal(amount)
        self.cash = cash

    @property
    def amount(self) -> float:
        return to_float(self.decimal_amount)

    @property
    def in_account_currency(self) -> float:
        return self.amount


@assignable("quantity_changed", "target")
class SecurityHolding(PascalNames):
    """Position of one security: signed shares, average price in USD, and running totals in USD."""

    def __init__(self, security: Security) -> None:
        self._security = security
        self.decimal_quantity = ZERO
        self.decimal_average_price = ZERO
        self.decimal_profit = ZERO
        self.decimal_fees = ZERO
        self.decimal_sale_volume = ZERO
        self.decimal_last_trade_profit = ZERO
        self.decimal_dividends = ZERO
        #: The framework's latest target for this security.
        self.target: PortfolioTarget | None = None
        self.quantity_changed = EventHandlers()
        #: The account's positions that are not flat; this one enters and leaves it by itself.
        self.book: dict[Symbol, SecurityHolding] = {}

    @property
    def type(self) -> SecurityType:
        return self._security.type

    @property
    def symbol(self) -> Symbol:
        return self._security.symbol

    @property
    def quantity(self) -> float:
        return to_float(self.decimal_quantity)

    @property
    def absolute_quantity(self) -> float:
        return abs(self.quantity)

    @property
    def average_price(self) -> float:
        return to_float(self.decimal_average_price)

    @property
    def invested(self) -> bool:
        return self.decimal_quantity != 0

    @property
    def hold_stock(self) -> bool:
        return self.invested

    @property
    def is_long(self) -> bool:
        return self.decimal_quantity > 0

    @property
    def is_short(self) -> bool:
        return self.decimal_quantity < 0

    @property
    def price(self) -> float:
        return self._security.price

    @property
    def decimal_value(self) -> Decimal:
        """Quantity times last price; signed."""
        return self.decimal_quantity * self._security.cache.price if self.decimal_quantity else ZERO

    @property
    def holdings_value(self) -> float:
        return to_float(self.decimal_value)

    @property
    def absolute_holdings_value(self) -> float:
        return abs(self.holdings_value)

    @property
    def decimal_cost(self) -> Decimal:
        return self.decimal_quantity * self.decimal_average_price

    @property
    def holdings_cost(self) -> float:
        return to_float(self.decimal_cost)

    @property
    def absolute_holdings_cost(self) -> float:
        return abs(self.holdings_cost)

    @property
    def unlevered_holdings_cost(self) -> float:
        return self.holdings_cost / self.leverage

    @property
    def unlevered_absolute_holdings_cost(self) -> float:
        return self.absolute_holdings_cost / self.leverage

    @property
    def leverage(self) -> float:
        return self._security.leverage

    @property
    def profit(self) -> float:
        """Gross profit of everything closed so far."""
        return to_float(self.decimal_profit)

    @property
    def net_profit(self) -> float:
        return to_float(self.decimal_profit - self.decimal_fees)

    @property
    def total_dividends(self) -> float:
        return to_float(self.decimal_dividends)

    @property
    def total_fees(self) -> float:
        return to_float(self.decimal_fees)

    @property
    def total_sale_volume(self) -> float:
        return to_float(self.decimal_sale_volume)

    @property
    def last_trade_profit(self) -> float:
        return to_float(self.decimal_last_trade_profit)

    @property
    def decimal_unrealized_profit(self) -> Decimal:
        """Profit of closing now at bid (long) or ask (short), less the estimated fee."""
        return self.decimal_close_profit() if self.decimal_quantity else ZERO

    @property
    def unrealized_profit(self) -> float:
        return to_float(self.decimal_unrealized_profit)

    @property
    def unrealized_profit_percent(self) -> float:
        cost = abs(self.decimal_cost)
        return to_float(self.decimal_unrealized_profit / cost) if cost else 0.0

    def total_close_profit(
        self,
        include_fees: bool = True,
        exit_price: float | None = None,
        entry_price: float | None = None,
        quantity: float | None = None,
    ) -> float:
        """Profit in USD of closing now the position, or so many signed shares of it, at these prices if given."""
        if quantity is None and not self.decimal_quantity:
            return 0.0
        prices = [None if price is None else to_decimal(price) for price in (exit_price, entry_price, quantity)]
        return to_float(self.decimal_close_profit(*prices, include_fees=include_fees))

    def decimal_close_profit(
        self,
        exit_price: Decimal | None = None,
        entry_price: Decimal | None = None,
        quantity: Decimal | None = None,
        *,
        include_fees: bool = True,
    ) -> Decimal:
        security = self._security
        shares = self.decimal_quantity if quantity is None else quantity
        fee = security.estimate_market_order_fee(-shares) if include_fees else ZERO
        market = security.cache.bid if self.decimal_quantity > 0 else security.cache.ask
        exit_at = (market or security.cache.price) if exit_price is None else exit_price
        entered_at = self.decimal_average_price if entry_price is None else entry_price
        return (exit_at - entered_at) * shares - fee

    def get_quantity_value(self, quantity: float, price: float | None = None) -> ConvertibleCashAmount:
        """What so many signed shares are worth at a price, the last one unless given."""
        at = self._security.cache.price if price is None else to_decimal(price)
        return ConvertibleCashAmount(to_decimal(quantity) * at, self._security.quote_currency)

    def add_new_fee(self, new_fee: float | Decimal) -> None:
        self.decimal_fees += to_decimal(new_fee)

    def add_new_profit(self, profit_loss: float | Decimal) -> None:
        self.decimal_profit += to_decimal(profit_loss)

    def add_new_sale(self, sale_value: float | Decimal) -> None:
        self.decimal_sale_volume += to_decimal(sale_value)

    def add_new_dividend(self, dividend: float | Decimal) -> None:
        self.decimal_dividends += to_decimal(dividend)

    def set_last_trade_profit(self, last_trade_profit: float | Decimal) -> None:
        self.decimal_last_trade_profit = to_decimal(last_trade_profit)

    def set_holdings(self, average_price: float | Decimal, quantity: float | Decimal) -> None:
        """Replace the position; totals stay. Handlers of ``quantity_changed`` are told."""
        before = self.decimal_average_price, self.decimal_quantity
        self.decimal_average_price = to_decimal(average_price)
        self.decimal_quantity = to_decimal(quantity)
        if self.invested:
            self.book[self.symbol] = self
        else:
            self.book.pop(self.symbol, None)
        if self.quantity_changed:
            self.quantity_changed(self, SecurityHoldingQuantityChangedEventArgs(self._security, *before))

    def __repr__(self) -> str:
        return f"{self.symbol.value}: {self.quantity} @ {self.average_price}"


class SecurityHoldingQuantityChangedEventArgs(PascalNames):
    """The position as it was before a change."""

    def __init__(self, security: Security, previous_average_price: Decimal, previous_quantity: Decimal) -> None:
        self.security = security
        self.previous_average_price = to_float(previous_average_price)
        self.previous_quantity = to_float(previous_quantity)
