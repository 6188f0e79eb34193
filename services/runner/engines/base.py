"""What the runner needs to know about an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start: command line and whole environment."""

    command: tuple[str, ...]
    environment: dict[str, str]


class Engine(Protocol):
    """Knows the process that runs a strategy.

    The process reads its assignment, one line as `Assignment` writes it, from standard input, and ends when
    there is none. It runs the request in the assignment's folder, appends to the journal there, and writes a byte to
    the poke descriptor after each append.
    """

    @property
    def name(self) -> str:
        """Name and version for people and for the run's hash, for example "pylean 0.1.0"."""
        ...

    def launch(self, poke_descriptor: int) -> Launch:
        """The process to start."""
        ...
