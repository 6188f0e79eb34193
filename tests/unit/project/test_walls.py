"""Walls between parts that import-linter cannot express; the others are its contracts in pyproject.toml."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

SourceTrees = Callable[..., Iterator[tuple[Path, ast.Module]]]


def test_strategies_import_only_the_standard_library_and_algorithm_imports(
    project: Path, source_trees: SourceTrees
) -> None:
    foreign = set()
    for folder in [Path("ZacQC"), *(path.relative_to(project) for path in (project / "examples").glob("*/"))]:
        # As in Lean, the strategy's folder is on the path: its own modules are top-level names.
        own = {path.stem for path in (project / folder).iterdir()} if (project / folder).is_dir() else set()
        allowed = sys.stdlib_module_names | own | {"AlgorithmImports"}
        for path, tree in source_trees(str(folder)):
            foreign |= {f"{path}: {name}" for name in _absolute_imports(tree) if _top(name) not in allowed}
    assert foreign == set()


@pytest.mark.parametrize("folder", ["services/downloader", "pylean/storage"])
def test_file_formats_are_all_of_pylean_that_the_downloader_gets(folder: str, source_trees: SourceTrees) -> None:
    foreign = {
        f"{path}: {name}"
        for path, tree in source_trees(folder)
        for name in _absolute_imports(tree)
        if _top(name) == "pylean" and not f"{name}.".startswith("pylean.storage.")
    }
    assert foreign == set()


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("pylean", ()),
        ("services/common", ("common",)),
        ("services/downloader", ("common", "downloader")),
        ("services/runner", ("common", "runner")),
        ("services/gateway", ("common", "gateway")),
        ("services/cli", ("common", "cli")),
    ],
)
def test_a_service_imports_only_what_its_extra_installs(
    folder: str, extras: tuple[str, ...], metadata: dict[str, Any], source_trees: SourceTrees
) -> None:
    declared = {
        _distribution(requirement)
        for requirements in (metadata["dependencies"], *(metadata["optional-dependencies"][extra] for extra in extras))
        for requirement in requirements
    }
    ours = {"AlgorithmImports", "pylean", "services", "zac"}
    installed = packages_distributions()
    undeclared = {
        f"{path}: {name}"
        for path, tree in source_trees(folder)
        for name in _absolute_imports(tree)
        if (top := _top(name)) not in sys.stdlib_module_names | ours
        and not declared & {_distribution(name) for name in installed.get(top, ())}
    }
    assert undeclared == set()


def _absolute_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            # `from pylean import storage` names a module too.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _top(name: str) -> str:
    return name.split(".", 1)[0]


def _distribution(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()
