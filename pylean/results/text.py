"""How .NET prints numbers, times and durations in Lean's results."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal

from pylean.clock import TickLate
from pylean.numbers import format_fixed, round_half_even

__all__ = [
    "TICKS_PER_SECOND",
    "decimal_text",
    "double_text",
    "iso_seconds_text",
    "money_text",
    "percent_text",
    "round_double",
    "rounded_text",
    "time_span_text",
    "utc_text",
]

TICKS_PER_SECOND = 10_000_000
_TICKS_PER_DAY = 86_400 * TICKS_PER_SECOND
_FIRST_EXPONENT_DOUBLE = 1e15


def decimal_text(value: Decimal) -> str:
    """``decimal.ToString()``: the scale is kept, nothing is in exponents, zero never has a sign."""
    return f"{abs(value) if value == 0 else value:f}"


def rounded_text(value: Decimal, places: int = 4) -> str:
    """``Math.Round(value, places).ToString()``: half to even; a value with fewer places is not padded."""
    return decimal_text(round_half_even(value, places))


def round_double(value: float, places: int) -> float:
    """``Math.Round(double, places)``: scale, round half to even, scale back; the sign of zero is kept."""
    if abs(value) >= 1e16:
        return value
    power = 10.0**places
    return math.copysign(round(value * power) / power, value)


def double_text(value: float) -> str:
    """``double.ToString()``: shortest text that reads back, without a fraction for whole numbers."""
    text = repr(value)
    if abs(value) < _FIRST_EXPONENT_DOUBLE and "e" not in text:
        return text.removesuffix(".0")
    mantissa, _, exponent = f"{Decimal(text).normalize():E}".partition("E")
    return f"{mantissa}E{exponent[0]}{exponent[1:].zfill(2)}"


def money_text(value: Decimal, currency_symbol: str = "") -> str:
    """The ``N2`` format behind a currency symbol: ``$1,234.50``, and ``$-5.00`` below zero."""
    return currency_symbol + format_fixed(value, 2, grouping=True)


def percent_text(fraction: Decimal) -> str:
    """The invariant ``P`` format: ``0.25 %`` for 0.0025."""
    return f"{format_fixed(fraction * 100, 2, grouping=True)} %"


def time_span_text(ticks: int) -> str:
    """``TimeSpan.ToString()`` of a number of 100 ns ticks: ``00:27:56.5000000``, ``2.21:33:40``."""
    days, rest = divmod(abs(ticks), _TICKS_PER_DAY)
    seconds, fraction = divmod(rest, TICKS_PER_SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{'-' if ticks < 0 else ''}{f'{days}.' if days else ''}{hour:02}:{minute:02}:{second:02}"
    return f"{text}.{fraction:07}" if fraction else text


def iso_seconds_text(utc: datetime) -> str:
    """A time cut to whole seconds, with ``Z``."""
    return utc.isoformat(timespec="seconds") + "Z"


def utc_text(utc: datetime) -> str:
    """An instant as Newtonsoft writes it: ISO with ``Z`` and only the fraction that is needed."""
    if isinstance(utc, TickLate):
        return f"{utc.isoformat(timespec='microseconds')}1Z"
    if not utc.microsecond:
        return iso_seconds_text(utc)
    return utc.isoformat(timespec="microseconds").rstrip("0") + "Z"
