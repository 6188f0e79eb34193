"""Schema properties that have a field of their own in `RunConfiguration`, and where each value stands in a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

PARAMETERS_PATH = "configuration.parameters"


@dataclass(frozen=True, slots=True)
class Lifted:
    """`path` of the field; `schema`: the rules when a strategy has no such property, `None`: it may not be set then."""

    path: str
    schema: Mapping[str, Any] | None


LIFTED: Mapping[str, Lifted] = MappingProxyType(
    {
        "symbols": Lifted("configuration.symbols", None),
        "start_date": Lifted("configuration.start_date", {"type": "string", "format": "date"}),
        "end_date": Lifted("configuration.end_date", {"type": "string", "format": "date"}),
        "starting_cash": Lifted(
            "configuration.cash", {"type": "number", "exclusiveMinimum": 0, "maximum": 1e15, "x-unit": "USD"}
        ),
    }
)


def field_path(name: str) -> str:
    """Path of a property's value in the request."""
    return LIFTED[name].path if name in LIFTED else f"{PARAMETERS_PATH}.{name}"


def property_rules(properties: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Name → schema of all that a configuration can set: the strategy's properties, then other lifted fields."""
    rules = dict(properties)
    for name, lifted in LIFTED.items():
        if lifted.schema is not None:
            rules.setdefault(name, lifted.schema)
    return rules
