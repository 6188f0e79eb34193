"""Runs as documents and tables."""

from __future__ import annotations

from typing import Any

import pytest

from services.cli.documents import elapsed_seconds, run_document, run_facts, run_pairs, run_row, settled_line
from services.cli.exits import ExitCode
from services.cli.failures import Failure
from zac.gateway.v1 import run_pb2
from zac.run.v1 import execution_pb2


@pytest.fixture
def run() -> run_pb2.Run:
    """A run that succeeded."""
    result = execution_pb2.RunResult(
        statistics=[
            execution_pb2.Statistic(name="Total Orders", value="404"),
            execution_pb2.Statistic(name="Net Profit", value="2.434%"),
        ],
        order_list_hash="e6ed",
        data_points=2**40,
        warnings=[execution_pb2.Warning(code="MISSING_DATA", text="no bars", symbol_day={"symbol": "MCD"})],
        warning_count=250,
    )
    run = run_pb2.Run(
        run_id="0199aa43-e43b-7800-bfff-0123456789ab",
        state=run_pb2.RUN_STATE_SUCCEEDED,
        status_text="Completed",
        result=result,
        artifacts_dir="/a",
        elapsed=[run_pb2.PhaseElapsed(phase=run_pb2.RUN_PHASE_SIMULATING, elapsed={"nanos": 250_000_000})],
    )
    run.configuration.strategy = "ZacQC"
    run.create_time.FromJsonString("2025-10-07T14:00:00Z")
    run.end_time.FromJsonString("2025-10-07T14:02:11Z")
    return run


def test_a_document_keeps_names_order_and_large_numbers(run: run_pb2.Run) -> None:
    document = run_document(run)
    assert list(document["statistics"].items()) == [("Total Orders", "404"), ("Net Profit", "2.434%")]
    assert document["data_points"] == 2**40
    assert document["warnings"] == [{"code": "MISSING_DATA", "text": "no bars", "symbol_day": {"symbol": "MCD"}}]
    assert document["warning_count"] == 250
    assert document["elapsed"] == {"simulating": 0.25, "total": 131.0}
    assert "error" not in document
    assert "simulated_until" not in document


def test_a_run_under_way_has_no_result_and_no_total() -> None:
    run = run_pb2.Run(run_id="r1", state=run_pb2.RUN_STATE_RUNNING)
    document = run_document(run, Failure("INTERRUPTED", "interrupted", ExitCode.INTERRUPTED, run_id="r1"))
    assert [document[key] for key in ("statistics", "order_list_hash", "data_points", "peak_memory_bytes")] == [
        None
    ] * 4
    assert document["error"]["code"] == "INTERRUPTED"
    assert elapsed_seconds(run) == {}


def test_partial_results_say_how_far(run: run_pb2.Run) -> None:
    run.result.partial = True
    run.result.simulated_until.year, run.result.simulated_until.month, run.result.simulated_until.day = 2025, 10, 3
    assert run_document(run)["simulated_until"] == "2025-10-03"
    assert "simulated until 2025-10-03" in settled_line(run)


@pytest.mark.parametrize(
    ("state", "text", "sign"),
    [
        (run_pb2.RUN_STATE_SUCCEEDED, "Completed", "✓"),
        (run_pb2.RUN_STATE_FAILED, "Failed", "✗"),
        (run_pb2.RUN_STATE_CANCELLED, "Cancelled", "■"),
    ],
)
def test_the_last_line(run: run_pb2.Run, state: Any, text: str, sign: str) -> None:
    run.state, run.status_text, run.simulated_data = state, text, True
    assert settled_line(run) == f"{sign} {text} in 2m 11s  run {run.run_id}  250 warnings  (simulated data)"


def test_simulated_data_are_called_so(run: run_pb2.Run) -> None:
    assert "Data" not in dict(run_pairs(run))
    run.simulated_data = True
    assert dict(run_pairs(run))["Data"] == "SIMULATED, not market data"
    assert run_row(run)["DATA"] == "simulated"


def test_rows_and_facts(run: run_pb2.Run) -> None:
    assert run_row(run) == {
        "RUN": "0199aa43-e43b-7800",
        "STATE": "Completed",
        "STRATEGY": "ZacQC",
        "NAME": "",
        "CREATED": "2025-10-07 14:00:00Z",
        "RETURN": "2.434%",
        "DATA": "",
    }
    run.ClearField("end_time")
    run.name, run.queue_position = "mine", 3
    run.progress.percent = 41.6
    facts = dict(run_facts(run))
    assert (facts["Name"], facts["Queue position"], facts["Progress"]) == ("mine", "3", "42%")
