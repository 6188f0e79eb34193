"""Gives every queued run a driver, oldest first, and never more than so many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from services.common.logging import get_logger
from services.gateway.driver import Driver
from services.gateway.store import Change, Changed, Database, Lease, adopt_run, change_run, lease_next_run
from services.gateway.tasks import end_tasks
from services.gateway.transition import CancelRequested, State, StopWork

__all__ = ["Scheduler"]

_log = get_logger()
_PAUSE_AFTER_FAILURE_S = 1.0


class Scheduler:
    """Owns the drivers of this process."""

    def __init__(self, database: Database, make_driver: Callable[[Lease], Driver], max_concurrent_runs: int) -> None:
        self._database = database
        self._make_driver = make_driver
        self._max_concurrent_runs = max_concurrent_runs
        self._drivers: dict[str, Driver] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._loop_task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._loop_task = asyncio.create_task(self._schedule())

    async def close(self) -> None:
        """Lets go of all runs as they are; whoever opens the database next goes on with them."""
        await end_tasks(*([self._loop_task] if self._loop_task else []))
        await end_tasks(*self._tasks)

    def wake(self) -> None:
        """There may be a run to take, or room for one."""
        self._woken.set()

    async def cancel(self, run_id: str, *, keep_partial: bool) -> Changed:
        """Writes the cancel, and tells the run's driver; one that is about to begin reads so itself.

        Raises NOT_FOUND RUN_NOT_FOUND.
        """
        change = Change(life=[CancelRequested(keep_partial)])
        changed = await self._database.write(change_run, run_id, change)
        if StopWork() in changed.effects and run_id in self._drivers:
            self._drivers[run_id].request_stop()
        return changed

    def drive(self, lease: Lease) -> None:
        """Starts a driver, whatever the number of others."""
        self._drivers[lease.run_id] = self._make_driver(lease)
        task = asyncio.create_task(self._driven(lease.run_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _driven(self, run_id: str) -> None:
        try:
            while True:
                try:
                    await self._drivers[run_id].drive()
                    return
                except Exception:  # noqa: BLE001 # the database failed; the run is not left alone
                    _log.exception("driver failed to write, trying again", run_id=run_id)
                if not await self._taken_anew(run_id):
                    return
        finally:
            del self._drivers[run_id]
            self.wake()

    async def _taken_anew(self, run_id: str) -> bool:
        while True:
            await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)
            try:
                lease = await self._database.write(adopt_run, run_id)
            except Exception:  # noqa: BLE001 # as above
                _log.exception("run not adopted, trying again", run_id=run_id)
                continue
            self._drivers[run_id] = self._make_driver(lease)
            return not lease.life.settled and lease.life.state is not State.QUEUED

    async def _schedule(self) -> None:
        while True:
            self._woken.clear()
            try:
                while len(self._drivers) < self._max_concurrent_runs:
                    lease = await self._database.write(lease_next_run)
                    if lease is None:
                        break
                    self.drive(lease)
            except Exception:  # noqa: BLE001 # whatever the database has, the queue goes on when it is over
                _log.exception("no run could be taken")
                await asyncio.sleep(_PAUSE_AFTER_FAILURE_S)
                continue
            await self._woken.wait()
