"""gen/ is exactly what scripts/gen makes of protos/."""

from __future__ import annotations

import subprocess
from pathlib import Path


def test_regenerating_changes_nothing(project: Path, tmp_path: Path) -> None:
    subprocess.run([project / "scripts" / "gen", tmp_path], check=True, capture_output=True, timeout=50)

    assert _contents(project / "gen") == _contents(tmp_path)


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
