"""Commands that a live algorithm would be sent."""

from __future__ import annotations

from typing import Any

from pylean.naming import LeanOverrides, PascalNames

__all__ = ["Command", "check_command"]


class Command(LeanOverrides, PascalNames):
    """Base of an algorithm's commands: ``run(algorithm)`` is what one does."""

    def run(self, algorithm: Any) -> bool | None:
        raise NotImplementedError(f"{type(self).__name__} does not implement run(algorithm)")


def check_command(command: type) -> type:
    """The class itself. Raises TypeError when it cannot be run."""
    if not any(callable(getattr(command, name, None)) for name in ("run", "Run")):
        raise TypeError(f"{command!r} is no command: it needs a method run(algorithm)")
    return command
