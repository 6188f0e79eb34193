"""Names of where an algorithm runs, and of what is outside."""

from pylean.algorithm.deployment import AlgorithmMode, DeploymentTarget
from pylean.api.environment import Globals
from pylean.api.symbol_cache import SymbolCache
from pylean.api.time_zones import TimeZones
from pylean.commands import Command
from pylean.notifications import NotificationManager

__all__ = [
    "AlgorithmMode",
    "Command",
    "DeploymentTarget",
    "Globals",
    "NotificationManager",
    "SymbolCache",
    "TimeZones",
]
