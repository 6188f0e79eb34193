"""Names of the algorithm and its managers."""

from pylean.algorithm import QCAlgorithm
from pylean.api.extensions import Extensions
from pylean.api.values import Market, Resolution, SecurityType
from pylean.scheduling.rules import DayOfWeek

__all__ = [
    "DayOfWeek",
    "Extensions",
    "Market",
    "QCAlgorithm",
    "Resolution",
    "SecurityType",
]
