"""What the algorithm is subscribed to, and who consolidates it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pylean.naming import LeanEnum, PascalNames, UnsupportedApiError, add_pascal_names
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.consolidators.base import DataConsolidator
    from pylean.securities.manager import SecurityManager
    from pylean.securities.symbol import Symbol

__all__ = ["DataNormalizationMode", "SubscriptionDataConfig", "SubscriptionManager", "TickType"]

# Resolution is part of the file formats, which know nothing of naming styles.
add_pascal_names(Resolution)


class TickType(LeanEnum):
    TRADE = 0
    QUOTE = 1
    OPEN_INTEREST = 2


class DataNormalizationMode(LeanEnum):
    RAW = 0
    ADJUSTED = 1
    SPLIT_ADJUSTED = 2
    TOTAL_RETURN = 3
    SCALED_RAW = 7


@dataclass(eq=False)
class SubscriptionDataConfig(PascalNames):
    """One subscription: a symbol's trades or quotes at a resolution."""

    symbol: Symbol
    resolution: Resolution
    tick_type: TickType
    fill_forward: bool = True
    extended_market_hours: bool = False
    data_normalization_mode: DataNormalizationMode = DataNormalizationMode.ADJUSTED
    is_internal_feed: bool = False
    consolidators: list[DataConsolidator] = field(default_factory=list)

    @property
    def period_ms(self) -> int:
        """Length of a bar in milliseconds; a day for daily bars."""
        return int(self.resolution.period.total_seconds() * 1000)

    @property
    def sort_key(self) -> tuple[int, str]:
        """Place within a slice: trades before quotes, then by ticker."""
        return (int(self.tick_type), self.symbol.value)


class SubscriptionManager(PascalNames):
    """All subscriptions of an algorithm, and the consolidators fed by them.

    ``on_added`` and ``on_removed`` are told of each consolidator that comes or goes.
    """

    def __init__(self, securities: SecurityManager) -> None:
        self._securities = securities
        self.on_added: Callable[[SubscriptionDataConfig, DataConsolidator], None] = lambda config, consolidator: None
        self.on_removed: Callable[[DataConsolidator], None] = lambda consolidator: None

    @property
    def subscriptions(self) -> list[SubscriptionDataConfig]:
        return [config for security in self._securities.values() for config in security.subscriptions]

    @property
    def count(self) -> int:
        return len(self.subscriptions)

    def add_consolidator(self, symbol: Symbol | str, consolidator: DataConsolidator) -> None:
        """Feed a consolidator from the symbol's trades. Raises KeyError for a symbol without a subscription."""
        security = self._securities[symbol]
        config = next((config for config in security.subscriptions if config.tick_type is TickType.TRADE), None)
        if config is None:
            raise UnsupportedApiError("SubscriptionManager", f"consolidation of {symbol} without trade bars")
        consolidator.attach(config.symbol, security.exchange)
        config.consolidators.append(consolidator)
        self.on_added(config, consolidator)

    def remove_consolidator(self, symbol: Symbol | str, consolidator: DataConsolidator) -> None:
        """Stop feeding a consolidator; unknown ones are ignored, as in Lean."""
        for config in self._securities[symbol].subscriptions:
            if consolidator in config.consolidators:
                config.consolidators.remove(consolidator)
                self.on_removed(consolidator)
