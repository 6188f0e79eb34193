"""`zac run` against a scripted gateway: what it prints, and with which exit code it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

Zac = Any
Gateway = Any


def test_json_is_one_document_with_the_result(zac: Zac, gateway: Gateway) -> None:
    zac.environment["PYTHONWARNINGS"] = "error"
    done = zac("run", "Quick", "--server", gateway.address, "-o", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["run_id"] == gateway.played[0].run.run_id
    assert document["state"] == "SUCCEEDED"
    assert document["strategy"] == "Quick"
    assert list(document["statistics"].items()) == [
        ("Total Orders", "3"),
        ("Net Profit", "1.234%"),
        ("Average Win", "0.5%"),
    ]
    assert (document["order_list_hash"], document["data_points"]) == ("0a1b2c", 12345)
    assert document["simulated_data"] is True
    assert document["elapsed"] == {"simulating": 1.25, "total": 2.0}
    assert document["artifacts_dir"] == "/runs/1/artifacts"
    assert document["warnings"] == [{"code": "NO_TRADES", "text": "no trades were made"}]
    assert "error" not in document


def test_jsonl_is_every_event_unchanged_and_the_terminal_one_last(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Quick", "--server", gateway.address, "-o", "jsonl")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [int(event["sequence"]) for event in events] == list(range(1, len(gateway.played[0].events) + 1))
    assert events[-1]["state_changed"] == {"state": "RUN_STATE_SUCCEEDED", "status_text": "Completed"}
    assert events[4]["download_progress"]["bytes_received"] == "1500"


def test_id_is_one_line(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Quick", "--server", gateway.address, "-o", "id")
    assert (done.returncode, done.stdout) == (0, gateway.played[0].run.run_id + "\n")


def test_table_has_statistics_in_order_on_stdout_and_progress_on_stderr(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Quick", "--server", gateway.address)
    assert done.returncode == 0, done.stderr
    names = [line.split("  ")[0] for line in done.stdout.splitlines()]
    assert names[:4] == ["Total Orders", "Net Profit", "Average Win", "OrderListHash"]
    assert "SIMULATED" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert "All required Seconds data is available" in lines
    assert lines[-2].startswith("✓ Completed in 2.0 s")
    assert lines[-1] == "warning: no trades were made"
    # 21 progress events from 0 to 100 %: a line for each 10 %.
    assert sum(line.startswith("Running ") for line in lines) == 10


@pytest.mark.parametrize("options", [("--quiet",), ("--no-progress",)])
def test_less_on_stderr_when_asked_for(zac: Zac, gateway: Gateway, options: tuple[str, ...]) -> None:
    done = zac("run", "Quick", "--server", gateway.address, *options)
    assert done.returncode == 0
    assert "Total Orders" in done.stdout
    assert "Running" not in done.stderr
    if "--quiet" in options:
        assert done.stderr == ""


def test_every_option_reaches_the_request(zac: Zac, gateway: Gateway, tmp_path: Path) -> None:
    done = zac(
        *("run", "Quick", "--server", gateway.address, "--from", "2025-10-01", "--to", "2025-10-10"),
        *("--symbols", "AAPL, MSFT", "--cash", "1e5", "-p", "fast=7", "--parameter", "note=a=b", "--name", "mine"),
        *("--lean-version", "2025-10", "--no-download", "--allow-missing-data", "--again", "--keep-partial"),
        *("--data-root", str(tmp_path / "data" / "..")),
    )
    assert done.returncode == 0, done.stderr
    (request,) = gateway.created
    assert (request.name, request.again, request.keep_partial_results) == ("mine", True, True)
    assert len(request.request_id) == 36
    configuration = request.configuration
    assert (configuration.start_date.year, configuration.start_date.month, configuration.start_date.day) == (
        2025,
        10,
        1,
    )
    assert configuration.end_date.day == 10
    assert list(configuration.symbols) == ["AAPL", "MSFT"]
    assert configuration.cash == "1e5"
    assert dict(configuration.parameters) == {"fast": "7", "note": "a=b"}
    assert configuration.data_root == str(tmp_path / "data" / "..")
    assert configuration.lean_version == "2025-10"
    assert (configuration.no_download, configuration.allow_missing_data) == (True, True)


def test_a_relative_data_root_is_made_absolute(zac: Zac, gateway: Gateway) -> None:
    zac("run", "Quick", "--server", gateway.address, "--data-root", "some/where")
    assert gateway.created[0].configuration.data_root == str(Path.cwd() / "some" / "where")


@pytest.mark.parametrize(
    ("strategy", "exit_code", "code"),
    [
        ("Refused", 7, "INVALID_CONFIGURATION"),
        ("Incomplete", 8, "DATA_MISSING"),
        ("Nowhere", 3, "STRATEGY_NOT_FOUND"),
        ("Buggy", 1, "INTERNAL"),
    ],
)
def test_a_refused_run_is_one_error_document(
    zac: Zac, gateway: Gateway, strategy: str, exit_code: int, code: str
) -> None:
    done = zac("run", strategy, "--server", gateway.address, "-o", "json")
    assert done.returncode == exit_code
    document = json.loads(done.stdout)
    assert list(document) == ["error"]
    assert document["error"]["code"] == code
    assert {"code", "message", "fields", "hint", "run_id"} <= set(document["error"])
    assert document["error"]["message"] in done.stderr


def test_a_validation_error_names_every_field_and_what_to_do(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Refused", "--server", gateway.address, "-o", "json")
    error = json.loads(done.stdout)["error"]
    assert [item["field"] for item in error["fields"]] == ["configuration.parameters.fast", "configuration.cash"]
    assert error["hint"] == "zac strategy schema Refused"
    for field in error["fields"]:
        assert field["description"] in done.stderr


def test_missing_data_are_listed(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Incomplete", "--server", gateway.address, "-o", "jsonl")
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["error"]["preconditions"] == [
        {"type": "DATA_MISSING", "subject": "MCD second 2025-10-03", "description": "no file"}
    ]


@pytest.mark.parametrize(
    ("strategy", "exit_code", "state", "code"),
    [
        ("Failing", 5, "FAILED", "STRATEGY_RAISED"),
        ("NoData", 8, "FAILED", "DATA_MISSING"),
        ("Cancelled", 6, "CANCELLED", "CANCELLED"),
    ],
)
def test_a_run_that_does_not_succeed_is_a_document_with_an_error(
    zac: Zac, gateway: Gateway, strategy: str, exit_code: int, state: str, code: str
) -> None:
    done = zac("run", strategy, "--server", gateway.address, "-o", "json")
    assert done.returncode == exit_code
    document = json.loads(done.stdout)
    assert (document["state"], document["error"]["code"]) == (state, code)
    assert document["error"]["run_id"] == document["run_id"] == gateway.played[0].run.run_id
    assert document["statistics"] is None


def test_jsonl_of_a_failed_run_ends_with_its_terminal_event(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Failing", "--server", gateway.address, "-o", "jsonl")
    assert done.returncode == 5
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["state_changed"]["state"] == "RUN_STATE_FAILED"
    assert last["state_changed"]["error"]["message"] == "on_data raised ZeroDivisionError"


def test_detach_prints_the_id_and_leaves_the_run(zac: Zac, gateway: Gateway) -> None:
    done = zac("run", "Endless", "--server", gateway.address, "--detach")
    assert (done.returncode, done.stdout) == (0, gateway.played[0].run.run_id + "\n")
    assert gateway.played[0].cancels == []


def test_a_watch_that_breaks_again_and_again_shows_each_event_once(zac: Zac, gateway: Gateway) -> None:
    gateway.break_after = 3
    done = zac("run", "Quick", "--server", gateway.address, "-o", "jsonl")
    assert done.returncode == 0, done.stderr
    sequences = [int(json.loads(line)["sequence"]) for line in done.stdout.splitlines()]
    assert sequences == list(range(1, len(gateway.played[0].events) + 1))
    assert len(gateway.watched) > 5
    assert [request.skip_snapshot for request in gateway.watched] == [False] + [True] * (len(gateway.watched) - 1)


@pytest.mark.parametrize("command", [("run", "Quick"), ("runs", "list"), ("strategy", "list"), ("runs", "watch")])
def test_a_named_gateway_that_does_not_answer_is_unreachable(zac: Zac, command: tuple[str, ...]) -> None:
    done = zac(*command, "--server", "127.0.0.1:1", "-o", "json")
    assert done.returncode == 9
    assert json.loads(done.stdout)["error"]["code"] == "SERVICE_UNREACHABLE"


def test_the_gateway_of_the_environment_is_used(zac: Zac, gateway: Gateway) -> None:
    zac.environment["ZAC_SERVER"] = gateway.address
    assert zac("run", "Quick", "-o", "id").returncode == 0
    zac.environment["ZAC_SERVER"] = "127.0.0.1:1"
    assert zac("run", "Quick", "-o", "id").returncode == 9


def test_a_folder_needs_an_own_stack(zac: Zac, gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("")
    done = zac("run", str(tmp_path), "--server", gateway.address, "-o", "json")
    assert done.returncode == 2
    assert "own" in json.loads(done.stdout)["error"]["hint"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "Quick", "--nope"),
        ("run", "Quick", "-p", "fast"),
        ("run", "Quick", "--timeout", "soon"),
        ("run",),
        ("x",),
    ],
)
def test_usage_errors_are_documents_too(zac: Zac, arguments: tuple[str, ...]) -> None:
    done = zac(*arguments, "-o", "json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "USAGE"


def test_a_reader_that_has_enough_is_no_error(zac: Zac, gateway: Gateway) -> None:
    with zac.start("run", "Endless", "--server", gateway.address, "-o", "jsonl") as process:
        assert process.stdout.readline()
        process.stdout.close()
        for _ in range(20):
            gateway.played[0].progress(50)
        assert process.wait(20) == 1
        assert process.stderr.read().count("Traceback") == 0
