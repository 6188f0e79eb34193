"""Parameters of a strategy without a schema of its own, as Lean knows them: from its config.json and its source."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from services.runner.declarations import ConfigError

CONFIG_FILE = "config.json"
SCHEMA_URI = "https://json-schema.org/draft/2020-12/schema"

_GETTERS = frozenset({"get_parameter", "GetParameter"})
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def lean_schema(folder: Path) -> dict[str, Any]:
    """JSON Schema of the parameters in `config.json` and of those read by `get_parameter(name, default)` in main.py.

    The default beside `get_parameter` gives the type; a value in config.json gives the default, as in Lean. What stands
    only in config.json is text. Raises `ConfigError`, `SyntaxError`, `OSError`.
    """
    literals = _literal_defaults((folder / "main.py").read_text(encoding="utf-8"))
    configured = _configured(folder / CONFIG_FILE)
    properties = {}
    for order, name in enumerate(dict.fromkeys([*configured, *literals])):
        literal = literals.get(name, "")
        kind = _TYPES[type(literal)]
        default = _typed(kind, configured[name]) if name in configured else literal
        properties[name] = {"type": kind, "default": default, "x-group": "Parameters", "x-order": order}
    return {
        "$schema": SCHEMA_URI,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _configured(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{CONFIG_FILE} is not JSON: {error}") from error
    parameters = content.get("parameters", {}) if isinstance(content, dict) else None
    if not isinstance(parameters, dict) or not all(isinstance(text, str | int | float) for text in parameters.values()):
        raise ConfigError(f'{CONFIG_FILE}: "parameters" must be an object of texts or numbers')
    return {name: text if isinstance(text, str) else json.dumps(text) for name, text in parameters.items()}


def _literal_defaults(source: str) -> dict[str, Any]:
    defaults: dict[str, Any] = {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr=getter), args=[ast.Constant(value=str(name)), *rest]):
                if getter in _GETTERS:
                    defaults.setdefault(name, _literal(rest))
    return defaults


def _literal(arguments: list[ast.expr]) -> Any:
    match arguments:
        case [ast.Constant(value=bool() | int() | float() | str() as value)]:
            return value
        case [ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value))]:
            return -value
    return ""


def _typed(kind: str, text: str) -> Any:
    # A configured text that does not fit the type stays text; the schema's check then names it.
    if kind == "string":
        return text
    try:
        return json.loads(text.lower())
    except ValueError:
        return text
