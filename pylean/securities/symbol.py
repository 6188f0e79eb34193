"""A security's name: what it is called today, and the identifier that never changes."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from pylean.naming import PascalNames, UnsupportedApiError
from pylean.securities.identifier import SecurityIdentifier
from pylean.securities.industry_identifiers import SECURITY_DEFINITIONS, SecurityDefinition
from pylean.securities.security_type import Market, SecurityType

if TYPE_CHECKING:
    from datetime import datetime

    from pylean.universes.fundamental import Fundamental

__all__ = ["FUNDAMENTALS", "SYMBOL_RESOLVER", "Symbol"]


class Symbol(PascalNames):
    """One security. Symbols of one identifier are equal, whatever the ticker was when each was made.

    ``==`` also accepts the ticker or the identifier as text, as Lean does in Python.
    """

    __slots__ = ("_hash", "id", "permtick", "value")

    def __init__(self, value: str, identifier: str, permtick: str | None = None) -> None:
        if isinstance(value, SecurityIdentifier):
            permtick = permtick or value.symbol
            value, identifier = identifier, value  # Lean's own order of the two
        self.value = value.upper()
        self.id = SecurityIdentifier(identifier)
        self.permtick = permtick or value
        self._hash = hash(identifier)

    @staticmethod
    def create(ticker: str, security_type: SecurityType, market: str, alias: str | None = None) -> Symbol:
        """The US equity that goes by a ticker today. Raises UnsupportedApiError for other types and markets."""
        if security_type != SecurityType.EQUITY or market.lower() != Market.USA:
            raise UnsupportedApiError("Symbol", f"create({ticker!r}, {security_type!r}, {market!r})")
        return SYMBOL_RESOLVER.get()(ticker)

    @property
    def security_type(self) -> SecurityType:
        return self.id.security_type

    @property
    def has_underlying(self) -> bool:
        """Stocks have none."""
        return False

    @property
    def underlying(self) -> None:
        """Stocks have none."""
        return None

    def is_canonical(self) -> bool:
        """Stocks are never a chain's common symbol."""
        return False

    def has_canonical(self) -> bool:
        return False

    @property
    def cusip(self) -> str | None:
        return self._definition.cusip

    @property
    def composite_figi(self) -> str | None:
        return self._definition.composite_figi

    @property
    def sedol(self) -> str | None:
        return self._definition.sedol

    @property
    def isin(self) -> str | None:
        return self._definition.isin

    @property
    def cik(self) -> int | None:
        return self._definition.cik

    @property
    def _definition(self) -> SecurityDefinition:
        return SECURITY_DEFINITIONS.get().of(self.id)

    def contains(self, value: str) -> bool:
        return value in self.value

    def starts_with(self, value: str) -> bool:
        return self.value.startswith(value)

    def ends_with(self, value: str) -> bool:
        return self.value.endswith(value)

    def to_lower(self) -> str:
        return self.value.lower()

    def to_upper(self) -> str:
        return self.value.upper()

    def compare_to(self, other: object) -> int:
        """Order by ticker: negative, 0 or positive."""
        text = str(other)
        return (self.value > text) - (self.value < text)

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


#: How the run under way finds the symbol of a ticker, as it is used today or on a day that is given second.
SYMBOL_RESOLVER: ContextVar[Callable[..., Symbol]] = ContextVar("pylean_symbol_resolver")

#: How the run under way finds what was known of a stock's fundamentals at a local time.
FUNDAMENTALS: ContextVar[Callable[[Symbol, datetime], Fundamental]] = ContextVar("pylean_fundamentals")
