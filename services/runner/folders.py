"""Folders a request names: checked before anything in them is touched."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID


def data_root_problem(text: str) -> str | None:
    """What is wrong with a data root, in words that follow its field's name; `None` when it can be read."""
    if "\0" in text:
        return "must not hold a NUL character"
    path = Path(text)
    if not path.is_absolute():
        return "must be an absolute path on the server"
    try:
        is_folder = path.is_dir()
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    if not is_folder:
        return "must be an existing folder on the server"
    return None if os.access(path, os.R_OK | os.X_OK) else "must be readable for the server"


def is_run_id(text: str) -> bool:
    """Whether a text is a UUID in its canonical form, and so a safe folder name."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
