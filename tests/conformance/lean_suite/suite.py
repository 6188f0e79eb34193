"""Runs cases side by side and judges them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.lean_suite.cases import Case, Difference, differences

__all__ = ["Verdict", "run_cases"]

_TIMEOUT_S = 600
_PROJECT = Path(__file__).resolve().parents[3]


@dataclass(slots=True)
class Verdict:
    """How a case went: ``equal``, ``different`` or ``failed`` (``error`` then says how). Seconds are the process's."""

    case: Case
    state: str
    seconds: float
    data_points_per_s: float = 0.0
    differences: list[Difference] = field(default_factory=list)
    error: str = ""
    warnings: list[str] = field(default_factory=list)

    @property
    def first(self) -> str:
        """The first difference, or the error's last line."""
        return self.error.strip().splitlines()[-1] if self.error else str(next(iter(self.differences), ""))

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.case.name,
            "tier": self.case.tier,
            "clean": self.case.is_clean,
            "verdict": self.state,
            "seconds": round(self.seconds, 3),
            "data_points_per_s": round(self.data_points_per_s),
            "differences": [{"key": d.key, "lean": d.lean, "pylean": d.ours} for d in self.differences],
            "error": self.error,
            "warnings": self.warnings,
        }


def run_cases(cases: Sequence[Case], lean: Path, data: Path, jobs: int) -> Iterator[Verdict]:
    """Verdicts in the order of the cases, each as soon as it and those before it are known."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda case: _run(case, lean, data), cases)


def _run(case: Case, lean: Path, data: Path) -> Verdict:
    child = "tests.conformance.lean_suite.child"
    command = [sys.executable, "-m", child, str(lean / case.path), str(data), str(lean)]
    started = time.monotonic()
    try:
        process = subprocess.run(
            command, cwd=_PROJECT, env=_environment(), capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Verdict(case, "failed", time.monotonic() - started, error=f"no end within {_TIMEOUT_S} s")
    seconds = time.monotonic() - started
    if process.returncode:
        return Verdict(case, "failed", seconds, error=process.stderr or f"exit code {process.returncode}")
    outcome = json.loads(process.stdout.splitlines()[-1])
    points = outcome["data_points"] + outcome["history_data_points"]
    found = differences(case, outcome)
    rate = points / outcome["seconds"] if outcome["seconds"] else 0.0
    return Verdict(
        case, "different" if found else "equal", seconds, rate, differences=found, warnings=outcome["warnings"]
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(_PROJECT), str(_PROJECT / "gen")))}
