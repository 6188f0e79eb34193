"""One version of the project, and generated code that fits the runtime it is shipped with."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement


def test_installed_version_is_the_declared_one(metadata: dict[str, Any]) -> None:
    assert version("zac") == metadata["version"]


def test_changelog_tells_of_the_declared_version(project: Path, metadata: dict[str, Any]) -> None:
    headings = re.findall(r"^## \[(.+?)\]", (project / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings == ["Unreleased"] or headings[1] == metadata["version"]


def test_generator_and_runtime_of_grpc_are_the_same_version(metadata: dict[str, Any], locked: dict[str, str]) -> None:
    extras = metadata["optional-dependencies"]
    floor = next(s.version for s in _requirement(extras["common"], "grpcio").specifier if s.operator == ">=")
    pin = next(s.version for s in _requirement(extras["dev"], "grpcio-tools").specifier if s.operator == "==")
    assert {floor, pin, locked["grpcio"], locked["grpcio-tools"]} == {pin}


def _requirement(group: list[str], name: str) -> Requirement:
    return next(parsed for parsed in map(Requirement, group) if parsed.name == name)
