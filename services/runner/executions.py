"""All executions of this runner: one worker for each run and attempt, also across restarts of the runner."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.common.clock import Clock
from services.common.errors import ServiceError
from services.common.logging import get_logger
from services.runner.execution import Execution
from services.runner.journal import read_end
from services.runner.layout import ExecutionFolder
from services.runner.poke import Poke
from services.runner.process import ProcessIdentity, WorkerProcess
from services.runner.strategies import StrategyFolder
from services.runner.worker.assignment import Assignment
from services.runner.workers import Workers
from zac.run.v1 import runner_service_pb2

MAX_SETTLED = 256  # ended executions kept at hand; older ones are read from their folders again

_LIVE = ".live"  # folder with an empty file for each execution that has not ended: what a restart has to look at
_TOKEN = "fencing_token"  # noqa: S105 # a file's name
_log = get_logger()


@dataclass(frozen=True, slots=True)
class ExecutionKey:
    """Names an execution; `run_id` is a UUID in canonical form, so both are safe in paths."""

    run_id: str
    attempt: int

    def __str__(self) -> str:
        return f"{self.run_id}.{self.attempt}"

    @classmethod
    def parse(cls, text: str) -> ExecutionKey:
        run_id, _, attempt = text.rpartition(".")
        return cls(run_id, int(attempt))


class Executions:
    """Starts, finds and adopts executions. A run has one owner: the caller with the newest fencing token."""

    def __init__(self, runs_dir: Path, cache_dir: Path, workers: Workers, clock: Clock) -> None:
        self._runs_dir = runs_dir
        self._cache_dir = cache_dir
        self._workers = workers
        self._clock = clock
        self._known: dict[ExecutionKey, Execution] = {}
        self._admission = asyncio.Lock()
        self._closing = False

    def recover(self) -> None:
        """Adopt what an earlier runner left: living workers go on, dead ones end as lost or cancelled."""
        (self._runs_dir / _LIVE).mkdir(parents=True, exist_ok=True)
        for marker in (self._runs_dir / _LIVE).iterdir():
            key = ExecutionKey.parse(marker.name)
            folder = self._folder(key)
            if folder.worker.exists():
                self._adopt(key, folder)
            else:  # its runner ended before a worker was given the run: nothing has begun
                folder.request.unlink(missing_ok=True)
                marker.unlink()

    async def attach(self, request: runner_service_pb2.ExecuteRequest) -> Execution | None:
        """The execution of this run and attempt, if it was started. Raises ABORTED STALE_FENCING_TOKEN."""
        key = ExecutionKey(request.run_id, request.attempt)
        async with self._admission:
            with _writing():
                self._check_token(key, request.fencing_token)
            return self._find(key)

    async def start(self, request: runner_service_pb2.ExecuteRequest, strategy: StrategyFolder) -> Execution:
        """Start an execution, or give the one that was started under the same run and attempt.

        Other attempts of the run are killed. Raises ABORTED STALE_FENCING_TOKEN, UNAVAILABLE RUNNER_STOPPING,
        RESOURCE_EXHAUSTED RUNS_DIR_UNUSABLE.
        """
        key = ExecutionKey(request.run_id, request.attempt)
        async with self._admission:
            if self._closing:
                raise ServiceError.unavailable("RUNNER_STOPPING", "The runner is stopping.", retry_delay_s=2.0)
            existing = self._find(key)
            with _writing():
                self._check_token(key, request.fencing_token)
                if existing is not None:
                    return existing
                for other in self._live_attempts(key.run_id):
                    await other.cancel(keep_partial_results=False)
                return await self._launch(key, request, strategy)

    def get(self, key: ExecutionKey) -> Execution:
        """Raises NOT_FOUND EXECUTION_NOT_FOUND."""
        execution = self._find(key)
        if execution is None:
            raise ServiceError.not_found(
                "EXECUTION_NOT_FOUND",
                f"This runner knows no attempt {key.attempt} of run {key.run_id}.",
                resource=("execution", str(key)),
                metadata={"run_id": key.run_id, "attempt": str(key.attempt)},
            )
        return execution

    async def close(self) -> None:
        """Kill every worker; their runs end as lost, so that they can be tried again."""
        self._closing = True
        async with self._admission:
            await self._workers.close()
            await asyncio.gather(*(execution.abandon() for execution in self._known.values()))

    async def _launch(
        self, key: ExecutionKey, request: runner_service_pb2.ExecuteRequest, strategy: StrategyFolder
    ) -> Execution:
        folder = self._folder(key)
        await asyncio.to_thread(self._prepare, key, folder, request)
        execution = Execution(folder, self._clock)
        worker = None
        try:
            worker = self._workers.take()
            # Noted before it is assigned: a worker that nobody noted has nothing to do and ends by itself.
            _write_durably(folder.worker, worker.process.identity.to_json().encode("ascii"))
            worker.process.assign(Assignment(folder, strategy.path, self._cache_dir).to_line())
        except OSError as error:
            _log.error("worker cannot be started", execution=str(key), problem=str(error))
        if worker is None:
            self._supervise(key, execution, None, None)
        else:
            self._supervise(key, execution, worker.process, worker.poke)
        return execution

    def _prepare(self, key: ExecutionKey, folder: ExecutionFolder, request: runner_service_pb2.ExecuteRequest) -> None:
        folder.path.mkdir(parents=True, exist_ok=True)
        (self._runs_dir / _LIVE / str(key)).touch()
        folder.journal.write_bytes(b"")
        _write_durably(folder.request, request.SerializeToString(deterministic=True))

    def _adopt(self, key: ExecutionKey, folder: ExecutionFolder) -> None:
        folder.journal.touch()
        execution = Execution(folder, self._clock)
        process = WorkerProcess(ProcessIdentity.from_json(folder.worker.read_text(encoding="ascii")))
        _log.info("execution adopted", execution=str(key), alive=not process.has_exited())
        self._supervise(key, execution, process, None)

    def _supervise(
        self, key: ExecutionKey, execution: Execution, process: WorkerProcess | None, poke: Poke | None
    ) -> None:
        self._remember(key, execution)
        marker = self._runs_dir / _LIVE / str(key)
        execution.supervise(process, poke, on_end=lambda: marker.unlink(missing_ok=True))

    def _find(self, key: ExecutionKey) -> Execution | None:
        if key in self._known:
            return self._known[key]
        folder = self._folder(key)
        if not folder.request.exists() or read_end(folder.journal).terminal is None:
            return None
        execution = Execution(folder, self._clock)
        execution.settle()
        self._remember(key, execution)
        return execution

    def _remember(self, key: ExecutionKey, execution: Execution) -> None:
        ended = [old for old, known in self._known.items() if known.has_ended.is_set()]
        for old in ended[: max(0, len(ended) - MAX_SETTLED)]:
            del self._known[old]
        self._known[key] = execution

    def _check_token(self, key: ExecutionKey, token: int) -> None:
        path = self._runs_dir / key.run_id / _TOKEN
        newest = int(path.read_text(encoding="ascii")) if path.exists() else 0
        if token < newest:
            raise ServiceError.aborted(
                "STALE_FENCING_TOKEN",
                f"Run {key.run_id} has another owner by now: token {token} is older than {newest}.",
                metadata={"run_id": key.run_id, "fencing_token": str(token), "newest_fencing_token": str(newest)},
            )
        if token > newest:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(path, str(token).encode("ascii"))

    def _live_attempts(self, run_id: str) -> Iterator[Execution]:
        yield from [
            execution
            for key, execution in self._known.items()
            if key.run_id == run_id and not execution.has_ended.is_set()
        ]

    def _folder(self, key: ExecutionKey) -> ExecutionFolder:
        return ExecutionFolder(self._runs_dir / key.run_id / str(key.attempt))


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"The runs folder cannot be written: {error.strerror}: {error.filename}"
        raise ServiceError.resource_exhausted("RUNS_DIR_UNUSABLE", text) from error


def _write_durably(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
