"""Consolidators: longer bars made of shorter ones."""

from pylean.consolidators.base import DataConsolidator
from pylean.consolidators.base_data import BaseDataConsolidator
from pylean.consolidators.calendar import Calendar, CalendarInfo
from pylean.consolidators.chains import IdentityDataConsolidator, SequentialConsolidator
from pylean.consolidators.made_bars import BarDirection, RangeBar, RenkoBar, RenkoType, VolumeRenkoBar
from pylean.consolidators.market_hours import MarketHourAwareConsolidator
from pylean.consolidators.python_consolidator import PythonConsolidator
from pylean.consolidators.quote_bars import QuoteBarConsolidator
from pylean.consolidators.ranges import ClassicRangeConsolidator, RangeConsolidator
from pylean.consolidators.renko import ClassicRenkoConsolidator, RenkoConsolidator, WickedRenkoConsolidator
from pylean.consolidators.trade_bars import TradeBarConsolidator
from pylean.consolidators.volume_renko import DollarVolumeRenkoConsolidator, VolumeRenkoConsolidator

__all__ = [
    "BarDirection",
    "BaseDataConsolidator",
    "Calendar",
    "CalendarInfo",
    "ClassicRangeConsolidator",
    "ClassicRenkoConsolidator",
    "DataConsolidator",
    "DollarVolumeRenkoConsolidator",
    "IdentityDataConsolidator",
    "MarketHourAwareConsolidator",
    "PythonConsolidator",
    "QuoteBarConsolidator",
    "RangeBar",
    "RangeConsolidator",
    "RenkoBar",
    "RenkoConsolidator",
    "RenkoType",
    "SequentialConsolidator",
    "TradeBarConsolidator",
    "VolumeRenkoBar",
    "VolumeRenkoConsolidator",
    "WickedRenkoConsolidator",
]
