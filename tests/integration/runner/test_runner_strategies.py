"""What the runner knows about strategies, and what it lets through to a run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from google.type import date_pb2

from zac.data.v1 import coverage_pb2
from zac.run.v1 import runner_service_pb2, strategy_pb2


def describe(runner: Any, name: str) -> strategy_pb2.Strategy:
    request = runner_service_pb2.DescribeStrategyRequest(name=name)
    return runner.stub.DescribeStrategy(request, timeout=30).strategy


def test_every_strategy_is_listed_also_a_broken_one(runner: Any) -> None:
    answer = runner.stub.ListStrategies(runner_service_pb2.ListStrategiesRequest(), timeout=30)
    strategies = {strategy.name: strategy for strategy in answer.strategies}
    assert {"buy_and_hold", "dual_sma", "typed", "slow", "fails_in_import"} <= set(strategies)
    assert list(strategies) == sorted(strategies)
    assert strategies["dual_sma"].title == "Long SPY while its fast moving average is above the slow one."
    assert not strategies["fails_in_import"].HasField("parameter_schema")


def test_a_description_holds_the_strategys_own_schema(runner: Any) -> None:
    strategy = describe(runner, "typed")
    assert strategy.title == "Trades what it is told."
    assert len(strategy.source_digest) == 64
    schema = json_format.MessageToDict(strategy.parameter_schema)
    assert schema["properties"]["period"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 200,
        "default": 20,
        "x-unit": "bars",
    }


def test_a_strategy_without_schema_is_described_by_its_config_and_its_source(runner: Any) -> None:
    schema = json_format.MessageToDict(describe(runner, "dual_sma").parameter_schema)
    assert schema["properties"] == {
        "fast": {"type": "integer", "default": 15, "x-group": "Parameters", "x-order": 0},
        "slow": {"type": "integer", "default": 60, "x-group": "Parameters", "x-order": 1},
    }


def test_an_unknown_strategy_is_answered_with_the_known_ones(runner: Any, error_of: Any) -> None:
    for name in ("nothing", "../examples", "typed\0", "a" * 300, "\uff54yped"):
        error = error_of(lambda name=name: describe(runner, name))
        assert (error.code.name, error.reason) == ("NOT_FOUND", "STRATEGY_NOT_FOUND")
        assert "dual_sma" in error.message
    assert error_of(lambda: describe(runner, "")).code.name == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fails_in_import", "main.py, line 3: No module named 'a_module_that_is_nowhere'"),
        ("two_classes", "First, Second"),
    ],
)
def test_a_strategy_that_cannot_be_loaded(runner: Any, error_of: Any, name: str, words: str) -> None:
    for action in (lambda: describe(runner, name), lambda: runner.validate(name)):
        error = error_of(action)
        assert (error.code.name, error.reason) == ("FAILED_PRECONDITION", "STRATEGY_INVALID")
        assert words in error.preconditions[0].description
        assert "Traceback" not in error.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("class Broken(:\n", "main.py, line 1: invalid syntax"),
        ("import sys\nsys.exit(4)\n", "main.py, line 2"),
        ("import os\nos._exit(4)\n", "exit code 4"),
        ("import os\nos.write(1, b'{}')\nraise RuntimeError('no {}')\n", "main.py, line 3: no {}"),
        ("x = 1\n", "found none"),
    ],
)
def test_whatever_a_strategy_does_when_it_is_loaded(
    make_runner: Any, error_of: Any, tmp_path: Path, source: str, words: str
) -> None:
    folder = tmp_path / "strategies" / "hostile"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(source)
    error = error_of(lambda: describe(make_runner(ZAC_STRATEGY_PATH=str(folder)), "hostile"))
    assert error.reason == "STRATEGY_INVALID"
    assert words in error.preconditions[0].description


def test_a_changed_source_is_described_anew(make_runner: Any, tmp_path: Path, project: Path) -> None:
    folder = tmp_path / "strategies" / "mine"
    shutil.copytree(project / "examples" / "dual_sma", folder)
    runner = make_runner(ZAC_STRATEGY_PATH=str(folder.parent))
    before = describe(runner, "mine")
    config = json.loads((folder / "config.json").read_text())
    config["parameters"]["fast"] = "7"
    (folder / "config.json").write_text(json.dumps(config))
    after = describe(runner, "mine")
    assert before.source_digest != after.source_digest
    assert after.parameter_schema["properties"]["fast"]["default"] == 7


def test_descriptions_are_kept_on_disk(make_runner: Any, tmp_path: Path, eventually: Any) -> None:
    cache = tmp_path / "own-cache"
    runner = make_runner(ZAC_CACHE_DIR=str(cache))
    digest = describe(runner, "typed").source_digest
    kept = eventually(lambda: list(cache.rglob(f"{digest}.json")), timeout_s=20)
    runner.stop()
    content = json.loads(kept[0].read_text())
    content["description"]["title"] = "Read from the disk."
    kept[0].write_text(json.dumps(content))
    assert describe(runner.start(), "typed").title == "Read from the disk."
    runner.stop()
    kept[0].write_text('{"format": 1, "descr')
    assert describe(runner.start(), "typed").title == "Trades what it is told.", "a damaged file is made again"


def test_a_checked_configuration_is_complete_and_canonical(runner: Any) -> None:
    resolved = runner.validate(
        "typed", parameters={"threshold": " 1.50 ", "long": "Yes", "period": "7.0"}, symbols=["spy"], cash="1e5"
    )
    configuration = resolved.configuration
    assert dict(configuration.parameters) == {"period": "7", "threshold": "1.5", "long": "true", "short": "false"}
    assert list(configuration.symbols) == ["SPY"]
    assert configuration.cash == "100000"
    assert configuration.start_date == date_pb2.Date(year=2013, month=10, day=7)
    assert configuration.lean_version == "newest"
    assert resolved.engine.startswith("pylean ")
    minute, daily = resolved.data_requirements
    assert (minute.resolution, minute.end_date) == (coverage_pb2.RESOLUTION_MINUTE, configuration.end_date)
    assert (daily.resolution, daily.history_days) == (coverage_pb2.RESOLUTION_DAILY, 50)
    assert not daily.HasField("end_date")


def test_checking_a_checked_configuration_changes_nothing(runner: Any) -> None:
    for name in ("typed", "dual_sma", "buy_and_hold"):
        resolved = runner.validate(name)
        request = runner_service_pb2.ValidateStrategyRequest(configuration=resolved.configuration)
        assert runner.stub.ValidateStrategy(request, timeout=30).resolved == resolved


def test_a_bad_configuration_is_answered_with_every_violation(runner: Any, error_of: Any) -> None:
    error = error_of(
        lambda: runner.validate(
            "typed",
            parameters={"perod": "1", "period": "0", "threshold": "much"},
            symbols=["SPY", "../etc"],
            cash="-1",
            data_root="/nowhere",
            lean_version="1999",
            end_date=date_pb2.Date(year=2013, month=10, day=1),
        )
    )
    assert (error.code.name, error.reason) == ("INVALID_ARGUMENT", "INVALID_CONFIGURATION")
    assert {violation.field for violation in error.fields} == {
        "configuration.parameters.perod",
        "configuration.parameters.period",
        "configuration.parameters.threshold",
        "configuration.symbols[1]",
        "configuration.cash",
        "configuration.data_root",
        "configuration.lean_version",
        "configuration.end_date",
    }


def test_a_strategy_that_could_never_trade_is_refused(runner: Any, error_of: Any) -> None:
    error = error_of(lambda: runner.validate("typed", parameters={"long": "false"}))
    assert (error.code.name, error.reason) == ("FAILED_PRECONDITION", "NO_ENTRY_CONDITION")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("run_id", {"run_id": "../../etc/passwd"}),
        ("run_id", {"run_id": "0198A7C8-0000-7000-8000-000000000000"}),
        ("run_id", {"run_id": "0" * 300}),
        ("attempt", {"attempt": 0}),
        ("attempt", {"attempt": -1}),
        ("fencing_token", {"fencing_token": -1}),
        ("after_sequence", {"after_sequence": -1}),
        ("data_root", {"data_root": "relative"}),
        ("data_root", {"data_root": "/etc/passwd"}),
        ("data_root", {"data_root": "/tmp\0/x"}),
    ],
)
def test_a_bad_execution_request_touches_nothing(
    runner: Any, error_of: Any, field: str, change: dict[str, Any]
) -> None:
    request = runner.request("buy_and_hold")
    for name, value in change.items():
        setattr(request, name, value)
    before = sorted(runner.runs_dir.iterdir())
    error = error_of(lambda: next(runner.execute(request)))
    assert error.code.name == "INVALID_ARGUMENT"
    assert [violation.field for violation in error.fields] == [field]
    assert sorted(runner.runs_dir.iterdir()) == before


def test_an_execution_is_checked_as_strictly_as_a_configuration(runner: Any, error_of: Any) -> None:
    request = runner.request("typed")
    request.resolved.configuration.symbols[:] = ["../SPY"]
    error = error_of(lambda: next(runner.execute(request)))
    assert [violation.field for violation in error.fields] == ["configuration.symbols[0]"]
