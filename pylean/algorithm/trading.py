"""Orders sized by a share of the portfolio, and closing positions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.algorithm.order_checks import zero_price_text
from pylean.algorithm.order_methods import OrderMethodsMixin, decimal_of_double
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.orders.enums import OrderType
from pylean.orders.properties import OrderProperties
from pylean.orders.shorting import is_shortable, shortable_quantity
from pylean.orders.ticket import OrderTicket
from pylean.securities.symbol import Symbol

if TYPE_CHECKING:
    from pylean.framework.targets import PortfolioTarget

__all__ = ["TradingMixin"]


class TradingMixin(OrderMethodsMixin):
    """Targets as shares of the portfolio value; symbols may be tickers or securities too."""

    def calculate_order_quantity(self, symbol: Any, target: float) -> float:
        """Signed shares to order so that the position becomes ``target`` × portfolio value; 0 without a price."""
        return to_float(self._target_quantity(symbol, decimal_of_double(target)))

    def set_holdings(self, *arguments: Any, **named: Any) -> list[OrderTicket]:
        """Bring positions to shares of the portfolio value, open market orders counted.

        ``(symbol, percentage)`` or ``(targets)``, PortfolioTargets whose quantities are shares, of which those that
        reduce positions go first; then ``liquidate_existing_holdings``, ``asynchronous``, ``tag`` and
        ``order_properties``. Without a tag its own orders have none, and liquidations of others are tagged as such.
        """
        if "targets" in named or (arguments and isinstance(arguments[0], (list, tuple))):
            return self._hold_targets(*arguments, **named)
        return self._hold(*arguments, **named)

    def liquidate(
        self,
        symbol: Any = None,
        asynchronous: bool | str = False,
        tag: str | None = None,
        order_properties: OrderProperties | None = None,
        *,
        symbols: Iterable[Any] | None = None,
    ) -> list[Any]:
        """Cancel the open orders of a symbol, of several or of all (by ticker), and close their positions.

        Lean's older form ``liquidate(symbol, tag)`` gives order ids instead of tickets.
        """
        if isinstance(asynchronous, str):
            return [ticket.order_id for ticket in self.liquidate(symbol, tag=asynchronous)]
        if not self.settings.liquidate_enabled:
            self.debug("liquidate is disabled by settings.liquidate_enabled")
            return []
        if symbols is None and isinstance(symbol, (list, tuple, set)):
            symbols = symbol
        if symbols is None:
            symbols = sorted(self.securities.keys(), key=_ticker) if symbol is None else [symbol]
        known = [self.securities[one].symbol for one in map(_name, symbols) if self._is_known(one)]
        text = "Liquidated" if tag is None else tag
        tickets = [self._liquidate(one, asynchronous, text, order_properties) for one in known]
        return [ticket for ticket in tickets if ticket is not None]

    def shortable(self, symbol: Any, short_quantity: float = 0, update_order_id: int | None = None) -> bool:
        """So many more shares can be sold short, with what is held and ordered already."""
        return is_shortable(self, self.securities[_name(symbol)], to_decimal(short_quantity), update_order_id)

    def shortable_quantity(self, symbol: Any) -> int:
        """Shares that can be borrowed altogether; 0 where the provider names no limit."""
        return shortable_quantity(self.securities[_name(symbol)]) or 0

    def _hold(
        self,
        symbol: Any,
        percentage: float,
        liquidate_existing_holdings: bool = False,
        asynchronous: bool = False,
        tag: str | None = None,
        order_properties: OrderProperties | None = None,
    ) -> list[OrderTicket]:
        quantity = self._target_quantity(symbol, decimal_of_double(percentage))
        name = _name(symbol)
        tickets: list[OrderTicket] = []
        if liquidate_existing_holdings:
            tickets += self._liquidate_others([name], tag, order_properties)
        if name not in self.securities:
            return tickets
        return tickets + self._order_rest(self.securities.symbol(name), quantity, asynchronous, tag, order_properties)

    def _hold_targets(
        self,
        targets: list[PortfolioTarget],
        liquidate_existing_holdings: bool = False,
        asynchronous: bool = False,
        tag: str | None = None,
        order_properties: OrderProperties | None = None,
    ) -> list[OrderTicket]:
        from pylean.framework.sizing import order_by_margin_impact  # noqa: PLC0415 - it imports the algorithm
        from pylean.framework.targets import PortfolioTarget  # noqa: PLC0415 - it imports the algorithm

        tickets: list[OrderTicket] = []
        if liquidate_existing_holdings:
            tickets += self._liquidate_others([target.symbol for target in targets], tag, order_properties)
        changes = [
            PortfolioTarget(target.symbol, self._target_quantity(target.symbol, target.decimal_quantity))
            for target in targets
        ]
        for change in order_by_margin_impact(changes, self, target_is_delta=True):
            tickets += self._order_rest(change.symbol, change.decimal_quantity, asynchronous, tag, order_properties)
        return tickets

    def _order_rest(
        self,
        symbol: Symbol,
        quantity: Decimal,
        asynchronous: bool,
        tag: str | None,
        order_properties: OrderProperties | None,
    ) -> list[OrderTicket]:
        """Order what open market orders do not bring yet: at the market, or for the open while it is closed."""
        waiting = sum(
            (
                ticket.decimal_quantity_remaining
                for ticket in self.transactions.get_open_order_tickets(symbol)
                if ticket.order_type in (OrderType.MARKET, OrderType.MARKET_ON_OPEN)
            ),
            ZERO,
        )
        rest = quantity - waiting
        if not rest:
            return []
        is_open = self.securities[symbol].exchange.exchange_open
        place = self.market_order if is_open else self.market_on_open_order
        return [place(symbol, rest, asynchronous, tag or "", order_properties)]

    def _liquidate_others(
        self, kept: list[Any], tag: str | None, order_properties: OrderProperties | None
    ) -> list[OrderTicket]:
        others = [symbol for symbol in self.securities if not any(symbol == one for one in kept)]
        return self.liquidate(sorted(others, key=_ticker), tag=tag, order_properties=order_properties)

    def _liquidate(
        self, symbol: Symbol, asynchronous: bool, tag: str, order_properties: OrderProperties | None
    ) -> OrderTicket | None:
        held = self.portfolio[symbol].decimal_quantity
        open_tickets = self.transactions.get_open_order_tickets(symbol)
        closing = [ticket for ticket in open_tickets if ticket.order_type is OrderType.MARKET]
        if held and len(open_tickets) == 1 and closing and closing[0].decimal_quantity == -held:
            return None
        for ticket in open_tickets:
            if ticket.order_type is not OrderType.MARKET:
                self.transactions.cancel_order(ticket.order_id, tag)
        if not held:
            return None
        waiting = sum((ticket.decimal_quantity_remaining for ticket in closing), ZERO)
        return self.market_order(symbol, -held - waiting, asynchronous, tag, order_properties)

    def _is_known(self, symbol: Any) -> bool:
        name = _name(symbol)
        if name in self.securities:
            return True
        self._tell_once(None, f"liquidate ignores {name}: it was not added to the algorithm")
        return False

    def _target_quantity(self, symbol: Any, target: Decimal) -> Decimal:
        low = to_decimal(self.settings.min_absolute_portfolio_target_percentage)
        high = to_decimal(self.settings.max_absolute_portfolio_target_percentage)
        if target and not low <= abs(target) <= high:
            self.error(f"{symbol}: the target {target} is not between {low} and {high} times the portfolio value")
            return ZERO
        name = _name(symbol)
        if name not in self.securities:
            self.error(f"{name} not found in portfolio. Request this data when initializing the algorithm.")
            return ZERO
        security = self.securities[name]
        if security.cache.price == 0:
            self.error(zero_price_text(security))
            return ZERO
        return self.portfolio.target_quantity(security, target)


def _name(symbol: Any) -> Any:
    """A symbol or ticker as it is, a security's symbol."""
    return symbol if isinstance(symbol, (Symbol, str)) else symbol.symbol


def _ticker(symbol: Symbol) -> str:
    return symbol.value
