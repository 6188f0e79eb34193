"""Consolidators: longer bars made of shorter ones."""

from pylean.consolidators.base import DataConsolidator
from pylean.consolidators.trade_bars import MarketHourAwareConsolidator, TradeBarConsolidator

__all__ = ["DataConsolidator", "MarketHourAwareConsolidator", "TradeBarConsolidator"]
