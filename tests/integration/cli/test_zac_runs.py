"""`zac runs` and `zac strategy` against a scripted gateway."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

Zac = Any
Gateway = Any
Eventually = Callable[..., Any]


@pytest.fixture
def three_runs(zac: Zac, gateway: Gateway) -> list[str]:
    """Ids of a run that succeeded, one that failed and one under way."""
    for strategy in ("Quick", "Failing", "Endless"):
        zac("run", strategy, "--server", gateway.address, "--detach")
    return [played.run.run_id for played in gateway.played]


def test_an_empty_list_is_a_document_and_no_error(zac: Zac, gateway: Gateway) -> None:
    done = zac("runs", "list", "--server", gateway.address, "-o", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_list_pages_through_all_runs_newest_first(zac: Zac, gateway: Gateway, three_runs: list[str]) -> None:
    done = zac("runs", "list", "--server", gateway.address, "-o", "id")
    assert done.stdout.split() == three_runs[::-1]
    limited = zac("runs", "list", "--server", gateway.address, "-o", "jsonl", "--limit", "1")
    assert [json.loads(line)["run_id"] for line in limited.stdout.splitlines()] == [three_runs[2]]


def test_list_by_state_and_strategy(zac: Zac, gateway: Gateway, three_runs: list[str]) -> None:
    by_state = zac("runs", "list", "--server", gateway.address, "-o", "id", "--state", "failed", "--state", "SUCCEEDED")
    assert by_state.stdout.split() == [three_runs[1], three_runs[0]]
    by_strategy = zac("runs", "list", "--server", gateway.address, "-o", "id", "--strategy", "Quick")
    assert by_strategy.stdout.split() == [three_runs[0]]
    assert zac("runs", "list", "--server", gateway.address, "--state", "done").returncode == 2


def test_list_for_people_is_aligned_text(zac: Zac, gateway: Gateway, three_runs: list[str]) -> None:
    lines = zac("runs", "list", "--server", gateway.address).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["RUN", *(run_id[:18] for run_id in three_runs[::-1])]
    column = lines[0].index("STRATEGY")
    assert [line[column:].split()[0] for line in lines] == ["STRATEGY", "Endless", "Failing", "Quick"]


@pytest.mark.parametrize("named", ["@last", "0199aa43-e43b-7800-bfff-000000000003", "@running"])
def test_show_finds_a_run_by_any_of_its_names(zac: Zac, gateway: Gateway, three_runs: list[str], named: str) -> None:
    done = zac("runs", "show", named, "--server", gateway.address, "-o", "json")
    assert json.loads(done.stdout)["run_id"] == three_runs[2]
    assert json.loads(done.stdout)["configuration"]["strategy"] == "Endless"


@pytest.mark.parametrize("named", ["ffff", "@running", "@last"])
def test_a_run_that_is_not_there_is_not_found(zac: Zac, gateway: Gateway, named: str) -> None:
    done = zac("runs", "show", named, "--server", gateway.address, "-o", "json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["code"] == "RUN_NOT_FOUND"


def test_show_for_people_has_state_and_result(zac: Zac, gateway: Gateway, three_runs: list[str]) -> None:
    text = zac("runs", "show", three_runs[0], "--server", gateway.address).stdout
    assert "Completed" in text
    assert "1.234%" in text
    assert "on_data raised ZeroDivisionError" in zac("runs", "show", three_runs[1], "--server", gateway.address).stdout


def test_watch_replays_an_ended_run_and_tells_its_end(zac: Zac, gateway: Gateway, three_runs: list[str]) -> None:
    done = zac("runs", "watch", three_runs[0], "--server", gateway.address, "-o", "jsonl")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(gateway.played[0].events)
    assert zac("runs", "watch", three_runs[1], "--server", gateway.address).returncode == 5


@pytest.mark.parametrize(("options", "cancels"), [((), [False]), (("--on-interrupt", "detach"), [])])
def test_an_interrupted_watch_treats_the_run_as_an_interrupted_run_does(
    zac: Zac,
    gateway: Gateway,
    three_runs: list[str],
    eventually: Eventually,
    options: tuple[str, ...],
    cancels: list[bool],
) -> None:
    with zac.start("runs", "watch", "@running", "--server", gateway.address, *options) as process:
        eventually(lambda: gateway.watched, timeout_s=20)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert gateway.played[2].cancels == cancels


def test_cancel_waits_for_the_end(zac: Zac, gateway: Gateway, three_runs: list[str]) -> None:
    done = zac("runs", "cancel", "@running", "--keep-partial", "--server", gateway.address, "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "CANCELLED"
    assert gateway.played[2].cancels == [True]


def test_cancel_of_an_ended_run_changes_nothing(zac: Zac, gateway: Gateway, three_runs: list[str]) -> None:
    done = zac("runs", "cancel", three_runs[0], "--server", gateway.address, "-o", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["state"] == "SUCCEEDED"
    assert "had ended before" in done.stderr


def test_strategies_are_listed_and_described(zac: Zac, gateway: Gateway) -> None:
    listed = zac("strategy", "list", "--server", gateway.address, "-o", "json")
    assert json.loads(listed.stdout) == [{"name": "Quick", "title": "Ends at once", "source_digest": "d1"}]
    schema = zac("strategy", "schema", "Quick", "--server", gateway.address, "-o", "json")
    assert json.loads(schema.stdout)["properties"]["fast"]["maximum"] == 200
    text = zac("strategy", "schema", "Quick", "--server", gateway.address).stdout.splitlines()
    assert text[1].split() == ["fast", "integer", "5", "≥", "1,", "≤", "200", "bars"]
    assert zac("strategy", "schema", "Nix", "--server", gateway.address).returncode == 3
