"""A run in the hands of its driver: what is known of it, and every way to write to it under its lease."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.common.clock import Clock
from services.common.errors import ServiceError
from services.gateway.coalesce import Coalescer
from services.gateway.limits import fit_log
from services.gateway.peers import is_interruption
from services.gateway.store import Change, Changed, Database, Lease, change_run, read_life
from services.gateway.tasks import end_tasks
from services.gateway.transition import LifeEvent
from zac.gateway.v1 import run_pb2
from zac.run.v1 import execution_pb2

__all__ = ["PEER_AWAY_LIMIT_S", "DrivenRun", "patiently"]

T = TypeVar("T")

# A service that restarts is back within seconds; one that is away longer is not coming back for this run.
PEER_AWAY_LIMIT_S = 30.0
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0


class DrivenRun:
    """A leased run. `stop` is set when somebody wants it to end early."""

    def __init__(self, lease: Lease, database: Database, clock: Clock) -> None:
        self._database = database
        self._token = lease.token
        self.clock = clock
        self.run_id = lease.run_id
        self.life = lease.life
        self.execution = lease.execution
        self.execution.run_id = lease.run_id
        self.execution.attempt = lease.life.attempt
        self.execution.fencing_token = lease.token
        self.execution.after_sequence = lease.runner_sequence
        self.stop = asyncio.Event()

    async def refresh(self) -> None:
        """Reads the run's life anew: a cancel writes it without the lease."""
        self.life = await self._database.read(read_life, self.run_id)
        if self.life.cancel_requested:
            self.stop.set()

    async def change(self, change: Change) -> Changed:
        """Writes; raises ABORTED STALE_FENCING_TOKEN when the run is no longer ours."""
        write = self._database.write if change.life else self._database.write_progress
        changed = await write(change_run, self.run_id, change, self._token)
        self.life = changed.life
        if self.life.cancel_requested:
            self.stop.set()
        if change.runner_sequence is not None:
            self.execution.after_sequence = change.runner_sequence
        return changed

    async def live(self, *events: LifeEvent) -> Changed:
        return await self.change(Change(life=events))

    async def log(self, *lines: execution_pb2.LogLine) -> None:
        await self.change(Change(log=[run_pb2.RunEvent(log=fit_log(line)) for line in lines]))

    async def flush(self, coalescer: Coalescer, *, everything: bool = False) -> None:
        """Writes the coalescer's next batch."""
        batch, sequence = coalescer.take(everything=everything)
        if batch:
            await self.change(Change(log=batch, runner_sequence=sequence or None))

    async def unless_stopped(self, work: Awaitable[T]) -> T | None:
        """The outcome of `work`, or None when the run is to stop first; `work` is cancelled then, and has ended."""
        working = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self.stop.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
            return None if self.stop.is_set() else working.result()
        finally:
            await end_tasks(working, stopping)


async def patiently(clock: Clock, call: Callable[[], Awaitable[T]], limit_s: float = PEER_AWAY_LIMIT_S) -> T:
    """Calls a peer, again and again while it is away, up to `limit_s`; then raises its error."""
    deadline = clock.monotonic() + limit_s
    pause_s = _FIRST_PAUSE_S
    while True:
        try:
            return await call()
        except ServiceError as error:
            if not is_interruption(error) or clock.monotonic() >= deadline:
                raise
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
