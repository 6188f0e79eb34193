"""Names of securities and their models."""

from pylean.securities.buying_power import SecurityMarginModel
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol

__all__ = [
    "Security",
    "SecurityMarginModel",
    "Symbol",
]
