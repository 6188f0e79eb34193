"""Names of indicators."""

# ruff: noqa: F403, PLC0414 - the package's names are the algorithms' names

from pylean.indicators import *
from pylean.indicators import __all__ as __all__
