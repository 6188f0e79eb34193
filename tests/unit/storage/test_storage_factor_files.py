"""Factor files: price factors with Lean's scale, splits and dividends."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pylean.storage import FactorFile, LeanPaths, MarketHours, MetadataError, Normalization

AAPL_BEFORE_SPLIT = date(2014, 6, 6)


@pytest.fixture
def aapl(sample_paths: LeanPaths) -> FactorFile:
    return FactorFile.read(sample_paths, "AAPL")


@pytest.fixture
def hours(sample_paths: LeanPaths) -> MarketHours:
    return MarketHours.read(sample_paths)


def write_factors(root: Path, text: str) -> LeanPaths:
    paths = LeanPaths(root)
    path = paths.factor_file("xyz")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return paths


def test_a_row_holds_through_its_day(aapl: FactorFile) -> None:
    on, after = aapl.row_on(AAPL_BEFORE_SPLIT), aapl.row_on(date(2014, 6, 7))
    assert on is not None
    assert after is not None
    assert (on.day, str(on.split_factor)) == (AAPL_BEFORE_SPLIT, "0.03571430")
    assert (after.day, str(after.split_factor)) == (date(2014, 8, 6), "0.25")
    assert aapl.row_on(date(2051, 1, 1)) is None


@pytest.mark.parametrize(
    ("ticker", "day", "mode", "factor"),
    [
        ("spy", date(2013, 10, 7), Normalization.ADJUSTED, "0.8646266"),
        ("aapl", date(2014, 6, 9), Normalization.ADJUSTED, "0.225295450"),
        ("aapl", date(2014, 6, 9), Normalization.SCALED_RAW, "0.225295450"),
        ("aapl", date(2014, 6, 9), Normalization.SPLIT_ADJUSTED, "0.25"),
        ("aapl", date(2014, 6, 6), Normalization.TOTAL_RETURN, "0.03571430"),
        ("aapl", date(2014, 6, 9), Normalization.RAW, "1"),
        ("aapl", date(2051, 1, 1), Normalization.ADJUSTED, "1"),
        ("aapl", date(1990, 1, 1), Normalization.SPLIT_ADJUSTED, "0.00892857"),
        ("mcd", date(2013, 10, 7), Normalization.ADJUSTED, "1"),
    ],
)
def test_factors_keep_every_decimal_of_the_product(
    sample_paths: LeanPaths, ticker: str, day: date, mode: Normalization, factor: str
) -> None:
    assert str(FactorFile.read(sample_paths, ticker).price_factor(day, mode)) == factor


def test_the_scale_of_an_adjusted_price_is_leans(sample_paths: LeanPaths) -> None:
    # The first SPY price in the order hash of Lean's BasicTemplateAlgorithm has eleven decimals.
    factor = FactorFile.read(sample_paths, "SPY").price_factor(date(2013, 10, 7))
    assert str(Decimal(1_674_400) * Decimal("0.0001") * factor) == "144.77307790400"


def test_a_security_without_file_has_no_factors(tmp_path: Path, hours: MarketHours) -> None:
    none = FactorFile.read(LeanPaths(tmp_path), "mcd")
    assert not none
    assert none.minimum_date is None
    assert none.split_factor(date(2020, 1, 2)) == 1
    assert (none.dividends(hours), none.splits(hours)) == ([], [])


def test_the_2014_split_of_apple(aapl: FactorFile, hours: MarketHours) -> None:
    (split,) = aapl.splits(hours, date(2014, 1, 1), date(2014, 12, 31))
    assert (split.day, split.warning_day) == (date(2014, 6, 9), AAPL_BEFORE_SPLIT)
    assert str(split.split_factor) == "0.1428572"
    assert split.reference_price == Decimal("645.57")
    assert len(aapl.splits(hours)) == 4


def test_the_2020_dividends_and_split_of_apple(aapl: FactorFile, hours: MarketHours) -> None:
    paid = aapl.dividends(hours, date(2020, 1, 1), date(2020, 12, 31))
    assert [(dividend.day, str(dividend.distribution)) for dividend in paid] == [
        (date(2020, 2, 7), "0.77"),
        (date(2020, 5, 8), "0.82"),
        (date(2020, 8, 7), "0.82"),
        (date(2020, 11, 6), "0.21"),  # 0.205 before rounding, by the file's rounded factors slightly more
    ]
    assert paid[-1].reference_price == Decimal("119.03")
    assert str(paid[-1].price_factor_ratio) == "0.9982777302012332601474660341"
    (split,) = aapl.splits(hours, date(2020, 1, 1), date(2020, 12, 31))
    assert (split.day, split.split_factor) == (date(2020, 8, 31), Decimal("0.25"))


def test_the_range_is_about_the_day_of_payment(aapl: FactorFile, hours: MarketHours) -> None:
    ex_day = date(2020, 8, 7)
    assert [dividend.day for dividend in aapl.dividends(hours, ex_day, ex_day)] == [ex_day]
    assert aapl.dividends(hours, date(2020, 8, 6), date(2020, 8, 6)) == []


def test_every_event_of_every_sample_file_falls_on_a_trading_day(sample_paths: LeanPaths, hours: MarketHours) -> None:
    events = 0
    for path in sample_paths.factor_file("x").parent.glob("*.csv"):
        file = FactorFile.read(sample_paths, path.stem)
        days = [event.day for event in file.dividends(hours)] + [event.day for event in file.splits(hours)]
        assert all(map(hours.is_trading_day, days))
        events += len(days)
    assert events > 500


def test_infinite_exponent_and_zero_rows_move_the_first_day(tmp_path: Path) -> None:
    text = "20100104,1,inf,1\n20100105,1,1.6e+6,1\n20100106,0,1,1\n20100108,1,0.5,3\n20501231,1,1,0\n"
    file = FactorFile.read(write_factors(tmp_path, text), "xyz")
    assert [row.day for row in file.rows] == [date(2010, 1, 8), date(2050, 12, 31)]
    assert file.minimum_date == date(2010, 1, 7)


def test_the_first_of_two_rows_of_a_day_counts(tmp_path: Path) -> None:
    file = FactorFile.read(write_factors(tmp_path, "20100108,1,0.5,3\n20100108,1,0.25,3\n"), "xyz")
    assert file.price_factor(date(2010, 1, 8)) == Decimal("0.5")


def test_rows_off_the_calendar_give_no_event(tmp_path: Path, hours: MarketHours) -> None:
    file = FactorFile.read(write_factors(tmp_path, "20100109,0.9,0.5,3\n20501231,1,1,0\n"), "xyz")
    assert (file.dividends(hours), file.splits(hours)) == ([], [])


def test_whole_split_factors_have_no_exponent(tmp_path: Path, hours: MarketHours) -> None:
    file = FactorFile.read(write_factors(tmp_path, "20100108,1,100,3\n20501231,1,0.5,0\n"), "xyz")
    assert [str(split.split_factor) for split in file.splits(hours)] == ["200"]


def test_an_event_without_reference_price_is_an_error(tmp_path: Path, hours: MarketHours) -> None:
    file = FactorFile.read(write_factors(tmp_path, "20100108,0.9,0.5,0\n20501231,1,1,0\n"), "xyz")
    with pytest.raises(MetadataError, match=r"xyz\.csv: dividend row of 2010-01-08 has reference price 0"):
        file.dividends(hours)
    with pytest.raises(MetadataError, match="split row of 2010-01-08"):
        file.splits(hours)
    assert file.splits(hours, end=date(2010, 1, 8)) == []


@pytest.mark.parametrize(
    "line", ["20100108,1", "20100108,1,1,1,1", "2010-1-8,1,1", "20100108,one,1", "20100108,NaN,1", ""]
)
def test_a_malformed_row_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(MetadataError, match="line 2"):
        FactorFile.read(write_factors(tmp_path, f"20100104,1,1,1\n{line}\n20501231,1,1,0\n"), "xyz")
