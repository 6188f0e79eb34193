"""The engine phase of a run: start or re-attach to its execution, carry its events over, stop it when asked."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path

import grpc

from services.common.errors import ServiceError
from services.common.logging import get_logger
from services.gateway.artifacts import verify_artifacts
from services.gateway.coalesce import Coalescer
from services.gateway.driven import PEER_AWAY_LIMIT_S, DrivenRun, patiently
from services.gateway.limits import fit_log, fit_order_event, fit_result
from services.gateway.peers import Runner, is_interruption
from services.gateway.relay import relay
from services.gateway.store import Change
from services.gateway.tasks import end_tasks
from services.gateway.transition import Failed, Phase, PhaseEntered, Stopped, Succeeded, WorkerLost
from zac.gateway.v1 import run_pb2
from zac.run.v1 import execution_pb2, runner_service_pb2

__all__ = ["Execution"]

_log = get_logger()

# A cancelled run is settled within 2 s. The runner needs up to 1.5 s for a stubborn worker; past this the run is
# settled without its word, and the stopping goes on behind.
STOP_LIMIT_S = 1.8
_STOP_PAUSE_S = 0.03
_LATE_STOP_LIMIT_S = 60.0
_LATE_STOP_PAUSE_S = 1.0
_ARTIFACTS_PATIENCE_S = 5.0

Message = runner_service_pb2.ExecuteResponse | runner_service_pb2.WaitExecutionResponse

_UNEXPLAINED = ServiceError(grpc.StatusCode.INTERNAL, "EXECUTION_FAILED", "the execution failed and does not say why")


class _Ended(Enum):
    """How an execution can end without saying so itself."""

    GONE = "the runner knows nothing of it"
    AWAY = "the runner has been away too long"
    UNCONFIRMED = "the runner did not confirm in time that it has stopped"


class Execution:
    """One attempt of a run on the runner."""

    def __init__(self, run: DrivenRun, runner: Runner) -> None:
        self._run = run
        self._runner = runner
        self._coalescer = Coalescer(run.clock)
        self._starting = False
        self._heard = run.clock.monotonic()
        self._last_progress = execution_pb2.Progress()

    async def drive(self) -> None:
        """Follows the execution to its end and settles the run, or leaves it lost."""
        follower = asyncio.create_task(self._follow())
        stopper = asyncio.create_task(self._stop_when_asked())
        try:
            await asyncio.wait((follower, stopper), return_when=asyncio.FIRST_COMPLETED)
            end = follower.result() if follower.done() else stopper.result()
        finally:
            await end_tasks(follower, stopper)
        await self._settle(end)

    async def abandon(self) -> None:
        """Asks the runner once to stop what nobody follows any more."""
        try:
            await self._runner.cancel_execution(self._run.run_id, self._run.life.attempt, False, STOP_LIMIT_S)
        except ServiceError as error:
            _log.warning("abandoned execution not stopped", run_id=self._run.run_id, reason=error.reason)

    async def _follow(self) -> execution_pb2.ExecutionFinished | _Ended:
        pause_s = 0.05
        while True:
            heard = self._heard
            try:
                finished = await self._attach()
            except ServiceError as error:
                if error.reason == "EXECUTION_NOT_FOUND":
                    return _Ended.GONE
                if not is_interruption(error):
                    raise
                _log.warning("runner away", run_id=self._run.run_id, reason=error.reason)
            else:
                if finished is not None:
                    return finished
            now = self._run.clock.monotonic()
            if now - self._heard > PEER_AWAY_LIMIT_S:
                return _Ended.AWAY
            pause_s = 0.05 if self._heard > heard else min(2 * pause_s, 1.0)
            await asyncio.sleep(pause_s)

    async def _attach(self) -> execution_pb2.ExecutionFinished | None:
        run = self._run
        # A second Execute attaches to the first; but once a stop is wanted nothing may be started.
        self._starting = run.life.phase is Phase.STARTING_ENGINE and not run.stop.is_set()
        try:
            if self._starting:
                async with self._runner.execute(run.execution) as messages:
                    return await relay(messages, self._accept, self._coalescer, self._flush)
            async with self._runner.wait_execution(
                run.run_id, run.life.attempt, run.execution.after_sequence
            ) as waited:
                return await relay(waited, self._accept, self._coalescer, self._flush)
        finally:
            self._starting = False

    async def _accept(self, message: Message) -> execution_pb2.ExecutionFinished | None:
        self._heard = self._run.clock.monotonic()
        self._starting = False
        for event in message.batch.events:
            finished = await self._accept_event(event)
            if finished is not None:
                return finished
        return None

    async def _accept_event(self, event: execution_pb2.ExecutionEvent) -> execution_pb2.ExecutionFinished | None:
        if event.sequence <= self._run.execution.after_sequence:
            return None
        match event.WhichOneof("payload"):
            case "started":
                await self._flush(True)
                started = [PhaseEntered(Phase.SIMULATING)]
                await self._run.change(Change(life=started, runner_sequence=event.sequence))
            case "progress":
                self._last_progress = event.progress
                if event.progress.percent < 100:  # 100 is for results that are sealed
                    self._add(event, run_pb2.RunEvent(progress=event.progress))
            case "log":
                self._add(event, run_pb2.RunEvent(log=fit_log(event.log)))
            case "order_event":
                self._add(event, run_pb2.RunEvent(order_event=fit_order_event(event.order_event)))
            case "finished":
                if event.finished.state == execution_pb2.EXECUTION_STATE_SUCCEEDED:
                    self._coalescer.drop_progress()
                return event.finished
        return None

    def _add(self, source: execution_pb2.ExecutionEvent, event: run_pb2.RunEvent) -> None:
        if source.HasField("event_time"):
            event.event_time.CopyFrom(source.event_time)
        self._coalescer.add(event, source.sequence)

    async def _flush(self, everything: bool) -> None:
        await self._run.flush(self._coalescer, everything=everything)

    async def _stop_when_asked(self) -> _Ended:
        run = self._run
        await run.stop.wait()
        deadline = run.clock.monotonic() + STOP_LIMIT_S
        await run.refresh()
        while (left_s := deadline - run.clock.monotonic()) > 0:
            try:
                await self._runner.cancel_execution(run.run_id, run.life.attempt, run.life.keep_partial, left_s)
            except ServiceError as error:
                # While the start is on its way the runner may hear of the stop first.
                if error.code is grpc.StatusCode.NOT_FOUND and not self._starting:
                    return _Ended.GONE
                await asyncio.sleep(_STOP_PAUSE_S)
            else:
                await asyncio.sleep(deadline - run.clock.monotonic())  # the follower hears the end meanwhile
        return _Ended.UNCONFIRMED

    async def _settle(self, end: execution_pb2.ExecutionFinished | _Ended) -> None:
        run = self._run
        if isinstance(end, _Ended):
            if not run.stop.is_set():
                await run.live(WorkerLost(_worker_lost(end).to_status()))
                return
            if end is not _Ended.GONE:
                text = f"The run counts as cancelled, although {end.value}"
                await run.log(execution_pb2.LogLine(level=execution_pb2.LOG_LEVEL_WARNING, text=text))
            await run.live(Stopped())
            if end is not _Ended.GONE:
                await self._stop_late()
        elif end.state == execution_pb2.EXECUTION_STATE_SUCCEEDED:
            await self._succeed(end.result)
        elif end.state == execution_pb2.EXECUTION_STATE_CANCELLED:
            await self._end_stopped(end)
        else:
            await run.live(Failed(end.error if end.error.code else _UNEXPLAINED.to_status()))

    async def _succeed(self, result: execution_pb2.RunResult) -> None:
        await self._run.live(PhaseEntered(Phase.COLLECTING))
        facts = await self._verified(result)
        progress = execution_pb2.Progress()
        progress.CopyFrom(self._last_progress)
        progress.percent = 100
        progress.ClearField("remaining")
        log = [run_pb2.RunEvent(progress=progress), run_pb2.RunEvent(result=fit_result(result))]
        await self._run.change(Change(log=log, facts=facts, life=[Succeeded()]))

    async def _end_stopped(self, finished: execution_pb2.ExecutionFinished) -> None:
        await self._run.refresh()
        if not (finished.HasField("result") and self._run.life.keep_partial):
            await self._run.live(Stopped())
            return
        finished.result.partial = True
        facts = await self._verified(finished.result)
        result = run_pb2.RunEvent(result=fit_result(finished.result))
        await self._run.change(Change(log=[result], facts=facts, life=[Stopped()]))

    async def _verified(self, result: execution_pb2.RunResult) -> run_pb2.Run:
        run = self._run
        folder = await patiently(
            run.clock, lambda: self._runner.artifacts_dir(run.run_id, run.life.attempt), _ARTIFACTS_PATIENCE_S
        )
        await asyncio.to_thread(verify_artifacts, Path(folder), list(result.artifacts))
        return run_pb2.Run(artifacts_dir=folder)

    async def _stop_late(self) -> None:
        """Goes on asking the runner, should it come back, to stop what may still run."""
        deadline = self._run.clock.monotonic() + _LATE_STOP_LIMIT_S
        while self._run.clock.monotonic() < deadline:
            await asyncio.sleep(_LATE_STOP_PAUSE_S)
            try:
                await self._runner.cancel_execution(self._run.run_id, self._run.life.attempt, False, STOP_LIMIT_S)
            except ServiceError as error:
                if error.code is grpc.StatusCode.NOT_FOUND:
                    return
            else:
                return


def _worker_lost(end: _Ended) -> ServiceError:
    return ServiceError.unavailable("WORKER_LOST", f"the execution of the run was lost: {end.value}")
