"""Cancelling: everything of the run gone and the outcome there within two seconds, in every phase."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zac.run.v1 import execution_pb2

CANCELLED = execution_pb2.EXECUTION_STATE_CANCELLED
SUCCEEDED = execution_pb2.EXECUTION_STATE_SUCCEEDED
CANCEL_LIMIT_S = 2.0  # the contract


def timed_cancel(runner: Any, request: Any, *, keep: bool = False) -> int:
    started = time.monotonic()
    state: int = runner.cancel(request, keep=keep)
    assert time.monotonic() - started <= CANCEL_LIMIT_S
    assert runner.processes(request) == []
    return state


def first(stream: Any, wanted: Callable[[Any], bool]) -> Any:
    return next(event for event in stream if wanted(event))


@pytest.mark.parametrize("keep", [False, True])
def test_cancel_at_the_first_moment(runner: Any, keep: bool, eventually: Any, error_of: Any) -> None:
    request = runner.request("slow")
    call = runner.stub.Execute(request, timeout=30)
    eventually(lambda: runner.folder(request).joinpath("worker.json").exists())
    eventually(lambda: _is_known(runner, request))
    assert timed_cancel(runner, request, keep=keep) == CANCELLED
    events = [message.event for message in call if message.HasField("event")]
    assert events[-1].finished.state == CANCELLED
    assert events == runner.wait(request)


def _is_known(runner: Any, request: Any) -> bool:
    try:
        return bool(runner.get(request))
    except Exception:  # noqa: BLE001 # not known yet
        return False


def test_cancel_in_the_middle_discards(runner: Any) -> None:
    request = runner.request("slow", parameters={"pause_ms": "5"})
    stream = runner.execute(request)
    first(stream, lambda event: event.progress.percent > 3)
    assert timed_cancel(runner, request) == CANCELLED
    finished = list(stream)[-1].finished
    assert not finished.HasField("result")
    assert not Path(runner.get(request).artifacts_dir).exists()
    assert not (runner.folder(request) / "artifacts.staging").exists()


def test_cancel_in_the_middle_keeps_partial_results_when_asked(runner: Any) -> None:
    request = runner.request("slow", parameters={"pause_ms": "5"})
    stream = runner.execute(request)
    first(stream, lambda event: event.progress.percent > 3)
    assert timed_cancel(runner, request, keep=True) == CANCELLED
    events = list(stream)
    result = events[-1].finished.result
    assert result.partial
    assert (result.simulated_until.year, result.simulated_until.month) == (2013, 10)
    assert 7 <= result.simulated_until.day < 11
    assert result.orders == 1
    assert max(event.progress.percent for event in events) < 100
    manifest = json.loads((Path(runner.get(request).artifacts_dir) / "manifest.json").read_text())
    assert manifest["partial"] is True


def test_cancel_at_99_percent(runner: Any) -> None:
    # The last minutes of five days: 3 of 1950.
    request = runner.request("slow", parameters={"pause_ms": "900", "pause_from": "2013-10-11T15:57"})
    stream = runner.execute(request)
    first(stream, lambda event: event.log.text.endswith("15:57:00"))
    assert timed_cancel(runner, request) == CANCELLED
    assert not list(stream)[-1].finished.HasField("result")


def test_a_finished_run_stays_as_it_is(runner: Any) -> None:
    request = runner.request("buy_and_hold")
    events = list(runner.execute(request))
    assert timed_cancel(runner, request) == SUCCEEDED
    assert timed_cancel(runner, request, keep=True) == SUCCEEDED
    assert runner.wait(request) == events
    assert Path(runner.get(request).artifacts_dir).is_dir()


@pytest.mark.parametrize("keep", [False, True])
def test_processes_that_ignore_signals_are_killed_with_all_they_started(
    runner: Any, keep: bool, eventually: Any
) -> None:
    request = runner.request("stubborn")
    stream = runner.execute(request)
    first(stream, lambda event: event.log.text == "hanging now")
    eventually(lambda: len(runner.processes(request)) == 3)  # the worker, its child, a grandchild in another session
    assert timed_cancel(runner, request, keep=keep) == CANCELLED
    assert list(stream)[-1].finished.state == CANCELLED


def test_a_discarding_cancel_overrides_a_polite_one(runner: Any) -> None:
    request = runner.request("stubborn")
    stream = runner.execute(request)
    first(stream, lambda event: event.log.text == "hanging now")
    polite = runner.stub.CancelExecution.future(_cancel_request(request, keep=True), timeout=10)
    started = time.monotonic()
    assert timed_cancel(runner, request) == CANCELLED
    assert time.monotonic() - started < 1.2
    assert polite.result().state == CANCELLED


def _cancel_request(request: Any, *, keep: bool) -> Any:
    from zac.run.v1 import runner_service_pb2

    return runner_service_pb2.CancelExecutionRequest(run_id=request.run_id, attempt=1, keep_partial_results=keep)


def test_many_cancels_at_once_agree(runner: Any) -> None:
    request = runner.request("slow")
    next(runner.execute(request))
    calls = [
        runner.stub.CancelExecution.future(_cancel_request(request, keep=bool(n % 2)), timeout=10) for n in range(8)
    ]
    assert len({call.result().state for call in calls}) == 1
    assert runner.wait(request)[-1].HasField("finished")
