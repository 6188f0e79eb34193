"""Names of the algorithm and its managers."""

from pylean.algorithm import QCAlgorithm
from pylean.api.exceptions import RegressionTestException
from pylean.api.extensions import Extensions
from pylean.api.times import Expiry, Time, TimeSpan
from pylean.circular_queue import CircularQueue
from pylean.scheduling.rules import DayOfWeek
from pylean.securities.security_type import Market, SecurityType
from pylean.storage import Resolution

__all__ = [
    "CircularQueue",
    "DayOfWeek",
    "Expiry",
    "Extensions",
    "Market",
    "QCAlgorithm",
    "RegressionTestException",
    "Resolution",
    "SecurityType",
    "Time",
    "TimeSpan",
]
