"""Settings of the runner."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import NoDecode

from services.common.settings import CommonSettings

_CHECKOUT = Path(__file__).resolve().parents[2]
_ROOT = _CHECKOUT if (_CHECKOUT / "examples").is_dir() else Path(sys.prefix) / "share" / "zac" / "strategies"

DEFAULT_STRATEGY_PATH = (_ROOT / "ZacQC", _ROOT / "examples")


class RunnerSettings(CommonSettings):
    """Each field is read from `ZAC_` + its name in capitals."""

    runner_address: str = "127.0.0.1:50052"
    """Where to listen; port 0 takes a free one."""
    strategy_path: Annotated[tuple[Path, ...], NoDecode] = DEFAULT_STRATEGY_PATH
    """Folders of strategies, separated as in PATH."""
    runs_dir: Path = Field(default_factory=lambda data: data["state_dir"] / "runs", validate_default=True)
    """Folder of all executions."""
    cache_dir: Path = Field(default_factory=lambda data: data["state_dir"] / "cache", validate_default=True)
    """Folder of what can be made again."""
    default_symbols: Annotated[tuple[str, ...], NoDecode] = Field(
        (), validation_alias=AliasChoices("ZAC_DEFAULT_SYMBOLS", "BACKTEST_SYMBOLS")
    )
    """Symbols of runs that name none, separated by commas."""
    default_parameters: Path | None = Field(
        None, validation_alias=AliasChoices("ZAC_DEFAULT_PARAMETERS", "BACKTEST_CONFIG_PATH")
    )
    """JSON file of parameter values for runs that do not set them."""

    @field_validator("default_symbols", mode="before")
    @classmethod
    def _split_symbols(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(part.strip().upper() for part in value.split(",") if part.strip())

    @field_validator("strategy_path", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @field_validator("strategy_path")
    @classmethod
    def _all_absolute(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(map(_absolute, value))

    @field_validator("runs_dir", "cache_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return _absolute(value)  # workers have working folders of their own


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()
