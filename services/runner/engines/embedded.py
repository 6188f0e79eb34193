"""The embedded engine: pylean, in a Python process of its own."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version

from services.runner.engines.base import Launch
from services.runner.environment import child_environment

WORKER_MODULE = "services.runner.worker"


class EmbeddedEngine:
    """Runs a strategy with pylean."""

    def __init__(self) -> None:
        self.name = f"pylean {_version()}"

    def launch(self, poke_descriptor: int) -> Launch:
        # -P: the working folder belongs to the strategy, so nothing is imported from there by accident.
        command = (sys.executable, "-P", "-m", WORKER_MODULE, str(poke_descriptor))
        return Launch(command, child_environment())


def _version() -> str:
    try:
        return version("zac")
    except PackageNotFoundError:  # started from a checkout that is not installed
        return "development"
