"""Drives one run through its phases to its end."""

from __future__ import annotations

from services.common.errors import ServiceError
from services.common.logging import get_logger
from services.gateway.data_phase import prepare_data
from services.gateway.driven import DrivenRun
from services.gateway.execution import Execution
from services.gateway.peers import Downloader, Runner
from services.gateway.transition import Failed, Phase, Stopped

__all__ = ["Driver"]

_log = get_logger()


class Driver:
    """The one writer of a leased run, from wherever it stands: also of a run that another process began."""

    def __init__(self, run: DrivenRun, downloader: Downloader, runner: Runner) -> None:
        self._run = run
        self._downloader = downloader
        self._runner = runner

    def request_stop(self) -> None:
        """A cancel has been written to the run; whatever works on it is stopped."""
        self._run.stop.set()

    async def drive(self) -> None:
        """Returns when the run is settled or back in the queue; raises only when the database fails."""
        run = self._run
        try:
            await run.refresh()  # a cancel may have come between the lease and now
            await self._phases()
        except ServiceError as error:
            if error.reason == "STALE_FENCING_TOKEN":
                _log.warning("run taken over", run_id=run.run_id)
                return
            await self._fail(error)
        except Exception:  # noqa: BLE001 # a bug of ours must not leave the run running for ever
            _log.exception("driver failed", run_id=run.run_id)
            await self._fail(ServiceError.internal())

    async def _phases(self) -> None:
        run = self._run
        if run.life.phase < Phase.STARTING_ENGINE:
            ready = await run.unless_stopped(prepare_data(run, self._downloader))
            if ready is None:
                await run.live(Stopped())
                return
            await run.change(ready)
        await Execution(run, self._runner).drive()

    async def _fail(self, error: ServiceError) -> None:
        run = self._run
        engine_may_run = run.life.phase >= Phase.STARTING_ENGINE
        await run.live(Failed(error.to_status()))
        if engine_may_run:
            await Execution(run, self._runner).abandon()
