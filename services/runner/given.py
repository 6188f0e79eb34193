"""What a configuration sets, read into values by the schema of the strategy."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.type import date_pb2

from services.common.dates import from_date
from services.runner.lifted import LIFTED, PARAMETERS_PATH, field_path, property_rules
from services.runner.values import allowed, from_text, shown, to_text
from services.runner.violations import Violations
from zac.run.v1 import strategy_pb2

MAX_PARAMETERS = 1000
MAX_SYMBOLS = 1000
MAX_SUGGESTIONS = 20  # each looks at every name of the schema
MAX_NAME_CHARS = 64


@dataclass(frozen=True, slots=True)
class Given:
    """One value and the path of the field it came from."""

    path: str
    value: Any


def read_given(
    configuration: strategy_pb2.RunConfiguration, properties: Mapping[str, Any], violations: Violations
) -> dict[str, Given]:
    """Property name → value of what is set; what cannot be read is reported and has the value `None`."""
    given = {name: Given(field_path(name), value) for name, value in _fields(configuration, properties, violations)}
    if len(configuration.parameters) > MAX_PARAMETERS:
        violations.refuse(PARAMETERS_PATH, f"must have at most {MAX_PARAMETERS} entries")
        return given
    for name, text in sorted(configuration.parameters.items()):
        path = f"{PARAMETERS_PATH}.{name}"
        if name not in properties:
            _refuse_unknown(name, properties, violations)
            continue
        value = _parsed(path, properties[name], text, violations)
        if name == "symbols" and value is not None:
            value = tuple(map(_ticker, value))
        if name not in given:
            given[name] = Given(path, value)
        elif None not in (value, given[name].value) and value != given[name].value:
            other = f"{given[name].path} is {shown(to_text(given[name].value))}"
            violations.refuse(path, f"is {shown(text)}, but {other}; set only one of them")
    return given


def _fields(
    configuration: strategy_pb2.RunConfiguration, properties: Mapping[str, Any], violations: Violations
) -> list[tuple[str, Any]]:
    values: list[tuple[str, Any]] = []
    if configuration.symbols:
        values.append(("symbols", _symbols(configuration.symbols, properties, violations)))
    if configuration.HasField("start_date"):
        values.append(("start_date", _day("start_date", configuration.start_date, violations)))
    if configuration.HasField("end_date"):
        values.append(("end_date", _day("end_date", configuration.end_date, violations)))
    if configuration.cash:
        rule = property_rules(properties)["starting_cash"]
        values.append(("starting_cash", _parsed(field_path("starting_cash"), rule, configuration.cash, violations)))
    return values


def _day(name: str, message: date_pb2.Date, violations: Violations) -> str | None:
    try:
        return from_date(message).isoformat()
    except ValueError as error:
        violations.refuse(LIFTED[name].path, f"must be a calendar day: {error}")
        return None


def _symbols(symbols: Sequence[str], properties: Mapping[str, Any], violations: Violations) -> tuple[str, ...] | None:
    if "symbols" not in properties:
        violations.refuse(LIFTED["symbols"].path, "cannot be set: the strategy chooses its symbols itself")
    elif len(symbols) > MAX_SYMBOLS:
        violations.refuse(LIFTED["symbols"].path, f"must have at most {MAX_SYMBOLS} entries, not {len(symbols)}")
    else:
        return tuple(map(_ticker, symbols))
    return None


def _ticker(text: str) -> str:
    # Mixed case is meaningful (BACpL), all lower case is how people type.
    return text.upper() if text.isascii() and text.islower() else text


def _parsed(path: str, schema: Mapping[str, Any], text: str, violations: Violations) -> Any:
    try:
        return from_text(schema, text)
    except ValueError:
        violations.refuse(path, f"must be {allowed(schema)} (got {shown(text)})")
        return None


def _refuse_unknown(name: str, properties: Mapping[str, Any], violations: Violations) -> None:
    near: list[str] = []
    if len(name) <= MAX_NAME_CHARS and len(violations) < MAX_SUGGESTIONS:
        by_lower = {known.lower(): known for known in properties}
        near = [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, n=3)]
    hint = f"did you mean {' or '.join(near)}?" if near else "see the strategy's schema for its parameters"
    shortened = name if len(name) <= MAX_NAME_CHARS else f"{name[:MAX_NAME_CHARS]}…"
    violations.refuse(f"{PARAMETERS_PATH}.{shortened}", f"is no parameter of the strategy; {hint}")
