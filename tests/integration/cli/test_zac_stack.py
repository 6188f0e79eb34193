"""`zac up` and runs on an own stack, with the real services."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

Zac = Any
Eventually = Callable[..., Any]

IDLE = '''"""Does nothing for three days."""
from AlgorithmImports import *


class Idle(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2025, 10, 1)
        self.set_end_date(2025, 10, 3)
        self.set_cash(100000)
'''


@pytest.fixture
def idle(tmp_path: Path, shared: Path) -> tuple[str, ...]:
    """Arguments that run a strategy without subscriptions; even that needs the market's hours from a data root."""
    folder = tmp_path / "Idle"
    folder.mkdir()
    (folder / "main.py").write_text(IDLE)
    return str(folder), "--data-root", str(shared / "market-data")


@contextmanager
def up(zac: Zac, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A stack on free ports and what it said about itself."""
    process: subprocess.Popen[str] = zac.start("up", "--port", "0", "-o", "jsonl", *options)
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                _, stderr = process.communicate(timeout=20)
                pytest.fail(stderr)
            yield process, json.loads(line)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), 1):
        return True
    return False


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_a_stack_serves_and_ends_with_all_its_processes(
    zac: Zac, tmp_path: Path, number: signal.Signals, exit_code: int
) -> None:
    with up(zac) as (process, said):
        assert all(listens(said[name]) for name in ("gateway", "downloader", "runner"))
        listed = zac("strategy", "list", "--server", said["gateway"], "-o", "id")
        assert "ZacQC" in listed.stdout.split()
        process.send_signal(number)
        assert process.wait(20) == exit_code
    assert not any(map(is_alive, said["pids"].values()))
    assert sorted(path.name for path in (tmp_path / "state" / "logs").iterdir()) == [
        "downloader.log",
        "gateway.log",
        "runner.log",
    ]


def test_a_killed_service_comes_back_under_its_address(zac: Zac, eventually: Eventually) -> None:
    with up(zac) as (_, said):
        os.kill(said["pids"]["runner"], signal.SIGKILL)
        eventually(lambda: not listens(said["runner"]))
        eventually(lambda: listens(said["runner"]), timeout_s=15)
        listed = zac("strategy", "list", "--server", said["gateway"], "-o", "id")
        assert listed.returncode == 0, listed.stderr


def test_services_end_when_the_supervisor_is_killed(zac: Zac, eventually: Eventually) -> None:
    with up(zac) as (process, said):
        process.kill()
        process.wait(20)
        eventually(lambda: not any(map(is_alive, said["pids"].values())), timeout_s=15)


def test_a_state_folder_has_one_stack(zac: Zac) -> None:
    with up(zac) as (_, said):
        second = zac("up", "--port", "0", "-o", "json")
        assert second.returncode == 1
        error = json.loads(second.stdout)["error"]
        assert error["code"] == "STATE_IN_USE"
        assert said["gateway"] in error["message"]


def test_a_port_that_is_taken_is_named(zac: Zac) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = zac("up", "--port", str(port), "-o", "json")
    assert done.returncode == 1
    assert str(port) in json.loads(done.stdout)["error"]["message"]


def test_a_folder_runs_on_an_own_stack_that_ends_with_the_run(zac: Zac, idle: tuple[str, ...], tmp_path: Path) -> None:
    done = zac("run", *idle, "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert (document["state"], document["strategy"]) == ("SUCCEEDED", "Idle")
    assert document["statistics"]["Total Orders"] == "0"
    assert Path(document["artifacts_dir"]).is_relative_to(tmp_path / "state")
    owner = json.loads((tmp_path / "state" / "stack.lock").read_text())
    assert not listens(owner["gateway"])
    assert not is_alive(owner["pid"])


def test_runs_of_an_own_stack_are_remembered(zac: Zac, idle: tuple[str, ...]) -> None:
    run_id = zac("run", *idle, "-o", "id").stdout.strip()
    with up(zac) as (_, said):
        shown = zac("runs", "show", "@last", "--server", said["gateway"], "-o", "json")
        assert json.loads(shown.stdout)["run_id"] == run_id


def test_an_own_stack_beside_a_running_one_has_its_own_state(zac: Zac, idle: tuple[str, ...], tmp_path: Path) -> None:
    with up(zac):
        done = zac("run", *idle, "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert Path(json.loads(done.stdout)["artifacts_dir"]).is_relative_to(tmp_path / "state" / "side")


def test_a_run_cannot_be_detached_from_an_own_stack(zac: Zac, idle: tuple[str, ...]) -> None:
    done = zac("run", *idle, "--detach", "-o", "json")
    assert done.returncode == 9
    assert "zac up" in json.loads(done.stdout)["error"]["hint"]


def test_a_refused_run_ends_the_own_stack_too(zac: Zac, tmp_path: Path) -> None:
    done = zac("run", "Nowhere", "--server", "own", "-o", "json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "STRATEGY_NOT_FOUND"
    owner = json.loads((tmp_path / "state" / "stack.lock").read_text())
    assert not listens(owner["gateway"])


def test_sigterm_cancels_the_run_and_ends_the_own_stack(zac: Zac, idle: tuple[str, ...], tmp_path: Path) -> None:
    slow = IDLE.replace("100000)", "100000)\n        import time; time.sleep(30)")
    (tmp_path / "Idle" / "main.py").write_text(slow)
    with zac.start("run", *idle, "-o", "jsonl") as process:
        for line in process.stdout:
            if "Starting Engine" in line:
                break
        process.send_signal(signal.SIGTERM)
        rest, stderr = process.communicate(timeout=20)
    assert process.returncode == 143, stderr
    assert json.loads(rest.splitlines()[-1])["state_changed"]["state"] == "RUN_STATE_CANCELLED"
    owner = json.loads((tmp_path / "state" / "stack.lock").read_text())
    assert not listens(owner["gateway"])
