"""The result files of an execution: complete and named with their hashes, or not there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.runner.layout import ExecutionFolder
from zac.run.v1 import execution_pb2

MANIFEST = "manifest.json"


class ResultStaging:
    """Folder that becomes the execution's `artifacts` in one step."""

    def __init__(self, folder: ExecutionFolder) -> None:
        self._folder = folder
        self.path = folder.staging

    def open(self) -> Path:
        """Make the folder, empty."""
        self.discard()
        self.path.mkdir()
        return self.path

    def publish(self, facts: Mapping[str, Any]) -> list[execution_pb2.Artifact]:
        """Write the manifest, wait for the disk, rename. Returns every file with size and hash, the manifest last."""
        artifacts = [_artifact(self.path, path) for path in self._files()]
        files = [{"name": item.name, "size_bytes": item.size_bytes, "sha256": item.sha256} for item in artifacts]
        manifest = self.path / MANIFEST
        text = json.dumps({**facts, "files": files}, indent=2, ensure_ascii=False)
        manifest.write_text(text + "\n", encoding="utf-8")
        artifacts.append(_artifact(self.path, manifest))
        for path in (*self._files(), *self._folders()):
            _sync(path)
        self.path.replace(self._folder.artifacts)
        _sync(self._folder.path)
        return artifacts

    def discard(self) -> None:
        """Remove what was staged."""
        if self.path.exists():
            shutil.rmtree(self.path)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.path.rglob("*") if path.is_file() and not path.is_symlink())

    def _folders(self) -> Iterator[Path]:
        yield from (path for path in self.path.rglob("*") if path.is_dir() and not path.is_symlink())
        yield self.path


def _artifact(root: Path, path: Path) -> execution_pb2.Artifact:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return execution_pb2.Artifact(name=path.relative_to(root).as_posix(), size_bytes=path.stat().st_size, sha256=digest)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
