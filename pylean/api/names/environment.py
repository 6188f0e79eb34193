"""Names of what is common to all algorithms."""

from pylean.api.environment import Globals

__all__ = [
    "Globals",
]
