"""An execution from Execute to its last event, and everything that can be asked about it."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

from zac.data.v1 import coverage_pb2
from zac.run.v1 import execution_pb2, runner_service_pb2

SUCCEEDED = execution_pb2.EXECUTION_STATE_SUCCEEDED


def test_buy_and_hold_gives_leans_statistics(runner: Any, shared: Path) -> None:
    cases = json.loads((shared / "lean" / "conformance.json").read_text())["cases"]
    case = next(case for case in cases if case["name"] == "BasicTemplateAlgorithm")
    finished = list(runner.execute(runner.request("buy_and_hold")))[-1].finished
    assert finished.state == SUCCEEDED
    result = finished.result
    statistics = {item.name: item.value for item in result.statistics} | {"OrderListHash": result.order_list_hash}
    assert statistics == case["expected_statistics"]
    assert len(statistics) == 28
    assert result.data_points == case["data_points"]
    assert (result.orders, result.partial, result.simulated_data) == (1, False, False)
    assert result.peak_memory_bytes > 10_000_000


def test_dual_sma_trades_by_its_parameters(runner: Any) -> None:
    slow = list(runner.execute(runner.request("dual_sma")))[-1].finished.result
    fast = list(runner.execute(runner.request("dual_sma", parameters={"fast": "5", "slow": "20"})))[-1].finished.result
    assert 0 < slow.orders < fast.orders


def test_events_are_numbered_from_one_and_end_with_the_outcome(runner: Any) -> None:
    events = list(runner.execute(runner.request("slow", parameters={"pause_ms": "1"})))
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    kinds = [event.WhichOneof("payload") for event in events]
    assert kinds[0] == "started"
    assert kinds[-2:] == ["progress", "finished"]
    assert kinds.count("order_event") == 2
    assert all(event.HasField("event_time") and event.ByteSize() <= 16_384 for event in events)


def test_progress_never_falls_is_not_too_frequent_and_reaches_100_only_at_the_end(runner: Any) -> None:
    events = list(runner.execute(runner.request("slow", parameters={"pause_ms": "1"})))
    told = [event for event in events if event.HasField("progress")]
    percents = [event.progress.percent for event in told]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert all(percent < 100 for percent in percents[:-1])
    seconds = [event.event_time.ToNanoseconds() / 1e9 for event in told[:-1]]
    assert all(later - earlier > 0.19 for earlier, later in itertools.pairwise(seconds))
    last = told[-1].progress
    assert last.processed_data_points == last.total_data_points == 3943
    assert last.orders == 1


def test_artifacts_are_complete_and_named_with_their_hashes(runner: Any) -> None:
    request = runner.request("buy_and_hold")
    result = list(runner.execute(request))[-1].finished.result
    folder = Path(runner.get(request).artifacts_dir)
    assert {item.name for item in result.artifacts} == {path.name for path in folder.iterdir()}
    for item in result.artifacts:
        content = (folder / item.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (item.size_bytes, item.sha256)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["run_id"] == request.run_id
    assert {entry["name"] for entry in manifest["files"]} == {item.name for item in result.artifacts} - {
        "manifest.json"
    }
    assert {"buy_and_hold.json", "buy_and_hold-summary.json", "buy_and_hold-order-events.json"} <= {
        item.name for item in result.artifacts
    }
    assert not (folder.parent / "artifacts.staging").exists()


def test_equal_runs_give_equal_orders(runner: Any) -> None:
    results = [list(runner.execute(runner.request("dual_sma")))[-1].finished.result for _ in range(2)]
    assert results[0].order_list_hash == results[1].order_list_hash
    digests = [{item.name: item.sha256 for item in result.artifacts} for result in results]
    assert digests[0]["dual_sma-order-events.json"] == digests[1]["dual_sma-order-events.json"]


def test_a_second_execute_attaches_to_the_first(runner: Any) -> None:
    request = runner.request("slow", parameters={"pause_ms": "1"})
    first = runner.execute(request)
    begin = [next(first) for _ in range(3)]
    second = list(runner.execute(request))
    assert begin + list(first) == second
    assert sum(event.HasField("started") for event in second) == 1
    assert list(runner.execute(request)) == second, "also when it has ended"


def test_wait_gives_every_event_after_a_sequence(runner: Any) -> None:
    request = runner.request("slow", parameters={"pause_ms": "1"})
    events = list(runner.execute(request))
    for after in (0, 1, len(events) // 2, len(events) - 1):
        assert runner.wait(request, after) == events[after:]
    assert runner.wait(request, len(events)) == []


def test_a_sequence_beyond_the_journal_is_refused(runner: Any, error_of: Any) -> None:
    request = runner.request("buy_and_hold")
    events = list(runner.execute(request))
    error = error_of(lambda: runner.wait(request, len(events) + 1))
    assert (error.code.name, error.reason) == ("OUT_OF_RANGE", "SEQUENCE_OUT_OF_RANGE")
    assert error.metadata["latest_sequence"] == str(len(events))


def test_an_idle_watch_gets_bookmarks(runner: Any) -> None:
    request = runner.request("stubborn")
    messages = runner.stub.Execute(request, timeout=30)
    bookmark = next(message for message in messages if message.HasField("bookmark_sequence"))
    assert bookmark.bookmark_sequence >= 1
    runner.cancel(request)


def test_ending_a_watch_does_not_end_the_run(runner: Any) -> None:
    request = runner.request("slow", parameters={"pause_ms": "1"})
    call = runner.stub.Execute(request, timeout=30)
    next(iter(call))
    call.cancel()
    assert runner.wait(request)[-1].finished.state == SUCCEEDED


def test_thousands_of_log_lines_all_arrive_in_order_and_whole(runner: Any) -> None:
    request = runner.request("noisy", parameters={"lines": "35000"})
    events = list(runner.execute(request))
    lines = [event.log.text for event in events if event.log.text.startswith("line ")]
    assert [int(line.split()[1]) for line in lines] == list(range(35_000))
    assert events[-1].finished.state == SUCCEEDED
    log = (runner.folder(request) / "log.txt").read_text()
    assert log.count("\n2013-10-07") + 1 >= 35_000


def test_a_long_line_is_cut_for_watchers_and_whole_in_the_log_file(runner: Any) -> None:
    request = runner.request("noisy", parameters={"lines": "0", "long_chars": "100000"})
    events = list(runner.execute(request))
    assert max(event.ByteSize() for event in events) <= 16_384
    line = next(event.log for event in events if event.log.level == execution_pb2.LOG_LEVEL_ERROR)
    assert line.text.endswith("(cut; whole in log.txt)")
    assert "é" * 100_000 in (runner.folder(request) / "log.txt").read_text()
    assert events[-1].finished.state == SUCCEEDED


def test_missing_days_and_the_engines_warnings_are_in_the_result(runner: Any) -> None:
    request = runner.request("silent")
    day = coverage_pb2.SymbolDay(symbol="SPY", resolution=coverage_pb2.RESOLUTION_MINUTE)
    request.warnings.extend(
        execution_pb2.Warning(code="MISSING_DATA", text=f"SPY minute, day {number}", symbol_day=day)
        for number in range(250)
    )
    result = list(runner.execute(request))[-1].finished.result
    assert result.warning_count == 251
    assert result.warnings[0].code == "NO_TRADES"
    assert 50 < len(result.warnings) <= 100
    assert result.ByteSize() < 16_384


def test_values_of_the_configuration_reach_the_strategy(runner: Any) -> None:
    request = runner.request("typed", parameters={"period": "7", "threshold": "1.50"}, symbols=["SPY"], cash="25000.00")
    events = list(runner.execute(request))
    said = dict(event.log.text.split("=") for event in events if "=" in event.log.text)
    assert said == {
        "symbols": "SPY",
        "start_date": "2013-10-07",
        "end_date": "2013-10-08",
        "starting_cash": "25000",
        "period": "7",
        "threshold": "1.5",
        "long": "true",
        "short": "false",
    }
    statistics = {item.name: item.value for item in events[-1].finished.result.statistics}
    assert statistics["Start Equity"] == "25000"


def test_what_a_strategy_leaves_behind_is_ended_with_it(runner: Any, eventually: Any) -> None:
    request = runner.request("leaves")
    assert list(runner.execute(request))[-1].finished.state == SUCCEEDED
    eventually(lambda: not runner.processes(request), timeout_s=2)


def test_get_tells_state_and_position(runner: Any) -> None:
    request = runner.request("slow", parameters={"pause_ms": "1"})
    stream = runner.execute(request)
    next(stream)
    assert runner.get(request).state == execution_pb2.EXECUTION_STATE_RUNNING
    events = list(stream)
    answer = runner.get(request)
    assert (answer.state, answer.latest_sequence) == (SUCCEEDED, events[-1].sequence)


def test_an_unknown_execution_is_not_found(runner: Any, error_of: Any) -> None:
    request = runner_service_pb2.ExecuteRequest(run_id="0198a7c8-0000-7000-8000-000000000000", attempt=1)
    for action in (runner.get, runner.cancel, runner.wait):
        error = error_of(lambda action=action: action(request))
        assert (error.code.name, error.reason) == ("NOT_FOUND", "EXECUTION_NOT_FOUND")


def test_events_come_in_batches_when_asked_for(runner: Any) -> None:
    request = runner.request("noisy", parameters={"lines": "20000"})
    request.batch_events = True
    messages = list(runner.stub.Execute(request, timeout=30))
    batched = [event for message in messages for event in message.batch.events]
    assert not any(message.HasField("event") for message in messages)
    assert max(message.ByteSize() for message in messages) < 300_000
    assert batched == runner.wait(request)
    assert len(messages) < len(batched) / 50
    wait = runner_service_pb2.WaitExecutionRequest(
        run_id=request.run_id, attempt=1, after_sequence=10_000, batch_events=True
    )
    again = [event for message in runner.stub.WaitExecution(wait, timeout=30) for event in message.batch.events]
    assert again == batched[10_000:]
