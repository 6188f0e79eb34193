"""Settings every service has, read once from the environment into a frozen object."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["CommonSettings", "StartupError", "load_settings"]


class StartupError(Exception):
    """Why a service cannot start, in words for whoever started it."""


class CommonSettings(BaseSettings):
    """Base of a service's settings: each is read from `ZAC_` + its name in capitals; an empty value counts as unset."""

    model_config = SettingsConfigDict(env_prefix="ZAC_", env_ignore_empty=True, frozen=True, extra="ignore")

    state_dir: Path = Field(default_factory=lambda: Path.home() / ".zac")
    """Folder of everything the services write unless told otherwise."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_file: Path | None = None
    """File the logs are appended to; standard error when unset."""
    reflection: bool = True
    """Answer gRPC reflection requests."""
    parent_pid: int | None = Field(default=None, gt=0)
    """Stop when the process with this id is gone."""


SettingsT = TypeVar("SettingsT", bound=CommonSettings)


def load_settings(kind: type[SettingsT]) -> SettingsT:
    """Reads settings of `kind`; raises StartupError naming each bad variable and its value."""
    try:
        return kind()
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        lines = [
            f"{prefix}{'.'.join(map(str, item['loc']))}".upper() + f"{_shown(item['input'])}: {item['msg']}"
            for item in error.errors()
        ]
        raise StartupError("; ".join(lines)) from error


def _shown(value: object) -> str:
    """A single value; never a whole set of settings, which may hold a secret."""
    return f"={value}" if isinstance(value, str | int | float) else ""
