"""Download: exactly what is missing, exactly what the provider has, and proof of it."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from pylean.storage import LeanPaths, MarketHours, Resolution, read_comment, read_entry
from services.downloader.calendar import local_midnight_ms
from services.downloader.evidence import decode_evidence
from services.downloader.exchange import midnight_ms
from services.downloader.sim import SimConfig
from services.downloader.sim.bars import Bars
from services.downloader.sim.market import BarSpec

from .conftest import Harness, StartHarness, need

OCT1, OCT3, OCT10 = date(2025, 10, 1), date(2025, 10, 3), date(2025, 10, 10)
NEVER = 10**14


def vendor_bars(harness: Harness, symbol: str, timespan: str, day: date) -> Bars:
    return harness.simulator.vendor.market.bars(BarSpec(symbol, 1, timespan, False), day, NEVER)


async def test_stores_what_the_provider_has_and_nothing_else(harness: Harness) -> None:
    done = await harness.download(need("DIVD THIN", "second", OCT1, OCT3), need("DIVD", "daily", OCT3, history=5))
    assert not done.summary.uncovered
    for symbol in ("DIVD", "THIN"):
        for day in (OCT1, date(2025, 10, 2), OCT3):
            sent, stored = vendor_bars(harness, symbol, "second", day), harness.bars(symbol, Resolution.SECOND, day)
            assert np.array_equal(stored.time_ms, sent.time_ms - midnight_ms(day) + local_midnight_ms(day))
            for name in ("open", "high", "low", "close", "volume"):
                assert np.array_equal(getattr(stored, name), getattr(sent, name)), (symbol, day, name)
    daily = harness.bars("DIVD", Resolution.DAILY)
    assert [int(t) for t in daily.time_ms] == [
        local_midnight_ms(day) for day in harness.simulator.vendor.market.sessions(date(2025, 9, 26), date(2025, 10, 2))
    ]
    assert int(daily.close[-1]) == int(vendor_bars(harness, "DIVD", "day", date(2025, 10, 2)).close[0])


async def test_an_up_to_date_store_causes_no_request(harness: Harness) -> None:
    needs = (need("THIN EMPTY", "second", OCT1, OCT10), need("THIN EMPTY", "daily", OCT1, OCT10, history=20))
    await harness.download(*needs)
    harness.forget_requests()
    again = await harness.download(*needs)
    assert harness.simulator.vendor.journal.records == []
    assert sum(figures.cache_hits for figures in again.summary.resolutions) == 2 * (8 + 28)
    assert again.summary.data_manifest_digest == (await harness.check(*needs)).data_manifest_digest


async def test_only_missing_days_are_asked_for(harness: Harness) -> None:
    await harness.download(need("THIN", "second", OCT1, OCT10), need("THIN", "daily", OCT1, OCT3))
    paths = LeanPaths(harness.root)
    for day in (OCT1, date(2025, 10, 2), date(2025, 10, 8)):
        paths.bars(Resolution.SECOND, "THIN", day).unlink()
    harness.forget_requests()
    needs = (need("THIN", "second", OCT1, OCT10), need("THIN", "daily", OCT1, OCT10))
    gaps = (await harness.check(*needs)).uncovered
    assert [(gap.day.day, gap.resolution) for gap in gaps] == [
        (1, 1),
        (2, 1),
        (8, 1),
        (6, 4),
        (7, 4),
        (8, 4),
        (9, 4),
        (10, 4),
    ]
    assert (await harness.plan(*needs)).requests == 3
    await harness.download(*needs)
    assert sorted(harness.asked()) == [
        "THIN/day/2025-10-06/2025-10-10",
        "THIN/second/2025-10-01/2025-10-02",
        "THIN/second/2025-10-08/2025-10-08",
    ]
    assert len(harness.bars("THIN", Resolution.DAILY)) == 8


async def test_requests_are_packed_by_expected_rows_and_follow_further_pages(start: StartHarness) -> None:
    config = SimConfig(densities={"AAPL": (1.0, 1.0)}, now=datetime(2026, 2, 2, tzinfo=UTC))
    harness = await start(config=config)
    done = await harness.download(need("AAPL", "second", OCT1, date(2025, 10, 2)))
    # 2 x 57,600 rows where 2 x 22,500 were expected: two more pages, on the same question.
    assert [path.split("/")[0:2] for path in harness.asked()] == [["AAPL", "second"]] * 3
    assert done.summary.resolutions[0].bars_written == 115_200
    harness.forget_requests()
    await harness.download(need("AAPL", "second", OCT1, date(2025, 10, 7)))
    assert len(harness.asked()) == 3 * 2  # now it is known that a day fills a request, and overflows it
    assert all(len(harness.bars("AAPL", Resolution.SECOND, day)) == 57_600 for day in (OCT1, OCT3))


async def test_evidence_travels_in_the_zip_and_proves_its_content(harness: Harness) -> None:
    await harness.download(need("BRK.B", "second", OCT3, OCT3), need("BRK.B", "daily", OCT1, OCT10))
    path = LeanPaths(harness.root).bars(Resolution.SECOND, "BRK.B", OCT3)
    evidence = decode_evidence(read_comment(path))
    assert evidence is not None
    text = read_entry(path)
    assert evidence.sha256 == hashlib.sha256(text).hexdigest()
    assert (evidence.symbol, evidence.resolution, evidence.adjusted) == ("BRK.B", "second", False)
    assert evidence.rows == text.count(b"\n") + 1
    [span] = evidence.spans
    assert (span.source, span.status, span.settled, span.derived) == ("simulator", "OK", True, "")
    assert (span.first, span.last, len(span.requests[0])) == (OCT3, OCT3, 32)
    daily = decode_evidence(read_comment(LeanPaths(harness.root).bars(Resolution.DAILY, "BRK.B", None)))
    assert daily is not None
    assert [(span.first, span.last, span.derived) for span in daily.spans] == [(OCT1, OCT10, "vendor-day")]


async def test_equal_data_have_equal_digests_on_another_day_and_machine(start: StartHarness) -> None:
    needs = (need("THIN", "second", OCT1, OCT3), need("THIN", "daily", OCT1, OCT3))
    first = await start()
    one = await first.download(*needs)
    second = await start(now=datetime(2026, 5, 5, tzinfo=UTC), ZAC_DATA_ROOT=first.root.parent / "other")
    other = await second.download(*needs)
    assert one.summary.data_manifest_digest == other.summary.data_manifest_digest
    assert (first.root / "equity/usa/daily/thin.zip").read_bytes() != (
        second.root / "equity/usa/daily/thin.zip"
    ).read_bytes()


async def test_a_day_is_provisional_until_it_has_settled_and_is_fetched_once_more_then(start: StartHarness) -> None:
    friday_night = datetime(2025, 10, 4, 2, tzinfo=UTC)
    harness = await start(config=SimConfig(now=friday_night, settled=False), now=friday_night)
    needs = (need("DIVD", "second", OCT3, OCT3), need("DIVD", "daily", OCT1, OCT3))
    await harness.download(*needs)
    early = len(harness.bars("DIVD", Resolution.SECOND, OCT3))
    assert not (await harness.check(*needs)).uncovered
    harness.forget_requests()
    harness.clock.now = datetime(2025, 10, 6, 9, 59, tzinfo=UTC)
    await harness.download(*needs)
    assert harness.asked() == []
    harness.clock.now = datetime(2025, 10, 6, 10, 0, tzinfo=UTC)  # Monday, 06:00 in New York
    harness.simulator.configure(now=harness.clock.now, settled=True)
    await harness.download(*needs)
    assert sorted(harness.asked()) == ["DIVD/day/2025-10-03/2025-10-03", "DIVD/second/2025-10-03/2025-10-03"]
    assert (
        len(harness.bars("DIVD", Resolution.SECOND, OCT3)) == len(vendor_bars(harness, "DIVD", "second", OCT3)) > early
    )
    harness.forget_requests()
    await harness.download(*needs)
    assert harness.asked() == []


async def test_today_is_taken_as_far_as_it_goes(start: StartHarness) -> None:
    noon = datetime(2025, 10, 3, 16, tzinfo=UTC)
    harness = await start(config=SimConfig(now=noon), now=noon)
    await harness.download(need("DIVD", "second", OCT3, OCT3))
    times = harness.bars("DIVD", Resolution.SECOND, OCT3).time_ms
    assert int(times[-1]) < local_midnight_ms(OCT3) + 12 * 3_600_000
    early = datetime(2025, 10, 3, 7, tzinfo=UTC)
    harness.clock.now = early
    harness.simulator.configure(now=early)
    done = await harness.download(need("BRK.B", "second", OCT3, OCT3))
    assert [gap.reason for gap in done.summary.uncovered] == ["there are no bars yet"]


async def test_concurrent_downloads_of_the_same_days_ask_once(harness: Harness) -> None:
    needs = (need("DIVD SPLT", "second", OCT1, OCT10), need("DIVD SPLT", "daily", OCT1, OCT10, history=30))
    results = await asyncio.gather(*(harness.download(*needs) for _ in range(4)))
    assert harness.simulator.vendor.journal.stats()["repeated"] == 0
    assert len({result.summary.data_manifest_digest for result in results}) == 1


async def test_no_more_requests_in_flight_than_allowed(start: StartHarness) -> None:
    harness = await start(
        config=SimConfig(latency_s=0.05, now=datetime(2026, 2, 2, tzinfo=UTC)), max_requests_in_flight=3
    )
    await harness.download(need("AAPL MSFT IBM GS", "daily", OCT1, OCT10), need("THIN", "second", OCT1, OCT10))
    assert harness.simulator.vendor.journal.stats()["peak_in_flight"] <= 3


async def test_progress_and_log_tell_what_happens(harness: Harness) -> None:
    done = await harness.download(need("DIVD THIN", "second", OCT1, OCT10), need("DIVD", "daily", OCT1, history=50))
    first, last = done.progress[0], done.progress[-1]
    assert sorted((unit.symbol, unit.days_needed) for unit in first.units) == [("DIVD", 8), ("DIVD", 50), ("THIN", 8)]
    assert (first.days_done, first.days_needed) == (0, 66)
    assert (last.days_done, last.days_needed, last.requests, last.retries) == (66, 66, 4 + 4 + 1, 0)
    assert last.bytes_received > 100_000
    days = [update.days_done for update in done.progress]
    assert days == sorted(days)
    assert done.lines[0].startswith("Missing data for DIVD: 2025-10-01, 2025-10-02, 2025-10-03, ")
    assert "50 days from 2025-07-22 to 2025-09-30 (daily)" in done.lines[0]
    assert done.lines[1].startswith("Missing data for THIN: ")
    assert done.lines[-1].startswith("Download completed in ")
    assert "second: 16 days" in done.lines[-1]
    second, daily = done.summary.resolutions
    assert (second.days_downloaded, second.requests, daily.days_downloaded, daily.requests) == (16, 8, 50, 1)


async def test_a_fresh_data_folder_gets_the_metadata_an_engine_needs(harness: Harness) -> None:
    await harness.download(need("THIN", "second", OCT1, OCT1))
    paths = LeanPaths(harness.root)
    hours = MarketHours.read(paths)
    assert not hours.is_trading_day(date(2025, 11, 27))
    assert hours.session(date(2025, 11, 28)).close == 13 * 3600
    assert hours.session(OCT1).span(extended=True) == (4 * 3600, 20 * 3600)
    assert b"usa,[*],equity,,USD,1,0.01,1" in paths.symbol_properties.read_bytes()
    own = b'{"entries":{}}'
    paths.symbol_properties.write_bytes(own)
    await harness.download(need("THIN", "second", OCT3, OCT3))
    assert paths.symbol_properties.read_bytes() == own


@pytest.mark.parametrize(
    ("first", "last", "utc_offset_h"),
    [(date(2025, 10, 31), date(2025, 11, 3), (4, 5)), (date(2026, 3, 6), date(2026, 3, 9), (5, 4))],
)
async def test_clock_changes_leave_local_times_alone(
    start: StartHarness, first: date, last: date, utc_offset_h: tuple[int, int]
) -> None:
    harness = await start(now=datetime(2026, 4, 1, tzinfo=UTC))
    done = await harness.download(need("V", "second", first, last), need("V", "daily", first, last))
    assert not done.summary.uncovered
    for day, offset in ((first, utc_offset_h[0]), (last, utc_offset_h[1])):
        sent, stored = vendor_bars(harness, "V", "second", day), harness.bars("V", Resolution.SECOND, day)
        utc_midnight_ms = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
        assert np.array_equal(stored.time_ms, sent.time_ms - offset * 3_600_000)
        assert int(stored.time_ms[0]) >= utc_midnight_ms + 4 * 3_600_000
        assert int(stored.time_ms[-1]) < utc_midnight_ms + 20 * 3_600_000
    assert [int(t) for t in harness.bars("V", Resolution.DAILY).time_ms] == [
        local_midnight_ms(first),
        local_midnight_ms(last),
    ]


async def test_holidays_are_not_asked_for_and_half_days_end_early(harness: Harness) -> None:
    wednesday, friday = date(2025, 11, 26), date(2025, 11, 28)
    needs = (need("DIVD", "second", wednesday, friday), need("DIVD", "hour", wednesday, friday))
    done = await harness.download(*needs)
    assert {(figures.resolution, figures.days_downloaded) for figures in done.summary.resolutions} == {(1, 2), (3, 2)}
    assert not LeanPaths(harness.root).bars(Resolution.SECOND, "DIVD", date(2025, 11, 27)).exists()
    hours = harness.bars("DIVD", Resolution.HOUR)
    starts = [divmod(int(t) - local_midnight_ms(wednesday), 3_600_000) for t in hours.time_ms]
    assert starts == [(h, 0) for h in range(9, 16)] + [(48 + h, 0) for h in range(9, 13)]


async def test_hour_bars_are_the_regular_session_of_the_seconds(harness: Harness) -> None:
    await harness.download(
        need("AMD", "second", OCT3, OCT3), need("AMD", "hour", OCT3, OCT3), need("AMD", "minute", OCT3, OCT3)
    )
    seconds, hours = harness.bars("AMD", Resolution.SECOND, OCT3), harness.bars("AMD", Resolution.HOUR)
    minutes = harness.bars("AMD", Resolution.MINUTE, OCT3)
    since = seconds.time_ms - local_midnight_ms(OCT3)
    nine = (since >= 34_200_000) & (since < 36_000_000)
    assert int(hours.volume[0]) == int(seconds.volume[nine].sum())
    assert int(hours.high[0]) == int(seconds.high[nine].max())
    regular = (since >= 34_200_000) & (since < 57_600_000)
    assert (int(hours.open[0]), int(hours.close[-1])) == (
        int(seconds.open[regular][0]),
        int(seconds.close[regular][-1]),
    )
    assert int(minutes.volume.sum()) == int(seconds.volume.sum())


async def test_a_daily_file_of_another_program_is_added_to(harness: Harness) -> None:
    await harness.download(need("THIN", "daily", OCT1, OCT3))
    path = LeanPaths(harness.root).bars(Resolution.DAILY, "THIN", None)
    foreign = path.read_bytes()
    comment = read_comment(path)
    # The same archive without its comment is what another program would have written.
    path.write_bytes(foreign[: -len(comment) - 2] + b"\0\0")
    assert decode_evidence(read_comment(path)) is None
    harness.forget_requests()
    await harness.download(need("THIN", "daily", OCT1, OCT10))
    assert harness.asked() == ["THIN/day/2025-10-06/2025-10-10"]
    evidence = decode_evidence(read_comment(path))
    assert evidence is not None
    assert [(span.first, span.last) for span in evidence.spans] == [(date(2025, 10, 6), OCT10)]
    assert len(harness.bars("THIN", Resolution.DAILY)) == 8


async def test_daily_habit_keeps_one_span(start: StartHarness) -> None:
    harness = await start()
    for offset in range(5):
        await harness.download(need("THIN", "daily", date(2025, 10, 6), date(2025, 10, 6) + timedelta(days=offset)))
    assert harness.asked() == [f"THIN/day/2025-10-{day:02}/2025-10-{day:02}" for day in range(6, 11)]
    evidence = decode_evidence(read_comment(LeanPaths(harness.root).bars(Resolution.DAILY, "THIN", None)))
    assert evidence is not None
    [span] = evidence.spans
    assert (span.first, span.last, len(span.requests)) == (date(2025, 10, 6), OCT10, 5)
