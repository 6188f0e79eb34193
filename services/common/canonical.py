"""One text for equal values, so that equal values have equal hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

__all__ = ["Json", "canonical_json", "sha256_hex"]

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | bool | None


def canonical_json(value: Json) -> str:
    """JSON with sorted keys, no spaces and no escapes beyond the needed ones.

    Raises TypeError for floats: their text is no matter of agreement.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_hex(content: str | bytes) -> str:
    """SHA-256 in hex; text is taken as UTF-8."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} has no canonical text; pass a decimal string")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            _refuse_floats(item)
