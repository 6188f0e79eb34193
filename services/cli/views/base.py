"""What a view of a run is told, and what it says of a run in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from services.cli.words import remaining_text

if TYPE_CHECKING:
    from zac.gateway.v1.run_pb2 import Run, RunEvent
    from zac.run.v1.execution_pb2 import Progress

__all__ = ["RunView", "TextView", "progress_details"]


class RunView:
    """Shows nothing; the others override what they show. `close` leaves the screen in order."""

    def created(self, run: Run, *, existing: bool) -> None:
        """The run is there: new, or an equal one that was there before."""

    def snapshot(self, run: Run) -> None:
        """The run as it is when the watch begins."""

    def event(self, event: RunEvent) -> None:
        """The next event."""

    def pause(self) -> None:
        """Somebody is asked a question: keep still until `resume`."""

    def resume(self) -> None:
        """The question is answered."""

    def close(self) -> None:
        """Nothing more comes."""


class TextView(RunView):
    """Says by `write` that the run is there, once: when it was created, or else when its watch begins."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._opened = False

    def created(self, run: Run, *, existing: bool) -> None:
        self._write(_opening(run, existing=existing))
        self._opened = True

    def snapshot(self, run: Run) -> None:
        if not self._opened:
            self.created(run, existing=False)


def _opening(run: Run, *, existing: bool) -> str:
    """The first line about a run."""
    from zac.gateway.v1.run_pb2 import RunState

    text = f"run {run.run_id}  {run.configuration.strategy}"
    if run.name:
        text += f"  {run.name}"
    if existing:
        done = run.state == RunState.RUN_STATE_SUCCEEDED
        text += "  (result of an equal run; --again runs it anew)" if done else "  (an equal run is under way)"
    return text if not run.simulated_data else f"{text}  (simulated data)"


def progress_details(progress: Progress) -> str:
    """`2025-10-07  128 trades  ~1m 20s`, as far as it is known."""
    parts = []
    if progress.HasField("simulated_time"):
        parts.append(progress.simulated_time.ToDatetime().date().isoformat())
    parts.append(f"{progress.trades} trade{'' if progress.trades == 1 else 's'}")
    if progress.HasField("remaining"):
        parts.append(remaining_text(progress.remaining.ToTimedelta().total_seconds()))
    return "  ".join(parts)
