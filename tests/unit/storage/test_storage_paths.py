"""Resolutions, tickers and paths."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.storage import EscapingPathError, InvalidTickerError, LeanPaths, Resolution, validate_ticker

ROOT = Path("/data")
DAY = date(2013, 10, 7)


def test_resolutions_carry_leans_numbers_and_periods() -> None:
    assert [int(resolution) for resolution in Resolution] == [0, 1, 2, 3, 4]
    assert Resolution.TICK.period == timedelta(0)
    assert Resolution.DAILY.period == timedelta(days=1)
    assert Resolution.SECOND.folder == "second"
    assert Resolution.from_text("Minute") is Resolution.MINUTE


def test_unknown_resolution_says_what_is_allowed() -> None:
    with pytest.raises(ValueError, match="'weekly' is unknown; use one of tick, second, minute, hour, daily"):
        Resolution.from_text("weekly")


@pytest.mark.parametrize(
    ("resolution", "ticker", "tick", "path", "entry"),
    [
        (Resolution.SECOND, "SPY", "trade", "second/spy/20131007_trade.zip", "20131007_spy_second_trade.csv"),
        (Resolution.MINUTE, "TAP.A", "quote", "minute/tap.a/20131007_quote.zip", "20131007_tap.a_minute_quote.csv"),
        (Resolution.TICK, "SPY", "trade", "tick/spy/20131007_trade.zip", "20131007_spy_Trade_Tick.csv"),
        (Resolution.HOUR, "BRK.B", "trade", "hour/brk.b.zip", "brk.b.csv"),
        (Resolution.DAILY, "aaa.1", "trade", "daily/aaa.1.zip", "aaa.1.csv"),
    ],
)
def test_bars_have_leans_paths_and_entry_names(
    resolution: Resolution, ticker: str, tick: str, path: str, entry: str
) -> None:
    paths = LeanPaths(ROOT)
    assert paths.bars(resolution, ticker, DAY, tick) == ROOT / "equity/usa" / path  # type: ignore[arg-type]
    assert paths.entry_name(resolution, ticker, DAY, tick) == entry  # type: ignore[arg-type]


def test_sample_files_lie_where_the_paths_say(sample_paths: LeanPaths) -> None:
    for path in (
        sample_paths.bars(Resolution.SECOND, "SPY", DAY),
        sample_paths.bars(Resolution.HOUR, "AAPL", None),
        sample_paths.map_file("GOOGL"),
        sample_paths.factor_file("twx.1"),
        sample_paths.market_hours,
        sample_paths.symbol_properties,
        sample_paths.security_database,
        sample_paths.interest_rate,
    ):
        assert path.is_file(), path


def test_a_file_of_one_day_needs_the_day() -> None:
    with pytest.raises(ValueError, match="second files hold one day each; give the day"):
        LeanPaths(ROOT).bars(Resolution.SECOND, "SPY", None)


@pytest.mark.parametrize(
    "ticker",
    [
        *("", "../../etc/passwd", "..", ".spy", "spy.", "sp y", "A" * 17, "A" * 300, "S\0PY", "S/PY", "S\\PY", "1A"),
        *("\u0405\u0420Y", "SPY²", "SPY\n", "C:SPY", "A.-B", "A..B", "spÿ", "~root", "-rf"),
    ],
)
def test_hostile_tickers_are_refused(ticker: str) -> None:
    paths = LeanPaths(ROOT)
    with pytest.raises(InvalidTickerError, match="use 1 to 16 ASCII letters and digits") as caught:
        paths.bars(Resolution.DAILY, ticker, None)
    assert len(str(caught.value)) < 300
    with pytest.raises(InvalidTickerError):
        paths.map_file(ticker)


@given(st.text(max_size=20))
def test_every_accepted_ticker_stays_below_the_root(text: str) -> None:
    try:
        validate_ticker(text)
    except InvalidTickerError:
        return
    assert text.isascii()
    path = LeanPaths(ROOT).bars(Resolution.SECOND, text, DAY)
    assert path.parent.parent == ROOT / "equity/usa/second"
    assert ".." not in path.parts


def test_confine_follows_symbolic_links(tmp_path: Path) -> None:
    root = tmp_path / "data"
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = root / "equity/usa/second"
    folder.mkdir(parents=True)
    (folder / "spy").symlink_to(outside)
    paths = LeanPaths(root)
    safe = paths.bars(Resolution.SECOND, "AAPL", DAY)
    assert paths.confine(safe) == safe
    with pytest.raises(EscapingPathError, match="remove the symbolic link"):
        paths.confine(paths.bars(Resolution.SECOND, "SPY", DAY))
