"""What the tests about the project itself read: its source files, its metadata, its lock."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SourceTrees = Callable[..., Iterator[tuple[Path, ast.Module]]]


@pytest.fixture(scope="session")
def source_trees(project: Path) -> SourceTrees:
    """Parsed modules below the given folders of the project, as (path relative to the project, tree)."""

    def trees(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
        for folder in folders:
            for path in sorted((project / folder).rglob("*.py")):
                yield path.relative_to(project), ast.parse(path.read_bytes(), filename=str(path))

    return trees


@pytest.fixture(scope="session")
def metadata(project: Path) -> dict[str, Any]:
    """The `[project]` table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


@pytest.fixture(scope="session")
def locked(project: Path) -> dict[str, str]:
    """Version of every package in requirements.lock, by normalised name."""
    text = (project / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, flags=re.MULTILINE))
