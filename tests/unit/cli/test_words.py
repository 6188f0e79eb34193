"""Numbers and times as people read and write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.words import bytes_text, duration_text, parse_duration, remaining_text, short_id


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.416, "0.42 s"), (12.34, "12.3 s"), (131, "2m 11s"), (59.9, "59.9 s"), (3600, "1h 00m"), (3840, "1h 04m")],
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration_text(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(-3, "~0s"), (6.4, "~6s"), (80, "~1m 20s"), (3599, "~59m 59s"), (7500, "~2h 5m")]
)
def test_estimates(seconds: float, expected: str) -> None:
    assert remaining_text(seconds) == expected


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (12_345_678, "12.3 MB"), (4_000_000_000, "4.0 GB")],
)
def test_sizes(size_bytes: int, expected: str) -> None:
    assert bytes_text(size_bytes) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("90", 90), ("90s", 90), ("30m", 1800), ("1h30m", 5400), ("0.5s", 0.5), ("2d", 172_800)]
)
def test_durations_are_read(text: str, expected: float) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "soon", "5x", "-3s", "1h 30m", "m", "0", "0s", "inf", "nan", "1e3"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.integers(1, 99), st.integers(0, 59), st.integers(0, 59))
def test_hours_minutes_and_seconds_add_up(hours: int, minutes: int, seconds: int) -> None:
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds


def test_short_ids_differ_for_runs_of_one_millisecond() -> None:
    assert short_id("0199aa43-e43b-7abc-bfff-0123456789ab") != short_id("0199aa43-e43b-7abd-bfff-0123456789ab")
