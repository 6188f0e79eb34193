"""JSON as Newtonsoft writes it: decimals keep their scale and have at least one decimal place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from json.encoder import encode_basestring

from pylean.results.text import decimal_text, utc_text

__all__ = ["decimal_json", "encode", "encode_indented"]

_ESCAPED_LATE = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def decimal_json(value: Decimal) -> str:
    """A decimal as a JSON number: ``688.0``, ``298.5400``."""
    text = decimal_text(value)
    return text if "." in text else text + ".0"


def encode(value: object) -> str:
    """Compact JSON of mappings, lists, tuples, texts, numbers, naive UTC datetimes, booleans and ``None``.

    Raises ``TypeError`` for anything else.
    """
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_key(key)}:{encode(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(encode, value)) + "]"
    return _scalar(value)


def encode_indented(value: object, indent: str = "") -> str:
    """JSON with two blanks per level; arrays of plain values, such as chart points, stay on one line."""
    inner = indent + "  "
    if isinstance(value, Mapping) and value:
        lines = (f"{inner}{_key(key)}: {encode_indented(item, inner)}" for key, item in value.items())
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, (list, tuple)) and any(isinstance(item, (Mapping, list, tuple)) for item in value):
        lines = (inner + encode_indented(item, inner) for item in value)
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return encode(value)


def _key(key: object) -> str:
    return _text(utc_text(key) if isinstance(key, datetime) else str(key))


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal):
        return decimal_json(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, datetime):
        return f'"{utc_text(value)}"'
    raise TypeError(f"{type(value).__name__} has no JSON form in Lean's result files: {value!r}")


def _text(value: str) -> str:
    text: str = encode_basestring(value)
    return text if text.isascii() else text.translate(_ESCAPED_LATE)
