"""The page of results, ``docs/conformance.md``: the tally, and every case that is not equal with its cause."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

__all__ = ["write_page"]

_CAUSES = Path(__file__).with_name("causes.toml")

_HEAD = """\
# Conformance

Lean's own Python regression algorithms, unmodified, under pylean. A case is equal when every key of Lean's expected
statistics (the hash of the order list included), the data points and the data points of history are the same text. This
page is written by

    python -m tests.conformance.lean_suite --lean TREE --page docs/conformance.md

from a run over a checkout of QuantConnect/Lean; nothing on it is written by hand, except the causes of cases that
differ (`tests/conformance/lean_suite/causes.toml`).
"""


def write_page(path: Path, results: dict[str, Any]) -> None:
    """Write the page from the results of a run, as ``-o json`` prints them."""
    causes: dict[str, str] = tomllib.loads(_CAUSES.read_text(encoding="utf-8"))
    lines = [_HEAD, "| tier | cases | equal | different | failed |", "|---|---|---|---|---|"]
    for tier, counts in results["tally"].items():
        numbers = " | ".join(str(counts.get(state, 0)) for state in ("cases", "equal", "different", "failed"))
        lines.append(f"| {tier} | {numbers} |")
    others = [case for case in results["cases"] if case["verdict"] != "equal"]
    if others:
        lines += ["", "## Cases that are not equal", "", "| case | what differs | cause |", "|---|---|---|"]
        lines += [
            f"| {case['name']} | {_what(case)} | {causes.get(case['name'], 'not yet known')} |" for case in others
        ]
    lines += ["", "## Equal cases", "", "| tier | case | seconds | data points/s |", "|---|---|---|---|"]
    for case in results["cases"]:
        if case["verdict"] == "equal":
            lines.append(f"| {case['tier']} | {case['name']} | {case['seconds']:.2f} | {case['data_points_per_s']:,} |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _what(case: dict[str, Any]) -> str:
    if case["error"]:
        return str(case["error"].strip().splitlines()[-1]).replace("|", "\\|")
    parts = [f"{d['key']}: Lean {d['lean']}, pylean {d['pylean']}" for d in case["differences"][:3]]
    more = len(case["differences"]) - len(parts)
    return "; ".join(parts) + (f"; {more} more" if more > 0 else "")
