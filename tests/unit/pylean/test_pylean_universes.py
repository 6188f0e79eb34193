"""Universes: when they select, what they read, whom they choose, and how long members stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.algorithm import QCAlgorithm, Run, making_algorithms_of
from pylean.clock import from_ms, to_ms
from pylean.feed.market_data import MarketData
from pylean.naming import UnsupportedApiError
from pylean.scheduling.rules import DateRule, DayOfWeek
from pylean.securities.identifier import SecurityIdentifier
from pylean.securities.security_type import Market as MarketNames
from pylean.securities.security_type import SecurityType
from pylean.securities.symbol import Symbol
from pylean.storage import MetadataError, Resolution
from pylean.universes.base import SelectedSymbols, Universe
from pylean.universes.constituents import ConstituentsUniverse
from pylean.universes.daily import on_schedule
from pylean.universes.data import UniverseData
from pylean.universes.fundamental import Fundamental, FundamentalDataError
from pylean.universes.fundamental_universes import CoarseFundamentalUniverse, FundamentalUniverse
from pylean.universes.settings import UniverseSettings
from pylean.universes.triggered import ScheduledUniverse, UserDefinedUniverse

MONDAY = date(2025, 6, 2)
FRIDAY = date(2025, 6, 6)
SIDS = {"AAA": "AAA 2T", "BBB": "BBB 2T", "CCC": "CCC 2T"}


class Desk:
    """An algorithm over a data folder; its universes select without the engine."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.algorithm = QCAlgorithm()

    def add(self, *parts: Any) -> Universe:
        return self.algorithm.add_universe(*parts)

    def select(self, universe: Universe) -> list[tuple[str, list[str] | None, int]]:
        """Local time, tickers (``None``: unchanged) and counted points of each selection of the run."""
        made = []
        for utc_ms in universe.moments(self.run.clock.utc_ms, self.run.end):
            data = universe.read(utc_ms)
            selection, data = universe.perform_selection(from_ms(utc_ms), data)
            tickers = None if selection is None else [symbol.value for symbol in selection]
            made.append((f"{universe.source.local(utc_ms):%m-%d %H:%M}", tickers, len(data)))
        return made


@pytest.fixture
def desk(market: Any) -> Iterator[Desk]:
    run = Run(MarketData(market.root, None), start_date=MONDAY, end_date=FRIDAY)
    with making_algorithms_of(run):
        yield Desk(run)


@pytest.fixture
def write(market: Any) -> Callable[[Path, str], None]:
    def write(path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return write


@pytest.fixture
def coarse(market: Any, write: Any) -> Callable[..., None]:
    """Write a day's coarse file: ticker and dollar volume."""

    def coarse(day: date, **dollar_volumes: float) -> None:
        rows = (f"{SIDS[ticker]},{ticker},10.5,100,{volume},True,0.5,2" for ticker, volume in dollar_volumes.items())
        write(market.store.paths.coarse(day), "\n".join(rows) + "\n")

    return coarse


def largest(data: Any) -> list[Symbol]:
    return [max(data, key=lambda point: point.dollar_volume).symbol]


def test_coarse_files_arrive_at_the_midnight_after_their_day(desk: Any, coarse: Any) -> None:
    for day in (date(2025, 5, 30), MONDAY, date(2025, 6, 4), FRIDAY):
        coarse(day, AAA=1, BBB=2 if day != MONDAY else 0)
    seen = []

    def select(data: Any) -> list[Symbol]:
        seen.append([point.end_time for point in data])
        return largest(data) if len(data) else []

    selections = desk.select(desk.add(select))
    assert selections == [
        ("06-02 00:00", ["BBB"], 2),  # Friday's file, with the start
        ("06-03 00:00", ["AAA"], 2),
        ("06-04 00:00", [], 0),  # no file is an empty selection
        ("06-05 00:00", ["BBB"], 2),
        ("06-06 00:00", [], 0),
        ("06-07 00:00", ["BBB"], 2),  # after the end: the engine counts it and selects nothing
    ]
    assert seen[1] == [datetime(2025, 6, 3)] * 2


def test_rows_have_the_values_of_the_file(desk: Any, market: Any, write: Any) -> None:
    row = f"{SIDS['AAA']},AAA,10.50,120,232.43599999999998,False,0.25,0.5\n"
    write(market.store.paths.coarse(MONDAY), row)
    universe = desk.add(lambda data: [])
    rows = universe.source.fundamental_day(MONDAY)
    point = Fundamental(rows, 0)
    assert (point.symbol.value, point.price, point.Volume, point.has_fundamental_data) == ("AAA", 10.5, 120, False)
    assert point.adjusted_price == 1.3125
    assert str(point.decimal_value) == "10.50"
    assert point.dollar_volume == 232.436, "a double as .NET makes it of a decimal"
    assert (point.time, point.end_time) == (datetime(2025, 6, 2), datetime(2025, 6, 3))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("AAA 2T,AAA,1\n", "has 3 columns"),
        ("AAA 2T,AAA,1,2,3\nBBB 2T,BBB,1,2\n", "line 2"),
        ("AAA 2T,AAA,one,2,3\n", "one"),
    ],
)
def test_a_damaged_coarse_file_is_named(desk: Any, market: Any, write: Any, text: str, reason: str) -> None:
    write(market.store.paths.coarse(MONDAY), text)
    universe = desk.add(lambda data: [point.symbol for point in data if point.price > 0])
    with pytest.raises(MetadataError, match=reason):
        desk.select(universe)


def test_the_same_selection_changes_nothing(desk: Any, coarse: Any) -> None:
    coarse(MONDAY, AAA=1)
    coarse(date(2025, 6, 3), AAA=1)
    selections = desk.select(desk.add(lambda data: [point.symbol for point in data]))
    assert [tickers for _, tickers, _ in selections[:4]] == [None, ["AAA"], None, []]


def test_unchanged_keeps_the_universe_and_what_was_selected_before(desk: Any, coarse: Any) -> None:
    coarse(MONDAY, AAA=1)
    answers = iter([[], ["AAA"], Universe.UNCHANGED, ["AAA"], [], []])
    selections = desk.select(desk.add(lambda data: next(answers)))
    assert [tickers for _, tickers, _ in selections] == [None, ["AAA"], None, None, [], None]


@pytest.mark.parametrize("answer", [None, "AAA", 5, [5]])
def test_a_selector_must_return_symbols(desk: Any, answer: Any) -> None:
    with pytest.raises(TypeError, match="selector of universe"):
        desk.select(desk.add(lambda data: answer))


def test_fine_selection_counts_what_the_coarse_one_let_through(desk: Any, coarse: Any) -> None:
    coarse(MONDAY, AAA=3, BBB=2, CCC=1)
    universe = desk.add(lambda data: ["CCC", "BBB"], lambda fine: [point.symbol for point in fine][:1])
    assert desk.select(universe)[:2] == [
        ("06-02 00:00", ["CCC"], 2),  # no file: in the order of the selection, with the data of the day that begins
        ("06-03 00:00", ["BBB"], 2),  # in the order of the file
    ]


def test_fine_selection_is_left_out_when_the_coarse_one_changes_nothing(desk: Any, coarse: Any) -> None:
    coarse(MONDAY, AAA=3, BBB=2)
    universe = desk.add(lambda data: Universe.UNCHANGED, lambda fine: pytest.fail("must not be called"))
    assert desk.select(universe)[1] == ("06-03 00:00", None, 2)


def test_fine_values_say_that_there_are_none(desk: Any, coarse: Any) -> None:
    coarse(MONDAY, AAA=3)
    point = desk.algorithm.fundamentals(desk.run.market.symbol("AAA"))
    for ask in (
        lambda: point.market_cap,
        lambda: point.MarketCap,
        lambda: point.valuation_ratios.pe_ratio,
        lambda: point.ValuationRatios.PERatio,
        lambda: point.earning_ratios.equity_per_share_growth.one_year,
    ):
        with pytest.raises(FundamentalDataError, match="no fundamental data are available"):
            ask()
    with pytest.raises(UnsupportedApiError):
        point.pe_ratio  # noqa: B018


def test_a_provider_fills_fine_values(desk: Any, coarse: Any) -> None:
    coarse(MONDAY, AAA=3, BBB=1)
    universe = desk.add(lambda data: ["AAA", "BBB"], lambda fine: [p.symbol for p in fine if p.asset.age.years > 3])
    universe.source.provider = SimpleNamespace(
        paths=frozenset({"asset.age.years"}),
        value=lambda day, identifier, path: {"AAA 2T": 5}.get(identifier, 0),
        has_fundamental_data=lambda day, identifier: True,
    )
    with pytest.raises(UnsupportedApiError):
        desk.select(universe)  # 'asset' is no group of Lean's
    universe = desk.add(
        lambda data: ["AAA", "BBB"], lambda fine: [p.symbol for p in fine if p.company_profile.age.years > 3]
    )
    universe.source.provider.paths = frozenset({"company_profile.age.years"})
    assert desk.select(universe)[1] == ("06-03 00:00", None, 2)


def test_coarse_and_fine_cannot_be_asynchronous(desk: Any) -> None:
    desk.algorithm.universe_settings.asynchronous = True
    with pytest.raises(ValueError, match="asynchronous"):
        desk.add(lambda coarse: [], lambda fine: [])
    assert len(desk.algorithm.universe_manager) == 0


def test_top_takes_the_first_of_equal_volumes(desk: Any, coarse: Any) -> None:
    coarse(MONDAY, AAA=1, BBB=2, CCC=2)
    assert desk.select(desk.add(desk.algorithm.universe.top(2)))[1][1] == ["BBB", "CCC"]
    assert desk.select(desk.add(desk.algorithm.universe.dollar_volume.top(1)))[1][1] == ["BBB"]


def test_a_schedule_takes_the_latest_data(desk: Any, coarse: Any) -> None:
    coarse(date(2025, 5, 30), AAA=1)
    coarse(date(2025, 6, 3), BBB=1)
    rule = desk.algorithm.date_rules.every(DayOfWeek.SATURDAY, DayOfWeek.THURSDAY)
    universe = desk.add(rule, lambda data: [point.symbol for point in data])
    # The Saturday before the start: its data arrive with the start. On Thursday there is no file of Wednesday.
    assert desk.select(universe) == [("06-02 00:00", ["AAA"], 1), ("06-05 00:00", [], 0)]


@given(
    st.sets(st.integers(0, 40), min_size=1).map(sorted),
    st.sets(st.integers(0, 40)).map(sorted),
)
def test_scheduled_days_get_the_latest_arrival(days: list[int], scheduled: list[int]) -> None:
    first = date(2025, 1, 1)
    taken = list(on_schedule((first + timedelta(n) for n in days), (first + timedelta(n) for n in scheduled)))
    # A day's data arrive the day after; Lean passes over the first scheduled day before any arrived, no other.
    early = [n for n in scheduled if n < days[0] + 1]
    expected = [(n, max((day for day in days if day + 1 <= n), default=days[0])) for n in scheduled]
    expected = [pair for pair in expected if pair[0] not in early[:1]]
    assert taken == [(first + timedelta(at), first + timedelta(day)) for at, day in expected]


def test_constituents_of_a_named_list(desk: Any, market: Any, write: Any) -> None:
    paths = market.store.paths
    write(paths.universe_members("mine", MONDAY), "AAA,AAA 2T\nBBB,BBB 2T\n")
    write(paths.universe_members("mine", date(2025, 6, 4)), "NONE,NONE 0\n")
    name = "constituents-universe-mine"
    identifier = SecurityIdentifier.generate_constituent_identifier(name, SecurityType.EQUITY, MarketNames.USA)
    universe = desk.add(ConstituentsUniverse(Symbol(identifier, name), desk.algorithm.universe_settings))
    assert desk.select(universe) == [("06-03 00:00", ["AAA", "BBB"], 2), ("06-05 00:00", [], 1)]


def test_constituents_of_an_etf_follow_its_ticker_and_end_with_it(desk: Any, market: Any, write: Any) -> None:
    paths = market.store.paths
    write(paths.map_file("etf"), "20250102,old,Q\n20250602,old,Q\n20250604,etf,Q\n")
    write(paths.etf_constituents("OLD", MONDAY), "AAA,AAA 2T,20250530,0.25,100,\n")
    write(paths.etf_constituents("ETF", date(2025, 6, 3)), "BBB,BBB 2T,,,,7.5\nAAA,AAA 2T,20250530,0.5,1,2\n")
    seen: list[Any] = []

    def heavy(data: Any) -> list[Symbol]:
        seen.extend((point.symbol.value, point.weight, point.market_value, point.last_update) for point in data)
        return [point.symbol for point in data if point.weight]

    universe = desk.add(desk.algorithm.universe.etf("ETF", heavy))
    # The last one is the news of the delisting: one point, and everything leaves.
    assert desk.select(universe) == [("06-03 00:00", ["AAA"], 1), ("06-04 00:00", None, 2), ("06-05 00:00", [], 1)]
    assert universe.is_disposed
    assert seen == [
        ("AAA", 0.25, None, datetime(2025, 5, 30)),
        ("BBB", None, 7.5, None),
        ("AAA", 0.5, 2.0, datetime(2025, 5, 30)),
    ]


def test_tickers_by_a_function_of_the_local_time(desk: Any) -> None:
    times: list[datetime] = []

    def select(when: datetime) -> list[str]:
        times.append(when)
        return ["AAA"] if when.day % 2 else []

    universe = desk.add("mine", Resolution.DAILY, select)
    assert [tickers for _, tickers, points in desk.select(universe) if points == 1] == [None, ["AAA"], [], ["AAA"], []]
    assert times == [datetime(2025, 6, day) for day in range(2, 7)]


def test_hourly_triggers_lie_in_market_hours_after_the_start(desk: Any) -> None:
    desk.run.end = MONDAY
    moments = [at for at, _, _ in desk.select(desk.add("mine", Resolution.HOUR, lambda when: []))]
    assert moments == ["06-02 00:00", *(f"06-02 {hour:02}:00" for hour in range(9, 16))]


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ((), "06-02 01:00"),
        (("America/New_York",), "06-02 05:00"),  # Lean reads the UTC moment as a time of the zone
    ],
)
def test_a_scheduled_universe(desk: Any, zone: tuple[str, ...], first: str) -> None:
    rules = desk.algorithm
    given: list[datetime] = []
    universe = desk.add(
        ScheduledUniverse(
            *zone, rules.date_rules.every_day(), rules.time_rules.at(1, 0), lambda t: given.append(t) or []
        )
    )
    selections = desk.select(universe)
    assert selections[0] == (first, None, 1)
    assert len(selections) == 5
    assert given[0] == from_ms(to_ms(datetime(2025, 6, 2, 5 if not zone else 9)))


class _Security:
    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
        self.is_delisted = False


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from("AB"), st.integers(0, 30)), max_size=20),
    st.sampled_from([timedelta(0), timedelta(hours=3), timedelta(days=1), timedelta(days=2)]),
)
def test_members_stay_for_their_minimum_time(steps: list[tuple[bool, str, int]], minimum: timedelta) -> None:
    settings = UniverseSettings(minimum_time_in_universe=minimum)
    universe = UserDefinedUniverse(Symbol("U", "U 2T"), Resolution.DAILY, settings)
    securities = {name: _Security(Symbol(name, f"{name} 2T")) for name in "AB"}
    now, since = datetime(2025, 6, 2), {}
    for adds, name, hours in steps:
        now += timedelta(hours=hours)
        security: Any = securities[name]
        if adds:
            assert universe.add_member(now, security) == (name not in since)
            since.setdefault(name, now)
        else:
            unit = max((u for u in (timedelta(days=1), timedelta(hours=1)) if u <= minimum), default=None)
            spent = now - since.get(name, now)
            may = name in since and (unit is None or round(spent / unit) * unit >= minimum)
            assert universe.remove_member(now, security) == may
            if may:
                del since[name]
        assert set(universe.members.keys()) == {securities[name].symbol for name in since}


def test_disposed_universes_let_go_and_take_nobody(desk: Any) -> None:
    universe = desk.add("mine", lambda when: ["AAA"])
    security: Any = _Security(desk.run.market.symbol("AAA"))
    now = datetime(2025, 6, 2)
    assert universe.add_member(now, security)
    assert not universe.can_remove_member(now, security)
    assert desk.algorithm.universe_manager.remove(universe.symbol)
    selection, _ = universe.perform_selection(now, UniverseData())
    assert selection == SelectedSymbols()
    assert universe.remove_member(now, security)
    assert not universe.add_member(now, security)


def test_universes_of_one_symbol_are_one(desk: Any) -> None:
    first = desk.add("mine", lambda when: [])
    desk.add("Mine", lambda when: ["AAA"])
    manager = desk.algorithm.universe_manager
    assert manager.values() == [first]
    assert [pair.value for pair in manager] == [first]
    assert manager.take_new() == [first]
    assert manager.take_new() == []


@pytest.mark.parametrize("parts", [(), (5,), ("name",), ("name", 5), (QCAlgorithm,), (DateRule("x", lambda a, b: []),)])
def test_what_is_no_universe_is_refused(desk: Any, parts: tuple[Any, ...]) -> None:
    with pytest.raises((TypeError, UnsupportedApiError)):
        desk.add(*parts)


def test_settings_are_copied_with_their_schedule(desk: Any) -> None:
    settings = desk.algorithm.universe_settings
    settings.resolution = Resolution.DAILY
    other = UniverseSettings(settings)
    other.schedule.on(desk.algorithm.date_rules.every_day())
    other.resolution = Resolution.HOUR
    assert (settings.schedule.initialized, settings.resolution) == (False, Resolution.DAILY)
    with pytest.raises(UnsupportedApiError):
        other.minimum_time = timedelta(days=1)


def test_a_universe_shares_the_algorithms_settings_unless_it_has_its_own(desk: Any) -> None:
    own = UniverseSettings(desk.algorithm.universe_settings)
    assert desk.add(lambda data: []).universe_settings is desk.algorithm.universe_settings
    assert desk.add(FundamentalUniverse.usa(lambda data: [], own)).universe_settings is own
    assert desk.add(CoarseFundamentalUniverse(own, lambda data: [])).UniverseSettings is own


def test_a_security_knows_its_fundamentals_of_the_day_before(desk: Any, coarse: Any) -> None:
    coarse(date(2025, 6, 1), AAA=7)
    security = desk.algorithm.add_equity("AAA")
    assert security.fundamentals.dollar_volume == 7
    assert security.fundamentals.end_time == desk.algorithm.time
    assert desk.algorithm.fundamentals([security.symbol])[0].price == 10.5
    assert desk.algorithm.fundamentals(desk.run.market.symbol("BBB")).price == 0
