"""Bodies of answers: unpacked within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from isal import isal_zlib

from .errors import DamagedAnswerError

MAX_WIRE_BYTES: Final = 32 << 20
MAX_BODY_BYTES: Final = 64 << 20
_GZIP: Final = 31  # zlib's window-bits number for a gzip wrapper


@dataclass(frozen=True, slots=True)
class Body:
    """What came over the wire with status 200; ``is_simulated`` if the answer says that its data are made up."""

    content: bytes
    encoding: str
    is_simulated: bool

    def unpacked(self) -> bytes:
        """The JSON text.

        Raises:
            DamagedAnswerError: not intact gzip, or more than :data:`MAX_BODY_BYTES`.
        """
        if self.encoding in {"", "identity"}:
            return self.content
        if self.encoding != "gzip":
            raise DamagedAnswerError(f"the answer is encoded as {self.encoding[:20]!r}, which was not asked for")
        unpacker = isal_zlib.decompressobj(_GZIP)
        try:
            text = unpacker.decompress(self.content, MAX_BODY_BYTES)
        except isal_zlib.error as error:  # type: ignore[misc] # the stub declares an instance
            raise DamagedAnswerError(f"the answer is damaged gzip ({error})") from error
        if len(text) >= MAX_BODY_BYTES:
            raise DamagedAnswerError(f"the answer is larger than {MAX_BODY_BYTES >> 20} MiB")
        if not unpacker.eof or unpacker.unused_data:
            raise DamagedAnswerError("the answer is cut short or has more than one gzip part")
        return text
