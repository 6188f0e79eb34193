"""Names of securities, of what identifies them and of the account."""

from pylean.securities.cash import Cash, CashBook, Currencies
from pylean.securities.exchange import SecurityExchange
from pylean.securities.exchange_hours import SecurityExchangeHours
from pylean.securities.holdings import SecurityHolding
from pylean.securities.identifier import SecurityIdentifier
from pylean.securities.manager import SecurityManager
from pylean.securities.portfolio import SecurityPortfolioManager
from pylean.securities.security import Security
from pylean.securities.symbol import Symbol

__all__ = [
    "Cash",
    "CashBook",
    "Currencies",
    "Security",
    "SecurityExchange",
    "SecurityExchangeHours",
    "SecurityHolding",
    "SecurityIdentifier",
    "SecurityManager",
    "SecurityPortfolioManager",
    "Symbol",
]
