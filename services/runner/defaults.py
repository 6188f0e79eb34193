"""Values that the machine's owner sets for every run that leaves them open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.common.settings import StartupError
from services.runner.values import to_text
from zac.run.v1 import strategy_pb2

__all__ = ["ConfigurationDefaults", "read_defaults"]


@dataclass(frozen=True, slots=True)
class ConfigurationDefaults:
    """Symbols and parameter texts; they stand between a request and the strategy's own defaults."""

    symbols: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)

    def fill(
        self, configuration: strategy_pb2.RunConfiguration, schema: Mapping[str, Any]
    ) -> strategy_pb2.RunConfiguration:
        """The configuration with what it leaves open. Symbols go only to strategies that let them be chosen."""
        filled = strategy_pb2.RunConfiguration()
        filled.CopyFrom(configuration)
        given = _given(configuration)
        if self.symbols and "symbols" not in given and "symbols" in schema.get("properties", {}):
            filled.symbols.extend(self.symbols)
            given.add("symbols")
        for name, text in self.parameters.items():
            if name not in given:
                filled.parameters[name] = text
        return filled


def _given(configuration: strategy_pb2.RunConfiguration) -> set[str]:
    """Names of what a configuration sets, also of what has a field of its own."""
    given = set(configuration.parameters)
    fields = {
        "symbols": bool(configuration.symbols),
        "start_date": configuration.HasField("start_date"),
        "end_date": configuration.HasField("end_date"),
        "starting_cash": bool(configuration.cash),
    }
    return given | {name for name, is_set in fields.items() if is_set}


def read_defaults(symbols: tuple[str, ...], path: Path | None) -> ConfigurationDefaults:
    """Defaults from a list of symbols and a JSON file of parameter values by name.

    Raises StartupError when the file cannot be read or is no JSON object.
    """
    if path is None:
        return ConfigurationDefaults(symbols)
    try:
        values = json.loads(path.read_text("utf-8"), parse_float=str, parse_int=str)
    except (OSError, ValueError) as error:
        raise StartupError(f"BACKTEST_CONFIG_PATH={path}: cannot be read as JSON ({error})") from error
    if not isinstance(values, dict):
        raise StartupError(f"BACKTEST_CONFIG_PATH={path}: must hold one JSON object of parameter values by name")
    parameters = {name: to_text(tuple(value) if isinstance(value, list) else value) for name, value in values.items()}
    return ConfigurationDefaults(symbols, parameters)
