"""What survives the death of the runner, and who may go on."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import grpc
import pytest

from services.common.errors import ServiceError
from services.runner.journal import read_end
from services.runner.process import ProcessIdentity
from zac.run.v1 import execution_pb2

SUCCEEDED = execution_pb2.EXECUTION_STATE_SUCCEEDED
FAILED = execution_pb2.EXECUTION_STATE_FAILED
CANCELLED = execution_pb2.EXECUTION_STATE_CANCELLED


def test_a_worker_survives_its_runner_and_is_followed_without_a_gap(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("slow", parameters={"pause_ms": "2"})
    stream = runner.execute(request)
    seen = [next(stream) for _ in range(20)]
    worker = runner.worker(request)
    runner.stop(signal.SIGKILL)
    assert worker.is_alive()
    runner.start()
    assert runner.get(request).state == execution_pb2.EXECUTION_STATE_RUNNING
    seen += runner.wait(request, after=seen[-1].sequence)
    assert [event.sequence for event in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].finished.state == SUCCEEDED
    assert list(runner.execute(request)) == seen, "a second Execute after the restart attaches too"
    assert not worker.is_alive()


@pytest.mark.parametrize("seed", range(4))
def test_a_runner_killed_at_any_moment_loses_nothing(make_runner: Any, seed: int, eventually: Any) -> None:
    random = Random(seed)
    runner = make_runner()
    request = runner.request("slow", parameters={"pause_ms": "0.5"})
    stream = runner.execute(request)
    seen = []
    with suppress(grpc.RpcError):
        for event in stream:
            seen.append(event)
            if not random.randrange(400):
                runner.process.kill()
    if not (seen and seen[-1].HasField("finished")):
        runner.stop(signal.SIGKILL)
        runner.start()
        seen += runner.wait(request, after=seen[-1].sequence if seen else 0)
    assert [event.sequence for event in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].finished.state == SUCCEEDED
    assert sum(event.HasField("order_event") for event in seen) == 2
    eventually(lambda: not runner.processes(request), timeout_s=2)


def test_an_adopted_worker_can_be_cancelled(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("stubborn")
    stream = runner.execute(request)
    next(event for event in stream if event.log.text == "hanging now")
    runner.stop(signal.SIGKILL)
    runner.start()
    assert runner.cancel(request) == CANCELLED
    assert runner.processes(request) == []


def test_partial_results_of_an_adopted_worker_can_be_kept(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("slow")
    next(runner.execute(request))
    runner.stop(signal.SIGKILL)
    runner.start()
    assert runner.cancel(request, keep=True) == CANCELLED
    assert runner.wait(request)[-1].finished.result.partial


def test_a_worker_that_died_with_its_runner_is_lost(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("slow")
    stream = runner.execute(request)
    seen = [next(stream) for _ in range(3)]
    worker = runner.worker(request)
    runner.stop(signal.SIGKILL)
    os.kill(worker.pid, signal.SIGKILL)
    runner.start()
    events = runner.wait(request)
    assert events[:3] == seen
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert events[-1].finished.state == FAILED
    assert ServiceError.from_status(events[-1].finished.error).reason == "WORKER_LOST"


def test_a_torn_record_is_cut_off(make_runner: Any, eventually: Any) -> None:
    runner = make_runner()
    request = runner.request("slow")
    stream = runner.execute(request)
    next(stream)
    worker = runner.worker(request)
    runner.stop(signal.SIGKILL)
    os.kill(worker.pid, signal.SIGKILL)
    eventually(lambda: not worker.is_alive())
    journal = runner.folder(request) / "journal"
    whole = read_end(journal)
    with journal.open("ab") as file:
        file.write(b"\xf0\x01only the beginning of a record")
    runner.start()
    events = runner.wait(request)
    assert len(events) == whole.sequence + 1
    assert events[-1].sequence == whole.sequence + 1
    assert events[-1].finished.state == FAILED


def test_a_cancel_that_the_runner_did_not_finish_is_finished_by_the_next(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("slow")
    next(runner.execute(request))
    runner.stop(signal.SIGKILL)
    (runner.folder(request) / "cancel").write_text("discard")
    runner.start()
    assert runner.wait(request)[-1].finished.state == CANCELLED
    assert runner.processes(request) == []


def test_an_ended_execution_is_known_after_a_restart(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("buy_and_hold")
    events = list(runner.execute(request))
    runner.stop()
    runner.start()
    assert runner.get(request).state == SUCCEEDED
    assert runner.wait(request) == events
    assert runner.cancel(request) == SUCCEEDED


def test_a_runner_that_is_stopped_takes_its_workers_with_it(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("stubborn")
    stream = runner.execute(request)
    events = [next(event for event in stream if event.log.text == "hanging now")]
    assert runner.stop() == 0
    assert runner.processes(request) == []
    runner.start()
    events = runner.wait(request)
    error = ServiceError.from_status(events[-1].finished.error)
    assert (error.reason, error.metadata) == ("WORKER_LOST", {"cause": "runner_stopped"})


def test_a_spare_worker_does_not_outlive_its_runner(make_runner: Any, eventually: Any) -> None:
    runner = make_runner()
    pid = runner.process.pid
    children = eventually(lambda: _workers_of(pid), timeout_s=20)
    runner.stop(signal.SIGKILL)
    eventually(lambda: not any(child.is_alive() for child in children))


def _workers_of(pid: int) -> list[ProcessIdentity]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    workers = [child for child in children if b"services.runner.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return [identity for child in workers if (identity := ProcessIdentity.of(int(child)))]


def test_an_older_owner_is_refused(make_runner: Any, error_of: Any) -> None:
    runner = make_runner()
    request = runner.request("slow")
    request.fencing_token = 7
    next(runner.execute(request))
    stale = type(request)()
    stale.CopyFrom(request)
    stale.fencing_token = 6
    error = error_of(lambda: next(runner.execute(stale)))
    assert (error.code.name, error.reason) == ("ABORTED", "STALE_FENCING_TOKEN")
    runner.stop(signal.SIGKILL)
    runner.start()
    assert error_of(lambda: next(runner.execute(stale))).reason == "STALE_FENCING_TOKEN", "tokens survive a restart"
    stale.attempt = 2
    assert error_of(lambda: next(runner.execute(stale))).reason == "STALE_FENCING_TOKEN"
    runner.cancel(request)


def test_a_new_attempt_replaces_the_old_one(make_runner: Any) -> None:
    runner = make_runner()
    request = runner.request("slow")
    next(runner.execute(request))
    retry = type(request)()
    retry.CopyFrom(request)
    retry.attempt, retry.fencing_token = 2, 2
    next(runner.execute(retry))
    assert runner.processes(request) == []
    assert runner.get(request).state == CANCELLED
    assert runner.get(retry).state == execution_pb2.EXECUTION_STATE_RUNNING
    runner.cancel(retry)


def test_an_execution_that_never_began_is_started_by_the_next_runner(make_runner: Any, error_of: Any) -> None:
    runner = make_runner()
    request = runner.request("buy_and_hold")
    runner.stop(signal.SIGKILL)
    folder = runner.folder(request)
    folder.mkdir(parents=True)
    (folder / "journal").touch()
    (folder / "request.binpb").write_bytes(request.SerializeToString())
    (runner.runs_dir / ".live" / f"{request.run_id}.1").touch()
    runner.start()
    assert error_of(lambda: runner.get(request)).reason == "EXECUTION_NOT_FOUND"
    assert list(runner.execute(request))[-1].finished.state == SUCCEEDED
