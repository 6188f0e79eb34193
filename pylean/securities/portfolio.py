"""The account: cash, positions and what they are worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.naming import ClosedNames
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.enums import OrderDirection
from pylean.orders.fees import CashAmount
from pylean.securities.cash import ACCOUNT_CURRENCY, Cash, CashBook
from pylean.securities.settlement import ApplyFundsSettlementModelParameters, ImmediateSettlementModel

if TYPE_CHECKING:
    from pylean.algorithm.settings import AlgorithmSettings
    from pylean.orders.events import OrderEvent
    from pylean.orders.manager import SecurityTransactionManager
    from pylean.securities.holdings import SecurityHolding
    from pylean.securities.manager import SecurityManager
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["SecurityPortfolioManager"]

_DEFAULT_CASH = Decimal(100_000)


class SecurityPortfolioManager(ClosedNames):
    """Positions by symbol, and the account's totals in USD. ``decimal_…`` members are exact, the others floats."""

    def __init__(self, securities: SecurityManager, settings: AlgorithmSettings) -> None:
        self.securities = securities
        self._settings = settings
        self.cash_book = CashBook(securities.cash)
        self._usd = securities.cash
        self._usd.set_amount(_DEFAULT_CASH)
        self.unsettled_cash_book = CashBook(Cash(ACCOUNT_CURRENCY))
        self._unsettled_usd = self.unsettled_cash_book[ACCOUNT_CURRENCY]
        self._held = securities.held
        self.transactions: SecurityTransactionManager | None = None
        self.margin_call_model: Any = None
        self.on_profit: Callable[[datetime, Decimal], None] = lambda utc, profit: None
        self._close()

    def __getitem__(self, symbol: Symbol | str) -> SecurityHolding:
        return self.securities[symbol].holdings

    def __contains__(self, symbol: Symbol | str) -> bool:
        return symbol in self.securities

    def contains_key(self, symbol: Symbol | str) -> bool:
        return symbol in self.securities

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self.securities)

    def keys(self) -> list[Symbol]:
        return list(self.securities)

    def values(self) -> list[SecurityHolding]:
        return [security.holdings for security in self.securities.values()]

    def items(self) -> list[tuple[Symbol, SecurityHolding]]:
        return [(symbol, security.holdings) for symbol, security in self.securities.items()]

    @property
    def held(self) -> dict[Symbol, SecurityHolding]:
        """Positions that are not flat; a live view."""
        return self._held

    @property
    def invested(self) -> bool:
        return bool(self._held)

    hold_stock = invested

    def __len__(self) -> int:
        return len(self.securities)

    @property
    def count(self) -> int:
        return len(self)

    def get(self, symbol: Symbol | str, default: SecurityHolding | None = None) -> SecurityHolding | None:
        return self.securities[symbol].holdings if symbol in self.securities else default

    @property
    def decimal_cash(self) -> Decimal:
        return self._usd.decimal_amount

    @property
    def cash(self) -> float:
        """Settled cash."""
        return self._usd.amount

    @property
    def unsettled_cash(self) -> float:
        """What sales have brought but may not be used yet."""
        return self._unsettled_usd.amount

    def set_cash(self, amount: float | Decimal) -> None:
        """Replace the account's cash. Raises ValueError at or below 0."""
        if amount <= 0:
            raise ValueError(f"cash is {amount} USD: it must be above 0")
        self._usd.set_amount(to_decimal(amount))

    def set_margin_call_model(self, model: Any) -> None:
        self.margin_call_model = model

    def quantity_filled(self, order_id: int) -> Decimal | None:
        """Signed shares that an order has filled so far; ``None`` without such an order."""
        ticket = None if self.transactions is None else self.transactions.get_order_ticket(order_id)
        return None if ticket is None else ticket.decimal_quantity_filled

    def tell_before_change(self, listener: Callable[[], None]) -> None:
        """Call a function before cash or a position changes: each change of a position moves cash first."""
        self._usd.before_change = self._unsettled_usd.before_change = listener

    @property
    def decimal_total_cash(self) -> Decimal:
        """Settled and unsettled."""
        cash = self._usd.decimal_amount
        return cash + self._unsettled_usd.decimal_amount if self._unsettled_usd.decimal_amount else cash

    @property
    def decimal_total_portfolio_value(self) -> Decimal:
        return sum((holding.decimal_value for holding in self._held.values()), self.decimal_total_cash)

    @property
    def is_worthless(self) -> bool:
        """The total value is at or below 0; cash and long positions alone need no valuation to tell."""
        if self.decimal_total_cash > 0 and all(holding.decimal_quantity > 0 for holding in self._held.values()):
            return False
        return self.decimal_total_portfolio_value <= 0

    @property
    def total_portfolio_value(self) -> float:
        """Cash plus every position at its last price."""
        return to_float(self.decimal_total_portfolio_value)

    @property
    def decimal_total_portfolio_value_less_free_buffer(self) -> Decimal:
        """What sizing may use: the value less the free share of the settings (0.25 % by default)."""
        total = self.decimal_total_portfolio_value
        free = self._settings.free_portfolio_value
        if free is not None:
            return total - to_decimal(free)
        return total - total * to_decimal(self._settings.free_portfolio_value_percentage)

    @property
    def total_portfolio_value_less_free_buffer(self) -> float:
        return to_float(self.decimal_total_portfolio_value_less_free_buffer)

    @property
    def decimal_total_margin_used(self) -> Decimal:
        return sum((self._margin_used(symbol) for symbol in self._held), ZERO)

    @property
    def total_margin_used(self) -> float:
        return to_float(self.decimal_total_margin_used)

    def decimal_margin_remaining(self, total_portfolio_value: Decimal) -> Decimal:
        unsettled = self._unsettled_usd.decimal_amount
        usable = total_portfolio_value - unsettled if unsettled else total_portfolio_value
        return usable - self.decimal_total_margin_used

    @property
    def margin_remaining(self) -> float:
        return to_float(self.decimal_margin_remaining(self.decimal_total_portfolio_value))

    def get_margin_remaining(self, symbol: Symbol | str, direction: OrderDirection = OrderDirection.BUY) -> float:
        """Margin free for an order of the symbol in a direction."""
        security = self.securities[symbol]
        margin: Decimal = security.buying_power_model.margin_remaining(self, security, direction)
        return to_float(margin)

    get_buying_power = get_margin_remaining

    @property
    def total_absolute_holdings_cost(self) -> float:
        return sum((holding.absolute_holdings_cost for holding in self._held.values()), 0.0)

    @property
    def total_unlevered_absolute_holdings_cost(self) -> float:
        return sum((holding.unlevered_absolute_holdings_cost for holding in self._held.values()), 0.0)

    @property
    def total_holdings_value(self) -> float:
        return to_float(sum((abs(holding.decimal_value) for holding in self._held.values()), ZERO))

    @property
    def decimal_total_profit(self) -> Decimal:
        return sum((security.holdings.decimal_profit for security in self.securities.total), ZERO)

    @property
    def total_profit(self) -> float:
        """Gross profit of everything closed."""
        return to_float(self.decimal_total_profit)

    @property
    def decimal_total_fees(self) -> Decimal:
        return sum((security.holdings.decimal_fees for security in self.securities.total), ZERO)

    @property
    def total_fees(self) -> float:
        return to_float(self.decimal_total_fees)

    @property
    def total_net_profit(self) -> float:
        return to_float(self.decimal_total_profit - self.decimal_total_fees)

    @property
    def decimal_total_unrealized_profit(self) -> Decimal:
        return sum((holding.decimal_unrealized_profit for holding in self._held.values()), ZERO)

    @property
    def total_unrealized_profit(self) -> float:
        return to_float(self.decimal_total_unrealized_profit)

    total_unrealised_profit = total_unrealized_profit

    @property
    def decimal_total_sale_volume(self) -> Decimal:
        return sum((security.holdings.decimal_sale_volume for security in self.securities.total), ZERO)

    @property
    def total_sale_volume(self) -> float:
        return to_float(self.decimal_total_sale_volume)

    def _margin_used(self, symbol: Symbol) -> Decimal:
        security = self.securities[symbol]
        margin: Decimal = security.buying_power_model.maintenance_margin(security)
        return margin

    def process_fill(self, event: OrderEvent) -> None:
        """Book a fill: cash, fee, sale volume, closed profit and the new position (Lean's SecurityPortfolioModel)."""
        security = self.securities[event.symbol]
        holding = security.holdings
        quantity, price = event.decimal_fill_quantity, event.decimal_fill_price
        fee = event.order_fee.value.decimal_amount
        holding.decimal_sale_volume += price * abs(quantity)
        holding.decimal_fees += fee
        self._usd.add_amount(-fee)
        self._settle(security, event, -quantity * price)
        held, average = holding.decimal_quantity, holding.decimal_average_price
        if held * quantity < 0:
            self._book_profit(security, event, fee)
        total = held + quantity
        if held * quantity > 0:
            average = (average * held + quantity * price) / total
        elif total == 0:
            average = ZERO
        elif held * total <= 0:
            average = price
        holding.set_holdings(average, total)

    def _settle(self, security: Security, event: OrderEvent, amount: Decimal) -> None:
        model = security.settlement_model
        if type(model) is ImmediateSettlementModel:
            self._usd.add_amount(amount)
            return
        cash = CashAmount(amount)
        model.apply_funds(ApplyFundsSettlementModelParameters(self, security, event.utc_time, cash, event))

    def _book_profit(self, security: Security, event: OrderEvent, fee: Decimal) -> None:
        holding = security.holdings
        closed = min(abs(event.decimal_fill_quantity), abs(holding.decimal_quantity))
        signed = closed if event.decimal_fill_quantity < 0 else -closed
        profit = signed * event.decimal_fill_price - signed * holding.decimal_average_price
        holding.decimal_profit += profit
        holding.decimal_last_trade_profit = profit
        self.on_profit(security.clock.utc, profit - 2 * fee)

    def add_dividend(self, security: Security, distribution: Decimal) -> None:
        """Cash of a dividend in USD a share; a short position pays it."""
        self._usd.add_amount(security.holdings.decimal_quantity * distribution)

    def apply_split(self, security: Security, factor: Decimal, reference_price: Decimal) -> None:
        """One old share becomes 1 / ``factor`` new ones; what is not a whole share is paid in cash, at the last price
        restated for the split, or without one at the reference price.
        """
        self._usd.before_change()
        holding = security.holdings
        quantity = holding.decimal_quantity / factor
        whole = Decimal(int(quantity))
        holding.set_holdings(holding.decimal_average_price * factor, whole)
        price = reference_price * factor
        if security.has_data:
            security.cache.apply_split(factor)
            price = security.cache.price
        self._usd.add_amount((quantity - whole) * price)

    def target_quantity(self, security: Security, target: Decimal) -> Decimal:
        """Signed order quantity that brings the security to ``target`` × usable portfolio value."""
        adjusted = target * self.decimal_total_portfolio_value_less_free_buffer / self.decimal_total_portfolio_value
        model = security.buying_power_model
        share = to_decimal(self._settings.minimum_order_margin_portfolio_percentage)
        quantity: Decimal = model.quantity_for_target(self, security, adjusted / model.leverage_of(security), share)
        return quantity
