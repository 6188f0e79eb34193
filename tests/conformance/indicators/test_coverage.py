"""Every indicator test of Lean that reads a reference file has a counterpart in this package."""

from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path

import tests.conformance.indicators as package


def covered() -> set[tuple[str, str]]:
    """Test classes and files of all ``CASES``, and of ``COVERS`` where a module compares in its own way."""
    pairs: set[tuple[str, str]] = set()
    for module_info in pkgutil.iter_modules(package.__path__):
        if module_info.name.startswith("test_") and module_info.name != "test_coverage":
            module = importlib.import_module(f"{package.__name__}.{module_info.name}")
            pairs |= {(case.test, case.file) for case in getattr(module, "CASES", ())}
            pairs |= set(getattr(module, "COVERS", ()))
    return pairs


def test_every_file_and_test_class_is_covered(shared: Path) -> None:
    tests = json.loads((shared / "lean" / "indicator-tests.json").read_text())["tests"]
    wanted = {(test["class"], file) for test in tests for file in test["file"]}
    assert not wanted - covered()
