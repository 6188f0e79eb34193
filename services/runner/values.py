"""Parameter values between text, Python and JSON Schema; numbers are decimals, so nothing is rounded on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

MAX_TEXT_CHARS = 4000
MAX_SHOWN_CHARS = 40

_TRUE_WORDS = frozenset({"true", "1", "yes", "on"})
_FALSE_WORDS = frozenset({"false", "0", "no", "off"})
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_MAX_DIGITS = 40
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def from_text(schema: Mapping[str, Any], text: str) -> Any:
    """The value a text stands for in a property of this schema. Raises `ValueError` when it stands for none.

    Bounds and patterns are not looked at: that is the schema's work.
    """
    if _CONTROL.search(text) or len(text) > MAX_TEXT_CHARS:
        raise ValueError(text)
    return _FROM_TEXT[_kind(schema)](text.strip(" "))


def from_default(schema: Mapping[str, Any]) -> Any:
    """The schema's default as `from_text` would give it. Raises `KeyError` without one."""
    default = schema["default"]
    if isinstance(default, float):
        return Decimal(repr(default))
    return tuple(default) if isinstance(default, list) else default


def to_text(value: Any) -> str:
    """The one text of a value: no exponent, no trailing zeros, `true` or `false`, list items joined by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(value, tuple):
        return ",".join(map(to_text, value))
    return str(value)


def to_instance(value: Any) -> Any:
    """The value as a JSON Schema validator takes it."""
    return list(value) if isinstance(value, tuple) else value


def allowed(schema: Mapping[str, Any]) -> str:
    """What the schema accepts, in words that follow "must be"."""
    if choices := schema.get("enum"):
        return "one of " + ", ".join(json.dumps(choice, ensure_ascii=False) for choice in choices)
    kind = _kind(schema)
    noun = _NOUNS_BY_FORMAT.get(schema.get("format", "")) or _NOUNS[kind]
    if kind in ("integer", "number"):
        unit = f" [{schema['x-unit']}]" if schema.get("x-unit") else ""
        return noun + _bounds(schema) + unit
    if "pattern" in schema:
        like = f' like "{schema["default"]}"' if schema.get("default") else ""
        return f"{noun}{like} that matches {schema['pattern']}"
    return noun


def shown(text: str) -> str:
    """A text for a message: quoted, cut, everything but printable ASCII escaped."""
    quoted = json.dumps(text[:MAX_SHOWN_CHARS])
    return quoted if len(text) <= MAX_SHOWN_CHARS else f'{quoted[:-1]}…" ({len(text)} characters)'


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "string")
    return next((kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind in _FROM_TEXT), "string")


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" between {low:g} and {high:g}"
    parts = [f"{words} {schema[key]:g}" for key, words in _BOUND_WORDS.items() if key in schema]
    return f" {' and '.join(parts)}" if parts else ""


def _boolean(text: str) -> bool:
    word = text.lower()
    if not text.isascii() or word not in _TRUE_WORDS | _FALSE_WORDS:
        raise ValueError(text)
    return word in _TRUE_WORDS


def _number(text: str) -> Decimal:
    if len(text) > _MAX_DIGITS or not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _integer(text: str) -> int:
    number = _number(text)
    if number != number.to_integral_value():
        raise ValueError(text)
    return int(number)


def _array(text: str) -> tuple[str, ...]:
    items = json.loads(text) if text.startswith("[") else text.split(",")
    if not all(isinstance(item, str) for item in items):
        raise ValueError(text)
    stripped = tuple(item.strip(" ") for item in items)
    return () if stripped == ("",) else stripped


_FROM_TEXT: dict[str, Callable[[str], Any]] = {
    "array": _array,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "string": str,
}
_NOUNS = {
    "array": "a list of texts separated by commas",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
}
_NOUNS_BY_FORMAT = {"date": "a date YYYY-MM-DD"}
_BOUND_WORDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
