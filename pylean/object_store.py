"""Files that an algorithm keeps by key, in a folder of its run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

from pylean.naming import PascalNames

__all__ = ["ObjectStore"]

_ALLOWED_KEY = re.compile(r"\.?[a-zA-Z0-9\\/_#\-$= ]+\.?[a-zA-Z0-9]*")


class ObjectStore(PascalNames):
    """Keys are paths below one folder and can lead nowhere else; without a folder they last as long as the run."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def _root(self) -> Path:
        """The folder, made when it is first needed."""
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="pylean-objects-"))
            finalize(self, rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    @property
    def keys(self) -> list[str]:
        root = self._root
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Keys and contents."""
        return ((key, self.read_bytes(key)) for key in self.keys)

    def contains_key(self, key: str) -> bool:
        return self._path(key).is_file()

    __contains__ = contains_key

    def read_bytes(self, key: str) -> bytes:
        """Raises KeyError for a key that was not saved."""
        path = self._path(key)
        if not path.is_file():
            raise KeyError(f"the object store has no '{key}'; test with contains_key first")
        return path.read_bytes()

    def read(self, key: str, encoding: str = "utf-8") -> str:
        """Raises KeyError for a key that was not saved."""
        return self.read_bytes(key).decode(encoding)

    read_string = read

    def read_json(self, key: str, encoding: str = "utf-8") -> Any:
        return json.loads(self.read(key, encoding))

    def save_bytes(self, key: str, contents: bytes | bytearray | list[int]) -> bool:
        """Raises ValueError for a key with other characters than Lean takes, or one that leads out of the store."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(contents))
        return True

    def save(self, key: str, text: str | None = None, encoding: str = "utf-8") -> bool:
        """Save a text; without one, what was written to the key's file path counts. Raises FileNotFoundError if
        nothing was."""
        if text is not None:
            return self.save_bytes(key, text.encode(encoding))
        if not self.contains_key(key):
            raise FileNotFoundError(f"the object store has no file of '{key}' at {self._path(key)}")
        return True

    save_string = save

    def save_json(self, key: str, value: Any, encoding: str = "utf-8") -> bool:
        return self.save(key, json.dumps(value), encoding)

    def delete(self, key: str) -> bool:
        """Whether there was something to delete."""
        path = self._path(key)
        exists = path.is_file()
        path.unlink(missing_ok=True)
        return exists

    def get_file_path(self, key: str) -> str:
        """Where the key's file is or will be; its folder exists afterwards."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return str(path)

    def clear(self) -> None:
        """Lean forgets what it holds in memory and keeps the files; here nothing is held."""

    def _path(self, key: str) -> Path:
        name = key.replace("\\", "/").lstrip("/")
        root = self._root.resolve()
        path = (root / name).resolve()
        if not _ALLOWED_KEY.fullmatch(key) or root not in path.parents:
            raise ValueError(
                f"key of the object store is {key!r}: it must be a path inside the store made of letters, digits, "
                "spaces and / _ # - $ =, with at most one dot before the extension"
            )
        return path
