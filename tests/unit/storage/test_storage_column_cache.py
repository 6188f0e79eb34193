"""The column cache: decoded once, shared between processes, rebuilt when damaged."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pylean.storage import (
    ColumnCache,
    LeanPaths,
    MalformedBarsError,
    MissingFileError,
    Resolution,
    TradeColumns,
    UnreadableZipError,
    encode_trades,
    pack_entry,
)

DAY = date(2025, 10, 1)
MakeTrades = Callable[..., TradeColumns]


@pytest.fixture
def cache_folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def bars_zip(tmp_path: Path, make_trades: MakeTrades) -> Path:
    path = tmp_path / "20251001_trade.zip"
    path.write_bytes(pack_entry("x.csv", encode_trades(make_trades(rows=50), Resolution.SECOND, DAY)))
    return path


def column_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "columns").rglob("*") if path.is_file())


def test_cached_columns_equal_decoded_ones(sample_paths: LeanPaths, cache_folder: Path) -> None:
    day = date(2013, 10, 7)
    trades = sample_paths.bars(Resolution.SECOND, "SPY", day)
    quotes = sample_paths.bars(Resolution.SECOND, "SPY", day, "quote")
    daily = sample_paths.bars(Resolution.DAILY, "SPY", None)
    plain = ColumnCache(None)
    for _ in range(2):
        cache = ColumnCache(cache_folder)
        assert cache.trades(trades, Resolution.SECOND, day).equals(plain.trades(trades, Resolution.SECOND, day))
        assert cache.quotes(quotes, Resolution.SECOND, day).equals(plain.quotes(quotes, Resolution.SECOND, day))
        assert cache.trades(daily, Resolution.DAILY, None).equals(plain.trades(daily, Resolution.DAILY, None))
        assert len(column_files(cache_folder)) == 3


def test_the_second_reader_maps_instead_of_decoding(bars_zip: Path, cache_folder: Path) -> None:
    first = ColumnCache(cache_folder).trades(bars_zip, Resolution.SECOND, DAY)
    second = ColumnCache(cache_folder).trades(bars_zip, Resolution.SECOND, DAY)
    assert first.close.flags.writeable
    assert not second.close.flags.writeable
    assert second.equals(first)
    assert {getattr(second, name).dtype for name in second.ARRAYS} == {np.dtype(np.int64)}


def test_scales_are_kept(tmp_path: Path, cache_folder: Path) -> None:
    path = tmp_path / "fractions.zip"
    path.write_bytes(pack_entry("x.csv", b"34200000,1.5,2,1,2,0.000001"))
    for _ in range(2):
        columns = ColumnCache(cache_folder).trades(path, Resolution.SECOND, DAY)
        assert (columns.price_scale, columns.volume_scale, columns.open.tolist()) == (5, 6, [15])


def test_the_same_bytes_under_another_day_are_other_bars(bars_zip: Path, cache_folder: Path) -> None:
    cache = ColumnCache(cache_folder)
    today = cache.trades(bars_zip, Resolution.SECOND, DAY)
    copy = bars_zip.with_name("20251002_trade.zip")
    shutil.copy(bars_zip, copy)
    tomorrow = cache.trades(copy, Resolution.SECOND, date(2025, 10, 2))
    assert (tomorrow.time_ms - today.time_ms == 86_400_000).all()
    assert cache.digest(bars_zip) == cache.digest(copy)


def test_a_replaced_zip_is_noticed(bars_zip: Path, cache_folder: Path, make_trades: MakeTrades) -> None:
    cache = ColumnCache(cache_folder)
    cache.trades(bars_zip, Resolution.SECOND, DAY)
    changed = make_trades(rows=50, first_ms=34_300_000)
    replacement = bars_zip.with_name("new")
    replacement.write_bytes(pack_entry("x.csv", encode_trades(changed, Resolution.SECOND, DAY)))
    replacement.replace(bars_zip)
    assert cache.trades(bars_zip, Resolution.SECOND, DAY).equals(changed)


def test_a_stale_digest_never_files_new_bars_under_the_old_name(
    bars_zip: Path, cache_folder: Path, make_trades: MakeTrades
) -> None:
    # As if the zip were replaced between the look-up of its hash and its reading: the note still has the old hash.
    cache = ColumnCache(cache_folder)
    old_digest = cache.digest(bars_zip)
    changed = make_trades(rows=7)
    bars_zip.write_bytes(pack_entry("x.csv", encode_trades(changed, Resolution.SECOND, DAY)))
    new_digest = cache.digest(bars_zip)
    (note,) = (
        path for path in (cache_folder / "digests").rglob("*") if path.is_file() and new_digest in path.read_text()
    )
    note.write_text(old_digest)
    assert cache.trades(bars_zip, Resolution.SECOND, DAY).equals(changed)
    assert [path.name[:64] for path in column_files(cache_folder)] == [new_digest]


def test_digest_is_the_sha256_of_the_file(bars_zip: Path, cache_folder: Path) -> None:
    wanted = hashlib.sha256(bars_zip.read_bytes()).hexdigest()
    cache = ColumnCache(cache_folder)
    assert [cache.digest(bars_zip), cache.digest(bars_zip), ColumnCache(None).digest(bars_zip)] == [wanted] * 3


def damage_truncate(content: bytes) -> bytes:
    return content[:-8]


def damage_grow(content: bytes) -> bytes:
    return content + bytes(8)


def damage_data(content: bytes) -> bytes:
    return content[:200] + bytes([content[200] ^ 1]) + content[201:]


def damage_header(content: bytes) -> bytes:
    return content[:13] + b"\xff" + content[14:]


def damage_version(content: bytes) -> bytes:
    return content[:8] + b"\x63" + content[9:]


def damage_everything(content: bytes) -> bytes:
    return bytes(len(content))


def damage_empty(content: bytes) -> bytes:
    return content[:0]


@pytest.mark.parametrize(
    "damage",
    [damage_truncate, damage_grow, damage_data, damage_header, damage_version, damage_everything, damage_empty],
)
def test_a_damaged_cache_file_is_rebuilt_with_a_warning(
    bars_zip: Path, cache_folder: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[bytes], bytes]
) -> None:
    cache = ColumnCache(cache_folder)
    good = cache.trades(bars_zip, Resolution.SECOND, DAY)
    (file,) = column_files(cache_folder)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    with caplog.at_level(logging.WARNING):
        assert cache.trades(bars_zip, Resolution.SECOND, DAY).equals(good)
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(file) in caplog.text
    assert file.read_bytes() == whole


@pytest.mark.parametrize("text", ["", "0" * 63, "!" * 64])
def test_a_torn_digest_note_is_not_believed(bars_zip: Path, cache_folder: Path, text: str) -> None:
    cache = ColumnCache(cache_folder)
    digest = cache.digest(bars_zip)
    (note,) = (path for path in (cache_folder / "digests").rglob("*") if path.is_file())
    note.write_text(text)
    assert cache.digest(bars_zip) == digest


def test_bad_zips_are_errors_and_leave_nothing(tmp_path: Path, cache_folder: Path) -> None:
    cache = ColumnCache(cache_folder)
    with pytest.raises(MissingFileError):
        cache.trades(tmp_path / "none.zip", Resolution.SECOND, DAY)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK")
    with pytest.raises(UnreadableZipError):
        cache.trades(bad, Resolution.SECOND, DAY)
    bad.write_bytes(pack_entry("x.csv", b"34200000,1,1,1,1"))
    with pytest.raises(MalformedBarsError, match=r"bad\.zip, line 1"):
        cache.trades(bad, Resolution.SECOND, DAY)
    assert column_files(cache_folder) == []


READER = """
import sys, time
from datetime import date
from pathlib import Path
from pylean.storage import ColumnCache, Resolution
cache, start, *zips = map(Path, sys.argv[1:])
print("ready", flush=True)
while not start.exists():
    time.sleep(0.001)
total = 0
for path in zips:
    columns = ColumnCache(cache).trades(path, Resolution.SECOND, date.fromisoformat(path.name[:8]))
    total += int(columns.volume.sum()) + int(columns.close.sum())
print(total, flush=True)
"""


def test_processes_share_a_cold_cache(sample: Path, tmp_path: Path, cache_folder: Path, project: Path) -> None:
    zips = sorted(map(str, sample.glob("equity/usa/second/*/*_trade.zip")))
    start = tmp_path / "start"
    command = [sys.executable, "-c", READER, str(cache_folder), str(start), *zips]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    start.touch()
    totals = {reader.communicate(timeout=50)[0] for reader in readers}
    assert [reader.returncode for reader in readers] == [0, 0, 0]
    assert len(totals) == 1
    assert int(totals.pop()) > 0
    assert len(column_files(cache_folder)) == len(zips)
    assert list((cache_folder / "staging").iterdir()) == []
