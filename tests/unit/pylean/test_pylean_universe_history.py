"""History of a universe: what its selections would have seen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pylean.history.call import HistoryCall
from pylean.history.requests import HistoryRequests
from pylean.history.universes import universe_frame
from pylean.naming import UnsupportedApiError
from pylean.universes.base import Universe
from pylean.universes.fundamental_universes import FundamentalUniverse
from pylean.universes.source import UniverseSource

MONDAY, TUESDAY, FRIDAY = date(2025, 6, 2), date(2025, 6, 3), date(2025, 5, 30)


@pytest.fixture
def bench(market: Any, make_bench: Any) -> Any:
    for day, prices in ((FRIDAY, (1, 2)), (MONDAY, (3, 4))):
        path = market.store.paths.coarse(day)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            f"{ticker} {ticker}00000001T,{ticker},{price},100,{price * 100},True,1,1\n"
            for ticker, price in zip(("AAA", "BBB"), prices, strict=True)
        ]
        path.write_text("".join(rows))
    bench = make_bench()
    bench.at("10:00", TUESDAY)
    return bench


@pytest.fixture
def universe(bench: Any) -> Any:
    universe = FundamentalUniverse.usa(lambda fundamentals: [])
    universe.source = UniverseSource(bench.run.market, bench.run.hours)
    return universe


def test_lists_of_points_by_time(bench: Any, universe: Any) -> None:
    series = bench.algorithm.history(universe, 2)
    assert list(series.index) == [datetime(2025, 5, 31), datetime(2025, 6, 3)]
    assert [[point.price for point in points] for points in series] == [[1, 2], [3, 4]]
    assert bench.run.history_points == 2


def test_a_row_for_each_point_when_flattened(bench: Any, universe: Any) -> None:
    frame = bench.algorithm.history(universe, timedelta(days=2), flatten=True)
    assert frame.index.names == ["time", "symbol"]
    day = frame.loc[datetime(2025, 6, 3)]
    assert day.loc["BBB", "value"] == 4
    assert day["dollarvolume"].tolist() == [300, 400]
    assert "shareclass" not in frame.columns


def test_the_run_s_own_moments_stay(bench: Any, universe: Any) -> None:
    moments = universe.moments(universe.source.midnight_ms(TUESDAY), date(2025, 6, 4))
    first = next(moments)
    bench.algorithm.history(universe, 2)
    assert universe.day_of(first) == MONDAY


def test_nothing_stored_gives_nothing(bench: Any, universe: Any) -> None:
    window = {"start": datetime(2024, 1, 1), "end": datetime(2024, 1, 9)}
    assert bench.algorithm.history(universe, window["start"], window["end"]).empty


def test_universes_without_files_are_refused(bench: Any) -> None:
    requests = HistoryRequests(bench.run, bench.algorithm.securities, bench.algorithm.universe_settings)
    own = Universe.__new__(Universe)
    with pytest.raises(UnsupportedApiError, match="history of a Universe"):
        universe_frame(requests.universe(own, HistoryCall(periods=1)), flatten=True)
