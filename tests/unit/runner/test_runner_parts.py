"""The small parts: strategy folders, parameters of Lean strategies, requirements, environments, settings, staging."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.type import date_pb2

from services.common.settings import StartupError, load_settings
from services.runner.config import RunnerSettings
from services.runner.declarations import ConfigError, check_requirement, check_schema
from services.runner.environment import child_environment
from services.runner.folders import data_root_problem, is_run_id
from services.runner.layout import ExecutionFolder
from services.runner.lean_parameters import lean_schema
from services.runner.requirements import data_requirements
from services.runner.strategies import StrategyFolder, StrategyPath
from services.runner.worker.staging import ResultStaging
from zac.data.v1 import coverage_pb2
from zac.run.v1 import strategy_pb2


def strategy(folder: Path, source: str = "x = 1\n", config: str | None = None) -> Path:
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(source)
    if config is not None:
        (folder / "config.json").write_text(config)
    return folder


# Strategy folders


def test_the_path_holds_strategies_and_folders_of_strategies(tmp_path: Path) -> None:
    single = strategy(tmp_path / "single")
    strategy(tmp_path / "many" / "b")
    strategy(tmp_path / "many" / "a")
    (tmp_path / "many" / "nothing").mkdir()
    strategy(tmp_path / "later" / "a")
    path = StrategyPath([single, tmp_path / "many", tmp_path / "later", tmp_path / "absent"])
    assert [item.name for item in path.list()] == ["a", "b", "single"]
    found = path.find("a")
    assert found is not None
    assert found.path == tmp_path / "many" / "a", "the first on the path counts"
    for name in ("", ".", "..", "many", "A", "../single", "a/"):
        assert path.find(name) is None


def test_the_digest_covers_names_and_contents_of_sources_only(tmp_path: Path) -> None:
    folder = StrategyFolder(strategy(tmp_path / "one", config="{}"))
    before = folder.source_digest()
    (folder.path / "notes.txt").write_text("no source")
    (folder.path / "__pycache__").mkdir()
    (folder.path / "__pycache__" / "main.py").write_text("no source")
    (folder.path / ".git").mkdir()
    (folder.path / ".git" / "hook.py").write_text("no source")
    assert folder.source_digest() == before
    copy = tmp_path / "elsewhere" / "two"
    shutil.copytree(folder.path, copy)
    assert StrategyFolder(copy).source_digest() == before
    (folder.path / "sub").mkdir()
    (folder.path / "sub" / "a.py").write_text("")
    added = folder.source_digest()
    (folder.path / "sub" / "a.py").rename(folder.path / "a.py")
    assert len({before, added, folder.source_digest()}) == 3


# Parameters of strategies as Lean knows them


def test_parameters_come_from_config_and_source(tmp_path: Path) -> None:
    source = (
        "class A:\n"
        "    def initialize(self):\n"
        "        self.get_parameter('period', 20)\n"
        "        self.GetParameter('ratio', -0.5)\n"
        "        self.get_parameter('name')\n"
        "        self.get_parameter(name, 3)\n"
        "        self.get_parameter('computed', 2 * 3)\n"
    )
    config = json.dumps({"parameters": {"period": "30", "free": "text", "number": 5}})
    schema = lean_schema(strategy(tmp_path / "s", source, config))
    assert {name: (item["type"], item["default"]) for name, item in schema["properties"].items()} == {
        "period": ("integer", 30),
        "free": ("string", "text"),
        "number": ("string", "5"),
        "ratio": ("number", -0.5),
        "name": ("string", ""),
        "computed": ("string", ""),
    }
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("config", ["{", '{"parameters": 3}', '{"parameters": {"a": []}}', "[]"])
def test_a_config_that_is_none(tmp_path: Path, config: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.json"):
        lean_schema(strategy(tmp_path / "s", config=config))


# Declarations


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (None, "with properties"),
        ({}, "with properties"),
        ({"properties": {"a": {"type": "nonsense"}}}, "no JSON Schema"),
        ({"properties": {"a": {"type": "string", "pattern": "("}}}, "no JSON Schema"),
        ({"properties": {"a": {"type": "integer"}}, "x-entry-conditions": ["a"]}, "no boolean"),
        ({"properties": {}, "x-entry-conditions": ["b"]}, "no boolean"),
        ({"properties": {"a": {}}, "x-rules": [{"left": "a", "operator": ">", "right": "a"}]}, "x-rules"),
        ({"properties": {"a": {}}, "x-rules": [{"left": "a", "operator": "<", "right": "b"}]}, "x-rules"),
        ({"properties": {"a": {}}, "x-rules": ["a < b"]}, "x-rules"),
    ],
)
def test_schemas_that_cannot_be_used(schema: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_schema(schema)


@pytest.mark.parametrize(
    "requirement",
    [{}, {"resolution": "tick"}, {"resolution": "daily", "history_bars": -1}, {"resolution": "daily", "bars": 5}],
)
def test_requirements_that_cannot_be_used(requirement: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="data_requirements"):
        check_requirement(requirement)


# Data requirements


def test_requirements_of_a_declaration() -> None:
    configuration = strategy_pb2.RunConfiguration(
        symbols=["AAPL", "MSFT"],
        start_date=date_pb2.Date(year=2025, month=10, day=1),
        end_date=date_pb2.Date(year=2025, month=10, day=10),
    )
    declared = [
        {"resolution": "second"},
        {"resolution": "daily", "history_bars": 50},
        {"resolution": "minute", "history_bars": 391},
    ]
    seconds, daily, minutes = data_requirements(declared, configuration)
    assert list(seconds.symbols) == list(daily.symbols) == ["AAPL", "MSFT"]
    assert (seconds.resolution, daily.resolution) == (coverage_pb2.RESOLUTION_SECOND, coverage_pb2.RESOLUTION_DAILY)
    assert (seconds.start_date, seconds.end_date) == (configuration.start_date, configuration.end_date)
    assert (daily.history_days, minutes.history_days, seconds.history_days) == (50, 2, 0)
    assert not daily.HasField("end_date")


# Environments, folders, settings


def test_a_child_sees_nothing_secret() -> None:
    environment = {
        "PATH": "/bin",
        "HOME": "/root",
        "POLYGON_API_KEY": "secret",
        "ZAC_POLYGON_API_KEY": "secret",
        "ZAC_DATABASE_URL": "postgresql://user:secret@host/db",
        "ZAC_GATEWAY_TOKEN": "secret",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "ZAC_STATE_DIR": "/state",
        "LD_PRELOAD": "x.so",
    }
    child = child_environment(environment)
    assert "secret" not in " ".join(child.values())
    assert child["ZAC_STATE_DIR"] == "/state"
    assert child["PYTHONHASHSEED"] == "0"
    assert "LD_PRELOAD" not in child


def test_data_roots(tmp_path: Path) -> None:
    assert data_root_problem(str(tmp_path)) is None
    (tmp_path / "file").touch()
    for text in ("", "relative", "~/data", str(tmp_path / "absent"), str(tmp_path / "file"), "/tmp\0", "/" + "x" * 300):
        assert data_root_problem(text)


@pytest.mark.parametrize("text", ["", "x", "..", "0198A7C8-0000-7000-8000-000000000000", "{0198a7c8}", "0198a7c8" * 4])
def test_only_canonical_uuids_are_run_ids(text: str) -> None:
    assert not is_run_id(text)
    assert is_run_id("0198a7c8-0000-7000-8000-000000000000")


def test_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, project: Path) -> None:
    for name in [name for name in os.environ if name.startswith("ZAC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZAC_STATE_DIR", str(tmp_path))
    settings = load_settings(RunnerSettings)
    assert (settings.runs_dir, settings.cache_dir) == (tmp_path / "runs", tmp_path / "cache")
    assert settings.strategy_path == (project / "ZacQC", project / "examples")
    monkeypatch.setenv("ZAC_STRATEGY_PATH", os.pathsep.join(["/a", "", "b"]))
    assert load_settings(RunnerSettings).strategy_path == (Path("/a"), Path.cwd() / "b")
    monkeypatch.setenv("ZAC_STATE_DIR", "state")
    assert load_settings(RunnerSettings).runs_dir == Path.cwd() / "state" / "runs"
    monkeypatch.setenv("ZAC_LOG_LEVEL", "LOUD")
    with pytest.raises(StartupError, match="ZAC_LOG_LEVEL"):
        load_settings(RunnerSettings)


# Results


def test_results_appear_in_one_step_with_a_manifest(tmp_path: Path) -> None:
    staging = ResultStaging(ExecutionFolder(tmp_path))
    folder = staging.open()
    (folder / "a.json").write_text("{}")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.txt").write_text("b")
    (folder / "link").symlink_to("/etc/passwd")
    artifacts = staging.publish({"run_id": "r"})
    assert [item.name for item in artifacts] == ["a.json", "sub/b.txt", "manifest.json"]
    manifest = json.loads((tmp_path / "artifacts" / "manifest.json").read_text())
    assert manifest["files"][1] == {"name": "sub/b.txt", "size_bytes": 1, "sha256": hashlib.sha256(b"b").hexdigest()}
    assert not staging.path.exists()


def test_staged_results_can_be_discarded_and_begun_again(tmp_path: Path) -> None:
    staging = ResultStaging(ExecutionFolder(tmp_path))
    (staging.open() / "old").touch()
    assert list(staging.open().iterdir()) == []
    staging.discard()
    staging.discard()
    assert list(tmp_path.iterdir()) == []


# What a worker loads


def test_a_worker_loads_neither_grpc_nor_what_services_need(project: Path) -> None:
    code = "import services.runner.worker.__main__, sys; from pylean import run_backtest; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"grpc", "pydantic", "structlog", "asyncio", "jsonschema"}


def test_a_strategys_failure_keeps_pythons_words_out_of_the_status(tmp_path: Path) -> None:
    from pylean import AlgorithmError
    from services.runner.worker.failures import explain

    def failing() -> Any:
        raise AlgorithmError("on_data", None, ValueError("secret detail")) from ValueError("secret detail")

    with pytest.raises(AlgorithmError) as caught:
        failing()
    failure = explain(caught.value, tmp_path)
    assert failure.is_strategys
    assert "secret detail" not in str(failure.status)
    assert not explain(RuntimeError("secret detail"), tmp_path).is_strategys
