"""What corporate actions do to the account: cash of dividends, shares of splits, the end of a delisted position."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.feed.corporate_actions import Delisting, DelistingType, Dividend, Split, SplitType, SymbolChangedEvent
from pylean.feed.subscription import DataNormalizationMode
from pylean.history.volatility import warm_up_volatility
from pylean.numbers import to_decimal
from pylean.orders.requests import UpdateOrderFields

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.feed.corporate_actions import CorporateAction
    from pylean.orders.transactions import TransactionHandler
    from pylean.results import ResultCollector
    from pylean.securities.security import Security

__all__ = ["CorporateActionHandler"]

_DELISTED = "Liquidate from delisting"
_TICKER_CHANGED = "Open order cancelled on symbol changed event"
_PAYING_MODES = (DataNormalizationMode.RAW, DataNormalizationMode.SPLIT_ADJUSTED)


class CorporateActionHandler:
    """Applies the actions of a slice, each kind at its own step of the main loop.

    Dividends are paid where prices do not contain them, splits change what raw prices are about.
    """

    def __init__(self, algorithm: QCAlgorithm, handler: TransactionHandler, collector: ResultCollector) -> None:
        self._algorithm = algorithm
        self._handler = handler
        self._collector = collector

    def cancel_renamed(self, actions: Iterable[CorporateAction]) -> None:
        """Orders of a security whose ticker changed are cancelled."""
        for action in actions:
            if isinstance(action, SymbolChangedEvent):
                for ticket in self._algorithm.transactions.get_open_order_tickets(action.symbol):
                    ticket.cancel(_TICKER_CHANGED)

    def apply(self, actions: Iterable[CorporateAction]) -> None:
        """Dividends, then splits."""
        actions = list(actions)
        for action in actions:
            if isinstance(action, Dividend):
                self._pay(action)
        for action in actions:
            if isinstance(action, Split) and action.type is SplitType.SPLIT_OCCURRED:
                self._split(action)

    def delisted(self, actions: Iterable[CorporateAction]) -> list[Delisting]:
        """The delistings that take effect now."""
        return [action for action in actions if isinstance(action, Delisting) and action.type is DelistingType.DELISTED]

    def _pay(self, dividend: Dividend) -> None:
        security = self._algorithm.securities.find(dividend.symbol)
        if security is None or self._algorithm.is_warming_up:
            return
        if _mode(security) in _PAYING_MODES:
            self._algorithm.portfolio.add_dividend(security, dividend.decimal_distribution)
        self._follow_jump(security)

    def _follow_jump(self, security: Security) -> None:
        """A volatility model takes no jump of raw prices for a change of price."""
        if _mode(security) is DataNormalizationMode.RAW:
            warm_up_volatility(self._algorithm, security, DataNormalizationMode.RAW)

    def _split(self, split: Split) -> None:
        security = self._algorithm.securities.find(split.symbol)
        if security is None or self._algorithm.is_warming_up or _mode(security) is not DataNormalizationMode.RAW:
            return
        factor = split.decimal_split_factor
        self._algorithm.portfolio.apply_split(security, factor, split.decimal_value)
        self._collector.trades.on_split(split.symbol, factor)
        self._adjust_orders(security, factor)
        self._follow_jump(security)

    def close_position(self, delisting: Delisting) -> None:
        """A position in a delisted security is closed at its last price, and its orders are cancelled."""
        security = self._algorithm.securities.find(delisting.symbol)
        if security is None:
            return
        if security.holdings.invested:
            delisting.ticket = self._handler.fill_outside_market(security, _DELISTED)
        if not self._algorithm.is_warming_up:
            self._algorithm.transactions.cancel_open_orders(security.symbol)

    def _adjust_orders(self, security: Security, factor: Decimal) -> None:
        """Open orders keep their worth."""
        for ticket in self._algorithm.transactions.get_open_order_tickets(security.symbol):
            fields = UpdateOrderFields()
            fields.quantity = int(to_decimal(ticket.quantity) / factor)
            order = self._handler.orders[ticket.order_id]
            for name in ("limit", "stop"):
                price = getattr(order, name)
                if price is not None:
                    setattr(fields, f"{name}_price", price * factor)
            ticket.update(fields)


def _mode(security: Security) -> DataNormalizationMode:
    return security.data_normalization_mode
