"""What identifies a security for ever, and what it says about the security."""

from __future__ import annotations

from datetime import datetime, time
from functools import cached_property
from typing import Any, ClassVar

from pylean.naming import PascalNames
from pylean.securities.security_type import SecurityType
from pylean.storage import DEFAULT_DATE, InvalidIdentifierError, generate_equity, parse_identifier
from pylean.storage import SecurityIdentifier as Parts
from pylean.storage.security_identifier import generate

__all__ = ["SecurityIdentifier"]


class SecurityIdentifier(PascalNames, str):
    """The identifier's text, ``SPY R735QTJ8XC9X``, with its parts as members."""

    EMPTY: ClassVar[SecurityIdentifier]
    NONE: ClassVar[SecurityIdentifier]

    @cached_property
    def _parts(self) -> Parts:
        try:
            return parse_identifier(self)
        except InvalidIdentifierError:
            return Parts(str(self), 0)

    @property
    def symbol(self) -> str:
        """The ticker it first traded under."""
        return self._parts.ticker

    @property
    def date(self) -> datetime:
        """Midnight of the first trading day; 1899-12-30 if that is not known."""
        return datetime.combine(self._parts.first_date, time())

    @property
    def market(self) -> str:
        return self._parts.market

    @property
    def security_type(self) -> SecurityType:
        return SecurityType(self._parts.security_type)

    @property
    def has_underlying(self) -> bool:
        """Stocks have none."""
        return False

    @staticmethod
    def parse(value: str) -> SecurityIdentifier:
        """Raises InvalidIdentifierError for text of another form."""
        parse_identifier(value)
        return SecurityIdentifier(value.strip())

    @staticmethod
    def try_parse(value: str) -> tuple[bool, SecurityIdentifier]:
        """Whether the text is an identifier, and the identifier or the empty one."""
        try:
            return True, SecurityIdentifier.parse(value)
        except InvalidIdentifierError:
            return False, SecurityIdentifier.EMPTY

    @staticmethod
    def generate_equity(*parts: Any, mapping_resolve_date: datetime | None = None) -> SecurityIdentifier:
        """``(ticker, market)``: what goes by it today or on a given day; or ``(first date, first ticker, market)``."""
        from pylean.securities.symbol import SYMBOL_RESOLVER, Symbol  # noqa: PLC0415 - symbols are made of identifiers

        if isinstance(parts[0], datetime):
            date, ticker, market = parts
            return SecurityIdentifier(str(generate_equity(ticker, date.date(), market)))
        if mapping_resolve_date is not None:
            return SYMBOL_RESOLVER.get()(parts[0], mapping_resolve_date.date()).id
        return Symbol.create(parts[0], SecurityType.EQUITY, parts[1]).id

    @staticmethod
    def generate_constituent_identifier(symbol: str, security_type: SecurityType, market: str) -> SecurityIdentifier:
        """The identifier of a named universe; unlike a ticker its name keeps its case."""
        return SecurityIdentifier(str(generate(symbol, DEFAULT_DATE, security_type, market)))


SecurityIdentifier.EMPTY = SecurityIdentifier("")
SecurityIdentifier.NONE = SecurityIdentifier("NONE 0")
