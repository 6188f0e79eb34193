"""Where everything of one execution lies: names that the runner and its workers share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ExecutionFolder:
    """The folder of one run and attempt."""

    path: Path

    @property
    def request(self) -> Path:
        """The `ExecuteRequest`."""
        return self.path / "request.binpb"

    @property
    def worker(self) -> Path:
        """Identity of the worker process."""
        return self.path / "worker.json"

    @property
    def cancel(self) -> Path:
        """There when the execution is to be cancelled, for the next runner too: `keep` or `discard`."""
        return self.path / "cancel"

    @property
    def journal(self) -> Path:
        return self.path / "journal"

    @property
    def log(self) -> Path:
        """The run's log lines, whole."""
        return self.path / "log.txt"

    @property
    def output(self) -> Path:
        """What the strategy prints."""
        return self.path / "output.txt"

    @property
    def artifacts(self) -> Path:
        """The results, there only when complete."""
        return self.path / "artifacts"

    @property
    def staging(self) -> Path:
        """Results that are being written."""
        return self.path / "artifacts.staging"
