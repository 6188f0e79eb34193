"""Quote bars and Lean's text, both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pylean.storage import MalformedBarsError, Resolution, decode_quotes, encode_quotes, read_entry

DAY = date(2013, 10, 7)
NAME = Path("20131007_quote.zip")
TEXT = b"14400000,,,,,0,7,9,6,8,500\n14401000,1,2,1,2,100,,,,,0\n14402000,5,5,5,5,3,6,6,6,6,4"


def test_every_sample_file_survives_the_round_trip(
    sample: Path, describe: Callable[[Path], tuple[Resolution, date | None]]
) -> None:
    paths = sorted(sample.glob("equity/usa/*/*/*_quote.zip"))
    for path in paths:
        resolution, day = describe(path)
        text = read_entry(path)
        columns = decode_quotes(text, resolution, day, path)
        assert len(columns) == text.rstrip(b"\n").count(b"\n") + 1
        assert encode_quotes(columns, resolution, day) == text.removesuffix(b"\n"), path
    assert len(paths) == 59


def test_absent_sides_are_marked() -> None:
    columns = decode_quotes(TEXT, Resolution.MINUTE, DAY, NAME)
    assert columns.has_bid.tolist() == [False, True, True]
    assert columns.has_ask.tolist() == [True, False, True]
    assert columns.bid_open.tolist() == [0, 1, 5]
    assert columns.ask_size.tolist() == [500, 0, 4]
    assert columns.slice(1, 3).has_ask.tolist() == [False, True]
    assert encode_quotes(columns, Resolution.MINUTE, DAY) == TEXT


def test_decimals_raise_the_scales() -> None:
    text = b"14400000,1.5,2,1,2,0.25,,,,,0"
    columns = decode_quotes(text, Resolution.SECOND, DAY, NAME)
    assert (columns.price_scale, columns.size_scale) == (5, 2)
    assert encode_quotes(columns, Resolution.SECOND, DAY) == text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"14402000,1,2,1,,100,,,,,0", "bid has some of its four prices only"),
        (b"14402000,,,,,0,,1,1,1,0", "ask has some of its four prices only"),
        (b"14402000,1,1,1,1,0,2,1,2,2,0", "ask low and high do not enclose"),
        (b"14402000,0,0,0,0,0,,,,,0", "bid price is not positive"),
        (b"14401000,,,,,0,,,,,0", "time is not after"),
        (b"14402000,1,1,1,1,0", "wrong columns"),
        (b",1,1,1,1,0,,,,,0", "field 1 b'' is empty"),
    ],
)
def test_a_malformed_row_is_named(row: bytes, reason: str) -> None:
    with pytest.raises(MalformedBarsError, match=reason) as caught:
        decode_quotes(b"14401000,1,2,1,2,100,,,,,0\n" + row, Resolution.MINUTE, DAY, NAME)
    assert caught.value.line == 2


def test_equities_have_no_daily_quote_bars() -> None:
    with pytest.raises(ValueError, match="no daily quote bars"):
        decode_quotes(b"", Resolution.DAILY, None, NAME)
