"""The base class of every algorithm."""

from __future__ import annotations

from typing import Any

from pylean.algorithm.deployment import DeploymentMixin
from pylean.algorithm.framework import FrameworkMixin
from pylean.algorithm.identifiers import IdentifiersMixin
from pylean.algorithm.paired_indicators import PairedIndicatorsMixin
from pylean.algorithm.plotting import PlottingMixin
from pylean.algorithm.securities import SecuritiesMixin
from pylean.algorithm.statistics import StatisticsMixin
from pylean.algorithm.trading import TradingMixin
from pylean.feed.corporate_actions import Delisting, Dividend, Split, SymbolChangedEvent
from pylean.feed.slice import DataView, Slice
from pylean.orders.events import OrderEvent

__all__ = ["QCAlgorithm"]


class QCAlgorithm(
    SecuritiesMixin,
    TradingMixin,
    PairedIndicatorsMixin,
    FrameworkMixin,
    IdentifiersMixin,
    PlottingMixin,
    StatisticsMixin,
    DeploymentMixin,
):
    """Subclass it and override the events you need, in snake_case or PascalCase."""

    def initialize(self) -> None:
        """Called once before the data: dates, cash, securities, schedule."""

    def on_data(self, slice: Slice) -> None:
        """Called for each slice that has data."""

    def on_order_event(self, order_event: OrderEvent) -> None:
        """Called for each order event, after the portfolio was updated."""

    def on_securities_changed(self, changes: Any) -> None:
        """Called when securities were added or removed."""

    def on_dividends(self, dividends: DataView[Dividend]) -> None:
        """Called when companies pay; dividends by symbol."""

    def on_splits(self, splits: DataView[Split]) -> None:
        """Called when splits are announced (on the day before) and when they occur; splits by symbol."""

    def on_delistings(self, delistings: DataView[Delisting]) -> None:
        """Called on the last day of a security, and on the day after; delistings by symbol."""

    def on_symbol_changed_events(self, symbols_changed: DataView[SymbolChangedEvent]) -> None:
        """Called when tickers change; events by symbol."""

    def on_margin_call_warning(self) -> None:
        """Called at most every five minutes while 5 % of the margin or less remains."""

    def on_margin_call(self, requests: list[Any]) -> list[Any]:
        """Called before the engine closes positions for lack of margin; the orders it returns are sent instead."""
        return requests

    def on_warmup_finished(self) -> None:
        """Called when warm-up has ended, or at the start without one."""

    def on_end_of_algorithm(self) -> None:
        """Called once after the last slice."""
