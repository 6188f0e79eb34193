"""Going on, at start, with the runs an earlier process left."""

from __future__ import annotations

from services.common.errors import ServiceError
from services.common.logging import get_logger
from services.gateway.scheduler import Scheduler
from services.gateway.store import Change, Database, adopt_run, change_run, list_unsettled
from services.gateway.transition import LossResolved, State

__all__ = ["adopt_unsettled"]

_log = get_logger()


async def adopt_unsettled(database: Database, scheduler: Scheduler) -> None:
    """Gives every run that was being worked on a driver again, and decides on those whose worker was lost.

    The driver asks the runner what became of the execution; queued runs wait for the scheduler as before.
    """
    for run_id, state in await database.read(list_unsettled):
        if state is State.LOST:
            lost = ServiceError.unavailable("WORKER_LOST", "the execution of the run was lost")
            await database.write(change_run, run_id, Change(life=[LossResolved(lost.to_status())]))
        elif state is not State.QUEUED:
            lease = await database.write(adopt_run, run_id)
            _log.info("run adopted", run_id=run_id, state=state.name, phase=lease.life.phase.name)
            scheduler.drive(lease)
