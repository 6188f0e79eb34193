"""A data folder as a store of bars."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pylean.storage import (
    ColumnCache,
    EscapingPathError,
    InvalidBarsError,
    InvalidTickerError,
    LeanDataStore,
    MergeReport,
    MissingFileError,
    Resolution,
    TradeColumns,
    UnreadableZipError,
    exclusive_lock,
    merge_trades,
    read_comment,
    read_entry,
)

DAY = date(2025, 10, 1)
DAY_MS = 86_400_000
MakeTrades = Callable[..., TradeColumns]


@pytest.fixture
def store(tmp_path: Path) -> LeanDataStore:
    return LeanDataStore(tmp_path / "data", ColumnCache(tmp_path / "cache"))


@pytest.fixture
def daily(make_trades: MakeTrades) -> Callable[..., TradeColumns]:
    def make(rows: int = 3, start: date = DAY) -> TradeColumns:
        return make_trades(start, rows, DAY_MS, first_ms=0)

    return make


def test_a_written_day_reads_back(store: LeanDataStore, make_trades: MakeTrades) -> None:
    bars = make_trades()
    assert not store.has(Resolution.SECOND, "SPY", DAY)
    path = store.write_intraday_day(Resolution.SECOND, "SPY", DAY, bars, b"evidence")
    assert store.has(Resolution.SECOND, "spy", DAY)
    assert store.trade_bars(Resolution.SECOND, "SPY", DAY).equals(bars)
    assert read_comment(path) == b"evidence"
    assert path.relative_to(store.paths.root) == Path("equity/usa/second/spy/20251001_trade.zip")
    assert list(store.staging.iterdir()) == []


def test_the_same_bars_give_the_same_file(store: LeanDataStore, make_trades: MakeTrades) -> None:
    first = store.write_intraday_day(Resolution.MINUTE, "SPY", DAY, make_trades(step_ms=60_000)).read_bytes()
    assert store.write_intraday_day(Resolution.MINUTE, "SPY", DAY, make_trades(step_ms=60_000)).read_bytes() == first


def test_sample_files_are_rewritten_to_the_same_text(sample: Path, store: LeanDataStore) -> None:
    source = LeanDataStore(sample)
    day = date(2013, 10, 7)
    path = store.write_intraday_day(Resolution.SECOND, "AIG", day, source.trade_bars(Resolution.SECOND, "AIG", day))
    assert read_entry(path) == read_entry(source.paths.bars(Resolution.SECOND, "AIG", day))
    store.upsert_hourly("SPY", source.trade_bars(Resolution.HOUR, "SPY"))
    hourly = store.paths.bars(Resolution.HOUR, "SPY", None)
    assert read_entry(hourly) == read_entry(source.paths.bars(Resolution.HOUR, "SPY", None))


def test_days_present(sample: Path, store: LeanDataStore, daily: Callable[..., TradeColumns]) -> None:
    source = LeanDataStore(sample)
    assert source.days_present(Resolution.SECOND, "IBM") == [date(2013, 10, day) for day in (7, 8, 9, 10, 11)]
    assert source.days_present(Resolution.MINUTE, "NOPE") == []
    hourly = source.days_present(Resolution.HOUR, "SPY")
    assert hourly == sorted(set(hourly))
    assert date(2013, 10, 7) in hourly
    assert store.days_present(Resolution.DAILY, "SPY") == []
    store.upsert_daily("SPY", daily())
    assert store.days_present(Resolution.DAILY, "SPY") == [date(2025, 10, day) for day in (1, 2, 3)]


def test_foreign_names_are_no_days(store: LeanDataStore, make_trades: MakeTrades) -> None:
    path = store.write_intraday_day(Resolution.SECOND, "SPY", DAY, make_trades())
    for name in ("old_trade.zip", "20259999_trade.zip", "20251002_quote.zip"):
        (path.parent / name).touch()
    assert store.days_present(Resolution.SECOND, "SPY") == [DAY]


def test_quotes_are_read(sample: Path) -> None:
    source = LeanDataStore(sample)
    day = date(2013, 10, 7)
    assert source.has(Resolution.SECOND, "SPY", day, "quote")
    assert len(source.quote_bars(Resolution.SECOND, "SPY", day)) > 20_000


def test_missing_bars_and_hostile_tickers_are_errors(store: LeanDataStore, make_trades: MakeTrades) -> None:
    with pytest.raises(MissingFileError):
        store.trade_bars(Resolution.SECOND, "SPY", DAY)
    with pytest.raises(InvalidTickerError):
        store.write_intraday_day(Resolution.SECOND, "../../x", DAY, make_trades())
    with pytest.raises(ValueError, match="not kept by day"):
        store.write_intraday_day(Resolution.DAILY, "SPY", DAY, make_trades())


def test_a_day_of_wrong_bars_is_not_written(store: LeanDataStore, make_trades: MakeTrades) -> None:
    with pytest.raises(InvalidBarsError, match="does not start on 2025-10-01"):
        store.write_intraday_day(Resolution.SECOND, "SPY", DAY, make_trades(date(2025, 10, 2)))
    assert not store.has(Resolution.SECOND, "SPY", DAY)


def test_a_linked_folder_is_not_written_through(store: LeanDataStore, tmp_path: Path, make_trades: MakeTrades) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = store.paths.ticker_folder(Resolution.SECOND, "SPY")
    folder.parent.mkdir(parents=True)
    folder.symlink_to(outside)
    with pytest.raises(EscapingPathError):
        store.write_intraday_day(Resolution.SECOND, "SPY", DAY, make_trades())
    assert list(outside.iterdir()) == []


def test_an_upsert_merges_by_time_and_the_new_bar_wins(
    store: LeanDataStore, daily: Callable[..., TradeColumns]
) -> None:
    assert store.upsert_daily("SPY", daily(3), b"one") == MergeReport(rows=3, added=3, revised=0)
    assert store.upsert_daily("SPY", daily(3), b"two") == MergeReport(rows=3, added=0, revised=0)
    newer = daily(2, date(2025, 10, 3))
    assert store.upsert_daily("SPY", newer, b"three") == MergeReport(rows=4, added=1, revised=1)
    merged = store.trade_bars(Resolution.DAILY, "SPY")
    assert merged.slice(0, 2).equals(daily(2))
    assert merged.slice(2, 4).equals(newer)
    assert read_comment(store.paths.bars(Resolution.DAILY, "SPY", None)) == b"three"


def test_earlier_bars_are_put_in_front(store: LeanDataStore, daily: Callable[..., TradeColumns]) -> None:
    store.upsert_daily("SPY", daily(1))
    store.upsert_daily("SPY", daily(1, date(2025, 9, 30)))
    assert store.days_present(Resolution.DAILY, "SPY") == [date(2025, 9, 30), DAY]


def test_merging_takes_the_finer_scale(daily: Callable[..., TradeColumns]) -> None:
    coarse, one = daily(2), daily(1, date(2025, 10, 2))
    tenths = {name: getattr(one, name) * 10 for name in ("open", "high", "low", "close")}
    fine = replace(one, **tenths, volume=one.volume * 1000 + 1, price_scale=5, volume_scale=3)
    merged, report = merge_trades(coarse, fine)
    assert (merged.price_scale, merged.volume_scale) == (5, 3)
    assert report == MergeReport(rows=2, added=0, revised=1)
    assert merged.open.tolist() == [int(coarse.open[0]) * 10, int(fine.open[0])]
    huge = replace(coarse, volume=np.full(2, 2**62))
    with pytest.raises(InvalidBarsError, match="does not fit 64 bits"):
        merge_trades(huge, fine)


def test_bad_bars_and_damaged_files_change_nothing(store: LeanDataStore, daily: Callable[..., TradeColumns]) -> None:
    store.upsert_daily("SPY", daily(2))
    path = store.paths.bars(Resolution.DAILY, "SPY", None)
    good = path.read_bytes()
    once = daily(1)
    doubled: dict[str, Any] = {name: np.repeat(getattr(once, name), 2) for name in once.ARRAYS}
    twice = replace(once, **doubled)
    with pytest.raises(InvalidBarsError, match="row 1: time is not after"):
        store.upsert_daily("SPY", twice)
    assert path.read_bytes() == good
    path.write_bytes(good[:-30])
    with pytest.raises(UnreadableZipError):
        store.upsert_daily("SPY", daily(3))
    assert path.read_bytes() == good[:-30]


def test_hour_bars_start_on_the_hour(store: LeanDataStore, make_trades: MakeTrades) -> None:
    with pytest.raises(InvalidBarsError, match="not a date on the hour grid"):
        store.upsert_hourly("SPY", make_trades(step_ms=3_600_000, first_ms=34_200_000))
    assert store.upsert_hourly("SPY", make_trades(step_ms=3_600_000, first_ms=32_400_000)).rows == 5


UPSERTER = """
import sys
from datetime import date, timedelta
from pathlib import Path
import numpy as np
from pylean.storage import LeanDataStore, TradeColumns
store = LeanDataStore(Path(sys.argv[1]))
first, rounds = int(sys.argv[2]), 25
for number in range(rounds):
    one = np.ones(1, dtype=np.int64)
    time_ms = one * 86_400_000 * (20_000 + first + 2 * number)
    store.upsert_daily("SPY", TradeColumns(time_ms, one, one, one, one, one))
"""


def test_two_processes_lose_no_bar_of_each_other(store: LeanDataStore, project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(project)}
    command = [sys.executable, "-c", UPSERTER, str(store.paths.root)]
    writers = [subprocess.Popen([*command, str(first)], env=environment) for first in (0, 1)]
    assert [writer.wait(50) for writer in writers] == [0, 0]
    assert len(store.days_present(Resolution.DAILY, "SPY")) == 50


def test_a_lock_excludes_other_threads(tmp_path: Path) -> None:
    entered = threading.Event()

    def enter() -> None:
        with exclusive_lock(tmp_path / "locks" / "unit"):
            entered.set()

    with exclusive_lock(tmp_path / "locks" / "unit"):
        thread = threading.Thread(target=enter)
        thread.start()
        assert not entered.wait(0.05)
    assert entered.wait(5)
    thread.join()
