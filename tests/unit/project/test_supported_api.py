"""``docs/supported-api.md`` says what the code has."""

from __future__ import annotations

from pathlib import Path

from pylean.api.reference import reference_page

_PAGE = Path(__file__).resolve().parents[3] / "docs/supported-api.md"


def test_the_page_is_that_of_the_code() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    assert page == reference_page(), "run: .venv/bin/python -m pylean.api.reference > docs/supported-api.md"
