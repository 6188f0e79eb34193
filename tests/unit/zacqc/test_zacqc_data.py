"""Bar ring, day accumulators, daily history and metrics."""

from __future__ import annotations

import re
import zipfile
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.parameters import Parameters
from data.data_manager import RING_BARS, DataManager
from data.metrics_calculator import MetricsCalculator

FIRST_DAY = datetime(2025, 10, 6)
OPEN = timedelta(hours=9, minutes=30)
CLOSE = timedelta(hours=16)


class Row:
    """A bar for property tests."""

    def __init__(self, time: datetime, low: float, width: float) -> None:
        self.time = time
        self.low = self.open = low
        self.high = low + width
        self.close = low + width / 2
        self.volume = 10.0


def session(day: datetime, lows: list[float]) -> list[Row]:
    return [Row(day + OPEN + timedelta(seconds=15 * n), low, 0.1) for n, low in enumerate(lows)]


prices = st.floats(min_value=50, max_value=60, allow_nan=False).map(lambda value: round(value, 2))


@given(st.lists(st.lists(prices, min_size=1, max_size=70), min_size=1, max_size=4))
def test_ring_equals_a_newest_first_deque_reversed_at_the_close(days: list[list[float]]) -> None:
    data = DataManager(Parameters())
    ring: deque[Row] = deque(maxlen=RING_BARS)
    for number, lows in enumerate(days):
        day = FIRST_DAY + timedelta(days=number)
        for row in session(day, lows):
            data.push(row)
            ring.appendleft(row)
            assert data.lows[-RING_BARS:] == [item.low for item in reversed(ring)]
            assert data.highs[-RING_BARS:] == [item.high for item in reversed(ring)]
            assert data.bars[-RING_BARS:] == list(reversed(ring))
            today = data.today_ring(row.time)
            expected = [item.low for item in reversed(ring)] if ring[-1].time.date() == day.date() else []
            assert data.lows[today] == expected
        data.push_daily(Row(day + OPEN, 50, 1))
        kept = [item for item in ring if item.time.date() == day.date()]
        ring.clear()
        ring.extendleft(kept)


def test_ring_survives_trimming() -> None:
    data = DataManager(Parameters())
    for row in session(FIRST_DAY, [float(n) for n in range(1, 1561)]):
        data.push(row)
    assert data.lows[-RING_BARS:] == [float(n) for n in range(1516, 1561)]
    assert len(data.lows) == len(data.highs) == len(data.bars) <= 1025


def test_accumulators_start_with_the_first_bar_after_a_reset() -> None:
    data = DataManager(Parameters())
    for row in session(FIRST_DAY, [50, 49, 51]):
        data.push(row)
    assert (data.open, data.high, data.low, data.close) == (50, 51.1, 49, 51.05)
    data.reset_day()
    assert (data.open, data.high, data.low, data.close) == (0, 0, 0, 0)
    data.push(Row(FIRST_DAY + CLOSE - timedelta(seconds=75), 60, 0.5))
    data.push(Row(FIRST_DAY + timedelta(days=1) + OPEN, 55, 0.5))
    assert (data.open, data.high, data.low) == (60, 60.5, 55)


def test_fix_day_reset_starts_the_day_at_the_open() -> None:
    data = DataManager(Parameters(fix_day_reset=True))
    data.push(Row(FIRST_DAY + CLOSE - timedelta(seconds=75), 60, 0.5))
    data.push(Row(FIRST_DAY + timedelta(days=1) + OPEN, 55, 0.5))
    assert (data.open, data.high, data.low) == (55, 55.5, 55)
    assert data.new_bar


def test_ready_after_two_bars_and_while_the_newest_is_fresh() -> None:
    data = DataManager(Parameters())
    rows = session(FIRST_DAY, [50, 50])
    data.push(rows[0])
    assert not data.is_ready(rows[0].time)
    data.push(rows[1])
    assert data.is_ready(rows[1].time + timedelta(seconds=300))
    assert not data.is_ready(rows[1].time + timedelta(seconds=301))


def test_the_last_step_of_a_session_is_ready_though_the_ring_is_reversed() -> None:
    data = DataManager(Parameters())
    rows = session(FIRST_DAY, [50.0] * 60)
    for row in rows:
        data.push(row)
    data.push_daily(Row(FIRST_DAY + OPEN, 50, 1))
    assert data.bars[-1].time < rows[-1].time - timedelta(minutes=10)
    assert data.is_ready(rows[-1].time + timedelta(seconds=15))


@given(st.lists(st.tuples(prices, st.floats(0, 3), st.integers(0, 10**8)), min_size=1, max_size=60))
def test_history_means_are_of_the_last_30_ranges_and_7_volumes(days: list[tuple[float, float, int]]) -> None:
    data = DataManager(Parameters())
    rows = []
    for number, (low, width, volume) in enumerate(days):
        row = Row(FIRST_DAY + timedelta(days=number), low, width)
        row.volume = float(volume)
        rows.append(row)
    data.load_history(rows)
    ranges = [100 * (row.high - row.low) / row.open for row in rows][-30:]
    mean = sum(ranges) / len(ranges)
    assert data.mean_range_pct == pytest.approx(mean if mean > 0 else 1.0, abs=1e-9)
    volumes = [row.volume for row in rows][-7:]
    assert data.mean_daily_volume == pytest.approx(sum(volumes) / len(volumes))
    assert data.daily_close(1) == (rows[-2].close if len(rows) > 1 else None)


def test_empty_history_falls_back_to_one_percent() -> None:
    data = DataManager(Parameters())
    assert data.mean_range_pct == 1.0
    assert data.recent_mean_range_pct(7) == 1.0
    assert data.daily_close(1) is None


def test_daily_bar_counts_once_per_date() -> None:
    data = DataManager(Parameters())
    row = Row(FIRST_DAY + OPEN, 50, 2)
    data.push_daily(row)
    data.push_daily(Row(FIRST_DAY + OPEN, 50, 9))
    assert data.mean_range_pct == pytest.approx(4.0)
    assert data.mean_daily_volume == 10


def test_fix_volume_source_ignores_summed_seconds_and_takes_reloads() -> None:
    data = DataManager(Parameters(fix_volume_source=True))
    history = [Row(FIRST_DAY - timedelta(days=1), 50, 1)]
    history[0].volume = 700.0
    data.load_history(history)
    data.push_daily(Row(FIRST_DAY + OPEN, 50, 2))
    assert data.mean_daily_volume == 700
    history[0].volume = 900.0
    data.reload_volumes(history)
    assert data.mean_daily_volume == 900


@given(st.lists(st.lists(prices, min_size=1, max_size=60), min_size=1, max_size=3))
def test_fix_session_extremes_tracks_all_bars_before_the_previous(days: list[list[float]]) -> None:
    data = DataManager(Parameters(fix_session_extremes=True))
    for number, lows in enumerate(days):
        day = FIRST_DAY + timedelta(days=number)
        seen = []
        for row in session(day, lows):
            data.push(row)
            seen.append(row)
            assert data.session_bars == len(seen)
            if len(seen) >= 3:
                assert data.before_previous_low == min(item.low for item in seen[:-2])
                assert data.before_previous_high == max(item.high for item in seen[:-2])
        data.push_daily(Row(day + OPEN, 50, 1))


def test_r30_of_the_golden_symbols_equals_the_reference_values(shared: Path) -> None:
    text = (shared / "zacqc" / "behaviour.md").read_text()
    table = text[text.index("Reference values on 2025-10-01") :].split("\n### ")[0]
    reference = {name: float(value) for name, value in re.findall(r"\b([A-Z]+) (\d\.\d{4})", table)}
    assert len(reference) == 15
    for name, expected in reference.items():
        data = DataManager(Parameters())
        data.load_history(_daily_rows(shared, name)[-50:])
        assert data.mean_range_pct == pytest.approx(expected, abs=5e-5)


def _daily_rows(shared: Path, name: str) -> list[Row]:
    with zipfile.ZipFile(shared / "market-data" / "equity" / "usa" / "daily" / f"{name.lower()}.zip") as archive:
        lines = archive.read(archive.namelist()[0]).decode().split()
    rows = []
    for day, line in zip(lines[::2], lines[1::2], strict=True):
        if day < "20251001":
            open_, high, low, close, volume = (float(cell) for cell in line.split(",")[1:])
            row = Row(datetime.strptime(day, "%Y%m%d"), low / 1e4, 0)
            row.open, row.high, row.close, row.volume = open_ / 1e4, high / 1e4, close / 1e4, volume
            rows.append(row)
    return rows


# ------------------------------------------------------------------------------------ metrics


def calculator(rows: list[Row], **parameters: Any) -> tuple[DataManager, MetricsCalculator]:
    settings = Parameters(**parameters)
    data = DataManager(settings)
    for row in rows:
        data.push(row)
    return data, MetricsCalculator(data, settings)


def test_metrics_are_measured_from_the_day_open() -> None:
    data, metrics = calculator(session(FIRST_DAY, [50, 49, 51]))
    data.load_history([Row(FIRST_DAY - timedelta(days=1), 100, 2)])
    metrics.update(52.0)
    assert metrics.range_pct == pytest.approx(100 * (51.1 - 49) / 50)
    assert metrics.from_open == pytest.approx(100 * (51.05 - 50) / 50)
    assert metrics.distance == pytest.approx(4.0)
    assert metrics.range_multiple == pytest.approx(metrics.range_pct / 2)
    assert metrics.filter_range == metrics.mean_range == pytest.approx(2)
    assert metrics.liquidity == pytest.approx(10 / 23_400 * 52)
    assert metrics.day_range_usd == pytest.approx(2.1)


def test_metrics_without_bars_fall_back() -> None:
    _, metrics = calculator([])
    metrics.update(52.0)
    assert (metrics.range_pct, metrics.from_open, metrics.distance, metrics.gap()) == (1.0, 0.0, 0.0, 0.0)
    assert metrics.liquidity == 0.0
    assert metrics.sharp_move() == 0.0


@pytest.mark.parametrize(("corrected", "expected"), [(False, 25.0), (True, -16.67)])
def test_gap_is_against_the_close_before_last_unless_corrected(corrected: bool, expected: float) -> None:
    data, metrics = calculator(session(FIRST_DAY, [50]), fix_gap_reference=corrected)
    data.load_history([Row(FIRST_DAY - timedelta(days=2), 40, 0), Row(FIRST_DAY - timedelta(days=1), 60, 0)])
    assert metrics.gap() == expected


def test_gap_follows_the_open_and_the_daily_bars() -> None:
    data, metrics = calculator(session(FIRST_DAY, [50]))
    data.load_history([Row(FIRST_DAY - timedelta(days=n), 40, 0) for n in (3, 2)])
    assert metrics.gap() == 25.0
    data.open = 60.0
    assert metrics.gap() == 50.0
    data.push_daily(Row(FIRST_DAY + OPEN, 30, 0))
    data.push_daily(Row(FIRST_DAY + timedelta(days=1) + OPEN, 30, 0))
    assert metrics.gap() == 100.0


def test_gap_is_zero_with_a_single_daily_bar() -> None:
    data, metrics = calculator(session(FIRST_DAY, [50]), fix_gap_reference=True)
    data.load_history([Row(FIRST_DAY - timedelta(days=1), 60, 0)])
    assert metrics.gap() == 0.0


@given(st.lists(prices, min_size=1, max_size=70), st.integers(1, 12))
def test_sharp_move_spans_the_newest_bars_of_the_ring(lows: list[float], minutes: int) -> None:
    rows = session(FIRST_DAY, lows)
    _, metrics = calculator(rows, SharpMovement_Minutes=minutes)
    ring = rows[-RING_BARS:]
    if len(ring) < 4 * minutes:
        assert metrics.sharp_move() == 0.0
    else:
        window = ring[-4 * minutes :]
        low = min(row.low for row in window)
        assert metrics.sharp_move() == pytest.approx(100 * (max(row.high for row in window) - low) / low)


@given(st.lists(prices, min_size=2, max_size=200))
def test_max_drop_is_a_run_up_over_the_ring_unless_corrected(lows: list[float]) -> None:
    rows = session(FIRST_DAY, lows)
    now = rows[-1].time + timedelta(seconds=15)
    ring = rows[-RING_BARS:]
    run_up = min(100 * (ring[i].low - ring[j].high) / max(row.high for row in ring[i:])
                 for i in range(len(ring)) for j in range(i, len(ring))
                 if ring[j].high == max(row.high for row in ring[i:]))  # fmt: skip
    assert calculator(rows)[1].max_drop(now) == pytest.approx(min(run_up, 0))
    window = [row for row in rows if row.time >= now - timedelta(minutes=30)]
    drop = min(100 * (later.low - earlier.high) / earlier.high
               for i, earlier in enumerate(window) for later in window[i:])  # fmt: skip
    assert calculator(rows, fix_max_drop=True)[1].max_drop(now) == pytest.approx(min(drop, 0))


@given(st.lists(prices, min_size=2, max_size=60), st.floats(0.5, 30), st.booleans())
def test_max_drop_may_stop_early_only_below_the_asked_depth(lows: list[float], least: float, corrected: bool) -> None:
    rows = session(FIRST_DAY, lows)
    _, metrics = calculator(rows, fix_max_drop=corrected)
    now = rows[-1].time + timedelta(seconds=15)
    full = metrics.max_drop(now)
    assert metrics.max_drop(now, least) == full or (metrics.max_drop(now, least) == 0.0 and full > -least)


def test_max_drop_needs_the_whole_ring_in_the_session_unless_corrected() -> None:
    rows = [Row(FIRST_DAY - timedelta(days=1) + CLOSE - timedelta(seconds=15), 90, 0), *session(FIRST_DAY, [50, 60])]
    now = rows[-1].time + timedelta(seconds=15)
    assert calculator(rows)[1].max_drop(now) == 0.0
    rows[2].low = 40
    assert calculator(rows, fix_max_drop=True)[1].max_drop(now) < -20


def test_fix_vwap_distance_measures_from_the_volume_weighted_price(make_bar: Callable[..., Any]) -> None:
    data, metrics = calculator([], fix_vwap_distance=True)
    metrics.update(52.0)
    assert metrics.distance is None
    data.load_history([Row(FIRST_DAY - timedelta(days=20 - n), 100, 1.0 if n < 10 else 3.0) for n in range(20)])
    data.push(make_bar(FIRST_DAY + OPEN, 50, 51, 49, 50, 300))
    data.push(make_bar(FIRST_DAY + OPEN, 60, 61, 59, 60, 100))
    metrics.update(50.0)
    assert metrics.distance == pytest.approx(100 * (50 - 52.5) / 50)
    assert metrics.filter_range == pytest.approx(3.0)
    assert metrics.mean_range == pytest.approx(2.0)
