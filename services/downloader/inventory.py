"""What the files of a data folder hold, without trusting more than can be seen. Never writes."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from pylean.storage import LeanPaths, Resolution, StorageError, decode_trades, inspect_entry, unpack_entry

from .evidence import Evidence, decode_evidence
from .units import Unit

_KEPT: Final = 200_000
_DAY_MS: Final = 86_400_000
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_ENTRY_SUFFIX: Final = ".csv"

Signature = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file: a digest of its content, its evidence if it has any, what is wrong with it, and the days with rows.

    ``days`` is filled for files of many days only. Equal bars have equal digests, whenever they were downloaded.
    """

    digest: str
    evidence: Evidence | None = None
    problem: str = ""
    days: frozenset[date] = frozenset()


class Inventory:
    """Facts about files, remembered as long as a file's size, time and inode stay the same.

    Not safe to use from several threads at once.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[Path, tuple[Signature, FileFacts]] = OrderedDict()

    def bars(self, paths: LeanPaths, unit: Unit, day: date | None) -> tuple[Path, FileFacts | None]:
        """Path of a zip with bars and its facts; None if there is no such file. ``day`` as for ``LeanPaths.bars``."""
        path = paths.bars(unit.resolution, unit.symbol, day)
        return path, self._facts(path, unit.resolution)

    def metadata(self, paths: LeanPaths, symbols: Iterator[str]) -> dict[Path, FileFacts]:
        """Files beside the bars that change what a run computes, as far as they are there."""
        wanted = [paths.market_hours, paths.symbol_properties, paths.interest_rate]
        for symbol in symbols:
            wanted += [paths.map_file(symbol), paths.factor_file(symbol)]
        found = ((path, self._facts(path, None)) for path in wanted)
        return {path: facts for path, facts in found if facts is not None}

    def _facts(self, path: Path, resolution: Resolution | None) -> FileFacts | None:
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        signature = (status.st_size, status.st_mtime_ns, status.st_ino)
        known = self._known.get(path)
        if known is not None and known[0] == signature:
            self._known.move_to_end(path)
            return known[1]
        facts = _read(path, resolution)
        self._known[path] = (signature, facts)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return facts


def _read(path: Path, resolution: Resolution | None) -> FileFacts:
    try:
        content = path.read_bytes()
    except OSError as error:
        return FileFacts("", problem=f"cannot be read ({error.strerror})")
    whole = f"file:{hashlib.sha256(content).hexdigest()}"
    if resolution is None:
        return FileFacts(whole)
    try:
        entry_name, comment = inspect_entry(content, path)
        if not entry_name.lower().endswith(_ENTRY_SUFFIX):
            return FileFacts(whole, problem=f"holds {entry_name[:60]!r} instead of a CSV file")
        evidence = decode_evidence(comment)
        days = frozenset[date]() if resolution.is_intraday_file else _days_with_rows(content, resolution, path)
    except (StorageError, ValueError) as error:
        return FileFacts(whole, problem=str(error))
    return FileFacts(whole if evidence is None else f"csv:{evidence.sha256}", evidence, days=days)


def _days_with_rows(content: bytes, resolution: Resolution, path: Path) -> frozenset[date]:
    rows = decode_trades(unpack_entry(content, path), resolution, None, path)
    ordinals = np.unique(rows.time_ms // _DAY_MS) + _EPOCH_ORDINAL
    return frozenset(map(date.fromordinal, ordinals.tolist()))
