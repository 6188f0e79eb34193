"""Gathers a run's events into batches, and thins progress out: never more than five a second."""

from __future__ import annotations

from services.common.clock import Clock
from services.gateway.limits import fit_download_progress
from zac.data.v1 import download_pb2
from zac.gateway.v1 import run_pb2

__all__ = ["Coalescer"]

# Four a second leave room for the one at the end, which does not wait.
PROGRESS_INTERVAL_S = 0.25
BATCH_INTERVAL_S = 0.05
BATCH_EVENTS = 100


class Coalescer:
    """Takes events one by one and gives them back in batches, in order; a newer progress replaces one still held.

    `source_sequence` travels along: everything up to it is in the batches given back so far, or made needless.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: list[run_pb2.RunEvent] = []
        self._progress: run_pb2.RunEvent | None = None
        self._progress_place = 0
        self._source_sequence = 0
        self._last_batch = self._last_progress = -1e9

    def add(self, event: run_pb2.RunEvent, source_sequence: int = 0) -> None:
        self._source_sequence = max(self._source_sequence, source_sequence)
        kind = event.WhichOneof("payload")
        if kind not in ("progress", "download_progress"):
            self._events.append(event)
            return
        held = self._progress
        if kind == "download_progress" and held is not None and held.HasField("download_progress"):
            _add_units(event.download_progress, held.download_progress)
        self._progress, self._progress_place = event, len(self._events)

    def wait_s(self) -> float | None:
        """How long the next batch may wait; 0 for not at all, None while there is nothing to give."""
        if len(self._events) >= BATCH_EVENTS:
            return 0.0
        dues = []
        if self._events:
            dues.append(self._last_batch + BATCH_INTERVAL_S)
        if self._progress is not None:
            dues.append(self._last_progress + PROGRESS_INTERVAL_S)
        return max(min(dues) - self._clock.monotonic(), 0.0) if dues else None

    def drop_progress(self) -> None:
        """Forgets held progress: something newer is about to be written."""
        self._progress = None

    def take(self, *, everything: bool = False) -> tuple[list[run_pb2.RunEvent], int]:
        """The next batch and its source sequence; progress whose time has not come stays, unless `everything`."""
        now = self._clock.monotonic()
        batch, self._events = self._events, []
        if self._progress is not None and (everything or now >= self._last_progress + PROGRESS_INTERVAL_S):
            batch[self._progress_place : self._progress_place] = _fitting(self._progress)
            self._progress, self._last_progress = None, now
        self._last_batch, self._progress_place = now, 0
        return batch, self._source_sequence


def _add_units(newer: download_pb2.DownloadProgress, older: download_pb2.DownloadProgress) -> None:
    known = {(unit.symbol, unit.resolution) for unit in newer.units}
    newer.units.extend(unit for unit in older.units if (unit.symbol, unit.resolution) not in known)


def _fitting(event: run_pb2.RunEvent) -> list[run_pb2.RunEvent]:
    if not event.HasField("download_progress"):
        return [event]
    return [run_pb2.RunEvent(download_progress=part) for part in fit_download_progress(event.download_progress)]
