"""The small pure parts: limits, coverage, identity, page tokens."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from google.rpc import status_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import ServiceError
from services.gateway.artifacts import verify_artifacts
from services.gateway.config import GatewaySettings
from services.gateway.coverage import findings, missing_data, missing_warnings
from services.gateway.identity import config_hash, configuration_digest
from services.gateway.limits import MAX_EVENT_BYTES, fit_error, fit_log, fit_result
from services.gateway.paging import page_size, page_token, read_page_token
from services.gateway.store import RunFilter
from services.gateway.transition import State
from zac.data.v1 import coverage_pb2
from zac.gateway.v1 import run_pb2
from zac.run.v1 import execution_pb2, strategy_pb2


@settings(deadline=None)
@given(st.text(max_size=40).map(lambda text: text * 300))
def test_log_texts_fit_and_short_ones_stay(text: str) -> None:
    line = fit_log(execution_pb2.LogLine(text=text))
    assert len(line.text.encode()) <= 8192
    if len(text.encode()) <= 8192:
        assert line.text == text
    else:
        assert line.text.endswith("[cut]")


def test_results_and_errors_fit_an_event() -> None:
    many = [execution_pb2.Artifact(name=f"file-{number}.json", sha256="a" * 64) for number in range(500)]
    statistics = [execution_pb2.Statistic(name="n" * 100, value="v" * 100) for _ in range(60)]
    result = fit_result(execution_pb2.RunResult(artifacts=many, statistics=statistics))
    assert run_pb2.RunEvent(result=result).ByteSize() <= MAX_EVENT_BYTES
    assert len(result.statistics) == 60
    status = ServiceError.invalid_argument("REASON", "m" * 900).to_status()
    assert fit_error(status) == status
    for _ in range(300):
        status.details.add(type_url="type.googleapis.com/other.Detail", value=b"x" * 100)
    fitted = fit_error(status)
    assert run_pb2.RunEvent(state_changed={"error": fitted}).ByteSize() <= MAX_EVENT_BYTES
    assert ServiceError.from_status(fitted).reason == "REASON"
    assert fit_error(status_pb2.Status(code=2, message="m" * 20_000)).ByteSize() < 5_000


def missing(symbol: str, day: int, resolution: Any = coverage_pb2.RESOLUTION_SECOND) -> coverage_pb2.SymbolDay:
    return coverage_pb2.SymbolDay(symbol=symbol, resolution=resolution, day={"year": 2025, "month": 10, "day": day})


def test_findings_have_a_line_for_each_complete_resolution_and_each_gap() -> None:
    requirements = [
        coverage_pb2.DataRequirement(resolution=resolution)
        for resolution in (coverage_pb2.RESOLUTION_DAILY, coverage_pb2.RESOLUTION_SECOND, 9)
    ]
    gaps = [missing("QQQ", 6), missing("MCD", 3), missing("MCD", 6)]
    assert [line.text for line in findings(requirements, gaps)] == [
        "All required Daily data is available",
        "All required resolution 9 data is available",
        "Missing data for MCD: 2025-10-03, 2025-10-06 (second)",
        "Missing data for QQQ: 2025-10-06 (second)",
    ]
    many = [missing("MCD", number % 28 + 1) for number in range(50)]
    assert findings([], many)[0].text.endswith("… 50 days in all (second)")


def test_very_many_gaps_stay_readable() -> None:
    gaps = [missing("MCD", number % 28 + 1) for number in range(5000)]
    warnings = missing_warnings(gaps)
    assert len(warnings) == 1001
    assert warnings[-1].text == "no data: 4000 more symbol-days"
    error = missing_data(gaps, "Why.")
    assert "and 4997 more symbol-days. Why." in error.message
    assert error.metadata["total"] == "5000"


def resolved(**fields: Any) -> strategy_pb2.ResolvedConfiguration:
    configuration = {"strategy": "ZacQC", "start_date": {"year": 2025, "month": 10, "day": 3}} | fields
    return strategy_pb2.ResolvedConfiguration(configuration=configuration, source_digest="s", engine="pylean 0.1.0")


def test_the_hash_knows_what_decides_a_result_and_nothing_else() -> None:
    base = config_hash(resolved(), "d")
    for change in (
        {"strategy": "Other"},
        {"parameters": {"A": "1"}},
        {"symbols": ["MCD"]},
        {"start_date": {"year": 2025, "month": 10, "day": 4}},
        {"end_date": {"year": 2025, "month": 10, "day": 4}},
        {"cash": "1"},
        {"lean_version": "2025-10"},
    ):
        assert config_hash(resolved(**change), "d") != base
        assert configuration_digest(resolved(**change)) != configuration_digest(resolved())
    assert config_hash(resolved(), "e") != base
    same = resolved(data_root="/x", allow_missing_data=True, no_download=True)
    assert config_hash(same, "d") == base
    text = (
        '{"cash":"","data_manifest_digest":"d","engine":"pylean 0.1.0","lean_version":"","parameters":{},'
        '"source_digest":"s","start_date":"2025-10-03","strategy":"ZacQC","symbols":[]}'
    )
    assert base == hashlib.sha256(text.encode()).hexdigest()


def test_page_sizes() -> None:
    assert [page_size(asked) for asked in (0, 1, 1000, 5000)] == [50, 1, 1000, 1000]


@settings(deadline=None)
@given(st.frozensets(st.sampled_from(State)), st.text(max_size=20))
def test_page_tokens_come_back_with_their_filter_only(states: frozenset[State], strategy: str) -> None:
    where = RunFilter(states, strategy)
    assert read_page_token(page_token("run-1", where), where) == "run-1"
    with pytest.raises(ServiceError, match="page_token"):
        read_page_token(page_token("run-1", where), RunFilter(states, strategy + "x"))


@settings(deadline=None)
@given(st.text(min_size=1, max_size=50))
def test_other_tokens_are_refused(token: str) -> None:
    with pytest.raises(ServiceError, match="page_token"):
        read_page_token(token, RunFilter())


def test_an_artifact_name_may_not_be_a_path(tmp_path: Any) -> None:
    (tmp_path / "secret").write_bytes(b"")
    for name in ("../secret", "/etc/passwd", ".", ""):
        with pytest.raises(ServiceError) as caught:
            verify_artifacts(tmp_path / "results", [execution_pb2.Artifact(name=name)])
        assert caught.value.reason == "ARTIFACT_MISMATCH"


def test_settings_hide_the_database_url_and_default_to_the_state_folder(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZAC_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("ZAC_DATABASE_URL", "postgresql+psycopg://zac:hunter2@db/zac")
    settings = GatewaySettings()
    assert "hunter2" not in repr(settings) + settings.model_dump_json()
    assert settings.effective_database_url.endswith("hunter2@db/zac")
    monkeypatch.delenv("ZAC_DATABASE_URL")
    assert GatewaySettings().effective_database_url == f"sqlite:///{tmp_path}/gateway.sqlite3"


def test_data_that_are_there_but_damaged_are_called_so() -> None:
    damaged = missing("MCD", 6)
    damaged.state = coverage_pb2.COVERAGE_STATE_QUARANTINED
    assert missing_data([damaged], "why.").reason == "DATA_UNREADABLE"
    assert missing_data([damaged, missing("QQQ", 6)], "why.").reason == "DATA_MISSING"
