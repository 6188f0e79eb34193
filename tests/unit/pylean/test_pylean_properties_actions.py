"""Splits, dividends, new tickers and delistings on any day, in every normalization mode, against hand arithmetic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import ConstantFeeModel, DataNormalizationMode, QCAlgorithm

#: Two weeks; the first five days have the splits and dividends.
DAYS = [date(2025, 6, 2) + timedelta(days=count) for count in range(12) if count % 7 < 5]
WEEK = DAYS[:5]
SHARES = 40
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
Mode = DataNormalizationMode

dollars = st.sampled_from([10, 20, 30, 50])
directions = st.sampled_from([1, -1])


class Holding(QCAlgorithm):
    """Takes a position with the first bar, for no fee, and keeps what it sees and is told."""

    mode = Mode.RAW
    last = WEEK[-1]
    direction = 1

    def initialize(self) -> None:
        self.set_start_date(DAYS[0])
        self.set_end_date(self.last)
        self.add_equity("AAA", data_normalization_mode=self.mode).set_fee_model(ConstantFeeModel(0))
        self.prices: dict[date, float] = {}
        self.held: dict[date, tuple[float, float]] = {}
        self.journal: list[tuple[datetime, str]] = []
        self.is_done = False

    def on_data(self, data: Any) -> None:
        if self.time.hour == 0:
            self.journal.append((self.time, "data"))
            return
        if not self.is_done:
            self.is_done = True
            self.market_order("AAA", SHARES * self.direction)
        for bar in data.bars.values():
            self.prices[self.time.date()] = bar.close
        portfolio = self.portfolio
        self.held[self.time.date()] = (portfolio["AAA"].quantity, portfolio.cash)

    def on_splits(self, splits: Any) -> None:
        self.journal += [(self.time, f"split {event.type.name}") for event in splits.values()]

    def on_dividends(self, dividends: Any) -> None:
        self.journal += [(self.time, f"dividend {event.distribution:g}") for event in dividends.values()]

    def on_delistings(self, delistings: Any) -> None:
        self.journal += [(self.time, f"delisting {event.type.name}") for event in delistings.values()]

    def on_symbol_changed_events(self, events: Any) -> None:
        self.journal += [(self.time, f"{event.old_symbol} is {event.new_symbol}") for event in events.values()]


def factors(
    prices: dict[date, int], splits: dict[date, str], payouts: dict[date, str]
) -> dict[date, tuple[str, str, str]]:
    """Rows of a factor file, from the last day back: what happens on a day has its row on the day before."""
    rows = {date(2050, 12, 31): ("1", "1", "0")}
    price_factor = split_factor = Decimal(1)
    for before, day in zip(reversed(WEEK[:-1]), reversed(WEEK[1:]), strict=True):
        if day in splits or day in payouts:
            price_factor *= Decimal(payouts.get(day, "1"))
            split_factor *= Decimal(splits.get(day, "1"))
            rows[before] = (str(price_factor), str(split_factor), str(prices[before]))
    return dict(sorted(rows.items()))


def write(market: Any, prices: dict[date, int], splits: dict[date, str], payouts: dict[date, str]) -> None:
    for day, price in prices.items():
        market.session("AAA", day, price, until="09:40")
    path = market.store.paths.factor_file("AAA")
    path.parent.mkdir(parents=True)
    rows = factors(prices, splits, payouts)
    path.write_text("".join(f"{day:%Y%m%d},{','.join(row)}\n" for day, row in rows.items()))


def expected_price(mode: Mode, day: date, price: int, splits: Any, payouts: Any, paid: dict[date, Decimal]) -> Decimal:
    split_factor = payout_factor = Decimal(1)
    for when in WEEK:
        if when > day:
            split_factor *= Decimal(splits.get(when, "1"))
            payout_factor *= Decimal(payouts.get(when, "1"))
    match mode:
        case Mode.RAW:
            return Decimal(price)
        case Mode.SPLIT_ADJUSTED:
            return price * split_factor
        case Mode.TOTAL_RETURN:
            return price * split_factor + sum((paid[when] for when in paid if when <= day), Decimal(0))
        case _:
            return price * split_factor * payout_factor


@pytest.mark.parametrize("mode", [Mode.RAW, Mode.ADJUSTED, Mode.SPLIT_ADJUSTED, Mode.TOTAL_RETURN])
@settings(max_examples=10, deadline=None, phases=PHASES)
@given(
    prices=st.lists(dollars, min_size=5, max_size=5),
    splits=st.dictionaries(st.sampled_from(WEEK[1:]), st.sampled_from(["0.5", "0.25", "2"]), max_size=2),
    payouts=st.dictionaries(st.sampled_from(WEEK[1:]), st.sampled_from(["0.9", "0.8", "0.5"]), max_size=2),
    direction=directions,
)
def test_prices_shares_and_cash_follow_splits_and_dividends(
    make_stage: Any, mode: Any, prices: Any, splits: Any, payouts: Any, direction: int
) -> None:
    # What is split and pays on one day has the reference price of neither; such days are the dividend's.
    # A split and the warning of the next day's share a slice, which keeps one event a symbol: no two in a row.
    eves = dict(zip(WEEK[1:], WEEK[:-1], strict=True))
    splits = {day: factor for day, factor in splits.items() if day not in payouts and eves[day] not in splits}
    by_day = dict(zip(WEEK, prices, strict=True))
    stage = make_stage()
    write(stage.market, by_day, splits, payouts)
    algorithm = stage.run(type("Case", (Holding,), {"mode": mode, "direction": direction})).algorithm
    paid = {day: by_day[eves[day]] * (1 - Decimal(factor)) for day, factor in payouts.items()}
    wanted = {day: expected_price(mode, day, price, splits, payouts, paid) for day, price in by_day.items()}
    assert {day: pytest.approx(float(price), abs=1e-9) for day, price in wanted.items()} == algorithm.prices
    quantity, cash = Decimal(SHARES * direction), 100_000 - SHARES * direction * wanted[WEEK[0]]
    for day in WEEK:
        if mode is Mode.RAW:
            quantity /= Decimal(splits.get(day, "1"))
        if mode in (Mode.RAW, Mode.SPLIT_ADJUSTED):
            cash += quantity * paid.get(day, Decimal(0))
        assert algorithm.held[day] == pytest.approx((float(quantity), float(cash)), abs=1e-6)
    told = [(when.date(), what) for when, what in algorithm.journal if what != "data" and "WARNING" not in what]
    events = dict.fromkeys(splits, "split SPLIT_OCCURRED") | {day: f"dividend {float(paid[day]):g}" for day in payouts}
    assert told == sorted(events.items())


def test_a_split_is_told_before_a_dividend_and_both_before_the_data(make_stage: Any) -> None:
    stage = make_stage()
    write(stage.market, dict.fromkeys(WEEK, 20), {WEEK[2]: "0.5"}, {WEEK[2]: "0.9"})
    journal = stage.run(Holding).algorithm.journal
    midnight = datetime.combine(WEEK[2], time())
    told = [what.split()[0] for when, what in journal if when == midnight]
    assert told == ["split", "dividend", "data"]


@settings(max_examples=10, deadline=None, phases=PHASES)
@given(last=st.sampled_from(DAYS[:-1]), direction=directions, prices=st.lists(dollars, min_size=10, max_size=10))
def test_a_delisting_closes_the_position_at_the_last_price_and_ends_the_data(
    make_stage: Any, last: date, direction: int, prices: Any
) -> None:
    stage = make_stage()
    by_day = dict(zip(DAYS, prices, strict=True))
    for day, price in by_day.items():  # days after the last one too: those are not to be seen
        stage.market.session("AAA", day, price, until="09:40")
    map_file = stage.market.store.paths.map_file("AAA")
    map_file.parent.mkdir(parents=True)
    map_file.write_text(f"20200101,aaa,P\n{last:%Y%m%d},aaa,P\n")
    algorithm = stage.run(type("Case", (Holding,), {"last": DAYS[-1], "direction": direction})).algorithm
    assert algorithm.prices == {day: price for day, price in by_day.items() if day <= last}
    told = [(when, what) for when, what in algorithm.journal if what != "data"]
    midnight = datetime.combine(last, time())
    assert told == [(midnight, "delisting WARNING"), (midnight + timedelta(days=1), "delisting DELISTED")]
    assert not algorithm.portfolio.invested
    assert algorithm.portfolio.cash == 100_000 + SHARES * direction * (by_day[last] - prices[0])


@settings(max_examples=10, deadline=None, phases=PHASES)
@given(last=st.sampled_from(DAYS[:-1]), direction=directions)
def test_a_new_ticker_goes_on_with_its_own_file_and_keeps_the_position(
    make_stage: Any, last: date, direction: int
) -> None:
    """Each name's file is read on its own days only."""
    stage = make_stage()
    for day in DAYS:
        stage.market.session("OLD", day, 10, until="09:40")
        stage.market.session("AAA", day, 20, until="09:40")
    map_file = stage.market.store.paths.map_file("AAA")
    map_file.parent.mkdir(parents=True)
    map_file.write_text(f"20200101,old,P\n{last:%Y%m%d},old,P\n20501231,aaa,P\n")
    algorithm = stage.run(type("Case", (Holding,), {"last": DAYS[-1], "direction": direction})).algorithm
    assert algorithm.prices == {day: 10 if day <= last else 20 for day in DAYS}
    (changed,) = [entry for entry in algorithm.journal if entry[1] != "data"]
    assert changed == (datetime.combine(DAYS[DAYS.index(last) + 1], time()), "OLD is AAA")
    assert algorithm.portfolio["AAA"].quantity == SHARES * direction
    assert algorithm.portfolio.cash == 100_000 - SHARES * direction * 10
