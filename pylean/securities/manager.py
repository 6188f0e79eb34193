"""The algorithm's securities by symbol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pylean.naming import PascalNames
from pylean.securities.cash import ACCOUNT_CURRENCY, Cash

if TYPE_CHECKING:
    from pylean.securities.holdings import SecurityHolding
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["SecurityManager"]


class SecurityManager(PascalNames):
    """Securities in the order they were added; found by symbol or by ticker."""

    def __init__(self) -> None:
        self._by_symbol: dict[Symbol, Security] = {}
        self._by_ticker: dict[str, Symbol] = {}
        #: The account's settled cash, which every security's quote currency is.
        self.cash = Cash(ACCOUNT_CURRENCY)
        #: Positions that are not flat.
        self.held: dict[Symbol, SecurityHolding] = {}

    def add(self, security: Security) -> None:
        self._by_symbol[security.symbol] = security
        self._by_ticker[security.symbol.value] = security.symbol
        security.holdings.book = self.held
        security.quote_currency = self.cash

    def adopt_ticker(self, ticker: str, identifier: str) -> Security | None:
        """The security with an identifier, from now on found by this ticker too; ``None`` if it was not added yet."""
        symbol = next((known for known in self._by_symbol if known.id == identifier), None)
        if symbol is None:
            return None
        self._by_ticker[ticker] = symbol
        return self._by_symbol[symbol]

    def symbol(self, symbol: Symbol | str) -> Symbol:
        """The symbol of a ticker or identifier. Raises KeyError when the algorithm has no such security."""
        if not isinstance(symbol, str):
            return symbol
        found = self._by_ticker.get(symbol.upper())
        if found is None:
            found = next((known for known in self._by_symbol if known == symbol), None)
        if found is None:
            known = ", ".join(sorted(self._by_ticker)) or "none"
            raise KeyError(f"'{symbol}' was not added to the algorithm (added: {known}); call add_equity first")
        return found

    def __getitem__(self, symbol: Symbol | str) -> Security:
        security = self._by_symbol.get(symbol)  # type: ignore[arg-type]
        return security if security is not None else self._by_symbol[self.symbol(symbol)]

    def __contains__(self, symbol: object) -> bool:
        if isinstance(symbol, str):
            return symbol.upper() in self._by_ticker or any(known == symbol for known in self._by_symbol)
        return symbol in self._by_symbol

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
