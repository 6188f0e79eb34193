"""Numbers, durations and times as .NET prints them."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.numbers import double_to_decimal, format_fixed, round_significant
from pylean.results.json_text import encode, encode_indented
from pylean.results.text import (
    decimal_text,
    double_text,
    money_text,
    percent_text,
    round_double,
    rounded_text,
    time_span_text,
    utc_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [("-0.00", "0.00"), ("0", "0"), ("135.200", "135.200"), ("-0.5", "-0.5"), ("1E+3", "1000"), ("1E-7", "0.0000001")],
)
def test_decimals_keep_their_scale_and_zero_has_no_sign(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("0.00005", 4, "0.0000"),
        ("0.00015", 4, "0.0002"),
        ("2.5", 0, "2"),
        ("3.5", 0, "4"),
        ("-0.0000370", 4, "0.0000"),
        ("137.43700000000000000000000000", 4, "137.4370"),
        ("0.8", 4, "0.8"),
    ],
)
def test_rounding_is_half_to_even_and_never_pads(value: str, places: int, text: str) -> None:
    assert rounded_text(Decimal(value), places) == text


@pytest.mark.parametrize(
    ("value", "text"), [("0.125", "0.13"), ("-0.125", "-0.13"), ("-0.004", "0.00"), ("135.2", "135.20"), ("7", "7.00")]
)
def test_formats_round_half_away_from_zero(value: str, text: str) -> None:
    assert format_fixed(Decimal(value), 2) == text


def test_money_is_grouped_and_its_sign_follows_the_symbol() -> None:
    assert money_text(Decimal("6009425.075"), "$") == "$6,009,425.08"
    assert money_text(Decimal("-1234.5"), "$") == "$-1,234.50"


@pytest.mark.parametrize(("value", "text"), [("0.00248", "0.25 %"), ("-0.5", "-50.00 %"), ("12.5", "1,250.00 %")])
def test_percent_format_has_a_blank(value: str, text: str) -> None:
    assert percent_text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (66.927, "66.927"),
        (-11.0, "-11"),
        (0.0, "0"),
        (-0.0, "-0"),
        (1e-05, "1E-05"),
        (2.5e15, "2.5E+15"),
        (1e14, "100000000000000"),
    ],
)
def test_doubles_print_their_shortest_text(value: float, text: str) -> None:
    assert double_text(value) == text


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.0005, 0.0), (0.0015, 0.002), (0.0625, 0.062), (0.1875, 0.188), (-1.2345, -1.234), (1e17, 1e17)],
)
def test_doubles_round_half_to_even_after_scaling(value: float, rounded: float) -> None:
    assert round_double(value, 3) == rounded


def test_rounding_a_double_keeps_the_sign_of_zero() -> None:
    assert math.copysign(1, round_double(-0.0001, 3)) == -1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (27 * 60 + 56.5, "00:27:56.5000000"),
        (2 * 86400 + 21 * 3600 + 33 * 60 + 40, "2.21:33:40"),
        (39 * 60 + 5, "00:39:05"),
        (0, "00:00:00"),
        (-90, "-00:01:30"),
    ],
)
def test_time_spans(seconds: float, text: str) -> None:
    assert time_span_text(int(seconds * 10_000_000)) == text


def test_times_have_only_the_fraction_they_need() -> None:
    assert utc_text(datetime(2025, 10, 1, 15, 28, 21)) == "2025-10-01T15:28:21Z"
    assert utc_text(datetime(2025, 10, 1, 15, 28, 21, 1000)) == "2025-10-01T15:28:21.001Z"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1 / 3, "0.333333333333333"),
        (2 / 3, "0.666666666666667"),
        (0.1 + 0.2, "0.3"),
        (-1234.5, "-1234.5"),
        (1e20, "100000000000000000000"),
        (1e-30, "0"),
        (123456789012345678.0, "123456789012346000"),
        (0.5, "0.5"),
    ],
)
def test_a_double_becomes_a_decimal_of_fifteen_digits(value: float, expected: str) -> None:
    assert str(double_to_decimal(value)) == expected


@given(st.floats(min_value=-1e12, max_value=1e12).filter(lambda value: abs(value) > 1e-10))
def test_the_cast_is_within_one_unit_of_the_fifteenth_digit(value: float) -> None:
    exact = Decimal(value)
    unit = Decimal(10) ** (exact.adjusted() - 14)
    assert abs(double_to_decimal(value) - exact) <= unit


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_cast_refuses_what_is_not_finite(value: float) -> None:
    with pytest.raises(ValueError, match="only finite numbers"):
        double_to_decimal(value)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        ("11383000.00", 2, "11000000.00"),
        ("56000000.00", 2, "56000000.00"),
        ("0.0123456", 4, "0.01235"),
        ("0", 2, "0"),
        ("950", 1, "1000"),
    ],
)
def test_significant_digits_keep_the_scale(value: str, digits: int, expected: str) -> None:
    rounded = round_significant(Decimal(value), digits)
    assert rounded == Decimal(expected)
    assert decimal_text(rounded).endswith(".00") is expected.endswith(".00")


def test_json_decimals_have_a_fraction_and_keep_zeros() -> None:
    assert (
        encode([Decimal(688), Decimal("298.5400"), Decimal("-0.0"), 7, 1.5, True, None])
        == "[688.0,298.5400,0.0,7,1.5,true,null]"
    )


def test_json_texts_are_escaped_as_newtonsoft_does() -> None:
    assert encode({"tag": 'a"b\\\n\x1f é \u2028'}) == '{"tag":"a\\"b\\\\\\n\\u001f é \\u2028"}'


def test_json_refuses_what_lean_does_not_write() -> None:
    with pytest.raises(TypeError, match="no JSON form"):
        encode({"when": object()})


def test_indented_json_keeps_points_on_one_line() -> None:
    text = encode_indented({"a": {}, "points": [[1, Decimal(2)], [3, None]], "t": datetime(2020, 1, 1)})
    assert text == '{\n  "a": {},\n  "points": [\n    [1,2.0],\n    [3,null]\n  ],\n  "t": "2020-01-01T00:00:00Z"\n}'
