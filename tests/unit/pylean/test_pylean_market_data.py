"""The data folder as the feed reads it: what is missing, and what is damaged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pylean.feed.market_data import MarketData
from pylean.storage import LeanDataStore, Resolution, TradeColumns, UnreadableZipError

DAY = date(2025, 10, 1)


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A data folder whose only file is cut short."""
    start_ms = (DAY - date(1970, 1, 1)).days * 86_400_000 + 34_200_000
    prices = np.full(3, 1_000_000)
    columns = TradeColumns(np.arange(3) * 1000 + start_ms, prices, prices, prices, prices, np.full(3, 100))
    LeanDataStore(tmp_path).write_intraday_day(Resolution.SECOND, "mcd", DAY, columns)
    (file,) = tmp_path.rglob("*_trade.zip")
    file.write_bytes(file.read_bytes()[:-30])
    return tmp_path


def test_a_file_that_is_not_there_is_no_bars(tmp_path: Path) -> None:
    market = MarketData(tmp_path, None)
    assert market.trades("mcd", Resolution.SECOND, DAY, DAY) is None
    assert market.trades("mcd", Resolution.DAILY, DAY, DAY) is None


def test_a_damaged_file_ends_the_run(damaged: Path) -> None:
    with pytest.raises(UnreadableZipError, match="20251001_trade"):
        MarketData(damaged, None).trades("mcd", Resolution.SECOND, DAY, DAY)


def test_a_damaged_file_counts_as_missing_when_asked_for_and_is_told(damaged: Path) -> None:
    market = MarketData(damaged, None, skip_unreadable=True)
    assert market.trades("mcd", Resolution.SECOND, DAY, DAY) is None
    assert [type(error) for error in market.unreadable] == [UnreadableZipError]
