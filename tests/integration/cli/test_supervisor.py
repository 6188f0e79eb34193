"""The supervisor with real processes that crash, refuse to start, and refuse to end."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from services.cli import supervisor as supervisor_module
from services.cli.supervisor import ServiceSpec, Supervisor, SupervisorError

Eventually = Callable[..., Any]

# Announces itself and waits; ARGUMENT chooses how it misbehaves.
SERVICE = """
import json, os, signal, sys, time
name, mode, marks = sys.argv[1:4]
with open(marks, "a") as file:
    file.write(f"{name} {os.getpid()}\\n")
starts = sum(line.startswith(name + " ") for line in open(marks))
def say(): print(json.dumps({"service": name, "start": starts}), flush=True)
if mode == "refuses":
    sys.exit("the port is taken")
if mode == "silent":
    time.sleep(60)
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("no json", flush=True)
say()
if mode == "crashes":
    sys.exit(3)
if mode == "crashes once" and starts == 1:
    os.kill(os.getpid(), signal.SIGSEGV)
def end(*_):
    with open(marks, "a") as file:
        file.write(f"end-{name} {os.getpid()}\\n")
    sys.exit(0)
if mode != "stubborn":
    signal.signal(signal.SIGTERM, end)
while True: time.sleep(60)
"""


class Stage:
    """Makes supervisors of small services and remembers what they noticed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marks = folder / "marks"
        self.notices: list[str] = []
        self._supervisors: list[Supervisor] = []

    def start(self, **modes: str) -> Supervisor:
        specs = [
            ServiceSpec(
                name,
                (sys.executable, "-c", SERVICE, name, mode, str(self.marks)),
                dict(os.environ),
                self.folder / "logs" / f"{name}.log",
            )
            for name, mode in modes.items()
        ]
        supervisor = Supervisor(specs, self.notices.append)
        self._supervisors.append(supervisor)
        supervisor.start()
        return supervisor

    def marked(self) -> list[str]:
        """Names in the order in which processes began and ended."""
        return [line.split()[0] for line in self.marks.read_text().splitlines()] if self.marks.exists() else []

    def pids(self) -> list[int]:
        return [int(line.split()[1]) for line in self.marks.read_text().splitlines()]

    def close(self) -> None:
        for supervisor in self._supervisors:
            supervisor.stop()


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(supervisor_module, "FIRST_RESTART_DELAY_S", 0.02)
    monkeypatch.setattr(supervisor_module, "STOP_TIMEOUT_S", 0.5)
    stage = Stage(tmp_path)
    yield stage
    stage.close()


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_every_service_tells_when_it_is_ready(stage: Stage) -> None:
    supervisor = stage.start(a="good", b="good")
    ready = supervisor.wait_ready(20)
    assert ready == {"a": {"service": "a", "start": 1}, "b": {"service": "b", "start": 1}}
    assert sorted(pid for pid in supervisor.pids().values() if pid) == sorted(stage.pids())


def test_a_service_that_refuses_to_start_is_quoted(stage: Stage) -> None:
    supervisor = stage.start(a="good", b="refuses")
    with pytest.raises(SupervisorError, match=r"b cannot be started \(exit code 1\): the port is taken"):
        supervisor.wait_ready(20)
    supervisor.stop()
    assert not any(map(is_alive, stage.pids()))


def test_a_service_that_says_nothing_is_not_waited_for_without_end(stage: Stage) -> None:
    supervisor = stage.start(a="silent", b="good")
    with pytest.raises(SupervisorError, match=r"not ready within 1 s: a"):
        supervisor.wait_ready(1)


def test_a_crashed_service_is_started_again(stage: Stage, eventually: Eventually) -> None:
    supervisor = stage.start(a="crashes once", b="good")
    eventually(lambda: stage.marked().count("a") == 2, timeout_s=20)
    eventually(lambda: supervisor.wait_ready(20)["a"]["start"] == 2)
    assert stage.marked().count("b") == 1
    assert stage.notices == ["a has ended (SIGSEGV) and is started again in 0.0 s"]
    supervisor.check()


def test_a_service_that_keeps_crashing_is_given_up(stage: Stage, eventually: Eventually) -> None:
    supervisor = stage.start(a="crashes")

    with pytest.raises(SupervisorError, match=r"a ended 6 times within 60 s, the last time exit code 3"):
        eventually(supervisor.check, timeout_s=30)
    assert stage.marked().count("a") == supervisor_module.MAX_RESTARTS + 1


def test_services_end_group_after_group(stage: Stage) -> None:
    supervisor = stage.start(a="good", b="good", c="good")
    supervisor.wait_ready(20)
    supervisor.stop((("b",), ("c",)))
    assert stage.marked()[3:] == ["end-b", "end-c", "end-a"]
    assert not any(map(is_alive, stage.pids()))
    assert stage.notices == []


def test_a_service_that_ignores_sigterm_is_killed(stage: Stage) -> None:
    supervisor = stage.start(a="stubborn", b="good")
    supervisor.wait_ready(20)
    supervisor.stop()
    assert not any(map(is_alive, stage.pids()))
    assert stage.notices == ["a does not end within 0.5 s and is killed"]


def test_nothing_is_started_again_while_stopping(stage: Stage, eventually: Eventually) -> None:
    supervisor = stage.start(a="good")
    supervisor.wait_ready(20)
    (pid,) = stage.pids()
    os.kill(pid, signal.SIGKILL)
    supervisor.stop()
    assert stage.marked().count("a") in (1, 2)
    assert not any(map(is_alive, stage.pids()))
    assert all(pid is None for pid in supervisor.pids().values())


def test_announcements_are_json_objects(stage: Stage) -> None:
    assert json.dumps(stage.start(a="good").wait_ready(20)["a"]) == '{"service": "a", "start": 1}'
