"""The column cache: a zip is decoded once, later readers map its columns into memory."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from ._column_file import CODEC_VERSION, ColumnsT, DamagedColumnFileError, map_columns, pack_columns
from .bars import QuoteColumns, TradeColumns
from .errors import MissingFileError
from .quote_codec import decode_quotes
from .resolution import Resolution
from .staging import write_atomically
from .trade_codec import decode_trades
from .zips import read_entry, read_file, unpack_entry

_log = logging.getLogger(__name__)

Decoder = Callable[[bytes, Resolution, date | None, Path], ColumnsT]


class ColumnCache:
    """Columns of zips, kept below ``directory`` under the hash of the zip's bytes; ``None`` keeps nothing.

    A zip's hash is remembered under its path, size, times and inode, so that an unchanged zip is not read again. Any
    number of processes may share a directory: files appear by renaming. A damaged file is rebuilt with a warning.
    Everything below ``directory`` may be deleted at any time; nothing in it is flushed to the disk.
    """

    def __init__(self, directory: Path | None) -> None:
        self._store = _ColumnStore(directory) if directory is not None else None

    def trades(self, path: Path, resolution: Resolution, day: date | None) -> TradeColumns:
        """Trade bars of a zip; the arrays may be read-only.

        Raises:
            MissingFileError: there is no such zip.
            UnreadableZipError: the zip is damaged.
            MalformedBarsError: its text is.
        """
        if self._store is None:
            return decode_trades(read_entry(path), resolution, day, path)
        return self._store.columns(path, resolution, day, TradeColumns, decode_trades)

    def quotes(self, path: Path, resolution: Resolution, day: date | None) -> QuoteColumns:
        """Quote bars of a zip; errors as for :meth:`trades`."""
        if self._store is None:
            return decode_quotes(read_entry(path), resolution, day, path)
        return self._store.columns(path, resolution, day, QuoteColumns, decode_quotes)

    def digest(self, path: Path) -> str:
        """SHA-256 of a file's bytes, hexadecimal.

        Raises:
            MissingFileError: there is no such file.
        """
        if self._store is None:
            return content_digest(read_file(path))
        return self._store.digest(path)[0]


class _ColumnStore:
    """The files of a cache: ``columns/`` by content, ``digests/`` by the identity of a zip on disk."""

    def __init__(self, directory: Path) -> None:
        self._columns = directory / "columns"
        self._digests = directory / "digests"
        self._staging = directory / "staging"

    def columns(
        self, path: Path, resolution: Resolution, day: date | None, kind: type[ColumnsT], decode: Decoder[ColumnsT]
    ) -> ColumnsT:
        digest, archive = self.digest(path)
        # Text of one day counts from midnight, so the same bytes mean other columns under another date.
        span = f"{day:%Y%m%d}" if resolution.is_intraday_file and day is not None else "all"
        suffix = f"{kind.__name__}-{span}.v{CODEC_VERSION}"
        cached = self._column_file(digest, suffix)
        try:
            return map_columns(cached, kind)
        except FileNotFoundError:
            _log.debug("%s is decoded for the first time", path)
        except DamagedColumnFileError as damage:
            _log.warning("column cache file %s %s; it is rebuilt", cached, damage)
        if archive is None:
            # The zip may have been replaced since its hash was looked up.
            archive = read_file(path)
            cached = self._column_file(content_digest(archive), suffix)
        columns = decode(unpack_entry(archive, path), resolution, day, path)
        write_atomically(cached, pack_columns(columns), self._staging, durable=False)
        return columns

    def _column_file(self, digest: str, suffix: str) -> Path:
        return self._columns / digest[:2] / f"{digest}-{suffix}"

    def digest(self, path: Path) -> tuple[str, bytes | None]:
        """Content hash of a file, and its bytes if they had to be read for it."""
        note = self._digests / _disk_identity(path)
        known = _read_note(note)
        if known is not None:
            return known, None
        content = read_file(path)
        digest = content_digest(content)
        write_atomically(note, digest.encode("ascii"), self._staging, durable=False)
        return digest, content


def _disk_identity(path: Path) -> str:
    """Relative path of the note about a file as it is on the disk now."""
    try:
        stat = path.stat()
    except FileNotFoundError as error:
        raise MissingFileError(path, "zip with bars") from error
    parts = (path.absolute(), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino, stat.st_dev)
    name = hashlib.blake2b(os.fsencode("|".join(map(str, parts))), digest_size=16).hexdigest()
    return f"{name[:2]}/{name}"


def content_digest(content: bytes) -> str:
    """SHA-256 of bytes, hexadecimal: the content hash used in keys and manifests."""
    return hashlib.sha256(content).hexdigest()


def _read_note(note: Path) -> str | None:
    try:
        text = note.read_bytes()
    except FileNotFoundError:
        return None
    # A torn note (power loss) is no hash; the zip is hashed again.
    return text.decode("ascii") if len(text) == hashlib.sha256().digest_size * 2 and text.isalnum() else None
