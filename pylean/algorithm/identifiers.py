"""Industry-standard identifiers of symbols, and symbols of identifiers."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pylean.algorithm.core import AlgorithmCore
from pylean.securities.industry_identifiers import SECURITY_DEFINITIONS
from pylean.securities.symbol import Symbol
from pylean.storage import parse_identifier

if TYPE_CHECKING:
    from pylean.securities.industry_identifiers import SecurityDefinition

__all__ = ["IdentifiersMixin"]


class IdentifiersMixin(AlgorithmCore):
    """Each method takes a symbol and gives its identifier, or an identifier (and a day, today unless given) and gives
    the symbol under its ticker of that day. What is not in the database is ``None``.

    Raises ValueError for a day after the simulated time.
    """

    def cusip(self, subject: Symbol | str, trading_date: date | None = None) -> str | Symbol | None:
        return subject.cusip if isinstance(subject, Symbol) else self._symbol_by("cusip", subject, trading_date)

    def composite_figi(self, subject: Symbol | str, trading_date: date | None = None) -> str | Symbol | None:
        if isinstance(subject, Symbol):
            return subject.composite_figi
        return self._symbol_by("composite_figi", subject, trading_date)

    def sedol(self, subject: Symbol | str, trading_date: date | None = None) -> str | Symbol | None:
        return subject.sedol if isinstance(subject, Symbol) else self._symbol_by("sedol", subject, trading_date)

    def isin(self, subject: Symbol | str, trading_date: date | None = None) -> str | Symbol | None:
        return subject.isin if isinstance(subject, Symbol) else self._symbol_by("isin", subject, trading_date)

    def cik(self, subject: Symbol | int, trading_date: date | None = None) -> int | list[Symbol] | None:
        """Several securities of one company share the number, so that looking it up gives a list."""
        if isinstance(subject, Symbol):
            return subject.cik
        day = self._checked_day(trading_date)
        found = SECURITY_DEFINITIONS.get().find("cik", subject) if subject else []
        symbols = (self._symbol_on(row, day) for row in found)
        return [symbol for symbol in symbols if symbol is not None]

    def _symbol_by(self, field: str, value: str, trading_date: date | None) -> Symbol | None:
        day = self._checked_day(trading_date)
        found = SECURITY_DEFINITIONS.get().find(field, value) if value.strip() else []
        return self._symbol_on(found[0], day) if found else None

    def _checked_day(self, trading_date: date | None) -> date:
        if trading_date is None:
            return self.time.date()
        day = trading_date.date() if isinstance(trading_date, datetime) else trading_date
        if day > self.time.date():
            raise ValueError(f"the trading date {day} lies after the simulated time {self.time}: no such symbol yet")
        return day

    def _symbol_on(self, row: SecurityDefinition, day: date) -> Symbol | None:
        """The security under its ticker of a day; ``None`` when it has no map file."""
        ticker = parse_identifier(row.identifier).ticker
        map_file = self._lean.market.map_file(Symbol(ticker, row.identifier))
        if not map_file:
            return None
        return Symbol(map_file.ticker_on(day, map_file.rows[-1].ticker), row.identifier, ticker)
