"""The cases: which algorithms, and what Lean expects of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Case", "Difference", "differences", "read_cases", "source_of"]

_HASH = "OrderListHash"
_ANY = -1


@dataclass(frozen=True, slots=True)
class Case:
    """One algorithm; ``path`` lies below the root of a Lean checkout. Points of -1 are not compared, as in Lean."""

    name: str
    tier: str
    path: str
    is_clean: bool
    statistics: dict[str, str]
    data_points: int
    history_data_points: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A key whose text is another than Lean's."""

    key: str
    lean: str
    ours: str

    def __str__(self) -> str:
        return f"{self.key}: Lean {self.lean}, pylean {self.ours}"


def read_cases(expected: Path) -> list[Case]:
    """All cases of ``conformance.json``, in its order."""
    return [_case(entry) for entry in json.loads(expected.read_text(encoding="utf-8"))["cases"]]


def source_of(expected: Path) -> str:
    """Which Lean the expected results are of: repository and commit."""
    source: str = json.loads(expected.read_text(encoding="utf-8"))["source"]
    return source.partition(" (")[0]


def _case(entry: dict[str, Any]) -> Case:
    return Case(
        entry["name"],
        entry["tier"],
        entry["python_file"],
        entry["clean"],
        entry["expected_statistics"],
        entry["data_points"],
        entry["history_data_points"],
    )


def differences(case: Case, outcome: dict[str, Any]) -> list[Difference]:
    """Every key of the case that an outcome (see ``child``) prints differently.

    As in Lean's own comparison "-0" is "0", and a case without expected statistics says nothing about them.
    """
    ours = {**outcome["statistics"], _HASH: outcome["order_list_hash"]} if outcome["statistics"] else {}
    expected = dict(case.statistics)
    found = [
        Difference(key, text, ours.get(key, "nothing"))
        for key, text in expected.items()
        if _plain(text) != _plain(ours.get(key, "nothing"))
    ]
    for key, points in (("data_points", case.data_points), ("history_data_points", case.history_data_points)):
        if points not in (_ANY, outcome[key]):
            found.append(Difference(key, str(points), str(outcome[key])))
    return found


def _plain(text: str) -> str:
    return "0" if text == "-0" else text
