"""The rules a run's values must keep: those of the schema, and those every US equity backtest has."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from services.runner.lifted import field_path
from services.runner.values import allowed, shown, to_instance, to_text
from services.runner.violations import Violations

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

FIRST_DAY = date(1998, 1, 1)  # Lean has no older US equity data

_SYMBOL = re.compile(r"[A-Za-z][A-Za-z0-9]{0,9}(?:[.\-][A-Za-z0-9]{1,4})?")
_CLOCK_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_ORDERINGS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "<": (operator.lt, "above"),
    "<=": (operator.le, "at least"),
}


def check_value(path: str, schema: Mapping[str, Any], value: Any, violations: Violations) -> None:
    """The schema of one property."""
    for error in _validator(json.dumps(schema)).iter_errors(to_instance(value)):
        place = path + "".join(f"[{index}]" for index in error.absolute_path)
        if error.validator == "minItems":
            text = f"must have at least {error.validator_value} entries"
        elif error.validator == "uniqueItems":
            text = "must not have an entry twice"
        else:
            text = f"must be {allowed(error.schema)}"
        wrong = to_text(value) if isinstance(error.instance, list) else to_text(error.instance)
        violations.refuse(place, f"{text} (got {shown(wrong)})")


def check_symbols(path: str, symbols: tuple[str, ...], violations: Violations) -> None:
    """Each a plausible ticker, none twice."""
    for index, symbol in enumerate(symbols):
        if not _SYMBOL.fullmatch(symbol):
            violations.refuse(f"{path}[{index}]", f"must be a US ticker such as AAPL or BRK.B (got {shown(symbol)})")
        elif symbol in symbols[:index]:
            violations.refuse(f"{path}[{index}]", f"lists {symbol} a second time")


def check_dates(values: Mapping[str, Any], today: date, violations: Violations) -> None:
    """`start_date` ≤ `end_date`, neither in the future nor before the first data."""
    days = {name: date.fromisoformat(values[name]) for name in ("start_date", "end_date") if name in values}
    for name, day in days.items():
        if day > today:
            violations.refuse(field_path(name), f"must not be in the future: today is {today} (got {day})")
        elif day < FIRST_DAY:
            violations.refuse(field_path(name), f"must not be before {FIRST_DAY} (got {day})")
    start, end = days.get("start_date"), days.get("end_date")
    if start and end and end < start:
        violations.refuse(field_path("end_date"), f"must not be before start_date {start} (got {end})")


def check_orderings(schema: Mapping[str, Any], values: Mapping[str, Any], violations: Violations) -> None:
    """`x-rules` of the schema, a list of {"left": name, "operator": "<" or "<=", "right": name}."""
    for rule in schema.get("x-rules", ()):
        left, right = rule["left"], rule["right"]
        holds, words = _ORDERINGS[rule["operator"]]
        if left in values and right in values and not holds(_ordered(values[left]), _ordered(values[right])):
            text = f"must be {words} {left}, {to_text(values[left])} (got {to_text(values[right])})"
            violations.refuse(field_path(right), text)


def load_validator() -> None:
    """Load what the first check of a value would load."""
    _validator("{}")


def _ordered(value: Any) -> Any:
    is_time = isinstance(value, str) and _CLOCK_TIME.fullmatch(value)
    return tuple(map(int, value.split(":"))) if is_time else value


@lru_cache(maxsize=1024)
def _validator(schema: str) -> Draft202012Validator:
    # Imported with the first use: a tenth of a second that is not needed to start serving.
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415

    return Draft202012Validator(json.loads(schema), format_checker=FormatChecker(["date"]))
