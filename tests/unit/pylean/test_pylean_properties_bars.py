"""What bars an algorithm sees, against a walk over the minutes of the market.

The days are a Wednesday, a half day, a holiday, a weekend and a Monday. Where the subscriptions' resolutions differ,
repeated bars are as far apart as the shortest bars of all, and as long as the bars they repeat.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import QCAlgorithm, Resolution

SESSIONS = {date(2025, 7, 2): time(16), date(2025, 7, 3): time(13), date(2025, 7, 7): time(16)}
FIRST, HALF_DAY, LAST = SESSIONS
OPEN = time(9, 30)
#: Runs are not shrunk: that takes minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
PERIODS = {"AAA": timedelta(minutes=1), "BBB": timedelta(seconds=1), "CCC": timedelta(days=1)}
RESOLUTIONS = {"AAA": Resolution.MINUTE, "BBB": Resolution.SECOND, "CCC": Resolution.DAILY}


class Seen(NamedTuple):
    """A bar as it came in a slice."""

    end: datetime
    start: datetime
    prices: tuple[float, float, float, float]
    volume: float
    is_repeated: bool


class Stored(NamedTuple):
    """A bar of the data folder."""

    start: datetime
    end: datetime
    prices: tuple[float, float, float, float]


class Seeing(QCAlgorithm):
    """Keeps every bar of every slice, by ticker, and every slice's time."""

    subscriptions: dict[str, bool] = {}  # noqa: RUF012 - replaced, never changed
    first, last = FIRST, LAST

    def initialize(self) -> None:
        self.set_start_date(self.first)
        self.set_end_date(self.last)
        self.times: list[datetime] = []
        self.seen: dict[str, list[Seen]] = {ticker: [] for ticker in self.subscriptions}
        for ticker, fill_forward in self.subscriptions.items():
            self.add_equity(ticker, RESOLUTIONS[ticker], fill_forward=fill_forward)

    def on_data(self, data: Any) -> None:
        self.times.append(self.time)
        for symbol, bar in data.bars.items():
            assert bar.end_time == self.time, "a bar comes at its end"
            prices = (bar.open, bar.high, bar.low, bar.close)
            self.seen[symbol.value].append(Seen(bar.end_time, bar.time, prices, bar.volume, bar.is_fill_forward))


def is_inside(bar: Stored) -> bool:
    day = bar.start.date()
    return datetime.combine(day, OPEN) < bar.end and bar.start < datetime.combine(day, SESSIONS[day])


def stored_only(bars: list[Stored]) -> list[Seen]:
    return [Seen(bar.end, bar.start, bar.prices, 100, False) for bar in bars if is_inside(bar)]


def carried_forward(bars: list[Stored], period: timedelta, step: timedelta, days: list[date]) -> list[Seen]:
    """From step to step of each session: the bar that ends there, else the last one, outside the session or not."""
    found: list[Seen] = []
    ahead = list(bars)
    last: Stored | None = None
    for day in days:
        moment, close = datetime.combine(day, OPEN) + step, datetime.combine(day, SESSIONS[day])
        while moment <= close:
            while ahead and ahead[0].end <= moment:
                last = ahead.pop(0)
            if last is not None:
                is_repeated = last.end != moment
                length = daily_length(day) if period == timedelta(days=1) else period
                found.append(Seen(moment, moment - length, last.prices, 0 if is_repeated else 100, is_repeated))
            moment += step
    return found


def daily_length(day: date) -> timedelta:
    """A bar of a day is as long as its session."""
    return datetime.combine(day, SESSIONS[day]) - datetime.combine(day, OPEN)


def write(market: Any, ticker: str, day: date, offsets: dict[int, tuple[float, ...]]) -> list[Stored]:
    """Bars of a day by their distance from the open in units of their length."""
    period = PERIODS[ticker]
    offsets = dict(sorted(offsets.items()))
    if not offsets:
        return []
    starts = {offset: datetime.combine(day, OPEN) + period * offset for offset in offsets}
    bars = {f"{starts[offset]:%H:%M:%S}": (*prices, 100.0) for offset, prices in offsets.items()}
    market.trades(ticker, day, bars, RESOLUTIONS[ticker])
    return [Stored(starts[offset], starts[offset] + period, prices) for offset, prices in offsets.items()]  # type: ignore[arg-type]


prices = st.lists(st.integers(100, 9_999), min_size=4, max_size=4).map(
    lambda cents: tuple(value / 100 for value in (cents[0], max(cents), min(cents), cents[3]))
)
#: Minutes from five before the open until five after the close of a full day, often at the edges.
minutes = st.one_of(st.integers(-5, 394), st.sampled_from([-1, 0, 1, 209, 210, 389, 390]))
days_of_minutes = st.lists(st.dictionaries(minutes, prices, max_size=8), min_size=3, max_size=3)


@settings(max_examples=20, deadline=None, phases=PHASES)
@given(contents=days_of_minutes, fill_forward=st.booleans())
def test_gaps_repeat_the_last_bar_over_market_minutes_only(make_stage: Any, contents: Any, fill_forward: bool) -> None:
    """With fill-forward every market minute since the first bar has one; without it only those of the file."""
    stage = make_stage()
    bars = [
        bar for day, offsets in zip(SESSIONS, contents, strict=True) for bar in write(stage.market, "AAA", day, offsets)
    ]
    algorithm = stage.run(type("Case", (Seeing,), {"subscriptions": {"AAA": fill_forward}})).algorithm
    minute = PERIODS["AAA"]
    expected = carried_forward(bars, minute, minute, list(SESSIONS)) if fill_forward else stored_only(bars)
    assert algorithm.seen["AAA"] == expected
    assert algorithm.times == [seen.end for seen in expected]


seconds = st.dictionaries(
    st.one_of(st.integers(-5, 12_604), st.sampled_from([0, 59, 60, 12_599])), prices, min_size=1, max_size=6
)


@settings(max_examples=10, deadline=None, phases=PHASES)
@given(
    seconds=seconds,
    minutes=st.dictionaries(st.integers(-2, 211), prices, max_size=5),
    daily=prices,
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_seconds_minutes_and_days_come_once_each_at_their_ends(
    make_stage: Any, seconds: Any, minutes: Any, daily: Any, flags: Any
) -> None:
    stage = make_stage()
    bars = {"BBB": write(stage.market, "BBB", HALF_DAY, seconds), "AAA": write(stage.market, "AAA", HALF_DAY, minutes)}
    stage.market.daily("CCC", {HALF_DAY: (*daily, 100.0)})
    session = [datetime.combine(HALF_DAY, clock) for clock in (OPEN, SESSIONS[HALF_DAY])]
    bars["CCC"] = [Stored(session[0], session[1], daily)]
    subscriptions = dict(zip(("AAA", "BBB", "CCC"), flags, strict=True))
    members = {"subscriptions": subscriptions, "first": HALF_DAY, "last": HALF_DAY}
    algorithm = stage.run(type("Case", (Seeing,), members)).algorithm
    step = PERIODS["BBB"]
    for ticker, fill_forward in subscriptions.items():
        stored = bars[ticker]
        wanted = carried_forward(stored, PERIODS[ticker], step, [HALF_DAY]) if fill_forward else stored_only(stored)
        assert algorithm.seen[ticker] == wanted
    assert algorithm.times == sorted({seen.end for one in algorithm.seen.values() for seen in one})


@settings(max_examples=10, deadline=None, phases=PHASES)
@given(contents=days_of_minutes, daily=st.lists(prices, min_size=3, max_size=3))
def test_a_daily_bar_is_repeated_minute_by_minute_beside_minutes(make_stage: Any, contents: Any, daily: Any) -> None:
    stage = make_stage()
    bars = [
        bar for day, offsets in zip(SESSIONS, contents, strict=True) for bar in write(stage.market, "AAA", day, offsets)
    ]
    stage.market.daily("CCC", {day: (*bar, 100.0) for day, bar in zip(SESSIONS, daily, strict=True)})
    days = [
        Stored(datetime.combine(day, OPEN), datetime.combine(day, SESSIONS[day]), bar)
        for day, bar in zip(SESSIONS, daily, strict=True)
    ]
    algorithm = stage.run(type("Case", (Seeing,), {"subscriptions": {"AAA": True, "CCC": True}})).algorithm
    minute = PERIODS["AAA"]
    assert algorithm.seen["AAA"] == carried_forward(bars, minute, minute, list(SESSIONS))
    assert algorithm.seen["CCC"] == carried_forward(days, PERIODS["CCC"], minute, list(SESSIONS))
    assert all(earlier < later for earlier, later in zip(algorithm.times, algorithm.times[1:], strict=False))


@pytest.mark.xfail(
    strict=True,
    reason="Lean drops a subscription without data in its first slice and looks for the finest resolution anew;"
    " here one that has just come counts until the next change of subscriptions",
)
def test_a_subscription_without_data_does_not_bring_repeated_bars_closer(make_stage: Any) -> None:
    stage = make_stage()
    bars = write(stage.market, "AAA", HALF_DAY, {0: (1.0, 1.0, 1.0, 1.0)})
    members = {"subscriptions": {"AAA": True, "BBB": True}, "first": HALF_DAY, "last": HALF_DAY}
    algorithm = stage.run(type("Case", (Seeing,), members)).algorithm
    minute = PERIODS["AAA"]
    assert algorithm.seen["AAA"] == carried_forward(bars, minute, minute, [HALF_DAY])
