"""The algorithm's securities by symbol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pylean.naming import PascalNames
from pylean.securities.cash import ACCOUNT_CURRENCY, Cash
from pylean.securities.symbol import Symbol

if TYPE_CHECKING:
    from pylean.securities.holdings import SecurityHolding
    from pylean.securities.security import Security


__all__ = ["SecurityManager"]


class SecurityManager(PascalNames):
    """Securities in the order they were added; found by symbol or by ticker.

    Removed ones are still found, but not among ``keys`` and ``values``.
    """

    def __init__(self) -> None:
        self._by_symbol: dict[Symbol, Security] = {}
        self._removed: dict[Symbol, Security] = {}
        self._by_ticker: dict[str, Symbol] = {}
        self._by_hand: set[Symbol] = set()
        #: The account's settled cash, which every security's quote currency is.
        self.cash = Cash(ACCOUNT_CURRENCY)
        #: Positions that are not flat.
        self.held: dict[Symbol, SecurityHolding] = {}

    @property
    def total(self) -> list[Security]:
        """Every security that was ever added, those that were taken out again last."""
        return [*self._by_symbol.values(), *self._removed.values()]

    def find(self, symbol: Symbol | str) -> Security | None:
        """A security that was ever added; ``None`` for another."""
        if symbol not in self:
            return None
        return self[symbol]

    def remove(self, symbol: Symbol) -> bool:
        """Take a security out of the collection; False if it is not in it."""
        security = self._by_symbol.pop(symbol, None)
        if security is not None:
            self._removed[symbol] = security
        return security is not None

    def add(self, security: Security) -> None:
        self._removed.pop(security.symbol, None)
        self._by_symbol[security.symbol] = security
        self._by_ticker[security.symbol.value] = security.symbol
        security.holdings.book = self.held
        security.quote_currency = self.cash

    def added_by_hand(self, symbol: Symbol) -> None:
        """The algorithm named the security itself."""
        self._by_hand.add(symbol)

    def text_of(self, symbol: Symbol) -> str:
        """A symbol in Lean's messages: the ticker of what the algorithm named itself, the identifier of the others."""
        return symbol.value if symbol in self._by_hand else str(symbol.id)

    def adopt_ticker(self, ticker: str, symbol: Symbol) -> Security | None:
        """The security of a symbol, from now on found by this ticker too; ``None`` if it was never added."""
        security = self.find(symbol)
        if security is not None:
            self._by_ticker[ticker] = security.symbol
        return security

    def symbol(self, symbol: Symbol | str | Security) -> Symbol:
        """The symbol of a ticker, identifier or security. Raises KeyError for text that names no security."""
        if not isinstance(symbol, str):
            return symbol if isinstance(symbol, Symbol) else symbol.symbol
        found = self._by_ticker.get(symbol.upper())
        if found is None:
            found = next((known for known in (*self._by_symbol, *self._removed) if known == symbol), None)
        if found is None:
            known = ", ".join(sorted(self._by_ticker)) or "none"
            raise KeyError(f"'{symbol}' was not added to the algorithm (added: {known}); call add_equity first")
        return found

    def __getitem__(self, symbol: Symbol | str | Security) -> Security:
        security = self._by_symbol.get(symbol)  # type: ignore[arg-type]
        if security is not None:
            return security
        known = self.symbol(symbol)
        return self._by_symbol[known] if known in self._by_symbol else self._removed[known]

    def __contains__(self, symbol: object) -> bool:
        if isinstance(symbol, str):
            return symbol.upper() in self._by_ticker or any(known == symbol for known in self._by_symbol)
        return symbol in self._by_symbol or symbol in self._removed

    def contains_key(self, symbol: Symbol | str) -> bool:
        return symbol in self

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._by_symbol)

    def __len__(self) -> int:
        return len(self._by_symbol)

    @property
    def count(self) -> int:
        return len(self._by_symbol)

    def keys(self) -> list[Symbol]:
        return list(self._by_symbol)

    def values(self) -> list[Security]:
        return list(self._by_symbol.values())

    def items(self) -> list[tuple[Symbol, Security]]:
        return list(self._by_symbol.items())
