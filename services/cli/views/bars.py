"""Bars on a terminal: the download with the units under way, then the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from services.cli.views.base import TextView, progress_details
from services.cli.views.lines import download_details
from services.cli.views.logs import LogLines

if TYPE_CHECKING:
    from rich.console import Console

    from zac.data.v1.download_pb2 import DownloadProgress, UnitProgress
    from zac.gateway.v1.run_pb2 import RunEvent, RunStateChanged

__all__ = ["BarView"]

MAX_UNIT_BARS = 5
BAR_WIDTH = 20
REFRESH_PER_S = 10


class BarView(TextView):
    """Draws on `console`; text beside the bars scrolls above them."""

    def __init__(self, console: Console) -> None:
        super().__init__(self._print)
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(BAR_WIDTH),
            TextColumn("{task.percentage:>3.0f}%", style="bold"),
            TextColumn("{task.fields[details]}", style="dim", markup=False),
            console=console,
            refresh_per_second=REFRESH_PER_S,
        )
        self._download: TaskID | None = None
        self._simulation: TaskID | None = None
        self._units: dict[tuple[str, int], TaskID] = {}
        self._phase_text = ""
        self._log = LogLines()
        self._bars.start()

    def event(self, event: RunEvent) -> None:
        if event.HasField("state_changed"):
            self._state_changed(event.state_changed)
        elif event.HasField("log"):
            self._print_all(self._log.show(event.log))
        elif event.HasField("progress"):
            if self._simulation is None:
                self._simulation = self._bars.add_task("Running", total=100, details="")
            details = progress_details(event.progress)
            self._bars.update(self._simulation, completed=event.progress.percent, details=details)
        elif event.HasField("download_progress"):
            self._downloaded(event.download_progress)

    def pause(self) -> None:
        self._bars.stop()

    def resume(self) -> None:
        self._bars.start()

    def close(self) -> None:
        self._clear_units()
        self._bars.stop()

    def _state_changed(self, change: RunStateChanged) -> None:
        from zac.gateway.v1.run_pb2 import RunPhase, RunState

        self._print_all(self._log.flush())
        if self._phase_text and change.state in (RunState.RUN_STATE_RUNNING, RunState.RUN_STATE_SUCCEEDED):
            self._print(f"✓ {self._phase_text}", "green")
        # Phases with a bar of their own need no tick.
        has_bar = change.phase in (RunPhase.RUN_PHASE_DOWNLOADING_DATA, RunPhase.RUN_PHASE_SIMULATING)
        self._phase_text = "" if has_bar or change.state != RunState.RUN_STATE_RUNNING else change.status_text
        if change.state == RunState.RUN_STATE_CANCELLING:
            self._print(change.status_text, "yellow")
        if change.phase != RunPhase.RUN_PHASE_DOWNLOADING_DATA:
            self._clear_units()

    def _downloaded(self, progress: DownloadProgress) -> None:
        if self._download is None:
            self._download = self._bars.add_task("Downloading", total=None, details="")
        total = progress.days_needed or None
        self._bars.update(self._download, total=total, completed=progress.days_done, details=download_details(progress))
        for unit in progress.units:
            self._unit(unit)

    def _unit(self, unit: UnitProgress) -> None:
        key = (unit.symbol, unit.resolution)
        task = self._units.get(key)
        if unit.days_done >= unit.days_needed:
            if task is not None:
                self._bars.remove_task(self._units.pop(key))
            return
        if task is None:
            if not unit.days_done or len(self._units) >= MAX_UNIT_BARS:
                return
            task = self._bars.add_task(f"  {unit.symbol} {_resolution(unit)}", total=unit.days_needed, details="")
            self._units[key] = task
        self._bars.update(task, completed=unit.days_done, details=f"{unit.days_done}/{unit.days_needed} d")

    def _clear_units(self) -> None:
        while self._units:
            self._bars.remove_task(self._units.popitem()[1])

    def _print_all(self, lines: list[str]) -> None:
        for line in lines:
            self._print(line, "dim")

    def _print(self, text: str, style: str = "") -> None:
        self._bars.console.print(Text(text, style=style))


def _resolution(unit: UnitProgress) -> str:
    from zac.data.v1.coverage_pb2 import Resolution

    return Resolution.Name(unit.resolution).removeprefix("RESOLUTION_").lower()
