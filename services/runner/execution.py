"""One execution of a run: its folder, its worker, and everybody who follows its journal."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass

from services.common.clock import Clock
from services.common.dates import to_timestamp
from services.common.errors import ServiceError
from services.common.logging import get_logger
from services.runner.journal import ExecutionEvent, JournalError, JournalReader, append_terminal
from services.runner.layout import ExecutionFolder
from services.runner.losses import Cause, describe_loss
from services.runner.poke import Poke
from services.runner.process import WorkerProcess
from zac.run.v1 import execution_pb2

BOOKMARK_INTERVAL_S = 1.0
POLITE_STOP_S = 1.1  # to stop at a slice and write partial results
TERMINATE_S = 0.3  # from SIGTERM to SIGKILL; all three in sum stay below the two seconds a cancel may take
EXIT_GRACE_S = 0.5  # from the terminal event to the end of the process
ADOPTED_POLL_S = 0.05  # nobody pokes for a worker that an earlier runner started

RUNNING = execution_pb2.EXECUTION_STATE_RUNNING
CANCELLING = execution_pb2.EXECUTION_STATE_CANCELLING
FAILED = execution_pb2.EXECUTION_STATE_FAILED
CANCELLED = execution_pb2.EXECUTION_STATE_CANCELLED

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Nothing new after this sequence."""

    sequence: int


class Execution:
    """State of an execution as its journal tells it; the worker is watched until nothing of it is left."""

    def __init__(self, folder: ExecutionFolder, clock: Clock) -> None:
        self.folder = folder
        self.terminal: execution_pb2.ExecutionFinished | None = None
        self.has_ended = asyncio.Event()  # terminal, and every process gone
        self._clock = clock
        self._reader = JournalReader(folder.journal)
        self._stirred = asyncio.Event()  # the journal grew or the worker ended
        self._changed = asyncio.Event()  # replaced by a new one with each change, so that nobody misses one
        self._cancelling = folder.cancel.exists()
        self._cause = Cause.UNKNOWN
        self._process: WorkerProcess | None = None
        self._unwritten: ExecutionEvent | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def state(self) -> execution_pb2.ExecutionState.ValueType:
        if self.terminal is not None:
            return self.terminal.state
        return CANCELLING if self._cancelling else RUNNING

    @property
    def latest_sequence(self) -> int:
        return self._unwritten.sequence if self._unwritten else self._reader.sequence

    def settle(self) -> None:
        """Take over an execution that has ended already: its journal holds the terminal event."""
        self._advance()
        self._finish()

    def supervise(self, process: WorkerProcess | None, poke: Poke | None, on_end: Callable[[], None]) -> None:
        """Watch the worker to its end; without one the execution is lost. `poke` is `None` for an adopted worker."""
        self._process = process
        if process is not None:
            process.on_exit(self._stirred.set)
        if poke is not None:
            poke.watch(self._stirred.set)
        self._spawn(self._run_to_end(poke, on_end))
        if self._cancelling and process is not None:
            self._spawn(self._stop(process, keep_partial_results=self.folder.cancel.read_text() == "keep"))

    async def cancel(self, *, keep_partial_results: bool) -> None:
        """Stop the worker; returns when every process is gone and the terminal event is there."""
        self._catch_up()
        if self.terminal is None and self._process is not None:
            self._cancelling = True
            self.folder.cancel.write_text("keep" if keep_partial_results else "discard")
            self._notify()
            self._spawn(self._stop(self._process, keep_partial_results=keep_partial_results))
        await self.has_ended.wait()

    async def abandon(self) -> None:
        """Kill the worker because the runner stops; the execution ends as lost, so that it can be tried again."""
        if not self.has_ended.is_set() and self._process is not None:
            self._cause = Cause.RUNNER_STOPPED
            self._spawn(self._stop(self._process, keep_partial_results=False))
        await self.has_ended.wait()

    async def follow(self, after_sequence: int) -> AsyncGenerator[list[ExecutionEvent] | Bookmark]:
        """Every event after a sequence, the terminal one last, in batches; bookmarks while nothing happens.

        Raises OUT_OF_RANGE SEQUENCE_OUT_OF_RANGE for a sequence the journal has not reached.
        """
        self._catch_up()
        if not 0 <= after_sequence <= self.latest_sequence:
            raise ServiceError.out_of_range(
                "SEQUENCE_OUT_OF_RANGE",
                f"after_sequence is {after_sequence}, but the execution's events go from 1 to {self.latest_sequence}.",
                metadata={"oldest_sequence": "1", "latest_sequence": str(self.latest_sequence)},
            )
        with JournalReader(self.folder.journal) as reader:
            while True:
                changed, ended = self._changed, self.has_ended.is_set()
                events = _read_sound(reader)
                if wanted := [event for event in events if event.sequence > after_sequence]:
                    yield wanted
                if events:
                    if events[-1].HasField("finished"):
                        return
                elif ended:
                    if self._unwritten is not None:
                        yield [self._unwritten]
                    return
                elif not await _is_set_within(changed, BOOKMARK_INTERVAL_S):
                    yield Bookmark(reader.sequence)

    async def _run_to_end(self, poke: Poke | None, on_end: Callable[[], None]) -> None:
        process = self._process
        try:
            if process is not None:
                await self._watch(process, poke)
                if leftover := await process.kill():
                    _log.error("processes cannot be killed", folder=str(self.folder.path), pids=leftover)
                process.release()
            self._advance()
        except JournalError as error:
            _log.error("journal is damaged", path=str(error.path), problem=str(error))
            self._cause = Cause.JOURNAL_DAMAGED
            if process is not None:
                await process.kill()
        finally:
            if poke is not None:
                poke.close()
        if self.terminal is None:
            self._end_without_result()
        on_end()
        self._finish()

    def _finish(self) -> None:
        self._reader.close()
        self.has_ended.set()
        self._notify()

    async def _watch(self, process: WorkerProcess, poke: Poke | None) -> None:
        interval_s = ADOPTED_POLL_S if poke is None else BOOKMARK_INTERVAL_S
        while not process.has_exited() and self.terminal is None:
            await _is_set_within(self._stirred, interval_s)
            self._stirred.clear()
            self._advance()
        await process.wait(EXIT_GRACE_S)

    async def _stop(self, process: WorkerProcess, *, keep_partial_results: bool) -> None:
        if keep_partial_results:
            process.stop_politely()
            if await process.wait(POLITE_STOP_S):
                return
        process.terminate()
        if not await process.wait(TERMINATE_S):
            await process.kill()

    def _catch_up(self) -> None:
        with suppress(JournalError):  # found and dealt with by whoever watches the worker
            self._advance()

    def _advance(self) -> None:
        if self.has_ended.is_set():
            return
        before = self._reader.sequence
        while events := self._reader.read():
            if events[-1].HasField("finished"):
                self.terminal = events[-1].finished
        if self._reader.sequence > before:
            self._notify()

    def _end_without_result(self) -> None:
        """The worker is gone and has not said how it ended: say it for it."""
        for path in (self.folder.staging, self.folder.artifacts):
            shutil.rmtree(path, onerror=_log_unremovable)
        if self._cancelling:
            finished = execution_pb2.ExecutionFinished(state=CANCELLED)
        else:
            loss = describe_loss(self._cause, self._process.returncode if self._process else None)
            finished = execution_pb2.ExecutionFinished(state=FAILED, error=loss)
        event = ExecutionEvent(event_time=to_timestamp(self._clock.now_utc()), finished=finished)
        try:
            append_terminal(self.folder.journal, event)
            self._advance()
        except OSError as error:
            _log.error("terminal event cannot be written", path=str(self.folder.journal), problem=str(error))
            event.sequence = self._reader.sequence + 1
            self._unwritten = event
            self.terminal = finished

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _log_unremovable(_call: object, path: str, error: tuple[type[BaseException], BaseException, object]) -> None:
    if not isinstance(error[1], FileNotFoundError):
        _log.error("results of a run that failed cannot be removed", path=path, problem=str(error[1]))


def _read_sound(reader: JournalReader) -> list[ExecutionEvent]:
    try:
        return reader.read()
    except JournalError:
        return []  # as in `_catch_up`: the damage is cut off, and then the terminal event follows


async def _is_set_within(event: asyncio.Event, timeout_s: float) -> bool:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
