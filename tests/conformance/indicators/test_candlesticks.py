"""Candlestick patterns against Lean's reference files, which TA-Lib made."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pylean.feed.bars import TradeBar
from pylean.indicators import candlesticks
from pylean.indicators.candlesticks import CandlestickPattern
from pylean.numbers import use_lean_decimals
from tests.conformance.indicators.reference import SYMBOL, assert_untouched, bar_of, rows_of

FILES = ("spy_candle_patterns.txt", "ewz_candle_patterns.txt", "eurusd_candle_patterns.txt")
COVERS = [("CandlestickPatternTests", file) for file in FILES]
PATTERNS: dict[str, type[CandlestickPattern]] = {
    name: pattern
    for name in candlesticks.__all__
    if isinstance(pattern := getattr(candlesticks, name), type)
    and issubclass(pattern, CandlestickPattern)
    and pattern is not CandlestickPattern
}
#: Columns whose name is not the class's own with CDL in front.
COLUMNS = {
    "ConcealedBabySwallow": "CDLCONCEALBABYSWALL",
    "GapSideBySideWhite": "CDLGAPSIDESIDEWHITE",
    "HighWaveCandle": "CDLHIGHWAVE",
    "HikkakeModified": "CDLHIKKAKEMOD",
    "LongLineCandle": "CDLLONGLINE",
    "ShortLineCandle": "CDLSHORTLINE",
    "UpDownGapThreeMethods": "CDLXSIDEGAP3METHODS",
}
#: Where Lean's own results differ from TA-Lib's, which counts in doubles; its tests leave these out.
DIFFERENT_IN_LEAN = {
    "spy_candle_patterns.txt": {
        "HighWaveCandle",
        "RickshawMan",
        "ShortLineCandle",
        "SpinningTop",
        "StickSandwich",
    },
    "ewz_candle_patterns.txt": {"HikkakeModified"},
    "eurusd_candle_patterns.txt": {"HighWaveCandle", "HikkakeModified", "MorningStar", "StickSandwich"},
}


@pytest.fixture(autouse=True)
def lean_decimals() -> None:
    use_lean_decimals()


def column_of(name: str) -> str:
    return COLUMNS.get(name, "CDL" + name.upper().replace("THREE", "3").replace("TWO", "2")).lower()


def differing(patterns: dict[str, CandlestickPattern], path: Path) -> dict[str, int]:
    """Feed a file to all patterns at once; how many rows of each differ."""
    differences: dict[str, int] = {}
    for row in rows_of(path):
        bar = bar_of(row)
        for name, pattern in patterns.items():
            pattern.update(bar)
            expected = row[column_of(name)]
            if expected and pattern.is_ready and float(expected) != 100 * pattern.current.value:
                differences[name] = differences.get(name, 0) + 1
    return differences


@pytest.mark.parametrize("file", FILES)
def test_differ_from_the_file_only_where_lean_does(file: str, shared: Path) -> None:
    path = shared / "lean" / "indicator-reference" / file
    patterns = {name: pattern() for name, pattern in PATTERNS.items()}
    assert len(patterns) == 61
    assert set(differing(patterns, path)) == DIFFERENT_IN_LEAN[file]


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_forgets_everything_on_reset(pattern: type[CandlestickPattern], shared: Path) -> None:
    rows = list(rows_of(shared / "lean" / "indicator-reference" / FILES[0]))[:200]
    bars = [bar_of(row) for row in rows]
    indicator, other = pattern(), pattern()
    for bar in reversed(bars):
        other.update(
            TradeBar(datetime(2000, 1, 1) + timedelta(other.samples), SYMBOL, bar.open, bar.high, bar.low, bar.close, 1)
        )
    other.reset()
    assert_untouched(other)
    for bar in bars:
        indicator.update(bar)
        other.update(bar)
        assert other.current == indicator.current
        assert other.is_ready == indicator.is_ready
