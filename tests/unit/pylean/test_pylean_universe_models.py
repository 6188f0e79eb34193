"""Universe selection models: the universes they make, and what those select."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from pylean.algorithm import QCAlgorithm, Run, making_algorithms_of
from pylean.clock import from_ms
from pylean.feed.market_data import MarketData
from pylean.framework.selection import UniverseSelectionModel
from pylean.storage import Resolution
from pylean.universes.base import Universe
from pylean.universes.data import UniverseData
from pylean.universes.data_models import (
    CoarseFundamentalUniverseSelectionModel,
    ETFConstituentsUniverseSelectionModel,
    FineFundamentalUniverseSelectionModel,
    FundamentalUniverseSelectionModel,
)
from pylean.universes.ema_cross import EmaCrossUniverseSelectionModel
from pylean.universes.fundamental import FundamentalRows
from pylean.universes.models import (
    CustomUniverseSelectionModel,
    InceptionDateUniverseSelectionModel,
    ManualUniverseSelectionModel,
    ScheduledUniverseSelectionModel,
)
from pylean.universes.settings import UniverseSettings

START = date(2025, 6, 2)
END = date(2025, 6, 6)


@pytest.fixture
def algorithm(market: Any) -> Iterator[QCAlgorithm]:
    run = Run(MarketData(market.root, None), start_date=START, end_date=END)
    with making_algorithms_of(run):
        yield QCAlgorithm()


def selected(algorithm: QCAlgorithm, universe: Universe) -> list[tuple[datetime, list[str] | None]]:
    """Changes of a universe: local time and tickers, unchanged ones left out."""
    algorithm.add_universe(universe)
    run: Any = algorithm._lean
    run.move_to_start()
    found = []
    for utc_ms in universe.moments(run.clock.utc_ms, END):
        run.move_to(utc_ms)
        selection, _ = universe.perform_selection(from_ms(utc_ms), universe.read(utc_ms))
        if selection is not None:
            found.append((algorithm.time, [symbol.value for symbol in selection]))
    return found


def only(algorithm: QCAlgorithm, model: UniverseSelectionModel) -> Universe:
    (universe,) = model.create_universes(algorithm)
    return universe


def coarse_of(algorithm: QCAlgorithm, *tickers: str) -> Any:
    path = algorithm._lean.market.paths.coarse(START)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{ticker} 2T,{ticker},1,1,1,{ticker != 'CCC'},1,1\n" for ticker in tickers))


def symbols(data: Any) -> list[Any]:
    return [point.symbol for point in data]


def test_manual_symbols_are_selected_once_and_each_list_is_a_universe(algorithm: QCAlgorithm) -> None:
    a, b = map(algorithm._lean.market.symbol, "AB")
    own = UniverseSettings(Resolution.DAILY)
    for model in (ManualUniverseSelectionModel([a, b]), ManualUniverseSelectionModel(a, b)):
        assert model.get_next_refresh_time_utc() == datetime.max
        assert only(algorithm, model).universe_settings is algorithm.universe_settings
    assert only(algorithm, ManualUniverseSelectionModel([a, b], own)).universe_settings is own
    assert list(ManualUniverseSelectionModel().create_universes(algorithm)) == []
    one, other = (only(algorithm, ManualUniverseSelectionModel(symbol)) for symbol in (a, b))
    assert one.symbol != other.symbol
    assert selected(algorithm, one) == [(datetime(2025, 6, 2), ["A"])]


def test_custom_models_select_daily_from_tickers(algorithm: QCAlgorithm) -> None:
    model = CustomUniverseSelectionModel("mine", lambda when: ["A"] if when.day == 3 else [])
    assert selected(algorithm, only(algorithm, model)) == [(datetime(2025, 6, 3), ["A"]), (datetime(2025, 6, 4), [])]
    with pytest.raises(TypeError, match="got 3 arguments"):
        CustomUniverseSelectionModel("mine", lambda when: [], None)
    with pytest.raises(ValueError, match="no selector"):
        selected(algorithm, only(algorithm, CustomUniverseSelectionModel("other")))


def test_custom_models_can_be_overridden_in_either_style(algorithm: QCAlgorithm) -> None:
    class Own(CustomUniverseSelectionModel):
        def Select(self, algorithm: QCAlgorithm, date: datetime) -> Any:
            return ["A"] if algorithm.time == date else ["B"]

    assert selected(algorithm, only(algorithm, Own("mine"))) == [(datetime(2025, 6, 2), ["A"])]


def test_inception_dates_add_and_never_remove(algorithm: QCAlgorithm) -> None:
    days = {"A": datetime(2025, 6, 3), "B": datetime(2025, 6, 4, 12), "C": datetime(2025, 1, 1)}
    universe = only(algorithm, InceptionDateUniverseSelectionModel("mine", days))
    # In the order given: C waits for B although its day has passed.
    assert selected(algorithm, universe) == [
        (datetime(2025, 6, 3), ["A"]),
        (datetime(2025, 6, 5), ["A", "B", "C"]),
    ]


def test_scheduled_models(algorithm: QCAlgorithm) -> None:
    rules = (algorithm.date_rules.every_day(), algorithm.time_rules.at(12, 0))
    model = ScheduledUniverseSelectionModel(*rules, lambda utc: ["A"] if utc == datetime(2025, 6, 3, 16) else [])
    universe = only(algorithm, model)
    assert universe.universe_settings is algorithm.universe_settings
    assert selected(algorithm, universe) == [(datetime(2025, 6, 3, 12), ["A"]), (datetime(2025, 6, 4, 12), [])]
    with pytest.raises(TypeError, match="function"):
        ScheduledUniverseSelectionModel(*rules, ["A"])


def test_fundamental_models_take_a_selector_or_are_overridden(algorithm: QCAlgorithm) -> None:
    class Own(FundamentalUniverseSelectionModel):
        def __init__(self, universe_settings: UniverseSettings | None = None) -> None:
            super().__init__(universe_settings)

        def select(self, algorithm: QCAlgorithm, fundamental: Any) -> Any:
            return symbols(fundamental)

    coarse_of(algorithm, "AAA", "BBB")
    expected = [(datetime(2025, 6, 3), ["AAA", "BBB"]), (datetime(2025, 6, 4), [])]
    for model in (Own(), FundamentalUniverseSelectionModel(symbols), FundamentalUniverseSelectionModel("usa", symbols)):
        assert selected(algorithm, only(algorithm, model)) == expected
    with pytest.raises(NotImplementedError, match="select"):
        selected(algorithm, only(algorithm, FundamentalUniverseSelectionModel()))
    with pytest.raises(TypeError, match="got 5"):
        FundamentalUniverseSelectionModel(5)  # type: ignore[arg-type]


def test_coarse_and_fine_models(algorithm: QCAlgorithm) -> None:
    coarse_of(algorithm, "AAA", "BBB", "CCC")
    coarse = only(algorithm, CoarseFundamentalUniverseSelectionModel(symbols))
    assert selected(algorithm, coarse)[0] == (datetime(2025, 6, 3), ["AAA", "BBB", "CCC"])
    fine = only(algorithm, FineFundamentalUniverseSelectionModel(symbols, lambda fine: symbols(fine)[1:]))
    assert selected(algorithm, fine)[0] == (datetime(2025, 6, 3), ["BBB"]), "CCC has no fundamental data"
    assert isinstance(FundamentalUniverseSelectionModel.Coarse(symbols), CoarseFundamentalUniverseSelectionModel)

    class Older(FundamentalUniverseSelectionModel):
        def __init__(self) -> None:
            super().__init__(True)

        def SelectCoarse(self, algorithm: QCAlgorithm, coarse: Any) -> Any:
            assert not isinstance(coarse, FundamentalRows), "without those that have no fundamental data"
            return symbols(coarse)

    assert selected(algorithm, only(algorithm, Older()))[0] == (datetime(2025, 6, 3), ["AAA", "BBB"])


def test_etf_models_make_one_universe(algorithm: QCAlgorithm) -> None:
    model = ETFConstituentsUniverseSelectionModel("ETF", symbols)
    assert only(algorithm, model) is only(algorithm, model)
    own = UniverseSettings(Resolution.DAILY)
    assert only(algorithm, ETFConstituentsUniverseSelectionModel("ETF", own, symbols)).universe_settings is own


def test_universes_must_say_what_they_read(algorithm: QCAlgorithm) -> None:
    with pytest.raises(TypeError, match="does not override read"):
        Universe(algorithm._lean.market.symbol("A"), Resolution.DAILY, None).read(0)
    assert UniverseData().of(algorithm._lean.market.symbol("A")) is None


def test_averages_that_cross_choose_stocks(algorithm: QCAlgorithm) -> None:
    paths = algorithm._lean.market.paths
    prices = {"AAA": (10, 10, 11), "BBB": (10, 11, 13), "CCC": (10, 9, 8), "DDD": (10, 10, 10.05)}
    for number in range(3):
        path = paths.coarse(date(2025, 6, 2 + number))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{name} 2T,{name},{days[number]},1,1,True,0.5,2\n" for name, days in prices.items()))
    universe = only(algorithm, EmaCrossUniverseSelectionModel(1, 2, 1))
    # Ready on the second day; B leads by 11 against 10.5. On the third A is above too, but only one may be chosen.
    assert selected(algorithm, universe)[0] == (datetime(2025, 6, 4), ["BBB"])
    both = only(algorithm, EmaCrossUniverseSelectionModel(1, 2))
    assert selected(algorithm, both)[:2] == [(datetime(2025, 6, 4), ["BBB"]), (datetime(2025, 6, 5), ["BBB", "AAA"])]
