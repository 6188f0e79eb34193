"""Names of candlestick patterns."""

# ruff: noqa: F403, PLC0414 - the package's names are the algorithms' names

from pylean.indicators.candlesticks import *
from pylean.indicators.candlesticks import __all__ as __all__
