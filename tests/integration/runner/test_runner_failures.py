"""Runs that go wrong: the outcome says what happened, in words and facts, and never in Python's."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from services.common.errors import ServiceError
from zac.run.v1 import execution_pb2

FAILED = execution_pb2.EXECUTION_STATE_FAILED
ERROR = execution_pb2.LOG_LEVEL_ERROR


def run(runner: Any, strategy: str, **fields: Any) -> tuple[list[Any], ServiceError]:
    events = list(runner.execute(runner.request(strategy, **fields)))
    finished = events[-1].finished
    assert finished.state == FAILED
    error = ServiceError.from_status(finished.error)
    assert not any(word in error.message for word in ("Traceback", "Error:", 'File "', "<class"))
    return events, error


def line_of(strategy: str, text: str) -> str:
    lines = (Path(__file__).parent / "strategies" / strategy / "main.py").read_text().splitlines()
    return str(next(number for number, line in enumerate(lines, 1) if text in line))


def error_lines(events: list[Any]) -> str:
    return "\n".join(event.log.text for event in events if event.log.level == ERROR)


def test_a_strategy_that_fails_on_data(runner: Any) -> None:
    events, error = run(runner, "fails_on_data")
    assert error.reason == "STRATEGY_FAILED"
    assert error.metadata == {
        "where": "on_data",
        "file": "main.py",
        "line": line_of("fails_on_data", "1 / self.countdown"),
        "simulated_time": "2013-10-07T13:33:00Z",
    }
    assert "ZeroDivisionError" in error_lines(events)


def test_a_strategy_that_fails_in_initialize(runner: Any) -> None:
    events, error = run(runner, "fails_in_initialize")
    assert (error.reason, error.metadata["where"], error.metadata["file"]) == (
        "STRATEGY_FAILED",
        "initialize",
        "main.py",
    )
    assert "fast must be below slow" in error_lines(events)
    assert not any(event.HasField("started") for event in events)


def test_a_strategy_that_ends_its_process_politely(runner: Any) -> None:
    _, error = run(runner, "exits", parameters={"how": "sys"})
    assert error.reason == "STRATEGY_FAILED"


def test_a_strategy_that_ends_its_process_at_once(runner: Any) -> None:
    _, error = run(runner, "exits", parameters={"how": "os"})
    assert (error.reason, error.metadata) == ("WORKER_LOST", {"cause": "exit", "exit_code": "3"})


def test_a_strategy_that_wants_too_much_memory(runner: Any) -> None:
    _, error = run(runner, "out_of_memory")
    assert error.reason == "OUT_OF_MEMORY"


def test_a_damaged_data_file_is_named(runner: Any, tmp_path: Path) -> None:
    root = tmp_path / "data"
    for name in ("market-hours", "symbol-properties", "alternative"):
        shutil.copytree(runner.data_root / name, root / name)
    for name in ("map_files", "factor_files", "daily", "hour"):
        source = runner.data_root / "equity" / "usa" / name
        if source.exists():
            shutil.copytree(source, root / "equity" / "usa" / name)
    minute = root / "equity" / "usa" / "minute" / "spy"
    shutil.copytree(runner.data_root / "equity" / "usa" / "minute" / "spy", minute)
    damaged = minute / "20131009_trade.zip"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:100])
    request = runner.request("buy_and_hold")
    request.data_root = str(root)
    events = list(runner.execute(request))
    error = ServiceError.from_status(events[-1].finished.error)
    assert (error.reason, error.metadata["path"]) == ("DATA_UNREADABLE", str(damaged))
    assert "Traceback" in (runner.folder(request) / "log.txt").read_text()
    assert error_lines(events) == ""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_worker_that_is_killed_is_lost(runner: Any, number: signal.Signals) -> None:
    request = runner.request("slow")
    stream = runner.execute(request)
    events = [next(stream) for _ in range(3)]
    os.kill(runner.worker(request).pid, number)
    events += list(stream)
    error = ServiceError.from_status(events[-1].finished.error)
    assert error.reason == "WORKER_LOST"
    assert error.metadata == {"cause": "signal", "signal": number.name}
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert runner.wait(request) == events
    assert not Path(runner.get(request).artifacts_dir).exists()


def test_a_full_disk_is_named(runner: Any, make_runner: Any, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid() != 0 or os.system(f"mount -t tmpfs -o size=300k tmpfs {small}") != 0:  # noqa: S605
        pytest.skip("needs the right to mount a small file system")
    try:
        limited = make_runner(ZAC_RUNS_DIR=str(small))
        limited.runs_dir = small
        events = list(limited.execute(limited.request("noisy", parameters={"lines": "35000"})))
        error = ServiceError.from_status(events[-1].finished.error)
        assert error.reason == "DISK_FULL"
        limited.stop()
    finally:
        os.system(f"umount -l {small}")  # noqa: S605


def test_a_strategy_that_breaks_between_check_and_start_is_refused(
    make_runner: Any, error_of: Any, tmp_path: Path, project: Path
) -> None:
    folder = tmp_path / "strategies" / "mine"
    shutil.copytree(project / "examples" / "buy_and_hold", folder)
    runner = make_runner(ZAC_STRATEGY_PATH=str(folder.parent))
    request = runner.request("mine")
    (folder / "helper.py").write_text("changed = True\n")
    error = error_of(lambda: next(runner.execute(request)))
    assert (error.code.name, error.reason) == ("FAILED_PRECONDITION", "STRATEGY_CHANGED")
    assert not runner.folder(request).exists()


def test_a_strategy_that_scribbles_into_its_journal_ends(runner: Any) -> None:
    events, error = run(runner, "vandal")
    assert (error.reason, error.metadata) == ("WORKER_LOST", {"cause": "journal_damaged"})
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
