"""requirements.lock: everything pinned and hashed, no addresses, and in step with pyproject.toml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def entries(project: Path) -> list[str]:
    """Each requirement with its continuation lines joined."""
    text = (project / "requirements.lock").read_text(encoding="utf-8")
    return text.replace("\\\n", " ").splitlines()


def test_every_entry_is_pinned_and_hashed(entries: list[str]) -> None:
    form = re.compile(r"[a-z0-9.-]+==[\w.!+]+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not form.fullmatch(entry)] == []


def test_names_no_address(entries: list[str]) -> None:
    assert [entry for entry in entries if re.search(r"https?:|file:| @ |^--", entry)] == []


def test_holds_a_version_of_every_dependency_that_pyproject_allows(
    metadata: dict[str, Any], locked: dict[str, str]
) -> None:
    groups = (metadata["dependencies"], *metadata["optional-dependencies"].values())
    wanted = [Requirement(text) for group in groups for text in group]
    unsatisfied = [
        f"{requirement} (locked: {locked.get(canonicalize_name(requirement.name))})"
        for requirement in wanted
        if requirement.name != metadata["name"]
        and not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"))
    ]
    assert unsatisfied == []
