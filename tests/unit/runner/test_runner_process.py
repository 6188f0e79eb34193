"""Worker processes: started, watched and ended with everything they started."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from services.runner.engines import Launch
from services.runner.process import ProcessIdentity, WorkerProcess, find_members

Start = Callable[..., WorkerProcess]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    started: list[WorkerProcess] = []

    def call(code: str, marker: str = "m-1") -> WorkerProcess:
        launch = Launch((sys.executable, "-c", textwrap.dedent(code)), {"PATH": os.environ["PATH"]})
        process = WorkerProcess.start(launch, tmp_path, marker, ())
        started.append(process)
        return process

    yield call
    for process in started:
        await process.kill()
        process.release()


async def test_exit_code_and_signal_are_known(start: Start) -> None:
    ended = start("raise SystemExit(7)")
    assert await ended.wait(10)
    assert ended.returncode == 7
    assert not ended.identity.is_alive()
    killed = start("import time; time.sleep(60)")
    os.kill(killed.identity.pid, signal.SIGKILL)
    assert await killed.wait(10)
    assert killed.returncode == -9


async def test_a_worker_is_the_leader_of_its_own_session(start: Start) -> None:
    process = start("import sys; sys.stdin.read()")
    assert os.getsid(process.identity.pid) == process.identity.pid != os.getsid(0)
    assert os.getpgid(process.identity.pid) == process.identity.pid


async def test_its_environment_is_what_it_was_given(start: Start, tmp_path: Path) -> None:
    process = start("import json, os; open('environment', 'w').write(json.dumps(dict(os.environ)))")
    assert await process.wait(10)
    text = (tmp_path / "environment").read_text()
    assert '"ZAC_WORKER": "m-1"' in text
    assert "HOME" not in text


async def test_the_assignment_is_the_whole_of_standard_input(start: Start, tmp_path: Path) -> None:
    process = start("import sys; open('assignment', 'w').write(sys.stdin.read())")
    process.assign("do this\n")
    assert await process.wait(10)
    assert (tmp_path / "assignment").read_text() == "do this\n"


async def test_kill_finds_children_grandchildren_and_runaways(start: Start, tmp_path: Path, eventually: Any) -> None:
    process = start(
        """
        import os, signal, time
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            os.setpgid(0, 0)
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    open("ready", "w").close()
        time.sleep(60)
        """
    )
    await eventually.wait((tmp_path / "ready").exists)
    assert len(find_members(process.identity)) == 4
    process.terminate()
    assert not await process.wait(0.2)
    assert await process.kill() == []
    assert find_members(process.identity) == []


async def test_kill_reaches_those_who_outlive_their_parent(start: Start, tmp_path: Path, eventually: Any) -> None:
    process = start("import os, time; os.fork() or (os.setsid(), open('ready', 'w').close(), time.sleep(60))")
    assert await process.wait(10)
    await eventually.wait((tmp_path / "ready").exists)
    assert len(find_members(process.identity)) == 1
    assert await process.kill() == []
    assert find_members(process.identity) == []


async def test_others_are_left_alone(start: Start) -> None:
    first, second = start("import time; time.sleep(60)", "m-1"), start("import time; time.sleep(60)", "m-2")
    await first.kill()
    assert second.identity.is_alive()
    assert not second.has_exited()


async def test_a_process_is_adopted_by_its_identity(start: Start) -> None:
    process = start("import time; time.sleep(60)")
    adopted = WorkerProcess(ProcessIdentity.from_json(process.identity.to_json()))
    assert not adopted.has_exited()
    assert adopted.identity.marker == "m-1"
    assert await adopted.kill() == []
    assert await adopted.wait(5)


async def test_a_recycled_pid_is_not_the_old_process(start: Start) -> None:
    living = start("import time; time.sleep(60)", "m-1").identity
    for old in (
        ProcessIdentity(living.pid, living.start_ticks - 1, living.boot_id, "m-2"),
        ProcessIdentity(living.pid, living.start_ticks, "another boot", "m-2"),
    ):
        assert not old.is_alive()
        adopted = WorkerProcess(old)
        assert adopted.has_exited()
        adopted.stop_politely()
        adopted.terminate()
        assert await adopted.kill() == []
    assert living.is_alive()


def test_a_pid_that_does_not_exist_has_no_identity() -> None:
    assert ProcessIdentity.of(2**22 + 1) is None
    assert ProcessIdentity.of(os.getpid()) == ProcessIdentity.of(os.getpid())
