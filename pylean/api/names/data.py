"""Names of bars, corporate actions, slices and subscriptions."""

from pylean.algorithm.changes import SecurityChanges
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.base_data import BaseData
from pylean.feed.corporate_actions import Delisting, DelistingType, Dividend, Split, SplitType, SymbolChangedEvent
from pylean.feed.slice import DataView, Slice
from pylean.feed.subscription import DataNormalizationMode, SubscriptionDataConfig, TickType
from pylean.feed.tick import Tick

# What a slice calls its parts; algorithms name them in annotations.
Delistings = Dividends = QuoteBars = Splits = SymbolChangedEvents = TradeBars = DataView

__all__ = [
    "BaseData",
    "DataNormalizationMode",
    "Delisting",
    "DelistingType",
    "Delistings",
    "Dividend",
    "Dividends",
    "QuoteBar",
    "QuoteBars",
    "SecurityChanges",
    "Slice",
    "Split",
    "SplitType",
    "Splits",
    "SubscriptionDataConfig",
    "SymbolChangedEvent",
    "SymbolChangedEvents",
    "Tick",
    "TickType",
    "TradeBar",
    "TradeBars",
]
