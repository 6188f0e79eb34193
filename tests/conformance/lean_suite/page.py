"""The page of results, ``docs/conformance.md``: the tally, and every case that is not equal with its cause."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = ["page_text", "write_page"]

_CAUSES = Path(__file__).with_name("causes.toml")
_STATES = ("equal", "different", "failed")
_SHOWN_DIFFERENCES = 3
_LONGEST_ERROR = 240
_TIERS = {
    "T1": "orders, models, the run itself",
    "T2": "indicators, bars, history, schedules",
    "T3": "universes, framework",
}

_HEAD = """\
# Conformance

Lean's own Python regression algorithms, unmodified, under pylean: {lean}.

A case is equal when every statistic that Lean expects of it, the hash of the order list included, and the data points
of the stream and of history are the same text. What Lean's own test leaves open is left open here too. *Clean* cases
need nothing but US equities from Lean's sample data; the others import .NET, use the network, or need fundamental
values that exist only as constants of Lean's tests, which the suite reads from the checkout.

This page is written by

    python -m tests.conformance.lean_suite --lean TREE --all --page docs/conformance.md

from a run over a checkout of QuantConnect/Lean. Nothing on it is written by hand except the causes of cases that are
not equal (`tests/conformance/lean_suite/causes.toml`).
"""


def write_page(path: Path, results: dict[str, Any]) -> None:
    """Write the page from the results of a run, as ``-o json`` prints them."""
    path.write_text(page_text(results, tomllib.loads(_CAUSES.read_text(encoding="utf-8"))), encoding="utf-8")


def page_text(results: dict[str, Any], causes: dict[str, str]) -> str:
    """The page; ``causes`` say by a case's name why it is not equal."""
    cases = results["cases"]
    lines = [_HEAD.format(lean=results["lean"]), f"**{_share(cases)}**", "", *_tally(cases)]
    others = [case for case in cases if case["verdict"] != "equal"]
    if others:
        lines += ["", "## Cases that are not equal", ""]
        rows = ((case["name"], case["tier"], _what(case), causes.get(case["name"], "not yet known")) for case in others)
        lines += _table(("case", "tier", "what differs", "cause"), rows)
    equal = [case for case in cases if case["verdict"] == "equal"]
    lines += [
        "",
        "## Equal cases",
        "",
        "Seconds are those of the whole process, points those of the engine's time.",
        "",
    ]
    rows = ((case["name"], case["tier"], f"{case['seconds']:.2f}", f"{case['data_points_per_s']:,}") for case in equal)
    lines += _table(("case", "tier", "seconds", "data points/s"), rows)
    return "\n".join(lines) + "\n"


def _share(cases: list[dict[str, Any]]) -> str:
    clean = [case for case in cases if case["clean"]]
    parts = [f"{_equal(group)} of {len(group)} {name}" for name, group in (("clean cases", clean), ("cases", cases))]
    return f"Equal: {parts[0]}, {parts[1]} in all." if len(clean) < len(cases) else f"Equal: {parts[0]}."


def _equal(cases: list[dict[str, Any]]) -> int:
    return sum(case["verdict"] == "equal" for case in cases)


def _tally(cases: list[dict[str, Any]]) -> list[str]:
    rows = []
    for tier in sorted({case["tier"] for case in cases}):
        for is_clean in (True, False):
            group = [case for case in cases if case["tier"] == tier and case["clean"] is is_clean]
            counts = Counter(case["verdict"] for case in group)
            if group:
                topic = f"{_TIERS.get(tier, '')}{'' if is_clean else ' (not clean)'}"
                rows.append((tier, topic, len(group), *(counts[state] for state in _STATES)))
    return _table(("tier", "what it is about", "cases", *_STATES), rows)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)]


def _what(case: dict[str, Any]) -> str:
    text: str
    if case["error"]:
        last = case["error"].strip().splitlines()[-1].partition("AlgorithmError: ")
        text = (last[2] or last[0])[:_LONGEST_ERROR]
    else:
        parts = [f"{d['key']}: Lean {d['lean']}, pylean {d['pylean']}" for d in case["differences"]]
        more = len(parts) - _SHOWN_DIFFERENCES
        text = "; ".join(parts[:_SHOWN_DIFFERENCES]) + (f"; {more} more" if more > 0 else "")
    return text.replace("|", "\\|")
