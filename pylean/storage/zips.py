"""Lean's zips: one deflated entry, read strictly and written with the same bytes every time."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Final

from ._deflate import DEFLATE
from .errors import MissingFileError, UnreadableZipError
from .staging import write_atomically

MAX_ENTRY_BYTES: Final = 1 << 29
MAX_COMMENT_BYTES: Final = 0xFFFF
#: Library that compresses what :func:`write_entry` writes; another library gives other bytes for the same text.
DEFLATE_LIBRARY: Final = DEFLATE.name

_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
_VERSION = 20
_DOS_TIME, _DOS_DATE = 0, (1 << 5) | 1  # 1980-01-01 00:00, the first a zip can hold
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"


def read_entry(path: Path) -> bytes:
    """Content of the only entry, whatever its name, with size and CRC checked.

    Raises:
        MissingFileError: there is no such file.
        UnreadableZipError: not a zip, truncated, damaged, encrypted, empty, or with more than one entry.
    """
    return unpack_entry(read_file(path), path)


def read_file(path: Path) -> bytes:
    """All bytes of a file.

    Raises:
        MissingFileError: there is no such file.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MissingFileError(path, "zip with bars") from error


def unpack_entry(archive: bytes, path: Path) -> bytes:
    """:func:`read_entry` for bytes already read; ``path`` only names them in errors."""
    entry = _single_entry(_directory(io.BytesIO(archive), path), path)
    data = _entry_data(archive, entry, path)
    if entry.compress_type == _DEFLATED:
        try:
            content = DEFLATE.decompress(data, entry.file_size)
        except ValueError as error:
            raise UnreadableZipError(path, f"compressed data of {entry.filename!r} are damaged ({error})") from error
    else:
        content = bytes(data)
    if len(content) != entry.file_size or DEFLATE.crc32(content) != entry.CRC:
        raise UnreadableZipError(path, f"checksum of {entry.filename!r} does not match its content")
    return content


def inspect_entry(archive: bytes, path: Path) -> tuple[str, bytes]:
    """Name of the only entry and the archive's comment, as far as can be seen without decompressing the entry.

    Raises:
        UnreadableZipError: as for :func:`read_entry`, except for what only the entry's content shows.
    """
    directory = _directory(io.BytesIO(archive), path)
    entry = _single_entry(directory, path)
    _entry_data(archive, entry, path)
    return entry.filename, directory.comment


def read_comment(path: Path) -> bytes:
    """The archive's comment, empty if there is none; nothing is decompressed.

    Raises:
        MissingFileError: there is no such file.
        UnreadableZipError: the file has no intact zip directory.
    """
    try:
        with path.open("rb") as file:
            return _directory(file, path).comment
    except FileNotFoundError as error:
        raise MissingFileError(path, "zip with bars") from error


def pack_entry(entry_name: str, content: bytes, comment: bytes = b"") -> bytes:
    """Bytes of a zip with one entry: deflate level 6, constant time, no extra fields, needs version 2.0.

    Raises:
        ValueError: name, content or comment are longer than the format or :data:`MAX_ENTRY_BYTES` allow.
    """
    name = entry_name.encode("ascii")
    if not name or len(content) > MAX_ENTRY_BYTES or len(comment) > MAX_COMMENT_BYTES:
        raise ValueError(
            f"entry {entry_name!r} with {len(content)} bytes and a comment of {len(comment)} bytes cannot be packed; "
            f"at most {MAX_ENTRY_BYTES} and {MAX_COMMENT_BYTES} bytes, and a name"
        )
    data = DEFLATE.compress(content)
    common = (0, _DEFLATED, _DOS_TIME, _DOS_DATE, DEFLATE.crc32(content), len(data), len(content), len(name), 0)
    local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *common) + name
    central = _CENTRAL.pack(b"PK\x01\x02", _VERSION, _VERSION, *common, 0, 0, 0, 0, 0) + name
    end = _END.pack(_END_SIGNATURE, 0, 0, 1, 1, len(central), len(local) + len(data), len(comment))
    return b"".join((local, data, central, end, comment))


def write_entry(
    path: Path, entry_name: str, content: bytes, comment: bytes = b"", *, staging: Path | None = None
) -> None:
    """Create or replace a zip with one entry, whole and durable: staged, flushed, read back, renamed.

    Args:
        staging: folder on the same file system for the unfinished file; default ``.staging`` beside ``path``.

    Raises:
        UnreadableZipError: the staged file did not read back as ``content``; ``path`` is untouched.
        OSError: it could not be written; ``path`` is untouched.
    """

    def check(staged: Path) -> None:
        if read_entry(staged) != content:
            raise UnreadableZipError(staged, "reads back other than it was written")

    archive = pack_entry(entry_name, content, comment)
    write_atomically(path, archive, staging or path.parent / ".staging", check=check)


def _single_entry(directory: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    entries = [entry for entry in directory.infolist() if not entry.is_dir()]
    if len(entries) != 1:
        raise UnreadableZipError(path, f"holds {len(entries)} entries instead of one")
    entry = entries[0]
    if entry.flag_bits & _ENCRYPTED:
        raise UnreadableZipError(path, f"entry {entry.filename!r} is encrypted")
    if entry.compress_type not in {_STORED, _DEFLATED}:
        raise UnreadableZipError(path, f"entry {entry.filename!r} uses compression {entry.compress_type}, not deflate")
    if entry.file_size > MAX_ENTRY_BYTES:
        raise UnreadableZipError(path, f"entry {entry.filename!r} declares over {MAX_ENTRY_BYTES} bytes")
    return entry


def _directory(file: io.BufferedIOBase, path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
        # Python accepts a comment that is cut short, or bytes after it.
        file.seek(-_END.size - len(archive.comment), io.SEEK_END)
        signature, *_, comment_size = _END.unpack(file.read(_END.size))
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableZipError(path, f"is not a zip or is cut short ({error})") from error
    if signature != _END_SIGNATURE or comment_size != len(archive.comment):
        raise UnreadableZipError(path, "is not a zip or is cut short (its comment has another length than it declares)")
    return archive


def _entry_data(archive: bytes, entry: zipfile.ZipInfo, path: Path) -> memoryview:
    start = entry.header_offset
    header = archive[start : start + _LOCAL.size]
    if start < 0 or len(header) < _LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise UnreadableZipError(path, f"header of {entry.filename!r} is damaged")
    name_size, extra_size = _LOCAL.unpack(header)[-2:]
    begin = start + _LOCAL.size + name_size + extra_size
    end = begin + entry.compress_size
    if end > len(archive):
        raise UnreadableZipError(path, f"data of {entry.filename!r} are cut short")
    return memoryview(archive)[begin:end]
