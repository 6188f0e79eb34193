"""``python -m tests.conformance.lean_suite --lean TREE``: the table, or JSON; exit code 1 if any case differs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.lean_suite.cases import Case, read_cases, source_of
from tests.conformance.lean_suite.page import write_page
from tests.conformance.lean_suite.suite import Verdict, run_cases

__all__: list[str] = []

_PROJECT = Path(__file__).resolve().parents[3]
_SHARED = Path(os.environ.get("ZAC_SHARED", _PROJECT.parent / "shared"))


def _main() -> int:
    options = _parse()
    cases = _chosen(options)
    if not cases:
        print("no case matches; names are those of conformance.json", file=sys.stderr)
        return 2
    verdicts: list[Verdict] = []
    for verdict in run_cases(cases, options.lean, options.data, options.jobs):
        verdicts.append(verdict)
        if options.output != "json":
            print(_row(verdict), flush=True)
    results = {"lean": source_of(options.expected), **_results(verdicts)}
    if options.output == "json":
        print(json.dumps(results, indent=1))
    else:
        print(f"\n{results['tally']}")
    if options.page:
        write_page(options.page, results)
    return int(any(verdict.state != "equal" for verdict in verdicts))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.lean_suite", description=__doc__)
    parser.add_argument("--lean", type=Path, required=True, help="root of a checkout of QuantConnect/Lean")
    parser.add_argument("--data", type=Path, default=_SHARED / "lean-sample", help="Lean's sample data")
    parser.add_argument("--expected", type=Path, default=_SHARED / "lean/conformance.json")
    parser.add_argument("--tier", action="append", help="T1, T2 or T3; may be repeated")
    parser.add_argument("-k", dest="name", action="append", help="part of a name; may be repeated")
    parser.add_argument("--all", action="store_true", help="also the cases that are not clean")
    parser.add_argument("-o", dest="output", choices=("table", "json"), default="table")
    parser.add_argument("--page", type=Path, help="write the page of results, docs/conformance.md")
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count() or 1, help="cases side by side")
    return parser.parse_args()


def _chosen(options: argparse.Namespace) -> list[Case]:
    cases = [case for case in read_cases(options.expected) if case.is_clean or options.all]
    if options.tier:
        cases = [case for case in cases if case.tier in options.tier]
    if options.name:
        cases = [case for case in cases if any(part.lower() in case.name.lower() for part in options.name)]
    return sorted(cases, key=lambda case: case.tier)


def _row(verdict: Verdict) -> str:
    rate = f"{verdict.data_points_per_s:>11,.0f}"
    first = verdict.first[:150]
    case = verdict.case
    return f"{verdict.state:<9} {case.tier} {case.name:<84} {verdict.seconds:6.2f} s {rate} points/s  {first}"


def _results(verdicts: Sequence[Verdict]) -> dict[str, object]:
    tally: dict[str, dict[str, int]] = {}
    for tier in sorted({verdict.case.tier for verdict in verdicts}):
        states = Counter(verdict.state for verdict in verdicts if verdict.case.tier == tier)
        tally[tier] = {"cases": states.total(), **states}
    return {"tally": tally, "cases": [verdict.to_json() for verdict in verdicts]}


if __name__ == "__main__":
    sys.exit(_main())
