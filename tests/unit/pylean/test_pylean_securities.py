"""Securities and what identifies them: names, hours, properties of the algorithm's own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pylean.algorithm import making_algorithms_of
from pylean.api.AlgorithmImports import (
    ConstantSlippageModel,
    IndicatorVolatilityModel,
    Market,
    Random,
    RelativeStandardDeviationVolatilityModel,
    Resolution,
    SecurityIdentifier,
    SecurityType,
    SimpleMovingAverage,
    StandardDeviationOfReturnsVolatilityModel,
    Symbol,
    TradeBar,
    VolumeShareSlippageModel,
)
from pylean.naming import UnsupportedApiError
from pylean.orders.enums import OrderType
from pylean.orders.order import Order

MONDAY = date(2025, 6, 2)
SPY = "SPY R735QTJ8XC9X"


class TestIdentifiers:
    def test_parts_of_an_identifier(self) -> None:
        identifier = Symbol("SPY", SPY).ID
        assert (identifier.symbol, identifier.market, identifier.SecurityType) == ("SPY", "usa", SecurityType.EQUITY)
        assert identifier.date == datetime(1998, 1, 2)
        assert str(identifier) == identifier == SPY
        assert SecurityIdentifier.try_parse("nonsense") == (False, SecurityIdentifier.EMPTY)
        assert SecurityIdentifier.generate_equity(datetime(1998, 1, 2), "spy", Market.USA) == SPY

    def test_symbols_are_equal_by_identifier_and_to_their_texts(self) -> None:
        one, other = Symbol("SPY", SPY), Symbol(SecurityIdentifier(SPY), "spy2")
        assert one == other
        assert {one: 1}[other] == 1
        assert other.value == "SPY2"
        assert one in ("spy", "x")
        assert one == SPY
        assert one.security_type is SecurityType.EQUITY
        assert (one.starts_with("S"), one.compare_to("TLT"), one.has_underlying) == (True, -1, False)

    def test_other_types_are_refused(self) -> None:
        with pytest.raises(UnsupportedApiError, match="create"):
            Symbol.create("BTCUSD", SecurityType.CRYPTO, "coinbase")


class TestIndustryIdentifiers:
    @pytest.fixture
    def database(self, bench: Any) -> Any:
        path = bench.run.market.paths.security_database
        path.write_text(f"# comment\n{bench.symbol.id},03783310,BBG1,2046251,US0378331005,320193\n")
        folder = bench.run.market.paths.map_files
        folder.mkdir(parents=True, exist_ok=True)
        return bench

    def test_of_a_symbol_and_of_none(self, database: Any) -> None:
        with making_algorithms_of(database.run):
            symbol = database.symbol
            assert (symbol.cusip, symbol.composite_figi, symbol.sedol) == ("03783310", "BBG1", "2046251")
            assert (symbol.isin, symbol.cik) == ("US0378331005", 320193)
            assert database.algorithm.ISIN(symbol) == "US0378331005"
            assert Symbol("XYZ", "XYZ 2T").isin is None

    def test_back_to_the_symbol_under_its_ticker_of_the_day(self, market: Any, make_bench: Any) -> None:
        folder = market.store.paths.map_files
        folder.mkdir(parents=True)
        (folder / "aaa.csv").write_text("20200102,old\n20230102,old\n20501231,aaa\n")
        bench = make_bench()
        path = market.store.paths.security_database
        path.write_text(f"{bench.symbol.id},CUS1,,,ISIN1,5\n")
        algorithm = bench.algorithm
        with making_algorithms_of(bench.run):
            assert algorithm.isin("isin1").value == "AAA"
            assert algorithm.cusip("CUS1", date(2022, 5, 5)).value == "OLD"
            assert [symbol.value for symbol in algorithm.cik(5)] == ["AAA"]
            assert algorithm.isin("unknown") is None
            with pytest.raises(ValueError, match="lies after the simulated time"):
                algorithm.isin("isin1", date(2030, 1, 1))


class TestProperties:
    def test_values_of_the_algorithm_s_own(self, bench: Any) -> None:
        security = bench.security
        security.factor = 0.5
        security.add("average", SimpleMovingAverage(3))
        security["notes"] = {}
        assert (security.factor, security["factor"], security.get("factor")) == (0.5, 0.5, 0.5)
        assert security.get[SimpleMovingAverage]("average").period == 3
        assert security.notes is security["notes"]
        assert security.try_get("nothing") == (False, None)
        with pytest.raises(TypeError, match="'factor' is a float, not a SimpleMovingAverage"):
            security.get[SimpleMovingAverage]("factor")
        assert (security.remove("factor"), security.remove("factor")) == (True, False)
        with pytest.raises(UnsupportedApiError):
            _ = security.factor

    def test_what_lean_reads_and_we_do_not_is_refused(self, bench: Any) -> None:
        with pytest.raises(UnsupportedApiError, match="PriceVariationModel"):
            bench.security.PriceVariationModel = object()

    def test_both_styles_of_names(self, bench: Any) -> None:
        security = bench.security
        security.IsTradable = False
        assert security.is_tradable is False
        assert security.Type is security.type is SecurityType.EQUITY
        assert security.properties == {}
        assert (security.resolution, security.MarginModel) == (Resolution.MINUTE, security.buying_power_model)


class TestHours:
    def test_openings_and_closings(self, bench: Any) -> None:
        hours = bench.security.exchange.hours
        friday_evening = datetime(2025, 6, 6, 17)
        assert hours.get_next_market_open(friday_evening, False) == datetime(2025, 6, 9, 9, 30)
        assert hours.GetNextMarketClose(friday_evening, True) == datetime(2025, 6, 6, 20)
        assert hours.get_previous_market_open(friday_evening, False) == datetime(2025, 6, 6, 9, 30)
        assert hours.get_previous_market_open(datetime(2025, 6, 8, 12), True) == datetime(2025, 6, 6, 4)
        assert hours.get_next_market_close(date(2025, 6, 6), False) == datetime(2025, 6, 6, 16), "a day is its midnight"
        assert hours.get_previous_trading_day(datetime(2025, 6, 9)) == datetime(2025, 6, 6)
        assert hours.get_next_trading_day(date(2025, 7, 3)) == datetime(2025, 7, 7)
        assert hours.get_last_daily_market_close(datetime(2025, 7, 3, 10), False) == datetime(2025, 7, 3, 13)
        assert [hours.is_date_open(datetime(2025, 7, day)) for day in (3, 4, 5)] == [True, False, False]

    @pytest.mark.parametrize(
        ("start", "end", "extended", "is_open"),
        [
            (datetime(2025, 6, 2, 9, 29), datetime(2025, 6, 2, 9, 30), False, False),
            (datetime(2025, 6, 2, 9, 29), datetime(2025, 6, 2, 9, 31), False, True),
            (datetime(2025, 6, 2, 15, 59), datetime(2025, 6, 2, 17), False, True),
            (datetime(2025, 6, 2, 16), datetime(2025, 6, 3, 9, 30), False, False),
            (datetime(2025, 6, 2, 16), datetime(2025, 6, 3, 9, 30), True, True),
            (datetime(2025, 6, 6, 16), datetime(2025, 6, 10, 8), False, True),
            (datetime(2025, 6, 2, 9, 30), datetime(2025, 6, 2, 9, 30), False, True),
        ],
    )
    def test_spans(self, bench: Any, start: datetime, end: datetime, extended: bool, is_open: bool) -> None:
        assert bench.security.exchange.hours.is_open(start, end, extended) is is_open
        assert bench.security.exchange.is_open_during_bar(start, end, extended) is is_open

    def test_closing_soon(self, bench: Any) -> None:
        for clock, soon in (("15:49", False), ("15:50", True), ("08:00", True)):
            bench.at(clock)
            assert bench.security.exchange.closing_soon is soon


def bar(price: float, day: int) -> TradeBar:
    start = datetime(2025, 6, day)
    return TradeBar(start, Symbol("AAA", "AAA 2T"), price, price, price, price, 100, timedelta(days=1))


class TestVolatility:
    def test_of_returns(self, bench: Any) -> None:
        model = StandardDeviationOfReturnsVolatilityModel(3)
        volatilities = []
        for day, price in enumerate([100, 110, 99, 99, 108.9], start=2):
            model.update(bench.security, bar(price, day))
            volatilities.append(model.volatility)
        # Returns 0.1, -0.1, 0, 0.1: of the last three the deviation is 0.1.
        assert volatilities == pytest.approx([0, 0, 0.02**0.5 * 252**0.5, 0.1 * 252**0.5, 0.1 * 252**0.5])

    def test_bars_within_a_period_do_not_count(self, bench: Any) -> None:
        model = StandardDeviationOfReturnsVolatilityModel(Resolution.DAILY, timedelta(days=2))
        for day, price in enumerate([100, 110, 100, 110, 100], start=2):
            model.update(bench.security, bar(price, day))
        assert model.volatility == 0

    def test_relative_to_the_mean(self, bench: Any) -> None:
        model = RelativeStandardDeviationVolatilityModel(timedelta(days=1), 3)
        for day, price in enumerate([9, 10, 12, 14], start=2):
            model.update(bench.security, bar(price, day))
        assert model.volatility == pytest.approx(2 / 12)

    def test_of_an_indicator(self, bench: Any) -> None:
        average = SimpleMovingAverage(2)
        model = IndicatorVolatilityModel(average, lambda security, data, indicator: indicator.update(data))
        bench.security.set_volatility_model(model)
        bench.security.set_market_price(bar(10, 2))
        bench.security.set_market_price(bar(20, 3))
        assert bench.security.volatility_model.volatility == 15
        assert bench.security.price == 20


@pytest.mark.parametrize(("quantity", "volume", "slippage"), [(10, 100, 0.1), (50, 100, 0.9), (10, 0, 0.9)])
def test_slippage_by_share_of_volume(bench: Any, quantity: int, volume: int, slippage: float) -> None:
    bench.bar("09:31", (100, 100, 100, 100, volume))
    now = bench.run.clock.utc
    order = Order(1, OrderType.MARKET, bench.symbol, quantity, now, now)  # type: ignore[arg-type]
    assert VolumeShareSlippageModel(0.3, 0.1).get_slippage_approximation(bench.security, order) == slippage
    assert ConstantSlippageModel(0.01).GetSlippageApproximation(bench.security, order) == 1


def test_random_numbers_are_dot_net_s() -> None:
    """The first numbers of .NET's System.Random of these seeds."""
    random = Random(42)
    assert [random.next() for _ in range(5)] == [1434747710, 302596119, 269548474, 1122627734, 361709742]
    assert [Random(seed).Next(100) for seed in (0, 1)] == [72, 24]
    assert Random(42).next(5, 15) == 11
    with pytest.raises(ValueError, match="the end must not lie below the start"):
        random.next(5, 1)
