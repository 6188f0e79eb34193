"""What each fault of the provider leads to: retried, refused or reported, and never a wrong byte in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import grpc
import pytest

from pylean.storage import LeanDataStore, LeanPaths, Resolution
from services.common.errors import ServiceError
from services.downloader.sim import FaultRule, MarketSimulator, SimConfig

from .conftest import KEY, Harness, StartHarness, need

FIRST, LAST = date(2025, 10, 2), date(2025, 10, 3)
NEED = need("THIN", "second", FIRST, LAST)
BARS = "/v2/aggs/ticker/"
NOW = datetime(2026, 2, 2, tzinfo=UTC)

RETRIED = [
    "429",
    "empty429",
    "500",
    "502",
    "503",
    "504",
    "html502",
    "reset_before_headers",
    "reset_in_body",
    "cut_short",
]
DAMAGED = [
    "adjusted_flipped",
    "broken_trailer",
    "dropped_rows",
    "duplicated_rows",
    "flipped_byte",
    "foreign_year",
    "gzip_bomb",
    "infinite",
    "looping_next_url",
    "low_above_high",
    "nan",
    "negative_volume",
    "not_json",
    "null_field",
    "odd_status",
    "off_step",
    "text_field",
    "truncated",
    "unsorted",
    "wrong_count",
    "wrong_ticker",
    "zero_price",
]
REFUSED = {
    "401": (grpc.StatusCode.UNAUTHENTICATED, "PROVIDER_KEY_REJECTED"),
    "400": (grpc.StatusCode.PERMISSION_DENIED, "PROVIDER_REFUSED"),
    "403": (grpc.StatusCode.PERMISSION_DENIED, "PROVIDER_REFUSED"),
    "not_authorized_200": (grpc.StatusCode.PERMISSION_DENIED, "PROVIDER_REFUSED"),
}


def stored_bars(root: Path) -> list[Path]:
    return sorted((root / "equity").rglob("*.zip"))


async def assert_exact(harness: Harness, tmp_path: Path) -> None:
    """The store holds what an undisturbed download would have stored."""
    harness.simulator.set_faults()
    clean = tmp_path / "clean"
    clean.mkdir()
    await harness.download(NEED, root=str(clean))
    for day in (FIRST, LAST):
        path = LeanPaths(Path("equity-less")).bars(Resolution.SECOND, "THIN", day).relative_to("equity-less")
        one, other = (LeanDataStore(root).trade_bars(Resolution.SECOND, "THIN", day) for root in (harness.root, clean))
        assert one.equals(other), path
        assert len(one) == 10


@pytest.mark.parametrize("action", RETRIED)
async def test_passing_trouble_is_retried_and_the_result_is_exact(
    harness: Harness, tmp_path: Path, action: str
) -> None:
    harness.simulator.set_faults(FaultRule(action, match=BARS, times=2))
    done = await harness.download(NEED)
    [figures] = done.summary.resolutions
    assert (figures.requests, figures.retries, figures.days_downloaded) == (3, 2, 2)
    await assert_exact(harness, tmp_path)


@pytest.mark.parametrize("action", DAMAGED)
async def test_a_damaged_answer_is_asked_for_once_more(harness: Harness, tmp_path: Path, action: str) -> None:
    harness.simulator.set_faults(FaultRule(action, match=BARS, times=1))
    done = await harness.download(NEED)
    [figures] = done.summary.resolutions
    assert (figures.requests, figures.retries) == (2, 1)
    await assert_exact(harness, tmp_path)


@pytest.mark.parametrize("action", DAMAGED)
async def test_a_damage_that_stays_is_reported_and_never_stored(harness: Harness, action: str) -> None:
    harness.simulator.set_faults(FaultRule(action, match=f"{BARS}THIN/"))
    with pytest.raises(ServiceError) as caught:
        await harness.download(NEED, need("BRK.B", "daily", FIRST, LAST))
    error = caught.value
    assert (error.code, error.reason) == (grpc.StatusCode.DATA_LOSS, "DATA_DAMAGED")
    for words in ("THIN second", "2025-10-02, 2025-10-03", "127.0.0.1", "HTTP 200", "Start again later"):
        assert words in error.message
    assert len(harness.asked()) == 2 + 1
    # What was fine is kept, and the damage has left nothing behind.
    assert [path.name for path in stored_bars(harness.root)] == ["brk.b.zip"]
    assert [gap.symbol for gap in (await harness.check(NEED)).uncovered] == ["THIN", "THIN"]


@pytest.mark.parametrize(("action", "expected"), REFUSED.items())
async def test_refusals_end_the_download_at_once(
    harness: Harness, action: str, expected: tuple[grpc.StatusCode, str]
) -> None:
    harness.simulator.set_faults(FaultRule(action, match=BARS))
    with pytest.raises(ServiceError) as caught:
        await harness.download(NEED)
    assert (caught.value.code, caught.value.reason) == expected
    assert len(harness.asked()) == 1
    assert stored_bars(harness.root) == []


@pytest.mark.parametrize(
    ("action", "code", "reason"),
    [
        ("500", grpc.StatusCode.UNAVAILABLE, "PROVIDER_UNREACHABLE"),
        ("html502", grpc.StatusCode.UNAVAILABLE, "PROVIDER_UNREACHABLE"),
        ("reset_in_body", grpc.StatusCode.UNAVAILABLE, "PROVIDER_UNREACHABLE"),
        ("429", grpc.StatusCode.RESOURCE_EXHAUSTED, "PROVIDER_RATE_LIMITED"),
        ("empty429", grpc.StatusCode.RESOURCE_EXHAUSTED, "PROVIDER_RATE_LIMITED"),
    ],
)
async def test_trouble_that_stays_ends_after_the_retries(
    harness: Harness, action: str, code: grpc.StatusCode, reason: str
) -> None:
    harness.simulator.set_faults(FaultRule(action, match=BARS))
    with pytest.raises(ServiceError) as caught:
        await harness.download(NEED)
    assert (caught.value.code, caught.value.reason) == (code, reason)
    assert caught.value.retry_delay_s is not None
    assert "after 4 tries" in caught.value.message
    assert len(harness.asked()) == 4


async def test_nobody_listens_at_the_provider_address(start: StartHarness) -> None:
    async with MarketSimulator() as gone:
        url = gone.url
    harness = await start(provider_url=url)
    with pytest.raises(ServiceError) as caught:
        await harness.download(NEED)
    assert caught.value.reason == "PROVIDER_UNREACHABLE"


async def test_retry_after_is_honoured(harness: Harness, tmp_path: Path) -> None:
    harness.simulator.set_faults(FaultRule("429", match=BARS, times=1, argument="0.6"))
    started_at = harness.clock.monotonic()
    await harness.download(NEED)
    assert harness.clock.monotonic() - started_at >= 0.6
    await assert_exact(harness, tmp_path)


async def test_a_wait_that_is_too_long_is_reported_instead(harness: Harness) -> None:
    harness.simulator.set_faults(FaultRule("429", match=BARS, argument="3600"))
    with pytest.raises(ServiceError) as caught:
        await harness.download(NEED)
    assert (caught.value.reason, caught.value.retry_delay_s) == ("PROVIDER_RATE_LIMITED", 3600.0)
    assert len(harness.asked()) == 1


async def test_a_stalled_answer_times_out_and_is_retried(start: StartHarness, tmp_path: Path) -> None:
    harness = await start(read_timeout_s=0.3)
    harness.simulator.set_faults(FaultRule("stall", match=BARS, times=1))
    done = await harness.download(NEED)
    assert done.summary.resolutions[0].retries == 1
    await assert_exact(harness, tmp_path)


@pytest.mark.parametrize(("action", "argument"), [("slow_headers", "0.2"), ("drip", "0.001"), ("delayed", "")])
async def test_slow_and_delayed_answers_are_answers(
    harness: Harness, tmp_path: Path, action: str, argument: str
) -> None:
    harness.simulator.set_faults(FaultRule(action, match=BARS, argument=argument))
    done = await harness.download(NEED)
    assert done.summary.resolutions[0].retries == 0
    await assert_exact(harness, tmp_path)


@pytest.mark.parametrize("action", ["foreign_next_url", "redirect"])
async def test_another_host_is_never_asked_and_never_sees_the_key(start: StartHarness, action: str) -> None:
    async with MarketSimulator(SimConfig(now=NOW)) as stranger:
        harness = await start(provider="polygon", ZAC_POLYGON_API_KEY=KEY)
        address = f"{stranger.url}/v2/aggs/ticker/THIN/range/1/second/1759470000000/2025-10-03?cursor=abc"
        harness.simulator.set_faults(FaultRule(action, match=BARS, argument=address))
        with pytest.raises(ServiceError) as caught:
            await harness.download(NEED)
        assert caught.value.reason == "DATA_DAMAGED"
        assert stranger.vendor.journal.records == []


async def test_a_page_that_does_not_get_ahead_is_refused(start: StartHarness) -> None:
    harness = await start(config=SimConfig(now=NOW, densities={"AAPL": (1.0, 1.0)}))
    harness.simulator.set_faults(FaultRule("looping_next_url", match="cursor="))
    with pytest.raises(ServiceError) as caught:
        await harness.download(need("AAPL", "second", FIRST, FIRST))
    assert "does not get ahead" in caught.value.message
    assert len(harness.asked()) == 3


async def test_a_lost_next_page_is_noticed_on_a_full_page(start: StartHarness) -> None:
    harness = await start(config=SimConfig(now=NOW, densities={"AAPL": (1.0, 1.0)}))
    harness.simulator.set_faults(FaultRule("missing_next_url", match=BARS, times=1))
    await harness.download(need("AAPL", "second", FIRST, FIRST))
    assert len(harness.bars("AAPL", Resolution.SECOND, FIRST)) == 57_600


async def test_an_empty_answer_for_a_day_with_trades_is_not_believed(harness: Harness, tmp_path: Path) -> None:
    harness.simulator.set_faults(FaultRule("empty_200", match=BARS, times=1))
    done = await harness.download(NEED)
    assert not done.summary.uncovered
    await assert_exact(harness, tmp_path)


async def test_an_empty_answer_that_stays_is_refused_with_the_reason(harness: Harness) -> None:
    harness.simulator.set_faults(FaultRule("empty_200", match=f"{BARS}DIVD/"))
    done = await harness.download(need("DIVD", "second", FIRST, FIRST))
    [gap] = done.summary.uncovered
    assert gap.state == 5  # refused
    assert "sends no bars though DIVD traded" in gap.reason
    assert stored_bars(harness.root) == []


async def test_a_clipped_history_is_refused_not_stored_as_empty(start: StartHarness) -> None:
    harness = await start(config=SimConfig(now=NOW, history_floor=LAST, history_mode="clip"))
    done = await harness.download(need("DIVD", "second", FIRST, LAST))
    assert [(gap.day.day, gap.state) for gap in done.summary.uncovered] == [(2, 5)]
    assert [path.name for path in stored_bars(harness.root)] == ["20251003_trade.zip"]
