"""Lot sizes and price steps from Lean's symbol-properties database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from .errors import MetadataError, MissingFileError
from .paths import LeanPaths


@dataclass(frozen=True, slots=True)
class SymbolProperties:
    """Contract terms of a symbol; prices in ``quote_currency``, quantities in multiples of ``lot_size``."""

    description: str
    quote_currency: str
    contract_multiplier: Decimal
    minimum_price_variation: Decimal
    lot_size: Decimal

    @classmethod
    def read(
        cls, paths: LeanPaths, ticker: str, market: str = "usa", security_type: str = "equity"
    ) -> SymbolProperties:
        """Terms of the ticker's own row, else of the market's ``[*]`` row, else Lean's default (USD, 1, 0.01, 1).

        Raises:
            MissingFileError: the database is not in the data folder.
            MetadataError: the row is malformed.
        """
        path = paths.symbol_properties
        try:
            stat = path.stat()
        except FileNotFoundError as error:
            raise MissingFileError(path, "symbol properties") from error
        rows = _market_rows(path, (stat.st_mtime_ns, stat.st_size), market.lower(), security_type.lower())
        line = rows.get(ticker.upper()) or rows.get("[*]")
        return DEFAULT_PROPERTIES if line is None else _parse(line, path)


DEFAULT_PROPERTIES = SymbolProperties("", "USD", Decimal(1), Decimal("0.01"), Decimal(1))


@lru_cache(maxsize=16)
def _market_rows(path: Path, version: tuple[int, int], market: str, security_type: str) -> dict[str, str]:
    """Unparsed lines of one market and type by symbol; the database has thousands of others."""
    del version  # part of the key only
    rows: dict[str, str] = {}
    start = f"{market},"
    for line in path.read_text("utf-8").splitlines():
        if line.startswith(start):
            _, symbol, kind, _ = line.split(",", 3)
            if kind.lower() == security_type:
                rows[symbol.upper()] = line
    return rows


def _parse(line: str, path: Path) -> SymbolProperties:
    try:
        description, currency, multiplier, step, lot = line.split(",")[3:8]
        return SymbolProperties(description, currency.upper(), Decimal(multiplier), Decimal(step), Decimal(lot))
    except (ValueError, InvalidOperation) as error:
        raise MetadataError(path, f"row {line[:60]!r} is malformed") from error
