"""The small values of services.common: dates, ids, canonical text, statuses, log lines."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type import date_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.canonical import canonical_json, sha256_hex
from services.common.dates import from_date, from_duration, from_timestamp, to_date, to_duration, to_timestamp
from services.common.errors import ServiceError
from services.common.ids import uuid7
from services.common.logging import bind_call, configure_logging, get_logger, hide_secret
from services.common.status import FieldViolation, find_error_info, make_status


class FixedClock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def now_utc(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return 0.0


@settings(deadline=None)
@given(st.dates())
def test_dates_come_back(day: date) -> None:
    assert from_date(to_date(day)) == day


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))
def test_times_come_back(moment: datetime) -> None:
    assert from_timestamp(to_timestamp(moment)) == moment


def test_times_of_other_zones_are_the_same_instant() -> None:
    new_york = timezone(timedelta(hours=-4))
    assert to_timestamp(datetime(2025, 10, 3, 9, 30, tzinfo=new_york)) == Timestamp(seconds=1759498200)


def test_naive_times_and_impossible_days_are_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_timestamp(datetime(2025, 10, 3))
    for year, month, day in ((2025, 2, 30), (2025, 0, 1), (0, 0, 0)):
        with pytest.raises(ValueError, match="is no calendar day"):
            from_date(date_pb2.Date(year=year, month=month, day=day))


def test_durations_come_back() -> None:
    assert from_duration(to_duration(1.25)) == 1.25
    assert to_duration(1.25).nanos == 250_000_000


def test_uuid7_carries_time_version_and_variant() -> None:
    made = uuid7(FixedClock(datetime(2025, 10, 3, 13, 30, 0, 123_500, tzinfo=UTC)), lambda bits: (1 << bits) - 1)
    assert str(made) == "0199aa43-e43b-7800-bfff-ffffffffffff"
    assert made.version == 7


@settings(deadline=None)
@given(st.lists(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC)), min_size=2))
def test_uuid7_sorts_by_time(times: list[datetime]) -> None:
    ids = [uuid7(FixedClock(moment), lambda _: 0) for moment in sorted(times)]
    assert [str(item) for item in ids] == sorted(str(item) for item in ids)


def test_canonical_text_is_one_for_equal_values() -> None:
    assert canonical_json({"b": [1, None, True], "a": "é"}) == '{"a":"é","b":[1,null,true]}'
    assert sha256_hex("é") == sha256_hex("é".encode())
    with pytest.raises(TypeError, match=r"1\.5 has no canonical text"):
        canonical_json({"a": [{"b": 1.5}]})  # type: ignore[dict-item] # the wrong type is what is tested


def test_a_status_is_cut_to_what_a_trailer_carries() -> None:
    fields = [FieldViolation(f"configuration.parameters.P{number}", "x" * 3000) for number in range(50)]
    status = make_status(3, "INVALID_CONFIGURATION", "m" * 5000, fields=fields)
    assert len(status.SerializeToString()) < 5500
    error = ServiceError.from_status(status)
    assert 1 <= len(error.fields) < 50
    assert error.fields[0].field == "configuration.parameters.P0"
    assert error.metadata["total"] == "50"


def test_a_status_of_strangers_is_understood() -> None:
    error = ServiceError.from_status(make_status(99, "X", "odd"))
    assert error.code.name == "UNKNOWN"
    bare = make_status(5, "X", "gone")
    del bare.details[:]
    assert ServiceError.from_status(bare).reason == "NOT_FOUND"
    assert find_error_info(bare) is None


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    path = tmp_path / "logs" / "service.log"
    configure_logging("probe", "INFO", path)
    yield path
    for handler in root.handlers[:]:
        handler.close()
    root.handlers[:], root.level = handlers, level


def test_log_lines_are_json_and_hide_secrets(log_file: Path) -> None:
    hide_secret("hunter22")
    bind_call("r-1", "/zac/Get")
    get_logger().info("asked with hunter22", api_key="abc", fencing_token=7, url="https://x/?k=hunter22")
    get_logger().debug("unseen")
    try:
        raise ValueError("has hunter22 in it")
    except ValueError:
        logging.getLogger("library").exception("library failed")
    first, second = (json.loads(line) for line in log_file.read_text().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "asked with ***",
        "level": "info",
        "service": "probe",
        "request_id": "r-1",
        "method": "/zac/Get",
        "api_key": "***",
        "fencing_token": 7,
        "url": "https://x/?k=***",
    }
    assert second["event"] == "library failed"
    assert "ValueError: has *** in it" in second["exception"]
