"""docs/supported-api.md names everything an algorithm can import, call and set."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pylean.algorithm import QCAlgorithm
from pylean.algorithm.settings import AlgorithmSettings, UniverseSettings
from pylean.api import AlgorithmImports
from pylean.scheduling.rules import DateRules, TimeRules


@pytest.fixture(scope="module")
def documented(project: Path) -> set[str]:
    """Every identifier that stands in code type."""
    text = (project / "docs/supported-api.md").read_text(encoding="utf-8")
    return set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", text))))


def public_names(owner: Any) -> set[str]:
    return {name for name in dir(owner) if name[:1].islower()}


def test_every_name_of_algorithm_imports(documented: set[str]) -> None:
    assert set(AlgorithmImports.__all__) - documented == set()
    assert sorted(AlgorithmImports.__all__) == AlgorithmImports.__all__
    assert all(hasattr(AlgorithmImports, name) for name in AlgorithmImports.__all__)


@pytest.mark.parametrize("owner", [QCAlgorithm, DateRules, TimeRules])
def test_every_member_of_a_class(documented: set[str], owner: type) -> None:
    assert public_names(owner) - documented == set()


@pytest.mark.parametrize("settings", [AlgorithmSettings(), UniverseSettings()])
def test_every_setting(documented: set[str], settings: Any) -> None:
    assert {name for name in vars(settings) if not name.startswith("_")} - documented == set()


def test_every_manager_of_an_algorithm(documented: set[str], bench: Any) -> None:
    assert {name for name in vars(bench.algorithm) if not name.startswith("_")} - documented == set()


@pytest.mark.parametrize(
    "missing", ["set_warm_up", "add_universe", "set_alpha", "plot", "trailing_stop_order", "object_store", "macd"]
)
def test_what_is_said_to_be_missing_is_missing(bench: Any, missing: str) -> None:
    assert not hasattr(bench.algorithm, missing)
