"""Warm-up: after it everything is as if the run had started earlier, except that nothing was traded."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import QCAlgorithm, Resolution

#: Around a half day, a holiday and a weekend.
DAYS = [date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 2), date(2025, 7, 3), date(2025, 7, 7), date(2025, 7, 8)]
START, LAST = DAYS[-2:]
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

prices = st.lists(st.integers(500, 1500).map(lambda cents: cents / 100), min_size=3, max_size=40)
missing = st.lists(st.integers(2, 40), min_size=0, max_size=1)


class Measuring(QCAlgorithm):
    """Writes down indicators and consolidated bars at each slice from START on."""

    first, warm_up = START, timedelta(0)

    def initialize(self) -> None:
        self.set_start_date(self.first)
        self.set_end_date(LAST)
        self.add_equity("AAA")
        self.indicators = [self.sma("AAA", 20), self.ema("AAA", 7), self.rsi("AAA", 5), self.max("AAA", 30)]
        self.daily = self.sma("AAA", 2, Resolution.DAILY)
        self.quarters: list[tuple[datetime, datetime, float]] = []
        self.consolidate("AAA", timedelta(minutes=15), self.keep)
        self.measured: list[tuple[Any, ...]] = []
        self.finished: list[datetime] = []
        self.refused: list[bool] = []
        self.slices = 0
        if self.warm_up:
            self.set_warm_up(self.warm_up)

    def keep(self, bar: Any) -> None:
        if self.time.date() >= START:
            self.quarters.append((self.time, bar.time, bar.close))

    def on_warmup_finished(self) -> None:
        self.finished.append(self.time)

    def on_data(self, data: Any) -> None:
        self.slices += 1
        assert self.is_warming_up == (self.time.date() < START and bool(self.warm_up))
        if self.is_warming_up and self.slices == 50:
            self.refused.append(self.market_order("AAA", 1).status.name == "INVALID")
        if self.time.date() >= START:
            values = [(one.current.value, one.samples, one.is_ready) for one in (*self.indicators, self.daily)]
            self.measured.append((self.time, *values))


def write(market: Any, prices: list[float], gap: list[int]) -> None:
    """The prices in turn, minute after minute, less every so many minutes one."""
    number = 0
    for day in DAYS:
        bars = {}
        for minute in range(210 if day == date(2025, 7, 3) else 390):
            number += 1
            if not gap or number % gap[0]:
                clock = datetime(2025, 1, 1, 9, 30) + timedelta(minutes=minute)
                bars[f"{clock:%H:%M}"] = prices[number % len(prices)]
        market.trades("AAA", day, bars)


@settings(max_examples=10, deadline=None, phases=PHASES)
@given(prices=prices, gap=missing, first=st.sampled_from(DAYS[:4]))
def test_a_warmed_run_measures_what_one_that_started_earlier_measures(
    make_stage: Any, prices: Any, gap: Any, first: date
) -> None:
    stage = make_stage()
    write(stage.market, prices, gap)
    warmed = stage.run(type("Case", (Measuring,), {"warm_up": START - first}))
    earlier = stage.run(type("Case", (Measuring,), {"first": first}))
    assert warmed.algorithm.measured == earlier.algorithm.measured
    assert warmed.algorithm.quarters == earlier.algorithm.quarters
    assert warmed.algorithm.slices == earlier.algorithm.slices
    assert warmed.outcome.data_points == earlier.outcome.data_points
    assert warmed.algorithm.finished == [datetime(2025, 7, 7)]
    assert warmed.algorithm.refused == [True]
    assert warmed.outcome.orders == 0


@settings(max_examples=10, deadline=None, phases=PHASES)
@given(prices=prices, count=st.integers(1, 1_300))
def test_a_number_of_bars_is_counted_back_in_market_minutes(make_stage: Any, prices: Any, count: int) -> None:
    """As in Lean the bar that ends where the first of them starts is there too, if it is of the same session."""
    stage = make_stage()
    write(stage.market, prices, [])

    class Counting(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(START)
            self.set_end_date(START)
            self.add_equity("AAA")
            self.mean = self.sma("AAA", count)
            self.set_warm_up(count)
            self.warm: list[datetime] = []
            self.at_start: tuple[int, bool] | None = None

        def on_warmup_finished(self) -> None:
            self.at_start = (self.mean.samples, self.mean.is_ready)

        def on_data(self, data: Any) -> None:
            if self.is_warming_up:
                self.warm.append(self.time)

    algorithm = stage.run(Counting).algorithm
    minutes = [
        datetime(day.year, day.month, day.day, 9, 30) + timedelta(minutes=minute)
        for day in DAYS[:4]
        for minute in range(1, (210 if day == date(2025, 7, 3) else 390) + 1)
    ]
    begin = minutes[-count] - timedelta(minutes=1)
    warm = [end for end in minutes if end >= begin]
    assert algorithm.warm == warm
    assert algorithm.at_start == (len(warm), True)
