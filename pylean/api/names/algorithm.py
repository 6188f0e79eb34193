"""Names of the algorithm and its managers."""

from pylean.algorithm import QCAlgorithm
from pylean.api.extensions import Extensions
from pylean.scheduling.rules import DayOfWeek
from pylean.securities.security_type import Market, SecurityType
from pylean.storage import Resolution

__all__ = [
    "DayOfWeek",
    "Extensions",
    "Market",
    "QCAlgorithm",
    "Resolution",
    "SecurityType",
]
