"""Parameter values: what a text means, and the one text of a value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runner.values import allowed, from_default, from_text, shown, to_text


@pytest.mark.parametrize(
    ("kind", "text", "value", "canonical"),
    [
        ("integer", "7", 7, "7"),
        ("integer", " 7 ", 7, "7"),
        ("integer", "7.0", 7, "7"),
        ("integer", "1e3", 1000, "1000"),
        ("integer", "-0", 0, "0"),
        ("number", "0.10", Decimal("0.10"), "0.1"),
        ("number", "120.0", Decimal(120), "120"),
        ("number", "1e-7", Decimal("1e-7"), "0.0000001"),
        ("number", "-0.0", Decimal(0), "0"),
        ("number", ".5", Decimal("0.5"), "0.5"),
        ("boolean", "TRUE", True, "true"),
        ("boolean", "on", True, "true"),
        ("boolean", "0", False, "false"),
        ("string", "10:57", "10:57", "10:57"),
        ("string", "", "", ""),
        ("array", "A, B ,C", ("A", "B", "C"), "A,B,C"),
        ("array", '["A","B"]', ("A", "B"), "A,B"),
        ("array", "", (), ""),
    ],
)
def test_text_to_value_and_back(kind: str, text: str, value: Any, canonical: str) -> None:
    parsed = from_text({"type": kind}, text)
    assert (parsed, type(parsed)) == (value, type(value))
    assert to_text(parsed) == canonical
    assert to_text(from_text({"type": kind}, canonical)) == canonical


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *[("integer", text) for text in ("", "abc", "1.5", "1_000", "0x10", "NaN", "inf", "1e999", "--1", "1 2")],
        *[("number", text) for text in ("", "nan", "Infinity", "1,5", "1e", "\u0661", "\uff11", "1" * 300)],
        *[("boolean", text) for text in ("", "maybe", "2", "\uff54rue", "ye\u017f")],
        *[("string", text) for text in ("a\nb", "a\0", "\u2028", "x" * 5000)],
        *[("array", text) for text in ("[1,2]", "[", "A\nB", '{"a":1}]\x00')],
    ],
)
def test_text_that_stands_for_nothing(kind: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 # its text is never shown
        from_text({"type": kind}, text)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_every_number_survives_its_canonical_text(number: Decimal) -> None:
    assert from_text({"type": "number"}, to_text(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_float_default_keeps_its_shortest_text(number: float) -> None:
    assert float(to_text(from_default({"default": number}))) == number


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 200}, "a whole number between 1 and 200"),
        ({"type": "number", "exclusiveMinimum": 0, "x-unit": "USD"}, "a number above 0 [USD]"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 5}, "a number above 0 and at most 5"),
        ({"type": "boolean"}, "true or false"),
        ({"type": "string", "format": "date"}, "a date YYYY-MM-DD"),
        ({"type": "string", "enum": ["a", "b"]}, 'one of "a", "b"'),
        ({"type": "string", "pattern": "^x$", "default": "x"}, 'a text like "x" that matches ^x$'),
    ],
)
def test_rules_in_words(schema: dict[str, Any], words: str) -> None:
    assert allowed(schema) == words


def test_hostile_text_is_shown_harmlessly() -> None:
    assert shown("A\n\u202e\u0410") == r'"A\n\u202e\u0410"'
    assert shown("x" * 300) == f'"{"x" * 40}…" (300 characters)'
