"""Where and as what an algorithm runs, and its ways to the world outside, which are shut in a backtest."""

from __future__ import annotations

from typing import Any

from pylean.algorithm.core import AlgorithmCore
from pylean.commands import check_command
from pylean.naming import LeanEnum, UnsupportedApiError
from pylean.notifications import NotificationManager

__all__ = ["AlgorithmMode", "DeploymentMixin", "DeploymentTarget"]

_LONGEST_TEXT = 200
_MOST_TAGS = 100


class AlgorithmMode(LeanEnum):
    """What a run is for."""

    LIVE = 0
    OPTIMIZATION = 1
    BACKTESTING = 2
    RESEARCH = 3


class DeploymentTarget(LeanEnum):
    """Whose machine a run is on."""

    CLOUD_PLATFORM = 0
    LOCAL_PLATFORM = 1
    PRIVATE_CLOUD_PLATFORM = 2


class DeploymentMixin(AlgorithmCore):
    """A backtest on this machine: what would leave it is accepted, and goes nowhere, as in Lean."""

    algorithm_mode = AlgorithmMode.BACKTESTING
    deployment_target = DeploymentTarget.LOCAL_PLATFORM

    def __init__(self) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.tags: set[str] = set()
        self.project_id = 0
        self.notify = NotificationManager()
        self._commands: dict[str, type] = {}
        self._has_told_broadcast = False

    def set_name(self, name: str) -> None:
        """At most 200 characters are kept."""
        self.name = name[:_LONGEST_TEXT]

    def add_tag(self, tag: str) -> None:
        """At most 100 tags of at most 200 characters are kept."""
        if len(self.tags) < _MOST_TAGS:
            self.tags.add(tag[:_LONGEST_TEXT])

    def set_tags(self, tags: set[str]) -> None:
        self.tags = set()
        for tag in tags:
            self.add_tag(tag)

    def add_command(self, command: type) -> None:
        """Register a class of commands, which nobody sends in a backtest. Raises TypeError without a ``run``."""
        self._commands[check_command(command).__name__] = command

    def broadcast_command(self, command: Any) -> None:
        """Nobody hears it in a backtest."""
        if not self._has_told_broadcast:
            self._has_told_broadcast = True
            self.debug("Warning: commands are not broadcast in a backtest")

    def download(self, address: str, *parts: Any, **named: Any) -> str:
        """Raises UnsupportedApiError: a run must not depend on what an address holds today."""
        raise UnsupportedApiError("QCAlgorithm", f"download({address!r})")
