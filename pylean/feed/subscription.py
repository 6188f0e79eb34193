"""What the algorithm is subscribed to, and who consolidates it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pylean.feed.bars import QuoteBar, TradeBar
from pylean.naming import LeanEnum, PascalNames, add_pascal_names
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.consolidators.base import DataConsolidator
    from pylean.securities.manager import SecurityManager
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["DataNormalizationMode", "SubscriptionDataConfig", "SubscriptionManager", "TickType", "subscribe"]

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


class ConsolidatorSet(dict["DataConsolidator", None], PascalNames):
    """Consolidators in the order in which they were added, each once."""

    @property
    def count(self) -> int:
        return len(self)


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
    consolidators: ConsolidatorSet = field(default_factory=ConsolidatorSet)

    @property
    def type(self) -> type:
        """The class of its points."""
        return QuoteBar if self.tick_type is TickType.QUOTE else TradeBar

    @property
    def form(self) -> tuple[object, ...]:
        """What tells the subscriptions of one security apart."""
        return (
            self.resolution,
            self.tick_type,
            self.fill_forward,
            self.extended_market_hours,
            self.data_normalization_mode,
        )

    @property
    def period_ms(self) -> int:
        """Length of a bar in milliseconds; a day for daily bars."""
        return int(self.resolution.period.total_seconds() * 1000)

    @property
    def sort_key(self) -> tuple[int, str]:
        """Place within a slice: trades before quotes, then by ticker."""
        return (int(self.tick_type), self.symbol.value)


def subscribe(
    security: Security,
    resolution: Resolution,
    *,
    fill_forward: bool,
    extended_market_hours: bool,
    data_normalization_mode: DataNormalizationMode,
) -> list[SubscriptionDataConfig]:
    """A security's subscriptions to bars of a resolution, old and new ones: trades, and quotes of short bars."""
    kinds = [TickType.TRADE] if resolution >= Resolution.HOUR else [TickType.TRADE, TickType.QUOTE]
    found = []
    for kind in kinds:
        wanted = (resolution, kind, fill_forward, extended_market_hours, data_normalization_mode)
        config = next((one for one in security.subscriptions if one.form == wanted), None)
        if config is None:
            config = SubscriptionDataConfig(security.symbol, *wanted)
            security.subscriptions.append(config)
        found.append(config)
    return found


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

    @property
    def subscription_data_config_service(self) -> SubscriptionManager:
        """Lean's name of what answers ``get_subscription_data_configs``."""
        return self

    def get_subscription_data_configs(self, symbol: Symbol | str) -> list[SubscriptionDataConfig]:
        return list(self._securities[symbol].subscriptions) if symbol in self._securities else []

    def add_consolidator(
        self, symbol: Symbol | str, consolidator: DataConsolidator, tick_type: TickType | None = None
    ) -> None:
        """Feed a consolidator from the symbol's first subscription with data of its kind, trades before quotes.

        Raises KeyError for a symbol without a subscription, ValueError when none has the data.
        """
        security = self._securities[symbol]
        subscriptions = sorted(security.subscriptions, key=lambda config: config.tick_type)
        if tick_type is not None and all(config.tick_type != tick_type for config in subscriptions):
            raise ValueError(f"{symbol} has no subscription of tick type {tick_type!r}")
        config = next((one for one in subscriptions if issubclass(one.type, consolidator.input_type)), None)
        if config is None:
            kinds = ", ".join(one.type.__name__ for one in subscriptions)
            raise ValueError(
                f"{type(consolidator).__name__} takes a {consolidator.input_type.__name__}; {symbol} has {kinds}"
            )
        consolidator.attach(config.symbol, security.exchange)
        if consolidator not in config.consolidators:
            config.consolidators[consolidator] = None
            self.on_added(config, consolidator)

    def remove_consolidator(self, symbol: Symbol | str | None, consolidator: DataConsolidator) -> None:
        """Stop feeding a consolidator, and let it go of its listeners; unknown ones are ignored, as in Lean."""
        symbol = consolidator.symbol if symbol is None else symbol
        if symbol is None:
            return
        for config in self._securities[symbol].subscriptions:
            if consolidator in config.consolidators:
                del config.consolidators[consolidator]
                self.on_removed(consolidator)
        consolidator.dispose()
