"""Number rules of .NET that Lean's results depend on: decimals with a scale, and their way to floats and back.

Python's ``decimal`` with 29 digits, at most 28 of them after the point, and half-even rounding stands for .NET's
``decimal``: products add scales and trailing zeros survive, which Lean's order hash shows. The one difference left is
that .NET has no room for a 29th digit in numbers whose digits begin above 79228162514264337593543950335.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, setcontext

__all__ = [
    "DECIMAL_CONTEXT",
    "LARGEST_DECIMAL",
    "ONE",
    "ZERO",
    "double_to_decimal",
    "drop_trailing_zeros",
    "format_fixed",
    "round_half_even",
    "round_significant",
    "smart_round",
    "to_decimal",
    "to_float",
    "use_lean_decimals",
]

#: The smallest exponent is that of the last digit: numbers below 0.1 lose digits, not places.
DECIMAL_CONTEXT = Context(prec=29, Emin=0, rounding=ROUND_HALF_EVEN)
#: .NET's ``decimal.MaxValue``.
LARGEST_DECIMAL = Decimal(2**96 - 1)
ZERO = Decimal(0)
ONE = Decimal(1)

_EXACT_TEXT_LENGTH = 15
_SEVEN_DIGITS = Context(prec=7, rounding=ROUND_HALF_EVEN)
_SMART_ROUND_THRESHOLD = Decimal(1000)
_SMALLEST_CAST_EXPONENT = -94
_LOG10_OF_2_X_65536 = 19728


def use_lean_decimals() -> None:
    """Set this thread's decimal context to the one Lean's results need; the engine calls it before a run."""
    setcontext(DECIMAL_CONTEXT.copy())


def to_decimal(value: float | int | Decimal) -> Decimal:
    """A number entering the API: floats are taken by their shortest text, all digits kept."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    return Decimal(repr(float(value)))


def to_float(value: Decimal) -> float:
    """A number leaving the API: the integer mantissa as a double, divided by a power of ten, as .NET does.

    This is not always the nearest double: 232.43599999999998 comes back as 232.436. With at most 15 digits it is, so
    the common case takes the short way.
    """
    text = str(value)
    if len(text) <= _EXACT_TEXT_LENGTH and "E" not in text:
        return float(text)
    sign, digits, exponent = value.as_tuple()
    mantissa = float(int("".join(map(str, digits))))
    scaled = mantissa / 10.0**-exponent if exponent < 0 else mantissa * 10.0**exponent  # type: ignore[operator]
    return -scaled if sign else scaled


def double_to_decimal(value: float) -> Decimal:
    """.NET's cast of a double to decimal: 15 significant digits, at most 28 after the point, no trailing zeros.

    The scaling happens in doubles before it is rounded, half to even. Raises ``ValueError`` for NaN and infinity.
    """
    if not math.isfinite(value):
        raise ValueError(f"A decimal cannot hold {value!r}; only finite numbers can be cast.")
    magnitude = abs(value)
    binary_exponent = math.frexp(magnitude)[1]
    if magnitude == 0 or binary_exponent < _SMALLEST_CAST_EXPONENT:
        return ZERO
    power = min(14 - ((binary_exponent * _LOG10_OF_2_X_65536) >> 16), 28)
    if power >= 0:
        scaled = magnitude * 10.0**power
    elif power == -1 and magnitude < 1e15:
        scaled, power = magnitude, 0
    else:
        scaled = magnitude / 10.0**-power
    if scaled < 1e14 and power < 28:
        scaled, power = scaled * 10, power + 1
    return drop_trailing_zeros(Decimal(round(scaled)).scaleb(-power).copy_sign(Decimal(value)))


def drop_trailing_zeros(value: Decimal) -> Decimal:
    """The same number without zeros at the end of its fraction; whole numbers get scale 0."""
    if value == value.to_integral_value():
        return value.quantize(ONE) if value.as_tuple().exponent != 0 else value
    return value.normalize(DECIMAL_CONTEXT)


def round_half_even(value: Decimal, places: int) -> Decimal:
    """.NET's ``Math.Round``: never adds digits, keeps the scale of a value that has fewer."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def round_significant(value: Decimal, digits: int) -> Decimal:
    """Lean's ``RoundToSignificantDigits``: half to even, and the scale stays (11383000.00 becomes 11000000.00)."""
    if not value:
        return ZERO
    magnitude = Decimal(10) ** (value.adjusted() + 1)
    return magnitude * round_half_even(value / magnitude, digits)


def smart_round(value: Decimal) -> Decimal:
    """Lean's ``SmartRounding``: four places above 1000, else (negatives always) seven significant digits.

    Zeros that the rounding to four places leaves stay: 1234.50003 becomes 1234.5000.
    """
    value = drop_trailing_zeros(value)
    if value > _SMART_ROUND_THRESHOLD:
        return round_half_even(value, 4)
    return drop_trailing_zeros(_SEVEN_DIGITS.plus(value))


def format_fixed(value: Decimal, places: int, *, grouping: bool = False) -> str:
    """A .NET format string such as ``0.00`` or ``N2``: half away from zero; zero never has a sign."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,f}" if grouping else f"{rounded:f}"
