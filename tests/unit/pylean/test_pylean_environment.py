"""Where an algorithm runs, and what it may say to the world outside."""

from __future__ import annotations

from typing import Any

import pytest

from pylean import AlgorithmError
from pylean.api.AlgorithmImports import (
    AlgorithmMode,
    Command,
    DeploymentTarget,
    Extensions,
    Globals,
    OrderDirection,
    QCAlgorithm,
    Resolution,
    SecurityType,
    SymbolCache,
    TickType,
    TimeZones,
)
from pylean.api.System.Collections.Generic import Dictionary, HashSet, List

from .conftest import MONDAY, Market, RunAlgorithm


class Base(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(2025, 6, 2)
        self.set_end_date(2025, 6, 2)
        self.add_equity("AAA")
        self.look()

    def look(self) -> None:
        """What the test does."""


def test_a_run_is_a_backtest_here_and_sends_nothing(market: Market, run_algorithm: RunAlgorithm) -> None:
    class Shout(Command):
        def Run(self, algorithm: Any) -> bool:
            return True

    class Case(Base):
        def look(self) -> None:
            self.mode = (self.algorithm_mode, self.DeploymentTarget, self.name, self.project_id)
            self.sent = (self.notify.email("a@b.c", "s", "m"), self.Notify.Sms("1", "m"))
            self.broadcast_command(Shout())
            self.add_command(Shout)
            self.set_tags({"a"})
            self.add_tag("b" * 300)
            self.broadcast_command(Shout())

    market.session("AAA", MONDAY)
    ran = run_algorithm(Case)
    assert ran.algorithm.mode == (AlgorithmMode.BACKTESTING, DeploymentTarget.LOCAL_PLATFORM, "Algorithm", 0)
    assert ran.algorithm.sent == (False, False)
    assert ran.algorithm.tags == {"a", "b" * 200}
    assert [text for _, text in ran.observer.lines if "broadcast" in text] == [
        "Warning: commands are not broadcast in a backtest"
    ]


def test_what_cannot_run_is_no_command(market: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def look(self) -> None:
            self.add_command(int)

    with pytest.raises(AlgorithmError, match=r"TypeError: .*it needs a method run\(algorithm\)"):
        run_algorithm(Case)


def test_nothing_is_downloaded(market: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def look(self) -> None:
            self.download("https://example.com/list.csv")

    with pytest.raises(AlgorithmError, match=r"UnsupportedApiError: .*download\('https://example.com/list.csv'\)"):
        run_algorithm(Case)


def test_the_cache_knows_the_run_s_symbols_only(market: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def look(self) -> None:
            self.found = (SymbolCache.get_symbol("AAA"), SymbolCache.TryGetSymbol("BBB", None), Globals.data_folder)

    market.session("AAA", MONDAY)
    found = run_algorithm(Case).algorithm.found
    assert found == ("AAA", (False, None), str(market.root))


def test_helpers_by_lean_s_names(market: Market) -> None:
    assert [Extensions.get_order_direction(quantity) for quantity in (-1, 0, 2.5)] == [
        OrderDirection.SELL,
        OrderDirection.HOLD,
        OrderDirection.BUY,
    ]
    assert [Extensions.is_option(kind) for kind in (SecurityType.EQUITY, SecurityType.INDEX_OPTION)] == [False, True]
    assert Extensions.tick_type_to_lower(TickType.OPEN_INTEREST) == "openinterest"
    assert (TimeZones.NewYork, TimeZones.UTC, TimeZones.Utc) == ("America/New_York", "UTC", "UTC")
    assert [str(member) for member in Resolution] == ["Tick", "Second", "Minute", "Hour", "Daily"]


def test_collections_of_dotnet() -> None:
    items = List[int]([1])
    items.Add(2)
    items.add_range([3])
    pairs = Dictionary[str, int]()
    pairs.add("a", 1)
    assert (items, items.Count, items.contains(3)) == ([1, 2, 3], 3, True)
    assert (pairs.ContainsKey("a"), pairs.count, HashSet[int]({1}).Contains(1)) == (True, 1, True)
    with pytest.raises(KeyError, match="there is an entry of 'a' already"):
        pairs.add("a", 2)
