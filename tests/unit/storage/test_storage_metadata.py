"""Symbol properties, interest rates and security identifiers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.storage import (
    DEFAULT_DATE,
    InterestRates,
    InvalidIdentifierError,
    LeanPaths,
    MetadataError,
    MissingFileError,
    SecurityIdentifier,
    SymbolProperties,
    generate_equity,
    security_identifier,
)

ONE = Decimal(1)


def test_equities_share_the_wildcard_row(sample_paths: LeanPaths) -> None:
    spy = SymbolProperties.read(sample_paths, "SPY")
    assert spy.quote_currency == "USD"
    assert (spy.contract_multiplier, spy.minimum_price_variation, spy.lot_size) == (ONE, Decimal("0.01"), ONE)


def test_an_own_row_wins(sample_paths: LeanPaths) -> None:
    future = SymbolProperties.read(sample_paths, "es", market="cme", security_type="future")
    assert (future.contract_multiplier, future.minimum_price_variation) == (Decimal(50), Decimal("0.25"))


def test_no_row_is_leans_default(sample_paths: LeanPaths) -> None:
    unknown = SymbolProperties.read(sample_paths, "XYZ", market="mars")
    assert (unknown.quote_currency, unknown.lot_size) == ("USD", ONE)


def test_missing_and_malformed_symbol_properties(tmp_path: Path) -> None:
    paths = LeanPaths(tmp_path)
    with pytest.raises(MissingFileError, match="symbol properties"):
        SymbolProperties.read(paths, "SPY")
    paths.symbol_properties.parent.mkdir()
    paths.symbol_properties.write_text("market,symbol,type\nusa,[*],equity,,USD,1,a cent,1\n")
    with pytest.raises(MetadataError, match="is malformed"):
        SymbolProperties.read(paths, "SPY")


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(1990, 1, 1), "0.0225"),
        (date(2003, 1, 8), "0.0225"),
        (date(2003, 6, 25), "0.0225"),
        (date(2003, 6, 26), "0.02"),
        (date(2013, 10, 7), "0.0075"),
        (date(2021, 6, 1), "0.0025"),
    ],
)
def test_rates_hold_from_their_day_on(sample_paths: LeanPaths, day: date, rate: str) -> None:
    assert InterestRates.read(sample_paths).rate_on(day) == Decimal(rate)


def test_the_last_rate_stays(sample_paths: LeanPaths) -> None:
    rates = InterestRates.read(sample_paths)
    assert rates.rate_on(date(2999, 1, 1)) == rates.rate_on(rates.days[-1])


def test_a_missing_rate_file_is_one_percent(tmp_path: Path) -> None:
    assert InterestRates.read(LeanPaths(tmp_path)).rate_on(date(2020, 1, 1)) == Decimal("0.01")


def test_a_malformed_rate_is_named(tmp_path: Path) -> None:
    paths = LeanPaths(tmp_path)
    paths.interest_rate.parent.mkdir(parents=True)
    paths.interest_rate.write_text("DATE,PCREDIT8\n\n# a comment\n2020-01-01,high\n")
    with pytest.raises(MetadataError, match="line 4 is not date,percent"):
        InterestRates.read(paths)


@pytest.mark.parametrize(
    ("ticker", "first_date", "text"),
    [
        ("spy", date(1998, 1, 2), "SPY R735QTJ8XC9X"),
        ("MCD", DEFAULT_DATE, "MCD 2T"),
        ("GOOCV", date(2014, 3, 27), "GOOCV VP83T1ZUHROL"),
    ],
)
def test_identifiers_have_leans_text(ticker: str, first_date: date, text: str) -> None:
    identifier = generate_equity(ticker, first_date)
    assert str(identifier) == text
    parsed = security_identifier.parse(text)
    assert parsed == identifier
    assert (parsed.ticker, parsed.first_date, parsed.market) == (ticker.upper(), first_date, "usa")
    assert parsed.security_type == security_identifier.SECURITY_TYPE_EQUITY


def test_other_security_types_keep_the_case_of_their_ticker() -> None:
    custom = security_identifier.generate("IBM.MyData", DEFAULT_DATE, security_type=0)
    assert str(custom) == "IBM.MyData 2S"


def test_an_unknown_market_code_is_shown_as_its_number() -> None:
    assert SecurityIdentifier("EURUSD", 8 * 100 + 4).market == "8"


@given(
    st.from_regex(r"[A-Z]{1,5}(\.[A-Z])?", fullmatch=True),
    st.integers(0, 99_999).map(lambda days: DEFAULT_DATE + timedelta(days=days)),
)
def test_identifiers_survive_the_round_trip(ticker: str, first_date: date) -> None:
    identifier = generate_equity(ticker, first_date)
    again = security_identifier.parse(str(identifier))
    assert again == identifier
    assert again.first_date == first_date


@pytest.mark.parametrize(
    "text",
    ["", "SPY", "SPY 2t", "SPY 2T|SPY 2T", "SPY 2T X", "SPY ZZZZZZZZZZZZZ", "SPY -1", "SPY 2T\n", "SPY ZZZZZZZZZZZZZZ"],
)
def test_other_text_is_no_identifier(text: str) -> None:
    with pytest.raises(InvalidIdentifierError, match="the form is 'SPY R735QTJ8XC9X'"):
        security_identifier.parse(text)


def test_identifiers_of_impossible_parts_are_refused() -> None:
    with pytest.raises(InvalidIdentifierError, match="market 'mars' is unknown"):
        generate_equity("SPY", DEFAULT_DATE, market="mars")
    with pytest.raises(InvalidIdentifierError, match="first date 1899-12-29"):
        generate_equity("SPY", date(1899, 12, 29))
    with pytest.raises(InvalidIdentifierError, match="none of them a blank"):
        generate_equity("S PY", DEFAULT_DATE)
