"""Names of consolidators."""

from pylean.consolidators import DataConsolidator, MarketHourAwareConsolidator, TradeBarConsolidator

__all__ = [
    "DataConsolidator",
    "MarketHourAwareConsolidator",
    "TradeBarConsolidator",
]
