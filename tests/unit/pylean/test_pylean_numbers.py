"""Number rules of .NET against first principles: exact fractions and the written rules, no second implementation."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.numbers import (
    double_to_decimal,
    drop_trailing_zeros,
    format_fixed,
    round_half_even,
    round_significant,
    smart_round,
    to_decimal,
    to_float,
    use_lean_decimals,
)

finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False)


@given(finite)
def test_a_float_enters_with_all_its_digits(value: float) -> None:
    assert float(to_decimal(value)) == value
    assert len(to_decimal(value).as_tuple().digits) <= 17 or abs(value) >= 1e15


def test_integers_and_decimals_enter_unchanged() -> None:
    assert to_decimal(Decimal("1.500")).as_tuple() == Decimal("1.500").as_tuple()
    assert str(to_decimal(100)) == "100"


@given(st.integers(-(10**18), 10**18), st.integers(0, 12))
def test_a_decimal_leaves_as_mantissa_over_a_power_of_ten(mantissa: int, scale: int) -> None:
    value = Decimal(mantissa).scaleb(-scale)
    expected = float(abs(mantissa)) / 10.0**scale
    assert to_float(value) == math.copysign(expected, mantissa)


def test_leaving_can_lose_the_last_digit() -> None:
    assert to_float(Decimal("232.43599999999998")) == 232.436


@given(finite)
def test_a_cast_keeps_fifteen_significant_digits(value: float) -> None:
    cast = double_to_decimal(value)
    assert len(cast.normalize().as_tuple().digits) <= 15
    error = abs(Fraction(cast) - Fraction(value))
    assert error <= abs(Fraction(value)) * Fraction(1, 10**14) + Fraction(1, 10**28)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_cast_refuses_what_a_decimal_cannot_hold(value: float) -> None:
    with pytest.raises(ValueError, match="only finite numbers"):
        double_to_decimal(value)


@given(decimals, st.integers(0, 6))
def test_rounding_is_half_to_even_and_never_adds_digits(value: Decimal, places: int) -> None:
    rounded = round_half_even(value, places)
    assert -int(rounded.as_tuple().exponent) <= max(places, 0) or rounded == value
    distance = abs(Fraction(rounded) - Fraction(value))
    half = Fraction(1, 2 * 10**places)
    assert distance <= half
    if distance == half:
        assert int(rounded.scaleb(places)) % 2 == 0


@given(decimals)
def test_dropping_zeros_changes_no_value(value: Decimal) -> None:
    shortened = drop_trailing_zeros(value)
    assert shortened == value
    exponent = int(shortened.as_tuple().exponent)
    assert exponent <= 0
    assert exponent == 0 or shortened.as_tuple().digits[-1] != 0


@given(decimals)
def test_smart_rounding_takes_four_places_above_a_thousand_else_seven_digits(value: Decimal) -> None:
    use_lean_decimals()
    rounded = smart_round(value)
    error = abs(Fraction(rounded) - Fraction(value))
    if value > 1000:
        assert error <= Fraction(1, 20_000)
    else:
        assert len(rounded.normalize().as_tuple().digits) <= 7
        assert error <= abs(Fraction(value)) * Fraction(1, 2 * 10**6)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1234.56785", "1234.5678"), ("-1234.56785", "-1234.568"), ("144.77307790400", "144.7731"), ("1000", "1000")],
)
def test_smart_rounding_by_example(value: str, expected: str) -> None:
    assert str(smart_round(Decimal(value))) == expected


@given(st.decimals(min_value=1, max_value=10**9, places=4), st.integers(1, 5))
def test_significant_digits_are_kept_from_the_left(value: Decimal, digits: int) -> None:
    use_lean_decimals()
    rounded = round_significant(value, digits)
    assert len(rounded.normalize().as_tuple().digits) <= digits
    assert abs(rounded - value) <= Decimal(5).scaleb(value.adjusted() - digits)


@given(decimals, st.integers(0, 4))
def test_formats_round_half_away_from_zero_and_zero_has_no_sign(value: Decimal, places: int) -> None:
    use_lean_decimals()
    text = format_fixed(value, places)
    unit = Fraction(1, 10**places)
    expected = math.floor(abs(Fraction(value)) / unit + Fraction(1, 2)) * unit
    assert Fraction(text) == (expected if value >= 0 else -expected)
    assert not (Fraction(text) == 0 and text.startswith("-"))


def test_thousands_are_grouped_on_request() -> None:
    assert format_fixed(Decimal("-1234567.895"), 2, grouping=True) == "-1,234,567.90"


def test_products_add_scales_as_in_dotnet() -> None:
    assert str(Decimal("144.7730") * Decimal("1.0000000")) == "144.77300000000"


@pytest.mark.parametrize(
    ("dividend", "divisor", "quotient"),
    [
        ("100", "3", "33.333333333333333333333333333"),
        ("50", "3", "16.666666666666666666666666667"),
        ("1", "3", "0.3333333333333333333333333333"),
        ("0.04", "3", "0.0133333333333333333333333333"),
    ],
)
def test_quotients_have_the_digits_of_dotnet(dividend: str, divisor: str, quotient: str) -> None:
    use_lean_decimals()
    assert str(Decimal(dividend) / Decimal(divisor)) == quotient


def test_what_is_beyond_the_28th_place_is_gone() -> None:
    use_lean_decimals()
    assert Decimal("1e-20") * Decimal("4e-9") == 0
    assert Decimal("1e-20") * Decimal("1.4e-8") == Decimal("1e-28")
