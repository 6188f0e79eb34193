"""Trade bars and Lean's text, both ways."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.storage import (
    InvalidBarsError,
    MalformedBarsError,
    Resolution,
    TradeColumns,
    check_trades,
    decode_trades,
    encode_trades,
    read_entry,
)

DAY = date(2013, 10, 7)
NAME = Path("20131007_trade.zip")
GOOD = b"34200000,1000,1010,990,1005,300\n34201000,1005,1005,1005,1005,0"
Describe = Callable[[Path], tuple[Resolution, date | None]]


def decode(text: bytes, resolution: Resolution = Resolution.SECOND) -> TradeColumns:
    return decode_trades(text, resolution, DAY, NAME)


def local_time(time_ms: int) -> datetime:
    return datetime.fromisoformat(str(np.datetime64(int(time_ms), "ms")))


@pytest.mark.parametrize("root", ["lean-sample", "market-data"])
def test_every_sample_file_survives_the_round_trip(shared: Path, describe: Describe, root: str) -> None:
    folder = shared / root / "equity" / "usa"
    counts = dict.fromkeys(("second", "minute", "hour", "daily"), 0)
    for resolution_folder in counts:
        for path in sorted((folder / resolution_folder).rglob("*.zip")):
            if path.name.endswith("_quote.zip"):
                continue
            resolution, day = describe(path)
            text = read_entry(path)
            columns = decode_trades(text, resolution, day, path)
            assert encode_trades(columns, resolution, day) == text.removesuffix(b"\n"), path
            counts[resolution_folder] += 1
    assert counts["second"] + counts["minute"] == {"lean-sample": 63, "market-data": 120}[root]
    assert counts["daily"] >= 15


def test_a_known_day_decodes_to_its_known_numbers(sample: Path) -> None:
    path = sample / "equity/usa/second/spy/20131007_trade.zip"
    columns = decode_trades(read_entry(path), Resolution.SECOND, DAY, path)
    assert len(columns) == 16_675
    assert local_time(columns.time_ms[0]) == datetime(2013, 10, 7, 4)
    assert local_time(columns.time_ms[-1]) == datetime(2013, 10, 7, 19, 59, 59)
    assert (columns.open[0], columns.volume[0]) == (1_674_100, 2049)
    assert int(columns.volume.sum()) == 92_720_576
    assert (columns.price_scale, columns.volume_scale) == (4, 0)


def test_stamped_rows_carry_their_own_dates() -> None:
    text = b"20131007 09:00,1,2,1,2,5\n20131008 15:00,3,3,3,3,6"
    columns = decode_trades(text, Resolution.HOUR, None, NAME)
    assert [local_time(time) for time in columns.time_ms] == [datetime(2013, 10, 7, 9), datetime(2013, 10, 8, 15)]


def test_one_final_newline_is_accepted_and_not_written() -> None:
    assert encode_trades(decode(GOOD + b"\n"), Resolution.SECOND, DAY) == GOOD


def test_no_text_is_no_rows() -> None:
    assert len(decode(b"")) == 0
    assert encode_trades(decode(b""), Resolution.SECOND, DAY) == b""


def test_decimals_raise_the_scales_and_come_back_minimal() -> None:
    text = b"34200000,1.5,1000,1,2.25,300\n34201000,5,5,5,5,0.000001"
    columns = decode(text)
    assert (columns.price_scale, columns.volume_scale) == (6, 6)
    assert columns.open.tolist() == [150, 500]
    assert columns.volume.tolist() == [300_000_000, 1]
    assert encode_trades(columns, Resolution.SECOND, DAY) == text


def test_superfluous_zeros_do_not_raise_the_scales() -> None:
    columns = decode(b"34200000,1.0,2.50,1,2.5,300.000")
    assert (columns.price_scale, columns.volume_scale) == (5, 0)
    assert encode_trades(columns, Resolution.SECOND, DAY) == b"34200000,1,2.5,1,2.5,300"


def test_coarser_scales_are_written_in_leans_unit() -> None:
    cents = np.array([14_477], dtype=np.int64)
    time_ms = decode(GOOD).time_ms[:1]
    columns = TradeColumns(time_ms, cents, cents, cents, cents, np.array([3], dtype=np.int64), price_scale=2)
    assert encode_trades(columns, Resolution.SECOND, DAY) == b"34200000,1447700,1447700,1447700,1447700,3"


@pytest.mark.parametrize("digits", [8, 9, 15, 16])
def test_long_numbers_keep_every_digit(digits: int) -> None:
    price = int("123456789" * 2) % 10**digits
    text = b"34200000,%d,%d,%d,%d,%d" % (price, price, price, price, 10**digits - 1)
    columns = decode(text)
    assert int(columns.open[0]) == price
    assert encode_trades(columns, Resolution.SECOND, DAY) == text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"34201000,1,1,1,1", "wrong columns"),
        (b"34201000,1,1,1,1,5,7", "wrong columns"),
        (b"", "wrong columns"),
        (b"34201000;1,1,1,1,5", "wrong columns"),
        (b"34201000,1,1,1,1,", "field 6 b'' is empty"),
        (b"34201000,,1,1,1,5", "field 2 b'' is empty"),
        (b"34201000,1,1,1,1,4.976399e+06", "is not a plain decimal number"),
        (b"34201000,-1,1,1,1,5", "is not a plain decimal number"),
        (b"34201000,+1,1,1,1,5", "is not a plain decimal number"),
        (b"34201000,1,NaN,1,1,5", "is not a plain decimal number"),
        (b"34201000,1,1,1,1, 5", "is not a plain decimal number"),
        (b"34201000,1,1.,1,1,5", "is not a plain decimal number"),
        (b"34201000,1,.5,1,1,5", "is not a plain decimal number"),
        (b"34201000,1,1.2.3,1,1,5", "is not a plain decimal number"),
        (b"34201000,1,1,1,1,5\r", "is not a plain decimal number"),
        (b"34201000,1,\0,1,1,5", "is not a plain decimal number"),
        (b"34201000,1,\xb2,1,1,5", "is not a plain decimal number"),
        (b"34201000.5,1,1,1,1,5", "has a decimal point where a whole number belongs"),
        (b"34201000,1,1,1,1,12345678901234567", "has over 16 digits"),
        (b"86400000,1,1,1,1,5", "time is not within one day"),
        (b"34200000,1,1,1,1,5", "time is not after the time of the row before"),
        (b"34100000,1,1,1,1,5", "time is not after the time of the row before"),
        (b"34201000,0,0,0,0,5", "price is not positive"),
        (b"34201000,5,4,5,5,5", "low and high do not enclose open and close"),
        (b"34201000,5,5,6,5,5", "low and high do not enclose open and close"),
        (b"34201000,5,9,1,10,5", "low and high do not enclose open and close"),
    ],
)
def test_a_malformed_second_row_is_named(row: bytes, reason: str) -> None:
    with pytest.raises(MalformedBarsError) as caught:
        decode(b"34200000,1,1,1,1,5\n" + row + b"\n34202000,1,1,1,1,5")
    assert (caught.value.path, caught.value.line) == (NAME, 2)
    assert reason in caught.value.reason
    assert "quarantine the file" in str(caught.value)


@pytest.mark.parametrize(
    ("stamp", "reason"),
    [
        (b"20130230 00:00", "date does not exist"),
        (b"20131301 00:00", "time does not exist"),
        (b"20131007 24:00", "time does not exist"),
        (b"20131007 09:60", "time does not exist"),
        (b"2013107 09:00", "time is not written as yyyyMMdd HH:mm"),
        (b"20131007 9:00", "time is not written as yyyyMMdd HH:mm"),
        (b"20131007,09:00", "wrong columns"),
        (b"34200000", "wrong columns"),
    ],
)
def test_a_malformed_stamp_is_named(stamp: bytes, reason: str) -> None:
    with pytest.raises(MalformedBarsError, match=reason) as caught:
        decode_trades(stamp + b",1,1,1,1,5", Resolution.DAILY, None, NAME)
    assert caught.value.line == 1


@pytest.mark.parametrize("text", [b"\n", b"\n\n", GOOD + b"\n\n", b"\n" + GOOD, b",,,,,"])
def test_stray_newlines_and_empty_rows_are_refused(text: bytes) -> None:
    with pytest.raises(MalformedBarsError):
        decode(text)


def test_long_texts_are_one_table(make_trades: Callable[..., TradeColumns]) -> None:
    # Long enough to be read in several blocks; one late row has decimals, another one is broken.
    rows = 20_000
    lines = encode_trades(make_trades(DAY, rows), Resolution.SECOND, DAY).split(b"\n")
    whole = decode(b"\n".join(lines))
    assert whole.equals(make_trades(DAY, rows))
    lines[15_000] += b".25"
    mixed = decode(b"\n".join(lines))
    assert (mixed.volume_scale, mixed.volume[15_000]) == (2, whole.volume[15_000] * 100 + 25)
    assert encode_trades(mixed, Resolution.SECOND, DAY) == b"\n".join(lines)
    lines[17_000] += b",7"
    with pytest.raises(MalformedBarsError) as caught:
        decode(b"\n".join(lines))
    assert caught.value.line == 17_001
    with pytest.raises(MalformedBarsError, match=r"line 20000: wrong columns"):
        decode(b"\n".join(lines[:17_000] + lines[17_001:]) + b"\n\n")


def test_numbers_that_need_too_many_digits_are_refused() -> None:
    with pytest.raises(MalformedBarsError, match="over 18 digits"):
        decode(b"34200000,1234567890123,1234567890123,1,1,5\n34201000,1.1234567,2,1,1,5")


def test_ticks_and_missing_days_are_callers_mistakes() -> None:
    with pytest.raises(ValueError, match="ticks are not bars"):
        decode_trades(GOOD, Resolution.TICK, DAY, NAME)
    with pytest.raises(ValueError, match="give the day"):
        decode_trades(GOOD, Resolution.SECOND, None, NAME)


def test_bars_outside_their_file_are_not_written(make_trades: Callable[..., TradeColumns]) -> None:
    with pytest.raises(InvalidBarsError, match="does not start on 2013-10-07"):
        encode_trades(make_trades(date(2013, 10, 8)), Resolution.SECOND, DAY)
    with pytest.raises(InvalidBarsError, match="row 0: start is not a date on the daily grid"):
        encode_trades(make_trades(), Resolution.DAILY, None)


def test_broken_columns_are_refused() -> None:
    good = decode(GOOD)
    with pytest.raises(InvalidBarsError, match="different lengths"):
        TradeColumns(good.time_ms[:1], good.open, good.high, good.low, good.close, good.volume)
    with pytest.raises(InvalidBarsError, match="column volume is 1-d float64"):
        TradeColumns(good.time_ms, good.open, good.high, good.low, good.close, good.volume * 1.0)  # type: ignore[arg-type]
    negative = TradeColumns(good.time_ms, good.open, good.high, good.low, good.close, -good.volume)
    with pytest.raises(InvalidBarsError, match="row 0: volume is negative") as caught:
        check_trades(negative)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301 - our own bytes


def test_slices_are_views() -> None:
    columns = decode(GOOD)
    part = columns.slice(1, 2)
    assert np.shares_memory(part.close, columns.close)
    assert part.volume.tolist() == [0]
    assert part.equals(decode(b"34201000,1005,1005,1005,1005,0"))
    assert not part.equals(columns)


prices = st.decimals(Decimal("0.01"), Decimal(10**9), places=3, allow_nan=False)


@st.composite
def trade_rows(draw: st.DrawFn) -> list[tuple[int, list[Decimal], Decimal]]:
    times = sorted(draw(st.sets(st.integers(0, 86_399_999), min_size=1, max_size=20)))
    rows = []
    for time_ms in times:
        low, first, second, high = sorted(draw(st.lists(prices, min_size=4, max_size=4)))
        volume = draw(st.decimals(0, 10**9, places=draw(st.integers(0, 6))))
        rows.append((time_ms, [*draw(st.permutations([first, second])), low, high], volume))
    return rows


def plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@settings(deadline=None)
@given(trade_rows())
def test_text_and_columns_agree_with_decimal_arithmetic(rows: list[tuple[int, list[Decimal], Decimal]]) -> None:
    text = "\n".join(
        ",".join([str(time_ms), *map(plain, (opened, high, low, close)), plain(volume)])
        for time_ms, (opened, close, low, high), volume in rows
    ).encode()
    columns = decode(text)
    price_unit, volume_unit = Decimal(10) ** (columns.price_scale - 4), Decimal(10) ** columns.volume_scale
    for row, (_, (opened, close, low, high), volume) in enumerate(rows):
        got = [columns.open[row], columns.close[row], columns.low[row], columns.high[row]]
        assert [Decimal(int(value)) / price_unit for value in got] == [opened, close, low, high]
        assert Decimal(int(columns.volume[row])) / volume_unit == volume
    assert encode_trades(columns, Resolution.SECOND, DAY) == text


@settings(deadline=None)
@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=30, unique=True), st.sampled_from([3, 4]))
def test_stamps_agree_with_the_calendar(offsets: list[int], number: int) -> None:
    resolution = Resolution(number)
    step_ms = int(resolution.period.total_seconds()) * 1000
    time_ms = np.array(sorted(offsets), dtype=np.int64) * step_ms
    ones = np.ones(len(offsets), dtype=np.int64)
    columns = TradeColumns(time_ms, ones, ones, ones, ones, ones)
    text = encode_trades(columns, resolution, None)
    stamps = [line.split(",")[0] for line in text.decode().split("\n")]
    assert stamps == [f"{local_time(time):%Y%m%d %H:%M}" for time in time_ms]
    assert decode_trades(text, resolution, None, NAME).equals(columns)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_changed_byte_is_an_error_or_other_valid_bars(position: int, value: int) -> None:
    text = GOOD[:position] + bytes([value]) + GOOD[position + 1 :]
    try:
        columns = decode(text)
    except MalformedBarsError:
        return
    check_trades(columns)
    assert decode(encode_trades(columns, Resolution.SECOND, DAY)).equals(columns)
