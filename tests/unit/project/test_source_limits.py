"""Sizes that keep the code readable: one noun a module, one screen a function."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

SourceTrees = Callable[..., Iterator[tuple[Path, ast.Module]]]

MODULE_LINES = 800
FUNCTION_LINES = 70
SOURCE_FOLDERS = ("services", "pylean", "ZacQC", "examples", "benchmarks", "tests")


def test_modules_are_short(project: Path) -> None:
    lengths = {
        path.relative_to(project): len(path.read_text(encoding="utf-8").splitlines())
        for folder in SOURCE_FOLDERS
        for path in (project / folder).rglob("*.py")
    }
    assert {str(path): lines for path, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_functions_are_short(source_trees: SourceTrees) -> None:
    too_long = {
        f"{path}:{node.lineno} {node.name}": lines
        for path, tree in source_trees(*SOURCE_FOLDERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert too_long == {}
