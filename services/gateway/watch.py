"""Watching a run: a snapshot, then every event once and in order, bookmarks when idle, the terminal event last.

A watcher reads the log from the database at its own pace, so a slow one holds up nobody, and one that comes back with
the last sequence it saw misses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

from services.common.errors import FieldViolation, ServiceError
from services.gateway.signals import Signals
from services.gateway.store import Database, read_events, read_run
from services.gateway.transition import SETTLED, State
from zac.gateway.v1 import backtest_service_pb2, run_pb2

__all__ = ["Watches"]

BOOKMARK_INTERVAL_S = 1.0
_PAGE_EVENTS = 200

Response = TypeVar("Response", backtest_service_pb2.WatchRunResponse, backtest_service_pb2.RunBacktestResponse)


class Watches:
    """All watches of this process; once closed each ends with UNAVAILABLE SERVER_DRAINING, to be resumed elsewhere."""

    def __init__(self, database: Database, signals: Signals) -> None:
        self._database = database
        self._signals = signals
        self._closed = False

    def close(self) -> None:
        self._closed = True
        self._signals.notify_all()

    async def watch(
        self, response: type[Response], run_id: str, after_sequence: int = 0, *, snapshot: bool = True
    ) -> AsyncGenerator[Response, None]:
        """Yields `response` messages until the run has ended.

        Raises NOT_FOUND RUN_NOT_FOUND, INVALID_ARGUMENT for a negative sequence, OUT_OF_RANGE for one beyond the log.
        """
        run = await self._database.read(read_run, run_id)
        _check_sequence(run, after_sequence)
        if snapshot:
            yield response(snapshot=run)
        settled = State(run.state) in SETTLED
        sequence = after_sequence
        with self._signals.subscribed(run_id) as changed:
            while True:
                if self._closed:
                    raise _draining(run_id, sequence)
                changed.clear()
                events = await self._database.read(read_events, run_id, sequence, _PAGE_EVENTS)
                for event in events:
                    yield response(event=event)
                    sequence = event.sequence
                    if _is_terminal(event):
                        return
                if events:
                    continue
                if settled:  # its terminal event is not after the sequence asked for
                    return
                try:
                    async with asyncio.timeout(BOOKMARK_INTERVAL_S):
                        await changed.wait()
                except TimeoutError:
                    yield response(bookmark=run_pb2.Bookmark(sequence=sequence))


def _is_terminal(event: run_pb2.RunEvent) -> bool:
    return event.HasField("state_changed") and State(event.state_changed.state) in SETTLED


def _check_sequence(run: run_pb2.Run, after_sequence: int) -> None:
    if after_sequence < 0:
        text = f"must not be negative (got {after_sequence}); 0 means from the beginning"
        raise ServiceError.invalid_argument(
            "INVALID_SEQUENCE", f"after_sequence {text}", fields=[FieldViolation("after_sequence", text)]
        )
    if after_sequence > run.latest_sequence:
        raise ServiceError.out_of_range(
            "SEQUENCE_OUT_OF_RANGE",
            f"the log of run {run.run_id} ends at {run.latest_sequence}, before {after_sequence}; "
            "get the run and watch from its latest sequence",
            metadata={
                "run_id": run.run_id,
                "after_sequence": str(after_sequence),
                "oldest_sequence": "1",
                "latest_sequence": str(run.latest_sequence),
            },
        )


def _draining(run_id: str, sequence: int) -> ServiceError:
    return ServiceError.unavailable(
        "SERVER_DRAINING",
        f"the gateway is going down; the run goes on. Watch again after sequence {sequence}",
        retry_delay_s=1.0,
        metadata={"run_id": run_id, "sequence": str(sequence)},
    )
