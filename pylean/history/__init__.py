"""Data before now: what history requests read, and the forms in which algorithms get it."""

from pylean.history.call import HistoryCall
from pylean.history.frames import frame_of
from pylean.history.last_known import last_known_bars
from pylean.history.points import HistoryPoints, read_points
from pylean.history.slices import DataDictionary, HistorySlice, slices_of
from pylean.history.start import start_of_bars

__all__ = [
    "DataDictionary",
    "HistoryCall",
    "HistoryPoints",
    "HistorySlice",
    "frame_of",
    "last_known_bars",
    "read_points",
    "slices_of",
    "start_of_bars",
]
