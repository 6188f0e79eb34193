"""A security's name: what it is called today, and the identifier that never changes."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from pylean.naming import PascalNames, UnsupportedApiError
from pylean.securities.security_type import Market, SecurityType

__all__ = ["SYMBOL_RESOLVER", "Symbol"]


class Symbol(PascalNames):
    """One security. Symbols of one identifier are equal, whatever the ticker was when each was made.

    ``==`` also accepts the ticker or the identifier as text, as Lean does in Python.
    """

    __slots__ = ("_hash", "id", "permtick", "value")

    def __init__(self, value: str, identifier: str, permtick: str | None = None) -> None:
        self.value = value
        self.id = identifier
        self.permtick = permtick or value
        self._hash = hash(identifier)

    @staticmethod
    def create(ticker: str, security_type: SecurityType, market: str) -> Symbol:
        """The US equity that goes by a ticker today. Raises UnsupportedApiError for other types and markets."""
        if security_type != SecurityType.EQUITY or market.lower() != Market.USA:
            raise UnsupportedApiError("Symbol", f"create({ticker!r}, {security_type!r}, {market!r})")
        return SYMBOL_RESOLVER.get()(ticker)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, Symbol):
            return self.id == other.id
        return isinstance(other, str) and (other.upper() == self.value or other == self.id)

    def __lt__(self, other: Symbol) -> bool:
        return self.value < other.value

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return self.value


#: How the run under way finds the symbol of a ticker.
SYMBOL_RESOLVER: ContextVar[Callable[[str], Symbol]] = ContextVar("pylean_symbol_resolver")
