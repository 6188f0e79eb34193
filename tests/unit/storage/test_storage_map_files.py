"""Map files: tickers by day, securities by ticker."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pylean.storage import DEFAULT_DATE, END_OF_TIME, LeanPaths, MapFile, MapFileResolver, MapRow, MetadataError

TODAY = date(2026, 1, 2)


def test_rows_are_read_as_written(sample_paths: LeanPaths) -> None:
    googl = MapFile.read(sample_paths, "GOOGL")
    assert googl.permtick == "GOOGL"
    assert googl.rows == [
        MapRow(date(2004, 8, 19), "GOOG", "Q"),
        MapRow(date(2014, 4, 2), "GOOG", "Q"),
        MapRow(END_OF_TIME, "GOOGL", "Q"),
    ]
    assert (googl.first_date, googl.first_ticker, googl.delisting_date) == (date(2004, 8, 19), "GOOG", END_OF_TIME)


@pytest.mark.parametrize(
    ("day", "ticker"),
    [
        (date(1999, 1, 4), "QQQ"),  # before the first row: the first one holds
        (date(2004, 11, 30), "QQQ"),
        (date(2004, 12, 1), "QQQQ"),
        (date(2011, 3, 22), "QQQQ"),
        (date(2011, 3, 23), "QQQ"),
    ],
)
def test_the_ticker_of_a_day_is_the_first_row_not_before_it(sample_paths: LeanPaths, day: date, ticker: str) -> None:
    assert MapFile.read(sample_paths, "qqq").ticker_on(day) == ticker


def test_delisted_securities_end(sample_paths: LeanPaths) -> None:
    twx = MapFile.read(sample_paths, "TWX")
    assert (twx.first_ticker, twx.delisting_date) == ("AOL", date(2018, 6, 15))
    assert twx.ticker_on(date(2018, 6, 15)) == "TWX"
    assert twx.ticker_on(date(2018, 6, 16), default="") == ""
    assert twx.has_data(date(2018, 6, 15))
    assert not twx.has_data(date(2018, 6, 16))
    assert not twx.has_data(date(1998, 1, 1))


def test_the_number_of_a_reused_ticker_is_no_part_of_it(sample_paths: LeanPaths) -> None:
    assert MapFile.read(sample_paths, "aaa.1").first_ticker == "AAA"
    assert MapFile("AAA.1").first_ticker == "AAA"
    assert MapFile("BRK.B").first_ticker == "BRK.B"


def test_a_security_without_file_has_leans_defaults(tmp_path: Path) -> None:
    mcd = MapFile.read(LeanPaths(tmp_path), "mcd")
    assert not mcd
    assert mcd.rows == []
    assert (mcd.first_date, mcd.first_ticker, mcd.delisting_date) == (DEFAULT_DATE, "MCD", END_OF_TIME)
    assert mcd.has_data(date(1950, 1, 1))
    assert mcd.ticker_on(TODAY) == "MCD"


@pytest.mark.parametrize(
    ("ticker", "day", "permtick"),
    [
        ("SPY", TODAY, "SPY"),
        ("GOOG", date(2014, 4, 2), "GOOGL"),
        ("GOOG", date(2014, 4, 3), "GOOG"),
        ("GOOG", TODAY, "GOOG"),
        ("GOOGL", TODAY, "GOOGL"),
        ("FB", date(2001, 5, 1), "FB.1"),
        ("FB", date(2005, 5, 2), "FB"),
        ("FB", TODAY, "FB"),
        ("VXX", date(2018, 6, 1), "VXX.1"),
        ("VXX", TODAY, "VXX"),
        ("FOXA", date(2015, 1, 2), "TFCFA"),
        ("NWSA", date(2013, 6, 28), "TFCFA"),
        ("TWX", date(2000, 1, 3), "TWX.1"),
        ("twx", TODAY, "TWX"),
    ],
)
def test_a_ticker_on_a_day_means_one_security(sample_paths: LeanPaths, ticker: str, day: date, permtick: str) -> None:
    assert MapFileResolver(sample_paths).resolve(ticker, day).permtick == permtick


@pytest.mark.parametrize(
    ("ticker", "day", "identifier"),
    [
        ("SPY", TODAY, "SPY R735QTJ8XC9X"),
        ("aapl", TODAY, "AAPL R735QTJ8XC9X"),
        ("BAC", TODAY, "NB R735QTJ8XC9X"),
        ("BNO", TODAY, "BNO UN3IMQ2JU1YD"),
        ("GOOG", TODAY, "GOOCV VP83T1ZUHROL"),
        ("GOOGL", TODAY, "GOOG T1AZ164W5VTX"),
        ("FB", TODAY, "FB V6OIPNZEM8V9"),
        ("AAA", date(2003, 1, 2), "AAA SEVKGI6HF885"),
        ("MCD", TODAY, "MCD 2T"),
    ],
)
def test_identifiers_are_those_of_leans_own_results(
    sample_paths: LeanPaths, ticker: str, day: date, identifier: str
) -> None:
    assert str(MapFileResolver(sample_paths).identify(ticker, day)) == identifier


def test_a_security_that_came_later_does_not_count(sample_paths: LeanPaths) -> None:
    resolver = MapFileResolver(sample_paths)
    early = resolver.resolve("USO", date(2001, 1, 2))
    assert (early.permtick, early.rows) == ("USO", [])
    assert resolver.resolve("USO", DEFAULT_DATE).rows != []


def test_file_names_are_the_second_choice(sample_paths: LeanPaths) -> None:
    resolver = MapFileResolver(sample_paths)
    assert resolver.resolve("TWX.1", TODAY).first_ticker == "TWX"
    by_name = resolver.by_permtick("tfcfa")
    assert by_name is not None
    assert by_name.first_ticker == "NWSA"
    assert resolver.by_permtick("NOPE") is None


def test_a_folder_without_map_files_maps_nothing(tmp_path: Path) -> None:
    resolver = MapFileResolver(LeanPaths(tmp_path))
    assert resolver.resolve("spy", TODAY).permtick == "SPY"
    assert str(resolver.identify("spy", TODAY)) == "SPY 2T"


@pytest.mark.parametrize(
    "line", ["2014-03-27,spy,Q", "20140230,spy", "20140327", "20140327,", "20140327,spy,Q,1", "spy"]
)
def test_a_malformed_row_is_named(tmp_path: Path, line: str) -> None:
    paths = LeanPaths(tmp_path)
    paths.map_files.mkdir(parents=True)
    paths.map_file("spy").write_text(f"19980102,spy,P\n{line}\n")
    with pytest.raises(MetadataError, match="line 2"):
        MapFile.read(paths, "spy")
    with pytest.raises(MetadataError, match=r"spy\.csv"):
        MapFileResolver(paths).resolve("spy", TODAY)
