"""Symbols by ticker, as Lean's cache gives them."""

from __future__ import annotations

from pylean.algorithm.run import current_run
from pylean.naming import PascalType
from pylean.securities.symbol import Symbol

__all__ = ["SymbolCache"]


class SymbolCache(metaclass=PascalType):
    """Knows the symbols of the run's securities, no others."""

    @staticmethod
    def get_symbol(ticker: str) -> Symbol:
        """Raises KeyError for a ticker that was not added."""
        return current_run().securities.symbol(ticker)

    @staticmethod
    def try_get_symbol(ticker: str, symbol: Symbol | None = None) -> tuple[bool, Symbol | None]:
        """Whether the ticker was added, and its symbol or ``None``; what is given second is not read."""
        security = current_run().securities.find(ticker)
        return security is not None, None if security is None else security.symbol

    @staticmethod
    def get_ticker(symbol: Symbol) -> str:
        return symbol.value
