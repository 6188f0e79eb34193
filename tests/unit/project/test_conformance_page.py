"""The page of conformance, from results as the suite prints them."""

from __future__ import annotations

from typing import Any

from tests.conformance.lean_suite.page import page_text


def case(name: str, verdict: str = "equal", **parts: Any) -> dict[str, Any]:
    base = {"name": name, "tier": "T1", "clean": True, "verdict": verdict, "seconds": 1.5, "data_points_per_s": 2000}
    return base | {"differences": [], "error": "", "warnings": []} | parts


def page(*cases: dict[str, Any], **causes: str) -> list[str]:
    return page_text({"lean": "QuantConnect/Lean 1234", "cases": list(cases)}, causes).splitlines()


def test_the_tally_tells_clean_cases_from_others() -> None:
    lines = page(case("A"), case("B", "failed", error="boom"), case("C", tier="T3", clean=False))
    assert "**Equal: 1 of 2 clean cases, 2 of 3 cases in all.**" in lines
    assert "| T1 | orders, models, the run itself | 2 | 1 | 0 | 1 |" in lines
    assert "| T3 | universes, framework (not clean) | 1 | 1 | 0 | 0 |" in lines
    assert "| A | T1 | 1.50 | 2,000 |" in lines


def test_cases_that_are_not_equal_say_what_differs_and_why() -> None:
    differences = [{"key": f"K{n}", "lean": "1|2", "pylean": "2"} for n in range(5)]
    failure = "Traceback\npylean.job.AlgorithmError: the algorithm failed in on_data: KeyError: 1\n"
    lines = page(case("A", "different", differences=differences), case("B", "failed", error=failure), B="a cause")
    shown = "; ".join(f"K{n}: Lean 1\\|2, pylean 2" for n in range(3))
    assert f"| A | T1 | {shown}; 2 more | not yet known |" in lines
    assert "| B | T1 | the algorithm failed in on_data: KeyError: 1 | a cause |" in lines


def test_a_page_of_equal_cases_lists_no_others() -> None:
    assert "## Cases that are not equal" not in page(case("A"))
