"""Worker processes before their run: started ahead of time, because loading an engine takes longer than many a run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from services.common.logging import get_logger
from services.runner.engines import Engine
from services.runner.poke import Poke
from services.runner.process import WorkerProcess

SPARE_DELAY_S = 0.5  # after a worker was taken: its start is not to compete with the start of a run

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that waits for its assignment, and the pipe it pokes."""

    process: WorkerProcess
    poke: Poke


class Workers:
    """Gives out waiting workers and keeps one spare. A spare whose runner dies ends by itself."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._spare: Worker | None = None
        self._refill: asyncio.Task[None] | None = None

    def start_spare(self) -> None:
        """Start a spare now, unless there is one."""
        if self._spare is None:
            try:
                self._spare = self._start()
            except OSError as error:
                _log.warning("spare worker cannot be started", problem=str(error))

    def take(self) -> Worker:
        """A worker for one run; the caller owns it. Raises `OSError`."""
        worker, self._spare = self._spare, None
        if worker is None or worker.process.has_exited():
            worker = self._start()
        if self._refill is None or self._refill.done():
            self._refill = asyncio.create_task(self._start_spare_later())
        return worker

    async def close(self) -> None:
        """End the spare."""
        if self._refill is not None:
            self._refill.cancel()
        if self._spare is not None:
            await self._spare.process.kill()
            self._spare.process.release()
            self._spare.poke.close()
            self._spare = None

    def _start(self) -> Worker:
        poke = Poke()
        try:
            launch = self._engine.launch(poke.write_descriptor)
            process = WorkerProcess.start(launch, self._folder, marker=uuid4().hex, pass_fds=(poke.write_descriptor,))
        except OSError:
            poke.close()
            raise
        finally:
            poke.handed_over()
        return Worker(process, poke)

    async def _start_spare_later(self) -> None:
        await asyncio.sleep(SPARE_DELAY_S)
        self.start_spare()
