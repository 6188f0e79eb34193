"""What a waiting worker is told to do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from services.runner.layout import ExecutionFolder


@dataclass(frozen=True, slots=True)
class Assignment:
    """One run: folder of the execution, folder of the strategy, folder for what can be made again."""

    folder: ExecutionFolder
    strategy: Path
    cache_dir: Path

    @classmethod
    def from_line(cls, line: str) -> Assignment:
        folder, strategy, cache_dir = map(Path, json.loads(line))
        return cls(ExecutionFolder(folder), strategy, cache_dir)

    def to_line(self) -> str:
        return json.dumps([str(self.folder.path), str(self.strategy), str(self.cache_dir)]) + "\n"
