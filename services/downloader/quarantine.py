"""Unreadable files, kept aside with the reason instead of being overwritten."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from pylean.storage import write_atomically

FOLDER: Final = ".quarantine"


def set_aside(root: Path, path: Path, reason: str) -> Path:
    """Keep a copy of a file below ``.quarantine``, with the reason beside it; returns the copy's path.

    The file itself stays until its replacement is renamed over it. The copy's name ends in a digest of the content.
    """
    relative = path.relative_to(root)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    kept = root / FOLDER / relative.parent / f"{relative.name}.{digest[:16]}"
    write_atomically(kept, content, root / ".staging")
    note = msgspec.json.encode({"path": relative.as_posix(), "sha256": digest, "reason": reason})
    write_atomically(kept.with_name(f"{kept.name}.reason.json"), note, root / ".staging")
    return kept
