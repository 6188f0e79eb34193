"""The recorder: what the engine tells reaches the journal, in order, in batches, and within limits."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pylean import ProgressReport
from services.runner.journal import ExecutionEvent, JournalReader
from services.runner.layout import ExecutionFolder
from services.runner.worker import recorder as recorder_module
from services.runner.worker.recorder import Recorder
from zac.run.v1 import execution_pb2

SUCCEEDED = execution_pb2.EXECUTION_STATE_SUCCEEDED
CANCELLED = execution_pb2.EXECUTION_STATE_CANCELLED
UTC_TIME = datetime(2025, 10, 1, 13, 31)


@pytest.fixture
def poke() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    os.close(reading)
    os.close(writing)


@pytest.fixture
def recorder(tmp_path: Path, poke: tuple[int, int]) -> Recorder:
    return Recorder(ExecutionFolder(tmp_path), poke[1])


def report(percent: float, processed: int = 100) -> ProgressReport:
    return ProgressReport(percent, UTC_TIME, processed, 1000, 1, 0, Decimal("100000.50"))


def finish(recorder: Recorder, state: execution_pb2.ExecutionState.ValueType = SUCCEEDED, text: str = "") -> None:
    recorder.finish(execution_pb2.ExecutionFinished(state=state), text)


def events(folder: Path) -> list[ExecutionEvent]:
    with JournalReader(folder / "journal") as reader:
        return reader.read()


def test_everything_told_is_numbered_and_in_order(recorder: Recorder, tmp_path: Path) -> None:
    recorder.started()
    for number in range(1000):
        recorder.log("info", f"line {number}", UTC_TIME)
    finish(recorder)
    found = events(tmp_path)
    assert [event.sequence for event in found] == list(range(1, 1003))
    assert found[0].started.worker_pid == os.getpid()
    assert [event.log.text for event in found[1:-1]] == [f"line {number}" for number in range(1000)]
    assert found[-1].finished.state == SUCCEEDED
    assert found[1].log.simulated_time.ToDatetime() == UTC_TIME
    assert found[1].log.phase == "backtest_execution"


def test_lines_are_written_while_the_engine_is_silent(recorder: Recorder, tmp_path: Path, eventually: Any) -> None:
    recorder.log("debug", "alone", None)
    (event,) = eventually(lambda: events(tmp_path), timeout_s=2)
    assert event.log.text == "alone"
    assert not event.log.HasField("simulated_time")
    finish(recorder)


def test_each_batch_pokes_the_runner(recorder: Recorder, poke: tuple[int, int]) -> None:
    recorder.started()
    assert os.read(poke[0], 1)
    finish(recorder)


def test_a_full_pipe_holds_up_nothing(tmp_path: Path, poke: tuple[int, int]) -> None:
    os.set_blocking(poke[1], False)
    os.write(poke[1], b"\0" * 10_000_000)
    with pytest.raises(BlockingIOError):
        os.write(poke[1], b"\0")
    recorder = Recorder(ExecutionFolder(tmp_path), poke[1])
    recorder.started()
    finish(recorder)
    assert len(events(tmp_path)) == 2


def test_levels_and_texts_that_no_wire_can_carry(recorder: Recorder, tmp_path: Path) -> None:
    for level in ("trace", "debug", "info", "log", "warning", "error", "strange"):
        recorder.log(level, f"{level} \ud800 half a pair", None)
    finish(recorder)
    lines = [event.log for event in events(tmp_path)[:-1]]
    names = [execution_pb2.LogLevel.Name(line.level).removeprefix("LOG_LEVEL_") for line in lines]
    assert names == ["DEBUG", "DEBUG", "INFO", "INFO", "WARNING", "ERROR", "INFO"]
    assert lines[0].text == "trace ? half a pair"


def test_progress_is_told_at_once_then_replaced_and_100_only_at_the_end(recorder: Recorder, tmp_path: Path) -> None:
    for percent in (0.0, 10.0, 20.0, 30.0):
        recorder.progress(report(percent))
    time.sleep(0.12)
    finish(recorder)
    told = [event.progress for event in events(tmp_path) if event.HasField("progress")]
    assert [progress.percent for progress in told] == [30.0, 100.0]
    assert (told[0].equity, told[0].orders) == ("100000.5", 1)


def test_progress_of_a_cancelled_run_does_not_reach_100(recorder: Recorder, tmp_path: Path) -> None:
    recorder.progress(report(30.0))
    finish(recorder, CANCELLED)
    assert all(event.progress.percent < 100 for event in events(tmp_path))


def test_text_for_the_log_file_only(recorder: Recorder, tmp_path: Path) -> None:
    recorder.log("info", "before", UTC_TIME)
    finish(recorder, text="Traceback of ours")
    assert (tmp_path / "log.txt").read_text() == "2025-10-01 13:31:00 INFO before\nTraceback of ours\n"
    assert not any("Traceback" in event.log.text for event in events(tmp_path))


def test_a_log_without_end_is_cut_and_says_so(
    tmp_path: Path, poke: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "MAX_LOG_CHARS", 500)
    recorder = Recorder(ExecutionFolder(tmp_path), poke[1])
    for number in range(100):
        recorder.log("info", f"line {number:03}", None)
    finish(recorder)
    lines = [event.log for event in events(tmp_path)[:-1]]
    kept = [line.text for line in lines if line.text.startswith("line")]
    assert 0 < len(kept) < 100
    assert lines[-1].text == f"{100 - len(kept)} log lines above the limit of the log were not kept"
    assert (tmp_path / "log.txt").stat().st_size < 1200


def test_a_disk_that_cannot_be_written_stops_the_engine(tmp_path: Path, poke: tuple[int, int], eventually: Any) -> None:
    (tmp_path / "journal").symlink_to("/dev/full")
    recorder = Recorder(ExecutionFolder(tmp_path), poke[1])
    recorder.started()
    eventually(lambda: recorder.stop_requested, timeout_s=2)
    with pytest.raises(OSError, match="No space left"):
        recorder.raise_failure()
    with pytest.raises(OSError, match="No space left"):
        finish(recorder)


def test_threads_of_a_strategy_may_log_too(recorder: Recorder, tmp_path: Path) -> None:
    def chatter(name: str) -> Callable[[], None]:
        return lambda: [recorder.log("info", f"{name} {number}", None) for number in range(500)] and None

    threads = [threading.Thread(target=chatter(name)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finish(recorder)
    texts = [event.log.text for event in events(tmp_path)[:-1]]
    assert len(texts) == len(set(texts)) == 2000
    for name in "abcd":
        assert [text for text in texts if text[0] == name] == [f"{name} {number}" for number in range(500)]
