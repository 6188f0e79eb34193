"""JSON as Newtonsoft writes it: decimals keep their scale and have at least one decimal place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from pylean.results.text import decimal_text, utc_text

__all__ = ["decimal_json", "encode", "encode_indented"]

_ESCAPED_LATE = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def decimal_json(value: Decimal) -> str:
    """A decimal as a JSON number: ``688.0``, ``298.5400``."""
    text = decimal_text(value)
    return text if "." in text else text + ".0"


def encode(value: Any) -> str:
    """Compact JSON of mappings, lists, tuples, texts, numbers, naive UTC datetimes, booleans and ``None``.

    Raises ``TypeError`` for anything else.
    """
    return _writer_of(type(value))(value)


def encode_indented(value: Any, indent: str = "") -> str:
    """JSON with two blanks per level; arrays of plain values, such as chart points, stay on one line."""
    inner = indent + "  "
    writer = _writer_of(type(value))
    if writer is _object and value:
        lines = [f"{inner}{_key(key)}: {encode_indented(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if writer is _array and any(_writer_of(type(item)) in (_object, _array) for item in value):
        lines = [inner + encode_indented(item, inner) for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return writer(value)


def _object(value: Mapping[Any, Any]) -> str:
    return "{" + ",".join([f"{_key(key)}:{_writer_of(type(item))(item)}" for key, item in value.items()]) + "}"


def _array(value: Sequence[Any]) -> str:
    return "[" + ",".join([_writer_of(type(item))(item) for item in value]) + "]"


@lru_cache(maxsize=4096, typed=True)
def _key(key: object) -> str:
    return _text(utc_text(key) if isinstance(key, datetime) else str(key))


def _writer_of(kind: type[Any]) -> Callable[[Any], str]:
    """What writes values of a class, found once for each. Raises TypeError for a class without a JSON form."""
    known = _writers_found.get(kind)
    if known is not None:
        return known
    for base, writer in _WRITERS:
        if issubclass(kind, base):
            _writers_found[kind] = writer
            return writer
    raise TypeError(f"{kind.__name__} has no JSON form in Lean's result files")


def _text(value: str) -> str:
    text: str = encode_basestring(value)
    return text if text.isascii() else text.translate(_ESCAPED_LATE)


#: The first fitting class decides: booleans are integers too.
_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (type(None), lambda _: "null"),
    (str, _text),
    (bool, lambda value: "true" if value else "false"),
    (int, lambda value: str(int(value))),
    (Decimal, decimal_json),
    (float, repr),
    (datetime, lambda value: f'"{utc_text(value)}"'),
    (Mapping, _object),
    (list, _array),
    (tuple, _array),
)
_writers_found: dict[type[Any], Callable[[Any], str]] = {}
