"""Securities that come and go while a run is on: what each brings, and what it leaves behind."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import QCAlgorithm

MONDAY, TUESDAY = date(2025, 6, 2), date(2025, 6, 3)
OPEN = time(9, 30)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

#: Every minute of both days: the end of each bar.
ENDS = [datetime.combine(day, OPEN) + timedelta(minutes=count) for day in (MONDAY, TUESDAY) for count in range(1, 391)]
switches = st.lists(st.sampled_from(ENDS[:-1]), unique=True, max_size=6).map(sorted)


class Switching(QCAlgorithm):
    """Adds BBB at the first of the moments, removes it at the second, and so on; buys it as it comes."""

    switches: list[datetime] = []  # noqa: RUF012 - replaced, never changed
    buys = False

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(TUESDAY)
        self.add_equity("AAA")
        self.seen: dict[str, list[datetime]] = {"AAA": [], "BBB": []}
        self.told: list[tuple[str, datetime]] = []
        self.times: list[datetime] = []

    def on_data(self, data: Any) -> None:
        self.times.append(self.time)
        for symbol, bar in data.bars.items():
            assert bar.end_time == self.time
            assert bar.close == self.securities[symbol].price
            self.seen[symbol.value].append(bar.end_time)
        has_come = "BBB" in [symbol.value for symbol in data.bars.keys()]  # noqa: SIM118 - Lean's own collection
        if self.buys and has_come and not self.portfolio["BBB"].invested:
            self.market_order("BBB", 10)
            self.limit_order("BBB", 5, 1)
        if self.time in self.switches:
            if self.switches.index(self.time) % 2:
                self.remove_security("BBB")
            else:
                self.add_equity("BBB", fill_forward=False)

    def on_securities_changed(self, changes: Any) -> None:
        self.told += [(f"+{security.symbol.value}", self.time) for security in changes.added_securities]
        self.told += [(f"-{security.symbol.value}", self.time) for security in changes.removed_securities]


def subscribed_ends(moments: list[datetime]) -> list[datetime]:
    """Ends of bars after an odd number of switches."""
    return [end for end in ENDS if sum(moment < end for moment in moments) % 2]


def run(make_stage: Any, moments: list[datetime], *, buys: bool) -> Any:
    stage = make_stage()
    for day in (MONDAY, TUESDAY):
        stage.market.session("AAA", day, 10)
        stage.market.session("BBB", day, 20)
    return stage.run(type("Case", (Switching,), {"switches": moments, "buys": buys})).algorithm


@settings(max_examples=20, deadline=None, phases=PHASES)
@given(moments=switches)
def test_a_security_brings_the_bars_between_its_coming_and_going_only(make_stage: Any, moments: Any) -> None:
    algorithm = run(make_stage, moments, buys=False)
    assert algorithm.seen["BBB"] == subscribed_ends(moments)
    assert algorithm.seen["AAA"] == ENDS, "the other is not disturbed"
    assert all(earlier <= later for earlier, later in pairwise(algorithm.times))
    assert set(algorithm.times) == set(ENDS)


@settings(max_examples=15, deadline=None, phases=PHASES)
@given(moments=switches)
def test_every_change_is_told_once_and_in_turn(make_stage: Any, moments: Any) -> None:
    told = run(make_stage, moments, buys=False).told
    assert told[0] == ("+AAA", datetime.combine(MONDAY, time()))
    assert [what for what, _ in told[1:]] == [("+BBB", "-BBB")[number % 2] for number in range(len(moments))]
    assert [when for _, when in told[1:]] == moments, "within the time step, not with the next data"


@settings(max_examples=15, deadline=None, phases=PHASES)
@given(moments=switches)
def test_what_goes_is_sold_and_its_open_orders_cancelled(make_stage: Any, moments: Any) -> None:
    algorithm = run(make_stage, moments, buys=True)
    ends = subscribed_ends(moments)
    orders = list(algorithm.transactions.get_orders())
    if len(moments) % 2 == 0:
        assert not algorithm.portfolio.invested
        assert not algorithm.transactions.get_open_orders()
        filled = sum(ticket.quantity_filled for ticket in algorithm.transactions.get_order_tickets())
        assert filled == 0
    assert bool(orders) == bool(ends)
    fees = algorithm.portfolio.total_fees
    quantity = algorithm.portfolio["BBB"].quantity if algorithm.securities.contains_key("BBB") else 0
    assert algorithm.portfolio.cash == 100_000 - fees - 20 * quantity
