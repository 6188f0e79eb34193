"""Files that appear whole or not at all.

A file is written under a staging folder of the same file system, flushed to the disk, checked, and renamed into place;
readers see the old file or the new one. The writer holds a lock on its staged file, so what a dead process left behind
can be told from what a live one is writing, across containers too.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(
    path: Path, content: bytes, staging: Path, *, check: Callable[[Path], None] | None = None, durable: bool = True
) -> None:
    """Create or replace ``path``; both folders are made if missing.

    Args:
        check: reads the staged file back and raises if it is not what it should be; nothing is replaced then.
        durable: flush file and folder to the disk, so that the file survives a power loss as well as a dead process.

    Raises:
        OSError: disk full, no permission, or the folders lie on different file systems. ``path`` is as before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(parents=True, exist_ok=True)
    with _staged_file(staging, path.name) as (descriptor, staged):
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        if durable:
            os.fsync(descriptor)
        if check is not None:
            check(staged)
        staged.replace(path)
    if durable:
        _sync_folder(path.parent)
        _sync_folder(staging)


def remove_abandoned(staging: Path) -> list[Path]:
    """Delete staged files whose writer is dead; returns what was deleted."""
    files = sorted(path for path in staging.glob("*") if path.is_file())
    return [path for path in files if _remove_unlocked(path)]


@contextmanager
def _staged_file(staging: Path, name: str) -> Iterator[tuple[int, Path]]:
    descriptor, staged = _create_locked(staging, name)
    try:
        yield descriptor, staged
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _create_locked(staging: Path, name: str) -> tuple[int, Path]:
    while True:
        staged = staging / f"{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(staged, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # A clean-up can take the file between its creation and the lock.
        if os.fstat(descriptor).st_nlink:
            return descriptor, staged
        os.close(descriptor)


def _remove_unlocked(staged: Path) -> bool:
    try:
        descriptor = os.open(staged, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink == 0:
            return False
        # The name may have moved on to a finished file; a staged file is only ever renamed by its living writer.
        staged.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
