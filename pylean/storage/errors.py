"""What can be wrong with a data folder, as types.

Every class keeps its constructor's arguments as ``args``, so that an error survives pickling between processes.
"""

from __future__ import annotations

from pathlib import Path


class StorageError(Exception):
    """Root of everything this package raises about data, paths and names."""


class InvalidTickerError(StorageError):
    """A ticker that cannot be part of a Lean path."""

    def __init__(self, ticker: str, reason: str) -> None:
        super().__init__(ticker, reason)
        self.ticker = ticker
        self.reason = reason

    def __str__(self) -> str:
        shown = ascii(self.ticker if len(self.ticker) <= 40 else self.ticker[:40] + "…")
        return (
            f"ticker {shown}: {self.reason}; use 1 to 16 ASCII letters and digits starting with a letter, "
            "with single dots or dashes between parts, such as SPY or BRK.B"
        )


class EscapingPathError(StorageError):
    """A path that leaves the data folder, through a symbolic link for example."""

    def __init__(self, path: Path, root: Path) -> None:
        super().__init__(path, root)
        self.path = path
        self.root = root

    def __str__(self) -> str:
        return f"{self.path}: points outside {self.root}; remove the symbolic link or move the folder in"


class InvalidIdentifierError(StorageError):
    """Text that is no Lean security identifier, or a part one cannot be made of."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return f"security identifier {self.text!r}: {self.reason}; the form is 'SPY R735QTJ8XC9X'"


class MissingFileError(StorageError):
    """A file the caller needs is not there."""

    def __init__(self, path: Path, purpose: str) -> None:
        super().__init__(path, purpose)
        self.path = path
        self.purpose = purpose

    def __str__(self) -> str:
        return f"{self.path}: no such file ({self.purpose}); check the data folder or download the data first"


class UnreadableZipError(StorageError):
    """A zip that does not hold exactly one intact entry."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; quarantine the file and download it again"


class MalformedBarsError(StorageError):
    """Bar text that breaks Lean's format or the rules of a bar; ``line`` counts from 1, 0 means the whole file."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(path, line, reason)
        self.path = path
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        where = f"{self.path}, line {self.line}" if self.line else f"{self.path}"
        return f"{where}: {self.reason}; quarantine the file and download it again"


class InvalidBarsError(StorageError):
    """Columns in memory that are no valid bars; ``row`` counts from 0, -1 means the columns as a whole."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(row, reason)
        self.row = row
        self.reason = reason

    def __str__(self) -> str:
        where = f"bars, row {self.row}" if self.row >= 0 else "bars"
        return f"{where}: {self.reason}; correct the columns before they are stored"


class MetadataError(StorageError):
    """A map, factor, market-hours, symbol-properties or interest-rate file that cannot be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; replace the file by a good copy"
