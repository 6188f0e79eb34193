"""Settings of the command, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DEFAULT_SERVER", "CliSettings", "load_settings"]

DEFAULT_SERVER = "127.0.0.1:50050"


@dataclass(frozen=True, slots=True)
class CliSettings:
    """`server` is None unless ZAC_SERVER names one."""

    state_dir: Path
    server: str | None


def load_settings(environment: Mapping[str, str] | None = None) -> CliSettings:
    """Read ZAC_STATE_DIR (default ~/.zac) and ZAC_SERVER; an empty value counts as unset."""
    values = os.environ if environment is None else environment
    state_dir = Path(values.get("ZAC_STATE_DIR") or Path.home() / ".zac")
    return CliSettings(state_dir.expanduser().absolute(), values.get("ZAC_SERVER") or None)
