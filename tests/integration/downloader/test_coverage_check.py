"""CheckCoverage and PlanDownload: what is there, what is not, what it would cost; never a write, never a request."""

from __future__ import annotations

import shutil
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import grpc
import pytest

from pylean.storage import LeanPaths, Resolution, write_entry
from services.common.errors import ServiceError

from .conftest import Harness, StartHarness, files_below, need

OCT1, OCT3, OCT10 = date(2025, 10, 1), date(2025, 10, 3), date(2025, 10, 10)
DEMO = "AAPL ABBV AMD AMZN GS HAL JNJ MCD META NVDA OXY SHOP TSLA UBER V"
ABSENT, QUARANTINED = 1, 6


async def test_real_files_of_another_program_count_by_being_there(harness: Harness, shared: Path) -> None:
    root = str(shared / "market-data")
    needs = (need(DEMO, "second", OCT1, OCT10), need(DEMO, "daily", OCT1, OCT10, history=50))
    answer = await harness.check(*needs, root=root)
    assert (answer.days_covered, answer.days_needed, list(answer.uncovered)) == (990, 990, [])
    assert (answer.data_root, answer.simulated_data, answer.can_download) == (root, False, True)
    assert len(answer.data_manifest_digest) == 64
    beyond = await harness.check(need("AAPL", "second", date(2025, 9, 30), date(2025, 10, 13)), root=root)
    assert [(gap.day.month, gap.day.day, gap.state) for gap in beyond.uncovered] == [(9, 30, ABSENT), (10, 13, ABSENT)]
    assert beyond.data_manifest_digest != answer.data_manifest_digest
    assert harness.simulator.vendor.journal.records == []


async def test_a_read_only_folder_is_enough_and_stays_as_it_is(harness: Harness, tmp_path: Path) -> None:
    needs = (need("THIN", "second", OCT1, OCT3), need("THIN", "daily", OCT1, OCT3))
    await harness.download(*needs)
    frozen = tmp_path / "frozen"
    shutil.copytree(harness.root, frozen)
    for path in (*files_below(frozen), frozen):
        path.chmod(stat.S_IRUSR | (stat.S_IXUSR if path.is_dir() else 0))
    before = [(path, path.stat().st_mtime_ns) for path in files_below(frozen)]
    answer = await harness.check(*needs, root=str(frozen))
    assert answer.days_covered == 6
    assert answer.data_manifest_digest == (await harness.check(*needs)).data_manifest_digest
    assert [(path, path.stat().st_mtime_ns) for path in files_below(frozen)] == before
    for path in (frozen, *files_below(frozen)):
        path.chmod(0o700)


async def test_an_empty_folder_lacks_everything_and_is_not_made(harness: Harness) -> None:
    answer = await harness.check(need("THIN", "second", OCT1, OCT10))
    assert (answer.days_covered, answer.days_needed) == (0, 8)
    assert {gap.state for gap in answer.uncovered} == {ABSENT}
    assert not harness.root.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a zip"),
        (b"half a file", "not a zip"),
        (b"PK\x03\x04" + b"\0" * 300, "not a zip"),
        (None, "not a zip"),  # the beginning of a good one
    ],
)
async def test_unreadable_files_are_named_and_replaced_by_a_download(
    harness: Harness, content: bytes | None, words: str
) -> None:
    wanted = need("THIN", "second", OCT1, OCT3)
    await harness.download(wanted)
    path = LeanPaths(harness.root).bars(Resolution.SECOND, "THIN", OCT1)
    good = path.read_bytes()
    path.write_bytes(good[:100] if content is None else content)
    answer = await harness.check(wanted)
    [gap] = answer.uncovered
    assert (gap.state, gap.day.day) == (QUARANTINED, 1)
    assert str(path) in gap.reason
    assert words in gap.reason.lower()
    harness.forget_requests()
    await harness.download(wanted)
    assert harness.asked() == ["THIN/second/2025-10-01/2025-10-01"]
    assert not (await harness.check(wanted)).uncovered
    [kept, reason] = sorted(file for file in files_below(harness.root / ".quarantine") if file.is_file())
    assert kept.name.startswith("20251001_trade.zip.")
    assert b"20251001_trade.zip" in reason.read_bytes()


async def test_a_file_cut_within_its_evidence_is_not_taken_for_a_whole_one(harness: Harness) -> None:
    wanted = need("THIN", "second", OCT1, OCT1)
    await harness.download(wanted)
    path = LeanPaths(harness.root).bars(Resolution.SECOND, "THIN", OCT1)
    path.write_bytes(path.read_bytes()[:-20])
    assert [gap.state for gap in (await harness.check(wanted)).uncovered] == [QUARANTINED]
    await harness.download(wanted)
    assert not (await harness.check(wanted)).uncovered


async def test_zips_that_cannot_be_bars_are_quarantined(harness: Harness) -> None:
    await harness.download(need("THIN", "daily", OCT1, OCT3))
    paths = LeanPaths(harness.root)
    odd = paths.bars(Resolution.SECOND, "THIN", OCT1)
    write_entry(odd, "setup.exe", b"MZ")
    daily = paths.bars(Resolution.DAILY, "THIN", None)
    write_entry(daily, "thin.csv", b"20251001 00:00,1,2,3")
    wanted = (need("THIN", "second", OCT1, OCT1), need("THIN", "daily", OCT1, OCT3))
    answer = await harness.check(*wanted)
    assert {gap.state for gap in answer.uncovered} == {QUARANTINED}
    assert len(answer.uncovered) == 4
    await harness.download(*wanted)
    assert not (await harness.check(*wanted)).uncovered
    assert len(harness.bars("THIN", Resolution.DAILY)) == 3


async def test_a_file_that_changes_is_looked_at_again(harness: Harness) -> None:
    wanted = need("THIN", "second", OCT1, OCT3)
    await harness.download(wanted)
    before = await harness.check(wanted)
    LeanPaths(harness.root).bars(Resolution.SECOND, "THIN", OCT3).unlink()
    assert len((await harness.check(wanted)).uncovered) == 1
    await harness.download(wanted)
    assert await harness.check(wanted) == before
    (harness.root / "equity/usa/factor_files").mkdir()
    (harness.root / "equity/usa/factor_files/thin.csv").write_text("20501231,1,1,0")
    assert (await harness.check(wanted)).data_manifest_digest != before.data_manifest_digest


async def test_a_plan_tells_requests_bytes_and_time(harness: Harness) -> None:
    needs = (need(DEMO, "second", OCT1, OCT10), need(DEMO, "daily", OCT1, OCT10, history=50))
    plan = await harness.plan(*needs)
    assert (plan.requests, len(plan.missing)) == (15 * 4 + 15, 15 * 8 + 15 * 58)
    assert 40e6 < plan.estimated_bytes < 70e6
    assert 2 < plan.estimated_time.seconds < 30
    assert harness.simulator.vendor.journal.records == []


async def test_history_alone_needs_no_end(harness: Harness) -> None:
    answer = await harness.check(need("THIN", "daily", date(2025, 12, 1), history=3))
    assert [(gap.day.month, gap.day.day) for gap in answer.uncovered] == [(11, 25), (11, 26), (11, 28)]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("requirements[0].symbols", need("", "second", OCT1, OCT1)),
        ("requirements[0].start_date", need("THIN", "second", date(1997, 12, 31), OCT1)),
        ("requirements[0].end_date", need("THIN", "second", OCT3, OCT1)),
        ("requirements[0].end_date", need("THIN", "second", OCT3, date(2026, 2, 3))),
        ("requirements[0].start_date", need("THIN", "second", date(2026, 2, 3), history=2)),
        ("requirements[0].history_days", need("THIN", "second", OCT1, OCT1, history=-1)),
        ("requirements[0].history_days", need("THIN", "second", OCT1, OCT1, history=5001)),
    ],
)
async def test_bad_requirements_are_refused_by_field(start: StartHarness, field: str, message: object) -> None:
    harness = await start(now=datetime(2026, 2, 2, 15, tzinfo=UTC))
    with pytest.raises(ServiceError) as caught:
        await harness.check(message)  # type: ignore[arg-type]
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert field in [violation.field for violation in caught.value.fields]


async def test_all_bad_fields_are_told_at_once(harness: Harness) -> None:
    broken = need("../x", "second", OCT1, OCT1)
    broken.resolution = 0  # type: ignore[assignment]
    broken.ClearField("start_date")
    with pytest.raises(ServiceError) as caught:
        await harness.check(broken, need("", "daily", OCT1))
    assert [violation.field for violation in caught.value.fields] == [
        "requirements[0].symbols[0]",
        "requirements[0].resolution",
        "requirements[0].start_date",
        "requirements[1].symbols",
    ]


async def test_needing_nothing_is_covered_by_any_store(harness: Harness) -> None:
    answer = await harness.check()
    assert (answer.days_needed, answer.days_covered, list(answer.uncovered)) == (0, 0, [])
    assert (await harness.download()).lines[-1].startswith("Download completed in ")
    assert harness.simulator.vendor.journal.records == []


@pytest.mark.parametrize("root", ["relative/path", "/nowhere/at/all", "/etc/passwd", "/tmp/\0x"])
async def test_bad_data_roots_are_refused(harness: Harness, root: str) -> None:
    with pytest.raises(ServiceError) as caught:
        await harness.check(need("THIN", "second", OCT1, OCT1), root=root)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_DATA_ROOT")
    assert caught.value.fields[0].field == "data_root"


async def test_damaged_market_hours_are_named(harness: Harness) -> None:
    path = LeanPaths(harness.root).market_hours
    path.parent.mkdir(parents=True)
    path.write_text("{]")
    with pytest.raises(ServiceError) as caught:
        await harness.check(need("THIN", "second", OCT1, OCT1))
    assert caught.value.reason == "DATA_UNREADABLE"
    assert str(path) in caught.value.message
