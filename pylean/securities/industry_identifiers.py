"""CUSIP, FIGI, SEDOL, ISIN and CIK of securities, from the data folder's ``security-database.csv``."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pylean.storage import MetadataError

if TYPE_CHECKING:
    from pylean.securities.identifier import SecurityIdentifier
    from pylean.storage import LeanPaths

__all__ = ["SECURITY_DEFINITIONS", "SecurityDefinition", "SecurityDefinitions"]


@dataclass(frozen=True, slots=True)
class SecurityDefinition:
    """One row; what the row leaves empty is ``None``."""

    identifier: str = ""
    cusip: str | None = None
    composite_figi: str | None = None
    sedol: str | None = None
    isin: str | None = None
    cik: int | None = None


_UNKNOWN = SecurityDefinition()


class SecurityDefinitions:
    """All rows of a data folder, read on first use; none without the file. Raises MetadataError for damaged rows."""

    def __init__(self, paths: LeanPaths) -> None:
        self._path = paths.security_database

    def of(self, identifier: SecurityIdentifier) -> SecurityDefinition:
        """The row of a security, an empty one if it has none."""
        return next((row for row in self._rows if row.identifier == identifier), _UNKNOWN)

    def find(self, field: str, value: str | int) -> list[SecurityDefinition]:
        """Rows whose field has a value; text in any case."""
        wanted = value.lower() if isinstance(value, str) else value
        rows = ((row, getattr(row, field)) for row in self._rows)
        return [row for row, found in rows if (found.lower() if isinstance(found, str) else found) == wanted]

    @cached_property
    def _rows(self) -> list[SecurityDefinition]:
        rows: list[SecurityDefinition] = []
        if not self._path.is_file():
            return rows
        for number, line in enumerate(self._path.read_text("utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                identifier, cusip, figi, sedol, isin, cik = [*line.split(","), ""][:6]
                company = int(cik) if cik.strip() else None
            except ValueError as error:
                raise MetadataError(
                    self._path, f"line {number} is not identifier,cusip,figi,sedol,isin,cik: {line[:40]!r}"
                ) from error
            texts = [text.strip() or None for text in (cusip, figi, sedol, isin)]
            rows.append(SecurityDefinition(identifier.strip(), texts[0], texts[1], texts[2], texts[3], company))
        return rows


#: The definitions of the run under way.
SECURITY_DEFINITIONS: ContextVar[SecurityDefinitions] = ContextVar("pylean_security_definitions")
