"""Plain lines, for logs and pipes: no colour, nothing drawn over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from services.cli.views.base import TextView, progress_details
from services.cli.views.logs import LogLines
from services.cli.words import bytes_text, remaining_text

if TYPE_CHECKING:
    from zac.data.v1.download_pb2 import DownloadProgress
    from zac.gateway.v1.run_pb2 import RunEvent, RunStateChanged
    from zac.run.v1.execution_pb2 import Progress

__all__ = ["LineView", "Pace", "download_details"]

INTERVAL_S = 10.0
STEP_PERCENT = 10.0


class Pace:
    """Says when a progress line is due: 10 % or 10 s after the one before, whichever comes first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._percent = 0.0
        self._time = clock()

    def is_due(self, percent: float) -> bool:
        now = self._clock()
        if percent < self._percent + STEP_PERCENT and now < self._time + INTERVAL_S:
            return False
        self._percent, self._time = percent, now
        return True


class LineView(TextView):
    """Writes each phase, the data phase's log, warnings, and progress at the pace of `Pace`."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float], *, progress: bool = True) -> None:
        super().__init__(write)
        self._clock = clock
        self._progress = progress
        self._pace = Pace(clock)
        self._simulating = True
        self._log = LogLines()

    def event(self, event: RunEvent) -> None:
        if event.HasField("state_changed"):
            self._state_changed(event.state_changed)
        elif event.HasField("log"):
            self._write_all(self._log.show(event.log))
        elif self._progress and event.HasField("progress"):
            self._simulated(event.progress)
        elif self._progress and event.HasField("download_progress"):
            self._downloaded(event.download_progress)

    def _state_changed(self, change: RunStateChanged) -> None:
        from services.cli.client import TERMINAL_STATES
        from zac.gateway.v1.run_pb2 import RunPhase

        # The last progress, 100 %, comes when the result is being collected; then it is no news.
        self._simulating = change.phase != RunPhase.RUN_PHASE_COLLECTING
        self._write_all(self._log.flush())
        self._pace = Pace(self._clock)
        if self._progress and change.state not in TERMINAL_STATES:
            self._write(change.status_text)

    def _write_all(self, lines: list[str]) -> None:
        for line in lines:
            self._write(line)

    def _simulated(self, progress: Progress) -> None:
        if self._simulating and self._pace.is_due(progress.percent):
            self._write(f"Running {progress.percent:.0f}%  {progress_details(progress)}")

    def _downloaded(self, progress: DownloadProgress) -> None:
        percent = 100.0 * progress.days_done / progress.days_needed if progress.days_needed else 100.0
        if self._pace.is_due(percent):
            self._write(f"Downloading {percent:.0f}%  {download_details(progress)}")


def download_details(progress: DownloadProgress) -> str:
    """`40/120 d  12.3 MB  58 requests  ~6s`."""
    parts = [
        f"{progress.days_done}/{progress.days_needed} d",
        bytes_text(progress.bytes_received),
        f"{progress.requests} request{'' if progress.requests == 1 else 's'}",
    ]
    if progress.retries:
        parts.append(f"{progress.retries} retries")
    if progress.HasField("remaining"):
        parts.append(remaining_text(progress.remaining.ToTimedelta().total_seconds()))
    return "  ".join(parts)
