"""Raw deflate and CRC-32: libdeflate where it is installed, zlib otherwise. Chosen once, when this is imported."""

from __future__ import annotations

import zlib
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol, cast

_LEVEL = 6


class _LibDeflate(Protocol):
    DeflateError: type[Exception]
    __version__: str

    def crc32(self, data: bytes | memoryview, initial: int = 0) -> int: ...

    def deflate_compress(self, data: bytes, compresslevel: int = -1) -> bytearray: ...

    def deflate_decompress(self, data: bytes | memoryview, originalsize: int) -> bytearray: ...


class Deflate:
    """zlib's implementation."""

    #: Name and version of the library: other libraries compress the same text to other bytes.
    name: str = f"zlib {zlib.ZLIB_RUNTIME_VERSION}"

    def crc32(self, data: bytes | memoryview) -> int:
        return zlib.crc32(data)

    def compress(self, data: bytes) -> bytes:
        """Raw deflate, level 6."""
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packer.compress(data) + packer.flush()

    def decompress(self, data: bytes | memoryview, size: int) -> bytes:
        """Inflate to exactly ``size`` bytes; never more memory than that.

        Raises:
            ValueError: the data are damaged or of another size.
        """
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            text = unpacker.decompress(data, size + 1)
        except zlib.error as error:
            raise ValueError(str(error)) from error
        if len(text) != size or not unpacker.eof:
            raise ValueError(f"holds other than the {size} bytes it declares")
        return text


class _FastDeflate(Deflate):
    """libdeflate's implementation: about three times as fast as zlib in either direction, releases the GIL."""

    def __init__(self, library: _LibDeflate) -> None:
        self._library = library
        self.name = f"libdeflate (deflate {library.__version__})"

    def crc32(self, data: bytes | memoryview) -> int:
        return self._library.crc32(data)

    def compress(self, data: bytes) -> bytes:
        return bytes(self._library.deflate_compress(data, _LEVEL))

    def decompress(self, data: bytes | memoryview, size: int) -> bytes:
        try:
            # One byte of room to spare tells a longer text from an exact one; the library wants room for at least one.
            text = self._library.deflate_decompress(data, size + 1)
        except self._library.DeflateError as error:
            raise ValueError(str(error)) from error
        if len(text) != size:
            raise ValueError(f"holds other than the {size} bytes it declares")
        return bytes(text)


def _choose() -> Deflate:
    if find_spec("deflate") is None:
        return Deflate()
    return _FastDeflate(cast(_LibDeflate, import_module("deflate")))


DEFLATE: Final = _choose()
