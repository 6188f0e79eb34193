"""Capacity: how long volume is watched after a fill, and how snapshots become one figure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.results import CapacityBar
from pylean.results.capacity import StrategyCapacity
from pylean.securities.symbol import Symbol

ABC, XYZ, LATE = Symbol("ABC", "ABC 2T"), Symbol("XYZ", "XYZ 2T"), Symbol("LATE", "LATE 2T")
START = datetime(2024, 3, 1, 15)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Market:
    """Bars by symbol, and the capacity that watches them; 10 % of the equity is in every symbol of ``held``."""

    def __init__(self, portfolio: Any, *, days: int = 60) -> None:
        self.portfolio = portfolio
        end = START.date() + timedelta(days=days - 1)
        self.capacity = StrategyCapacity(START.date(), end, portfolio)

    def fill(self, symbol: Symbol, utc: datetime, price: int = 10, quantity: int = 100) -> None:
        self.capacity.on_fill(symbol, utc, Decimal(price), Decimal(quantity))

    def bar(self, symbol: Symbol, utc: datetime, volume: int, period: timedelta, close: int = 10) -> bool:
        """One slice with a bar; whether the symbol is still watched after it."""
        if symbol in self.capacity.watched:
            self.capacity.take_bars(symbol, [CapacityBar(utc, Decimal(close), Decimal(volume), period)])
        self.capacity.update(utc)
        return symbol in self.capacity.watched

    def estimate(self, utc: datetime) -> Decimal:
        self.capacity.update(utc, force=True)
        return self.capacity.figures.capacity


@pytest.fixture
def market(make_portfolio: Any) -> Market:
    return Market(make_portfolio(1_000_000))


@pytest.mark.parametrize(
    ("period", "volume", "watched_min"),
    [
        # seconds: 100 000 dollars over the dollars a minute of two bars a second apart; 5 to 120 minutes
        (SECOND, 1, 83),
        (SECOND, 10_000, 5),
        # minutes: 6 000 000 dollars over the dollars a minute of two bars; 1 to 120 minutes
        (MINUTE, 10_000, 30),
        (MINUTE, 1_000_000, 1),
        (MINUTE, 1, 120),
    ],
)
def test_a_fill_is_watched_for_a_while(market: Market, period: timedelta, volume: int, watched_min: int) -> None:
    market.fill(ABC, START)
    utc = START
    while market.bar(ABC, utc, volume, period):
        utc += period
    assert utc - period == START + timedelta(minutes=watched_min)


def test_an_hour_bar_counts_only_at_the_hour_after_the_fill(market: Market) -> None:
    market.fill(ABC, START + MINUTE)
    assert market.bar(ABC, START + HOUR, 1_000_000, HOUR)
    assert not market.bar(ABC, START + 2 * HOUR, 1_000_000, HOUR)
    assert market.estimate(START + 2 * HOUR) == Decimal("0.05") * 10_000_000


def test_a_daily_bar_counts_on_the_day_after_the_fill(market: Market) -> None:
    market.fill(ABC, START)
    assert market.bar(ABC, datetime(2024, 3, 2, 5), 1_000_000, DAY)
    assert not market.bar(ABC, datetime(2024, 3, 3, 5), 1_000_000, DAY)
    assert market.estimate(START + DAY) == Decimal("0.02") * 10_000_000


def test_bars_without_volume_end_nothing(market: Market) -> None:
    market.fill(ABC, START)
    assert market.bar(ABC, START + DAY, 0, SECOND)
    market.capacity.update(START + DAY)
    assert ABC in market.capacity.watched
    assert not market.bar(ABC, START + DAY, 1, SECOND)


@pytest.mark.parametrize(("minutes", "discount"), [(10, "0.20"), (78, "0.4"), (195, "1"), (900, "1")])
def test_fills_in_quick_succession_count_less(market: Market, minutes: int, discount: str) -> None:
    market.fill(ABC, START)
    later = START + timedelta(minutes=minutes)
    market.fill(ABC, later)
    market.bar(ABC, later, 3_000_000, MINUTE)
    # two fills share the volume
    assert market.estimate(later) == Decimal("0.20") * 30_000_000 * Decimal(discount) / 2


def test_the_symbol_with_the_least_volume_sets_the_limit_by_its_share_of_sales(market: Market) -> None:
    market.fill(ABC, START, quantity=300)
    market.fill(XYZ, START, quantity=100)
    market.bar(ABC, START, 9_000_000, MINUTE)
    market.bar(XYZ, START, 1_000_000, MINUTE)
    assert market.estimate(START) == Decimal("0.20") * 10_000_000 / Decimal("0.25")
    assert market.capacity.figures.lowest_asset is XYZ


def test_a_large_holding_weighs_more_than_its_share_of_sales(market: Market) -> None:
    market.fill(ABC, START, quantity=100)
    market.fill(XYZ, START, quantity=100)
    market.bar(ABC, START, 9_000_000, MINUTE)
    market.bar(XYZ, START, 1_000_000, MINUTE)
    market.portfolio.put(XYZ, -800_000)
    assert market.estimate(START) == Decimal("0.20") * 10_000_000 / Decimal("0.8")


def test_later_snapshots_are_blended_and_a_silent_one_shrinks_the_estimate(market: Market) -> None:
    market.fill(ABC, START)
    market.bar(ABC, START, 5_000_000, MINUTE)
    assert market.estimate(START) == 10_000_000
    market.fill(ABC, START + DAY)
    market.bar(ABC, START + DAY, 10_000_000, MINUTE)
    assert market.estimate(START + DAY) == Decimal("0.33") * 20_000_000 + Decimal("0.66") * 10_000_000
    # no sales since and nothing held: 0.33 and 0.66 of the same value
    assert market.estimate(START + DAY) == Decimal("0.99") * 13_200_000


def test_the_estimate_is_in_whole_thousands_half_away_from_zero(market: Market) -> None:
    market.fill(ABC, START)
    market.bar(ABC, START, 250_250, MINUTE)
    estimate = market.estimate(START)
    assert str(estimate) == "501000.00"


def test_snapshots_come_every_week_of_utc_days(market: Market) -> None:
    assert market.capacity.next_due_utc == datetime.max
    market.fill(ABC, START)
    market.bar(ABC, START, 5_000_000, MINUTE)
    assert market.capacity.next_due_utc == datetime(2024, 3, 8)
    market.capacity.update(datetime(2024, 3, 7, 23, 59))
    before = market.capacity.figures
    market.capacity.update(datetime(2024, 3, 8, 14, 31))
    assert [before.lowest_asset, market.capacity.figures.lowest_asset] == [None, ABC]
    assert market.capacity.next_due_utc == datetime(2024, 3, 15)


@pytest.mark.parametrize(("days", "first"), [(1, 2), (2, 2), (5, 5), (8, 8), (300, 8)])
def test_short_runs_have_shorter_snapshot_periods(make_portfolio: Any, days: int, first: int) -> None:
    market = Market(make_portfolio(1000), days=days)
    market.fill(ABC, START)
    assert market.capacity.next_due_utc == datetime.combine(date(2024, 3, first), datetime.min.time())


def test_idle_symbols_are_forgotten_after_thirty_days_unless_held(market: Market) -> None:
    market.portfolio.put(XYZ, 10)
    for symbol in (ABC, XYZ):
        market.fill(symbol, START)
        market.bar(symbol, START, 5_000_000, MINUTE)
    market.estimate(START + 30 * DAY)
    assert market.capacity.watched == {XYZ}
    market.estimate(START + 31 * DAY)
    assert market.capacity.figures.lowest_asset is XYZ


def test_a_new_symbol_takes_the_place_freed_last(market: Market) -> None:
    market.portfolio.put(XYZ, 10)
    market.fill(ABC, START)
    market.fill(XYZ, START)
    market.estimate(START + 30 * DAY)
    market.fill(LATE, START + 31 * DAY)
    # neither has any volume: the first in .NET's order is named, and that is the place ABC left
    market.estimate(START + 31 * DAY)
    assert market.capacity.figures.lowest_asset is LATE


def test_without_equity_there_is_no_snapshot(make_portfolio: Any) -> None:
    market = Market(make_portfolio(0))
    market.fill(ABC, START)
    assert market.estimate(START) == 0
    assert market.capacity.figures.lowest_asset is None
