"""A package's public surface is the sorted `__all__` of its `__init__`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

SourceTrees = Callable[..., Iterator[tuple[Path, ast.Module]]]


def test_every_init_that_binds_names_lists_them(source_trees: SourceTrees) -> None:
    problems = {}
    for path, tree in source_trees("services", "pylean"):
        if path.name == "__init__.py" and (bound := _public_names(tree)):
            listed = _listed(tree)
            if listed is None:
                problems[str(path)] = "binds names without an __all__"
            elif len(listed) != len(set(listed)):
                problems[str(path)] = "lists a name twice"
            elif listed != sorted(listed, key=_order):
                problems[str(path)] = f"__all__ is not sorted; expected {sorted(listed, key=_order)}"
            elif unknown := set(listed) - bound - {"__version__"}:
                problems[str(path)] = f"lists what it does not bind: {sorted(unknown)}"
    assert problems == {}


def _public_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.ImportFrom(module="__future__"):
                continue
            case ast.Import() | ast.ImportFrom():
                names |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
            case ast.Assign():
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) if _loads_lazily(tree):
                names |= _public_names(ast.Module(node.body, []))
    return {name for name in names if not name.startswith("_")}


def _loads_lazily(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "__getattr__" for node in tree.body)


def _listed(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.expr() as value):
                listed: list[str] = ast.literal_eval(value)
                return listed
    return None


def _order(name: str) -> tuple[int, list[str | int]]:
    """The order ruff's RUF022 keeps: CONSTANTS, Classes, functions; digits by value within each."""
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
