"""Names of bars, slices and subscriptions."""

from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.base_data import BaseData
from pylean.feed.slice import Slice
from pylean.feed.subscription import DataNormalizationMode, TickType

__all__ = [
    "BaseData",
    "DataNormalizationMode",
    "QuoteBar",
    "Slice",
    "TickType",
    "TradeBar",
]
