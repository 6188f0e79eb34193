"""Odd securities, hostile names, and who may share a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import grpc
import pytest

from pylean.storage import LeanPaths, Resolution, read_comment, read_entry
from services.common.errors import ServiceError
from services.downloader.evidence import decode_evidence

from .conftest import Harness, files_below, need

OCT2, OCT3 = date(2025, 10, 2), date(2025, 10, 3)


async def test_a_listed_symbol_without_trades_is_final_and_empty(harness: Harness) -> None:
    needs = (need("EMPTY", "second", OCT2, OCT3), need("EMPTY", "daily", OCT2, OCT3))
    done = await harness.download(*needs)
    assert not done.summary.uncovered
    path = LeanPaths(harness.root).bars(Resolution.SECOND, "EMPTY", OCT2)
    assert read_entry(path) == b""
    evidence = decode_evidence(read_comment(path))
    assert evidence is not None
    assert (evidence.rows, evidence.spans[0].note) == (0, "not among the tickers that traded")
    assert (await harness.check(*needs)).days_covered == 4


async def test_an_unknown_ticker_is_refused_with_the_reason(harness: Harness) -> None:
    done = await harness.download(need("NOPE THIN", "second", OCT2, OCT3), need("NOPE", "daily", OCT2, OCT3))
    assert {(gap.symbol, gap.state) for gap in done.summary.uncovered} == {("NOPE", 5)}
    assert "knows no ticker NOPE" in done.summary.uncovered[0].reason
    assert len(done.summary.uncovered) == 4
    assert harness.asked("ticker") == ["/v3/reference/tickers/NOPE"]
    assert not list(harness.root.rglob("*nope*"))


async def test_days_outside_the_listing_are_empty_without_a_question_per_day(harness: Harness) -> None:
    done = await harness.download(need("META", "daily", date(2022, 6, 9), date(2022, 6, 10), history=20))
    assert not done.summary.uncovered
    assert len(harness.bars("META", Resolution.DAILY)) == 2
    assert harness.asked("grouped") == []
    delisted = await harness.download(need("DLST", "second", date(2025, 11, 5), date(2025, 11, 7)))
    assert not delisted.summary.uncovered
    assert len(harness.bars("DLST", Resolution.SECOND, date(2025, 11, 6))) == 0


async def test_fractions_sub_pennies_and_nights_are_kept_to_the_digit(harness: Harness) -> None:
    await harness.download(need("FRAC SUBP NIGHT", "second", OCT2, OCT2))
    fractional = harness.bars("FRAC", Resolution.SECOND, OCT2)
    assert fractional.volume_scale == 6
    sub_penny = harness.bars("SUBP", Resolution.SECOND, OCT2)
    assert sub_penny.price_scale == 5
    assert int(sub_penny.close.max()) < 100_000
    late = harness.bars("NIGHT", Resolution.SECOND, OCT2).time_ms
    assert int(late[-1] - late[0]) > 17 * 3_600_000


async def test_prices_are_those_of_the_day_not_adjusted_for_later_splits(harness: Harness) -> None:
    await harness.download(need("SPLT", "daily", date(2025, 11, 5), date(2025, 11, 6)))
    before, after = harness.bars("SPLT", Resolution.DAILY).close.tolist()
    assert before / after == pytest.approx(4, rel=0.15)


async def test_tickers_that_differ_in_case_only_cannot_share_a_file(harness: Harness) -> None:
    with pytest.raises(ServiceError) as caught:
        await harness.check(need("BACpL BACPL", "second", OCT2, OCT2))
    assert caught.value.fields[0].field == "requirements[0].symbols[1]"
    await harness.download(need("BACpL", "second", OCT2, OCT2))
    before = LeanPaths(harness.root).bars(Resolution.SECOND, "BACPL", OCT2).read_bytes()
    done = await harness.download(need("BACPL", "second", OCT2, OCT2))
    assert "holds ticker BACpL" in done.summary.uncovered[0].reason
    assert LeanPaths(harness.root).bars(Resolution.SECOND, "BACPL", OCT2).read_bytes() == before


@pytest.mark.parametrize(
    "symbol",
    [
        "",
        "../../x",
        "a/b",
        "A\x00B",
        "A\nB",
        ".hidden",
        "\uff21\uff21\uff30\uff2c",
        "\u0410",
        "A B",
        "A..B",
        "X" * 17,
        "%2e%2e",
        "C:\\x",
        "-A",
        "$A",
    ],
)
async def test_hostile_symbols_touch_nothing(harness: Harness, tmp_path: Path, symbol: str) -> None:
    canary = files_below(tmp_path)
    message = need("THIN", "second", OCT2, OCT2)
    message.symbols.append(symbol)
    for call in (harness.check, harness.download, harness.plan):
        with pytest.raises(ServiceError) as caught:
            await call(message)
        assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUIREMENT")
        assert [violation.field for violation in caught.value.fields] == ["requirements[0].symbols[1]"]
    assert files_below(tmp_path) == canary
    assert harness.simulator.vendor.journal.records == []


async def test_a_folder_that_leads_outside_is_not_written(harness: Harness, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = LeanPaths(harness.root).ticker_folder(Resolution.SECOND, "THIN")
    folder.parent.mkdir(parents=True)
    folder.symlink_to(outside, target_is_directory=True)
    with pytest.raises(ServiceError) as caught:
        await harness.download(need("THIN", "second", OCT2, OCT2))
    assert caught.value.reason == "DATA_UNREADABLE"
    assert "symbolic link" in caught.value.message
    assert list(outside.iterdir()) == []
