"""Description of one parameter: bounds, unit, group and help, and its conversions from text and to JSON Schema."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

TIME_PATTERN = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$"
SYMBOL_PATTERN = r"^[A-Z][A-Z0-9.\-]{0,9}$"

_TRUE_WORDS = frozenset({"true", "1", "yes", "on"})
_FALSE_WORDS = frozenset({"false", "0", "no", "off"})


class ParameterError(ValueError):
    """A parameter's value is not usable.

    Attributes: `name` of the parameter, the offending `value`, and `allowed`, a phrase saying what is accepted.
    """

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f'parameter "{name}" must be {allowed} (got {value!r})')
        self.name = name
        self.value = value
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Everything about a parameter that its name, type and default do not say. Bounds are inclusive unless named so."""

    group: str
    help: str
    unit: str = ""
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    editable: bool = True

    def bounds_text(self) -> str:
        """The accepted range in words, empty if unbounded."""
        parts = []
        if self.minimum is not None:
            parts.append(f"at least {self.minimum:g}")
        if self.exclusive_minimum is not None:
            parts.append(f"above {self.exclusive_minimum:g}")
        if self.maximum is not None:
            parts.append(f"at most {self.maximum:g}")
        return " and ".join(parts)

    def contains(self, value: float) -> bool:
        """Whether a number lies within the bounds."""
        return (
            math.isfinite(value)
            and (self.minimum is None or value >= self.minimum)
            and (self.exclusive_minimum is None or value > self.exclusive_minimum)
            and (self.maximum is None or value <= self.maximum)
        )


def parameter(default: Any, group: str, help: str, **details: Any) -> Any:  # noqa: A002 - the metadata's own name
    """A dataclass field with a `FieldSpec` under the metadata key `spec`; `details` are the spec's other members."""
    return field(default=default, metadata={"spec": FieldSpec(group=group, help=help, **details)})


def check(name: str, kind: Any, spec: FieldSpec, value: Any) -> None:
    """Raise `ParameterError` unless `value` has the declared type and lies within the bounds."""
    accepted = (int, float) if kind is float else tuple if kind == tuple[str, ...] else kind
    is_number = kind in (int, float)
    has_type = isinstance(value, accepted) and not (is_number and isinstance(value, bool))
    if not has_type:
        raise ParameterError(name, value, _allowed(kind, spec))
    if is_number and not spec.contains(value):
        raise ParameterError(name, value, _allowed(kind, spec))
    if kind == tuple[str, ...]:
        wrong = [item for item in value if not re.match(SYMBOL_PATTERN, item)]
        if wrong or not value or len(set(value)) != len(value):
            raise ParameterError(name, ",".join(wrong or value), _allowed(kind, spec))


def from_text(name: str, kind: Any, spec: FieldSpec, text: str) -> Any:
    """Convert a text to the declared type; raises `ParameterError`. Bounds are left to `check`."""
    try:
        return _CONVERTERS[kind](text.strip())
    except ValueError as error:
        raise ParameterError(name, text, _allowed(kind, spec)) from error


def property_schema(kind: Any, spec: FieldSpec, default: Any, order: int) -> dict[str, Any]:
    """One JSON Schema property; hints for forms are under `x-` keys."""
    schema: dict[str, Any] = {**_JSON_TYPES[kind], "default": to_json(default), "description": spec.help}
    if kind in (int, float):
        bounds = {
            "minimum": spec.minimum,
            "exclusiveMinimum": spec.exclusive_minimum,
            "maximum": spec.maximum,
        }
        schema |= {key: bound for key, bound in bounds.items() if bound is not None}
    schema |= {"x-group": spec.group, "x-unit": spec.unit, "x-order": order, "x-editable": spec.editable}
    if spec.step is not None:
        schema["x-step"] = spec.step
    return schema


def to_json(value: Any) -> Any:
    """A parameter's value as JSON has it: times as H:MM, dates as YYYY-MM-DD, symbols as a list."""
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def _allowed(kind: Any, spec: FieldSpec) -> str:
    noun = _NOUNS[kind]
    bounds = spec.bounds_text() if kind in (int, float) else ""
    unit = f" [{spec.unit}]" if spec.unit and kind in (int, float) else ""
    return f"{noun} {bounds}".rstrip() + unit


def _bool(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE_WORDS | _FALSE_WORDS:
        raise ValueError(text)
    return word in _TRUE_WORDS


def _int(text: str) -> int:
    word = text.lower()
    if word in ("true", "false"):
        return int(word == "true")
    number = float(text)
    if not number.is_integer():
        raise ValueError(text)
    return int(number)


def _time(text: str) -> time:
    if not re.match(TIME_PATTERN, text):
        raise ValueError(text)
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _date(text: str) -> date:
    return datetime.strptime(text, "%Y-%m-%d").date()


def _symbols(text: str) -> tuple[str, ...]:
    items = json.loads(text) if text.startswith("[") else text.split(",")
    names = [str(item).strip().upper() for item in items]
    return tuple(dict.fromkeys(name for name in names if name))


_CONVERTERS: dict[Any, Callable[[str], Any]] = {
    bool: _bool,
    int: _int,
    float: float,
    str: str,
    time: _time,
    date: _date,
    tuple[str, ...]: _symbols,
}
_JSON_TYPES: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    time: {"type": "string", "pattern": TIME_PATTERN},
    date: {"type": "string", "format": "date"},
    tuple[str, ...]: {
        "type": "array",
        "items": {"type": "string", "pattern": SYMBOL_PATTERN},
        "minItems": 1,
        "uniqueItems": True,
    },
}
_NOUNS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    time: "a time of day H:MM between 0:00 and 23:59",
    date: "a date YYYY-MM-DD",
    tuple[str, ...]: "a list of one or more different US tickers, such as AAPL,MSFT,",
}
