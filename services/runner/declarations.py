"""What a strategy declares about itself, checked once when it is described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, SchemaError

RESOLUTIONS = ("second", "minute", "hour", "daily")
ORDERINGS = ("<", "<=")


class ConfigError(ValueError):
    """A declaration of a strategy cannot be used; the text says which and why."""


def check_schema(schema: Any) -> None:
    """Raise `ConfigError` unless a value is a JSON Schema of an object whose `x-` rules name its properties."""
    if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
        raise ConfigError("the parameter schema must be a JSON Schema of an object with properties")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ConfigError(f"the parameter schema is no JSON Schema: {error.json_path}: {error.message}") from error
    properties = schema["properties"]
    for name in schema.get("x-entry-conditions", ()):
        if properties.get(name, {}).get("type") != "boolean":
            raise ConfigError(f"x-entry-conditions: {name!r} is no boolean parameter")
    for rule in schema.get("x-rules", ()):
        if not _is_rule(rule, properties):
            raise ConfigError(f"x-rules: {rule!r} must have left and right, two parameters, and operator, < or <=")


def check_requirement(requirement: Mapping[str, Any]) -> None:
    """Raise `ConfigError` unless a value is {"resolution": ...}, optionally with "history_bars"."""
    unknown = set(requirement) - {"resolution", "history_bars"}
    bars = requirement.get("history_bars", 0)
    if unknown or requirement.get("resolution") not in RESOLUTIONS or type(bars) is not int or bars < 0:
        raise ConfigError(
            f"data_requirements: {requirement!r} must be a resolution ({', '.join(RESOLUTIONS)}) "
            "and optionally history_bars, a whole number"
        )


def _is_rule(rule: Any, properties: Mapping[str, Any]) -> bool:
    if not isinstance(rule, dict) or set(rule) != {"left", "operator", "right"}:
        return False
    return rule["operator"] in ORDERINGS and rule["left"] in properties and rule["right"] in properties
