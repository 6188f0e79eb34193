"""A run as the sum of its events: what `snapshot + events` gives a client is what the gateway stores."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.timestamp_pb2 import Timestamp

from services.common.dates import from_duration, from_timestamp, to_duration
from services.gateway.transition import SETTLED, State
from zac.data.v1 import download_pb2
from zac.gateway.v1 import run_pb2

__all__ = ["Projection"]


@dataclass(slots=True)
class Projection:
    """A run under change; `phase_since` is when it entered its present state and phase."""

    run: run_pb2.Run
    phase_since: Timestamp

    def fold(self, event: run_pb2.RunEvent) -> None:
        """Takes the next event into the run."""
        run = self.run
        run.latest_sequence = event.sequence
        match event.WhichOneof("payload"):
            case "state_changed":
                self._enter(event.state_changed, event.event_time)
            case "progress":
                run.progress.CopyFrom(event.progress)
            case "download_progress":
                _merge(run.download_progress, event.download_progress)
            case "result":
                run.result.CopyFrom(event.result)
                run.simulated_data = run.simulated_data or event.result.simulated_data

    def _enter(self, change: run_pb2.RunStateChanged, moment: Timestamp) -> None:
        run = self.run
        if run.phase:
            _add_elapsed(run, (from_timestamp(moment) - from_timestamp(self.phase_since)).total_seconds())
        self.phase_since = moment
        if change.state == run_pb2.RUN_STATE_QUEUED and run.state == run_pb2.RUN_STATE_LOST:
            run.attempt += 1
            run.ClearField("progress")
            run.ClearField("download_progress")
        run.state, run.phase, run.status_text = change.state, change.phase, change.status_text
        if change.HasField("error"):
            run.error.CopyFrom(change.error)
        if run.state == run_pb2.RUN_STATE_RUNNING and not run.HasField("start_time"):
            run.start_time.CopyFrom(moment)
        if State(run.state) in SETTLED:
            run.end_time.CopyFrom(moment)


def _add_elapsed(run: run_pb2.Run, elapsed_s: float) -> None:
    for item in run.elapsed:
        if item.phase == run.phase:
            item.elapsed.CopyFrom(to_duration(from_duration(item.elapsed) + elapsed_s))
            return
    run.elapsed.add(phase=run.phase, elapsed=to_duration(elapsed_s))


def _merge(kept: download_pb2.DownloadProgress, newer: download_pb2.DownloadProgress) -> None:
    """Events hold the units that changed; the run holds all of them."""
    units = {(unit.symbol, unit.resolution): unit for unit in kept.units}
    units.update({(unit.symbol, unit.resolution): unit for unit in newer.units})
    merged = download_pb2.DownloadProgress()
    merged.CopyFrom(newer)
    del merged.units[:]
    merged.units.extend(units.values())
    kept.CopyFrom(merged)
