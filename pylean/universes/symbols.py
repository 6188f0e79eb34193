"""Symbols of universes: names that stand for their data, by which universes are told apart and ordered."""

from __future__ import annotations

from itertools import count

from pylean.securities.security_type import SecurityType
from pylean.securities.symbol import Symbol
from pylean.storage import DEFAULT_DATE, security_identifier

__all__ = ["named_universe_symbol", "numbered_universe_symbol"]

_numbers = count(1)


def named_universe_symbol(name: str, security_type: SecurityType = SecurityType.EQUITY) -> Symbol:
    """The symbol of a universe that the algorithm named; the same name gives the same symbol."""
    ticker = name.replace(" ", "_").replace("|", "_")
    identifier = security_identifier.generate(ticker, DEFAULT_DATE, security_type)
    return Symbol(name, str(identifier))


def numbered_universe_symbol(kind: str) -> Symbol:
    """A symbol of its own for each universe of a kind; later ones come later at the same instant."""
    return named_universe_symbol(f"{kind}-{next(_numbers):010d}")
