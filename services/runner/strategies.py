"""Strategies: folders with a `main.py`, found on the strategy path."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MAIN_FILE = "main.py"
SOURCE_SUFFIXES = (".py", ".json")


@dataclass(frozen=True, slots=True)
class StrategyFolder:
    """One strategy. Its name is the folder's."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def source_digest(self) -> str:
        """SHA-256, in hex, over relative path, size and content of every .py and .json file, sorted by path.

        Hidden folders and byte-code caches are left out. Raises `OSError` when a file cannot be read.
        """
        digest = hashlib.sha256()
        for relative in sorted(self._source_files()):
            content = (self.path / relative).read_bytes()
            digest.update(f"{relative}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def _source_files(self) -> Iterator[str]:
        for folder, subfolders, files in os.walk(self.path):
            subfolders[:] = [name for name in subfolders if not name.startswith((".", "__pycache__"))]
            base = Path(folder).relative_to(self.path)
            yield from ((base / name).as_posix() for name in files if name.endswith(SOURCE_SUFFIXES))


class StrategyPath:
    """An ordered list of folders: one that holds a `main.py` is a strategy, of others each sub-folder that holds one.

    Of two strategies with the same name the first on the path counts, as with programs on PATH. The folders are read
    at every call: a strategy that was just written is there.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def list(self) -> list[StrategyFolder]:
        """All strategies, by name."""
        found: dict[str, StrategyFolder] = {}
        for path in self._candidates():
            found.setdefault(path.name, StrategyFolder(path))
        return [found[name] for name in sorted(found)]

    def find(self, name: str) -> StrategyFolder | None:
        """The strategy of that name."""
        return next((strategy for strategy in self.list() if strategy.name == name), None)

    def _candidates(self) -> Iterator[Path]:
        for folder in self._folders:
            if (folder / MAIN_FILE).is_file():
                yield folder
            elif folder.is_dir():
                yield from (path for path in sorted(folder.iterdir()) if (path / MAIN_FILE).is_file())
