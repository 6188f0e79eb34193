"""One file of the column cache: a fixed header, then the arrays one after another, little-endian, 8-byte aligned."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ._deflate import DEFLATE
from .bars import QuoteColumns, TradeColumns, array_dtype

ColumnsT = TypeVar("ColumnsT", TradeColumns, QuoteColumns)

#: Raise it whenever a decoder makes something else of the same text, or the form of these files changes.
CODEC_VERSION = 1
_MAGIC = b"PYLCOLS\n"
# magic, codec version, rows, price scale, volume or size scale, CRC-32 of the arrays, CRC-32 of the fields before
_HEADER = struct.Struct("<8sIQiiI")
_SEAL = struct.Struct("<I")
_HEADER_BYTES = 64


class DamagedColumnFileError(Exception):
    """A cache file is not what was written; the caller rebuilds it."""


def pack_columns(columns: TradeColumns | QuoteColumns) -> bytes:
    """Bytes of a cache file."""
    data = b"".join(getattr(columns, name).tobytes() for name in columns.ARRAYS)
    scales = [getattr(columns, name) for name in columns.SCALES]
    fields = _HEADER.pack(_MAGIC, CODEC_VERSION, len(columns), *scales, DEFLATE.crc32(data))
    return (fields + _SEAL.pack(DEFLATE.crc32(fields))).ljust(_HEADER_BYTES, b"\0") + data


def map_columns(path: Path, kind: type[ColumnsT]) -> ColumnsT:
    """Columns over a read-only memory map of a cache file, after header, size and checksum have been checked.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedColumnFileError: the file is damaged or was written by another version.
    """
    with path.open("rb") as file:
        try:
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise DamagedColumnFileError("is empty") from error
    return _columns_over(memory, kind)


def _columns_over(memory: mmap.mmap, kind: type[ColumnsT]) -> ColumnsT:
    fields = memory[: _HEADER.size]
    if len(memory) < _HEADER_BYTES or _SEAL.unpack_from(memory, _HEADER.size)[0] != DEFLATE.crc32(fields):
        raise DamagedColumnFileError("has a damaged header")
    magic, version, rows, *scales, checksum = _HEADER.unpack(fields)
    if magic != _MAGIC or version != CODEC_VERSION:
        raise DamagedColumnFileError(f"has codec version {version}, not {CODEC_VERSION}")
    dtypes = [array_dtype(name) for name in kind.ARRAYS]
    if len(memory) != _HEADER_BYTES + rows * sum(dtype.itemsize for dtype in dtypes):
        raise DamagedColumnFileError(f"has {len(memory)} bytes, which {rows} rows do not have")
    data = memoryview(memory)[_HEADER_BYTES:]
    if DEFLATE.crc32(data) != checksum:
        raise DamagedColumnFileError("has damaged columns")
    values: dict[str, Any] = dict(zip(kind.SCALES, scales, strict=True))
    offset = 0
    for name, dtype in zip(kind.ARRAYS, dtypes, strict=True):
        values[name] = np.frombuffer(data, dtype=dtype, count=rows, offset=offset)
        offset += rows * dtype.itemsize
    return kind(**values)
