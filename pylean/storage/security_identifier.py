"""Lean's security identifiers: a ticker and a number that packs type, market and first date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import InvalidIdentifierError

#: Day 0 of OLE automation dates; stands for "no first date known".
DEFAULT_DATE = date(1899, 12, 30)

SECURITY_TYPE_EQUITY = 1
#: Lean's code of each market served here.
MARKETS = {"usa": 1}
_MARKET_NAMES = {code: name for name, code in MARKETS.items()}

# The decimal digits of the properties, from the right: 2 type, 3 market, 8 strike and its scale, 1 option style (all 0
# for equities), 5 day number, 1 option right.
_MARKET_UNIT = 100
_MARKET_COUNT = 1000
_DAY_UNIT = 10**14
_DAY_COUNT = 10**5
_MAX_PROPERTIES = 2**64 - 1

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FORM = re.compile(r"([^ |]+) +([0-9A-Z]{1,13})", re.ASCII)


@dataclass(frozen=True, slots=True)
class SecurityIdentifier:
    """One security for ever: the ticker it first traded under and packed properties."""

    ticker: str
    properties: int

    @property
    def security_type(self) -> int:
        """Lean's number of the security type (equity 1)."""
        return self.properties % _MARKET_UNIT

    @property
    def market(self) -> str:
        """Market name, or its number as text if it has no name here."""
        code = self.properties // _MARKET_UNIT % _MARKET_COUNT
        return _MARKET_NAMES.get(code, str(code))

    @property
    def first_date(self) -> date:
        """First trading day, :data:`DEFAULT_DATE` if unknown."""
        return DEFAULT_DATE + timedelta(days=self.properties // _DAY_UNIT % _DAY_COUNT)

    def __str__(self) -> str:
        return f"{self.ticker} {_to_base36(self.properties)}"


def generate(ticker: str, first_date: date, security_type: int, market: str = "usa") -> SecurityIdentifier:
    """Identifier of a security without strike and underlying; the ticker is taken as it is.

    Raises:
        InvalidIdentifierError: a ticker with blanks or bars, an unknown market, or a date before 1899-12-30.
    """
    if not ticker or " " in ticker or "|" in ticker:
        raise InvalidIdentifierError(ticker, "a ticker needs characters, none of them a blank or '|'")
    if market.lower() not in MARKETS:
        raise InvalidIdentifierError(ticker, f"market {market!r} is unknown; use one of {', '.join(sorted(MARKETS))}")
    day_number = (first_date - DEFAULT_DATE).days
    if not 0 <= day_number < _DAY_COUNT:
        raise InvalidIdentifierError(ticker, f"first date {first_date} is before {DEFAULT_DATE} or too late")
    return SecurityIdentifier(ticker, day_number * _DAY_UNIT + MARKETS[market.lower()] * _MARKET_UNIT + security_type)


def generate_equity(first_ticker: str, first_date: date, market: str = "usa") -> SecurityIdentifier:
    """Identifier of a stock from the first row of its map file; errors as for :func:`generate`."""
    return generate(first_ticker.upper(), first_date, SECURITY_TYPE_EQUITY, market)


def parse(text: str) -> SecurityIdentifier:
    """Read an identifier back from its text.

    Raises:
        InvalidIdentifierError: the text has another form, or names an underlying.
    """
    match = _FORM.fullmatch(text.strip(" "))
    if match is None:
        reason = "names an underlying, which equities do not have" if "|" in text else "is not a ticker and a code"
        raise InvalidIdentifierError(text, reason)
    properties = int(match[2], 36)
    if properties > _MAX_PROPERTIES:
        raise InvalidIdentifierError(text, "its code is larger than 64 bits")
    return SecurityIdentifier(match[1], properties)


def _to_base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
