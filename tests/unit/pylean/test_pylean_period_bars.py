"""Bars by period, calendar and hours; who hears of them, and in which order."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import (
    BaseDataConsolidator,
    Calendar,
    CalendarInfo,
    IdentityDataConsolidator,
    MarketHourAwareConsolidator,
    PythonConsolidator,
    QCAlgorithm,
    QuoteBar,
    QuoteBarConsolidator,
    RenkoBar,
    RenkoConsolidator,
    Resolution,
    SequentialConsolidator,
    TickType,
    TradeBar,
    TradeBarConsolidator,
)
from pylean.feed.bars import Bar
from pylean.securities.symbol import Symbol

AAA, BBB = Symbol("AAA", "AAA 1"), Symbol("BBB", "BBB 1")
MONDAY, TUESDAY = date(2025, 6, 2), date(2025, 6, 3)
NINE_THIRTY = datetime(2025, 6, 2, 9, 30)
MINUTE = timedelta(minutes=1)

prices = st.integers(900, 1100).map(lambda number: number / 100)
sides = st.one_of(st.none(), st.tuples(prices, prices))
quote_rows = st.lists(
    st.tuples(st.integers(0, 120), sides, sides), min_size=1, max_size=40, unique_by=lambda row: row[0]
)


def trade(start: datetime, price: float = 10, volume: float = 1, period: timedelta = MINUTE) -> TradeBar:
    return TradeBar(start, AAA, price, price, price, price, volume, period)


def side(values: tuple[float, float] | None) -> Bar | None:
    return None if values is None else Bar.of_prices(values[0], max(values), min(values), values[1])


def listening(consolidator: Any) -> list[Any]:
    out: list[Any] = []
    consolidator.data_consolidated += lambda sender, bar: out.append(bar)
    return out


@settings(deadline=None)
@given(quote_rows.map(sorted), st.sampled_from([2, 5, 7, 30]))
def test_quotes_are_those_that_pandas_resamples(rows: Any, minutes: int) -> None:
    consolidator = QuoteBarConsolidator(timedelta(minutes=minutes))
    out = listening(consolidator)
    for minute, bid, ask in rows:
        bar = QuoteBar(NINE_THIRTY + minute * MINUTE, AAA, side(bid), minute, side(ask), minute + 1)
        consolidator.update(bar)
        consolidator.scan(bar.end_time)
    consolidator.scan(NINE_THIRTY + timedelta(days=1))
    frame = pd.DataFrame(
        [[*(bid or (np.nan, np.nan)), *(ask or (np.nan, np.nan))] for _, bid, ask in rows],
        index=[NINE_THIRTY + minute * MINUTE for minute, _, _ in rows],
        columns=["bid_open", "bid_close", "ask_open", "ask_close"],
    )
    groups = frame.groupby(frame.index.floor(f"{minutes}min", ambiguous="raise") if minutes != 7 else sevens(frame))
    assert [bar.time for bar in out] == list(groups.groups)
    before: dict[str, float] = {}
    for bar, (_, group) in zip(out, groups, strict=True):
        for name in ("bid", "ask"):
            seen = group[[f"{name}_open", f"{name}_close"]].dropna()
            values = [before[name]] if name in before else []
            values += [float(value) for value in seen.to_numpy().ravel()]
            made = getattr(bar, name)
            if not values:
                assert made is None
                continue
            assert (made.open, made.high, made.low, made.close) == (values[0], max(values), min(values), values[-1])
            before[name] = made.close


def sevens(frame: pd.DataFrame) -> Any:
    origin = datetime(1, 1, 1)
    return pd.Index([moment - (moment.to_pydatetime() - origin) % timedelta(minutes=7) for moment in frame.index])


CALENDARS = {"W": Calendar.WEEKLY, "M": Calendar.Monthly, "Q": Calendar.QUARTERLY, "Y": Calendar.YEARLY}


@settings(deadline=None)
@given(st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1)), st.sampled_from(sorted(CALENDARS)))
def test_calendar_bars_are_pandas_periods(moment: datetime, name: str) -> None:
    info = CALENDARS[name](moment)
    period = pd.Period(moment, "W-SUN" if name == "W" else name)
    assert info.start == period.start_time.to_pydatetime()
    assert info.end == (period + 1).start_time.to_pydatetime()
    assert info == CalendarInfo(info.start, info.period)


def test_a_month_of_days_is_a_bar() -> None:
    consolidator: Any = TradeBarConsolidator(Calendar.MONTHLY)
    out = listening(consolidator)
    for day in pd.bdate_range("2025-01-20", "2025-03-05"):
        consolidator.update(trade(day.to_pydatetime(), day.day, 1, timedelta(days=1)))
    assert [(bar.time, bar.end_time, bar.open, bar.close, bar.volume) for bar in out] == [
        (datetime(2025, 1, 1), datetime(2025, 2, 1), 20, 31, 10),
        (datetime(2025, 2, 1), datetime(2025, 3, 1), 3, 28, 20),
    ]
    assert consolidator.working_bar.open == 3


def test_a_calendar_function_that_looks_ahead_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be later than the moment"):
        TradeBarConsolidator(lambda moment: CalendarInfo(moment + MINUTE, MINUTE))


@pytest.mark.parametrize(
    ("period", "start", "bar_start"),
    [
        (timedelta(hours=1), timedelta(hours=9, minutes=30), datetime(2025, 6, 11, 10, 30)),
        (timedelta(hours=1), timedelta(hours=23, minutes=15), datetime(2025, 6, 11, 10, 15)),
        (timedelta(days=1), timedelta(hours=9, minutes=30), datetime(2025, 6, 11, 9, 30)),
        (timedelta(days=7), timedelta(0), datetime(2025, 6, 8)),
    ],
)
def test_bars_start_where_start_time_says(period: timedelta, start: timedelta, bar_start: datetime) -> None:
    consolidator: Any = TradeBarConsolidator(period, start_time=start)
    consolidator.update(trade(datetime(2025, 6, 11, 11, 5)))
    assert (consolidator.working_bar.time, consolidator.working_bar.period) == (bar_start, period)


def test_start_time_is_planned_like_it_is_fed(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)

    class Case(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.set_end_date(2025, 6, 2)
            self.add_equity("AAA")
            consolidator = TradeBarConsolidator(timedelta(hours=1), start_time=timedelta(hours=9, minutes=30))
            self.seen: list[Any] = []
            consolidator.data_consolidated += lambda sender, bar: self.seen.append((self.time, bar.time, bar.volume))
            self.subscription_manager.add_consolidator("AAA", consolidator)

    hours = [NINE_THIRTY + timedelta(hours=hour) for hour in range(6)]
    assert run_algorithm(Case).algorithm.seen == [(start + timedelta(hours=1), start, 6000) for start in hours]


def test_a_count_with_a_period_ends_at_whichever_comes_first() -> None:
    consolidator = TradeBarConsolidator(3, timedelta(minutes=10))
    out = listening(consolidator)
    for minute in (0, 1, 2, 3, 30, 31):
        consolidator.update(trade(NINE_THIRTY + minute * MINUTE, minute))
    closes = [(bar.open, bar.close) for bar in out]
    assert closes == [(0, 2), (3, 30), (31, 31)], "as in Lean the count goes on when the period ends a bar"
    assert {bar.period for bar in out} == {10 * MINUTE}


@pytest.mark.parametrize(
    ("period", "error"),
    [(0, ValueError), (-3, ValueError), ("1h", TypeError), (None, TypeError)],
)
def test_other_periods_are_refused(period: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"number of bars to consolidate is|consolidation period is"):
        TradeBarConsolidator(period)


def test_one_symbol_and_one_kind_each() -> None:
    consolidator = TradeBarConsolidator(2)
    consolidator.update(trade(NINE_THIRTY))
    with pytest.raises(ValueError, match="takes one symbol: this one was fed AAA, now BBB"):
        consolidator.update(TradeBar(NINE_THIRTY, BBB, 1, 1, 1, 1, 1))
    with pytest.raises(TypeError, match="TradeBarConsolidator takes a TradeBar, not a QuoteBar"):
        TradeBarConsolidator(2).update(QuoteBar(NINE_THIRTY, AAA, None, 0, None, 0))


def test_any_data_make_bars_of_their_values() -> None:
    consolidator = BaseDataConsolidator(timedelta(minutes=5))
    out = listening(consolidator)
    for minute, value in enumerate((10, 12, 9, 11, 10.5, 20)):
        consolidator.update(trade(NINE_THIRTY + minute * MINUTE, value, 100))
    consolidator.scan(NINE_THIRTY + timedelta(minutes=10))
    assert [(bar.open, bar.high, bar.low, bar.close, bar.volume) for bar in out] == [
        (10, 12, 9, 10.5, 0),
        (20, 20, 20, 20, 0),
    ]
    assert [bar.period for bar in out] == [5 * MINUTE, MINUTE], "as in Lean, time passing leaves the length alone"


def test_bars_of_bars_in_a_row() -> None:
    first, second = TradeBarConsolidator(timedelta(minutes=5)), TradeBarConsolidator(2)
    chain = SequentialConsolidator(first, second)
    out = listening(chain)
    for minute in range(16):
        chain.update(trade(NINE_THIRTY + minute * MINUTE, minute))
    assert [(bar.open, bar.close, bar.volume) for bar in out] == [(0, 9, 10)]
    assert chain.working_data.open == 10
    chain.scan(NINE_THIRTY + timedelta(minutes=20))
    assert len(out) == 2
    with pytest.raises(TypeError, match="takes a QuoteBar, the first makes a TradeBar"):
        SequentialConsolidator(first, QuoteBarConsolidator(2))
    assert listening(SequentialConsolidator(RenkoConsolidator(1), TradeBarConsolidator(2))) == []


def test_every_input_once() -> None:
    consolidator = IdentityDataConsolidator[QuoteBar]()
    out = listening(consolidator)
    bar = QuoteBar(NINE_THIRTY, AAA, None, 0, None, 0)
    for _ in range(2):
        consolidator.update(bar)
    assert out == [bar]
    assert consolidator.working_data is consolidator.current is bar


def test_relays_hear_first_and_see_the_bar_before_it_is_the_consolidated_one() -> None:
    journal: list[Any] = []
    consolidator: Any = TradeBarConsolidator(2)
    consolidator.data_consolidated += lambda sender, bar: journal.append(("user", sender.consolidated is bar))
    consolidator.relays += lambda sender, bar: journal.append(("relay", sender.consolidated is bar, sender[0] is bar))
    consolidator.update(trade(NINE_THIRTY))
    consolidator.update(trade(NINE_THIRTY + MINUTE))
    assert journal == [("relay", False, True), ("user", True)]


def test_bricks_tell_the_user_first() -> None:
    journal: list[str] = []
    consolidator: Any = RenkoConsolidator(1)
    consolidator.relays += lambda sender, bar: journal.append("relay")
    consolidator.DataConsolidated += lambda sender, bar: journal.append("user")
    consolidator.update(trade(NINE_THIRTY, 10))
    consolidator.update(trade(NINE_THIRTY, 11.5))
    assert journal == ["user", "relay"]


def test_the_window_keeps_two() -> None:
    consolidator = TradeBarConsolidator(1)
    assert (consolidator.current, consolidator.previous) == (None, None)
    for minute in range(3):
        consolidator.update(trade(NINE_THIRTY + minute * MINUTE, minute))
    assert (consolidator.current.close, consolidator[0].close, consolidator.previous.close) == (2, 2, 1)
    assert [bar.close for bar in consolidator] == [2, 1]


class TestMarketHours:
    @pytest.fixture
    def seen(self, market: Any, run_algorithm: Any) -> Any:
        """Bars that come of minutes from 08:00 to 18:00, ten cents up a bar, on a Thursday before an early close."""

        def seen(make: Any, **subscription: Any) -> list[Any]:
            for day, last in ((date(2025, 7, 2), 18), (date(2025, 7, 3), 13)):
                first = datetime(day.year, day.month, day.day, 8)
                count = (last - 8) * 60
                market.trades("AAA", day, {f"{first + k * MINUTE:%H:%M}": 100 + k for k in range(count)})

            class Case(QCAlgorithm):
                def initialize(self) -> None:
                    self.set_start_date(2025, 7, 2)
                    self.set_end_date(2025, 7, 3)
                    self.add_equity("AAA", **subscription)
                    self.seen: list[Any] = []
                    consolidator = make(self)
                    consolidator.data_consolidated += lambda sender, bar: self.seen.append((self.time, bar))
                    self.subscription_manager.add_consolidator("AAA", consolidator)

            return [
                (f"{now:%d %H:%M}", f"{bar.time:%d %H:%M}", f"{bar.end_time:%d %H:%M}", bar.open, bar.close)
                for now, bar in run_algorithm(Case).algorithm.seen
            ]

        return seen

    @pytest.mark.parametrize("extended", [False, True])
    def test_days_are_regular_sessions(self, seen: Any, extended: bool) -> None:
        bars = seen(lambda case: case.resolve_consolidator("AAA", Resolution.DAILY), extended_market_hours=extended)
        assert bars == [
            ("02 16:00", "02 09:30", "02 16:00", 190, 579),
            ("03 13:00", "03 09:30", "03 13:00", 190, 399),
        ]

    def test_days_with_extended_hours(self, seen: Any) -> None:
        def make(case: Any) -> Any:
            case.settings.daily_consolidation_use_extended_market_hours = True
            return case.resolve_consolidator("AAA", Resolution.DAILY)

        bars = seen(make, extended_market_hours=True)
        assert bars[0] == ("02 20:00", "02 04:00", "02 20:00", 100, 699)

    def test_ten_minutes_count_from_the_open_and_end_with_the_session(self, seen: Any) -> None:
        bars = seen(lambda case: MarketHourAwareConsolidator(True, timedelta(minutes=100)))
        assert [bar[1:3] for bar in bars] == [
            ("02 09:30", "02 11:10"),
            ("02 11:10", "02 12:50"),
            ("02 12:50", "02 14:30"),
            ("02 14:30", "02 16:00"),
            ("03 09:30", "03 11:10"),
            ("03 11:10", "03 12:50"),
        ], "as in Lean the session's last bar comes out when its whole length has passed: not within this run"

    def test_it_has_to_know_its_market(self) -> None:
        with pytest.raises(ValueError, match="has to know its market"):
            MarketHourAwareConsolidator().update(trade(NINE_THIRTY))


class Case(QCAlgorithm):
    """Minutes of Monday, with quotes."""

    def initialize(self) -> None:
        self.set_start_date(2025, 6, 2)
        self.set_end_date(2025, 6, 2)
        self.add_equity("AAA")
        self.seen: list[Any] = []
        self.set_up()

    def set_up(self) -> None:
        """What the test is about."""


@pytest.fixture
def monday(market: Any) -> None:
    bars = {f"{NINE_THIRTY + k * MINUTE:%H:%M}": 10 + k for k in range(390)}
    market.trades("AAA", MONDAY, bars)
    market.quotes("AAA", MONDAY, {clock: (price - 1, price + 1) for clock, price in bars.items()})


@pytest.mark.usefixtures("monday")
class TestAlgorithm:
    def test_every_form_of_consolidate(self, run_algorithm: Any) -> None:
        class Forms(Case):
            def set_up(self) -> None:
                def note(name: str) -> Any:
                    return lambda bar: self.seen.append((name, type(bar).__name__, f"{bar.time:%H:%M}", bar.close))

                self.consolidators = [
                    self.consolidate("AAA", timedelta(hours=3), note("span")),
                    self.consolidate("AAA", Resolution.DAILY, note("day")),
                    self.consolidate("AAA", timedelta(hours=3), TickType.QUOTE, note("quotes")),
                    self.consolidate("AAA", Resolution.DAILY, TickType.QUOTE, handler=note("quote day")),
                    self.consolidate(TradeBar, "AAA", 200, None, note("count")),
                    self.consolidate(QuoteBar, "AAA", 200, None, note("quote count")),
                    self.consolidate(RenkoBar, "AAA", 300, None, note("brick")),
                    self.Consolidate("AAA", Resolution.MINUTE, None),
                ]

        algorithm = run_algorithm(Forms).algorithm
        assert algorithm.seen == [
            ("span", "TradeBar", "09:00", 159),
            ("quotes", "QuoteBar", "09:00", 159),
            ("count", "TradeBar", "09:30", 209),
            ("quote count", "QuoteBar", "09:30", 209),
            ("brick", "RenkoBar", "09:30", 300),
            ("span", "TradeBar", "12:00", 339),
            ("quotes", "QuoteBar", "12:00", 339),
            ("day", "TradeBar", "09:30", 399),
            ("quote day", "QuoteBar", "09:30", 399),
        ]
        assert isinstance(algorithm.consolidators[-1], IdentityDataConsolidator)

    def test_the_working_bar_is_the_one_of_the_moment(self, run_algorithm: Any) -> None:
        """A day that is planned by column shows the same bar in the making as one that is fed."""

        class Working(Case):
            def set_up(self) -> None:
                self.planned = self.consolidate("AAA", timedelta(minutes=15), lambda bar: None)
                fed = self.fed = TradeBarConsolidator(timedelta(minutes=15))
                fed.plan = lambda series, session: None  # type: ignore[method-assign]
                self.subscription_manager.add_consolidator("AAA", fed)

            def on_data(self, data: Any) -> None:
                pair = [one.working_data for one in (self.planned, self.fed)]
                self.seen.append([bar and (bar.time, bar.end_time, bar.open, bar.close, bar.volume) for bar in pair])

        algorithm = run_algorithm(Working).algorithm
        assert len(algorithm.seen) == 390
        assert all(planned == fed for planned, fed in algorithm.seen)
        assert sum(planned is None for planned, _ in algorithm.seen) == 26

    def test_a_consolidator_written_in_python(self, run_algorithm: Any) -> None:
        class Hourly(PythonConsolidator):
            def __init__(self) -> None:
                self.input_type = self.output_type = QuoteBar
                self.working_data = None

            def update(self, data: Any) -> None:
                if self.working_data is None:
                    sides = (data.bid, data.last_bid_size, data.ask, data.last_ask_size)
                    self.working_data = QuoteBar(data.time, data.symbol, *sides, timedelta(hours=1))
                self.working_data.update(data.value, data.bid.close, data.ask.close, 0, 1, 1)

            def scan(self, time: datetime) -> None:
                if self.working_data is not None and time - self.working_data.time >= timedelta(hours=1):
                    self.on_data_consolidated(self, self.working_data)
                    self.consolidated, self.working_data = self.working_data, None

        class Custom(Case):
            def set_up(self) -> None:
                consolidator = Hourly()
                consolidator.data_consolidated += lambda sender, bar: self.seen.append((sender, self.time, bar.close))
                self.subscription_manager.add_consolidator("AAA", consolidator)
                self.consolidator = consolidator

        algorithm = run_algorithm(Custom).algorithm
        assert [now.strftime("%H:%M") for _, now, _ in algorithm.seen] == [f"{hour}:30" for hour in range(10, 16)]
        assert algorithm.seen[0][2] == 69
        assert algorithm.seen[0][0] is algorithm.consolidator
        assert algorithm.consolidator.current.close == 369

    def test_a_subclass_that_feeds_itself_sees_every_input(self, run_algorithm: Any) -> None:
        class Noon(TradeBarConsolidator):
            def __init__(self) -> None:
                self.mine = None

            def Update(self, data: Any) -> None:
                self.mine = self.aggregate_bar(self.mine, data)

            def scan(self, time: datetime) -> None:
                if self.mine is not None and time.hour == 12:
                    self.on_data_consolidated(self.mine)
                    self.mine = None

        class Custom(Case):
            def set_up(self) -> None:
                consolidator = Noon()
                consolidator.data_consolidated += lambda sender, bar: self.seen.append((self.time, bar.open, bar.close))
                self.subscription_manager.add_consolidator("AAA", consolidator)

        assert run_algorithm(Custom).algorithm.seen[0] == (datetime(2025, 6, 2, 12), 10, 159)

    def test_a_removed_consolidator_is_silent(self, run_algorithm: Any) -> None:
        class Removed(Case):
            def set_up(self) -> None:
                def once(bar: Any) -> None:
                    self.seen.append(bar.close)
                    self.subscription_manager.remove_consolidator(None, self.consolidator)

                self.consolidator = self.consolidate("AAA", timedelta(minutes=30), once)

        assert run_algorithm(Removed).algorithm.seen == [39]

    def test_a_kind_that_is_not_subscribed_is_refused(self, market: Any, run_algorithm: Any) -> None:
        class Refused(QCAlgorithm):
            def initialize(self) -> None:
                self.seen: list[str] = []
                self.add_equity("DDD", Resolution.DAILY)
                with pytest.raises(ValueError, match="QuoteBarConsolidator takes a QuoteBar; DDD has TradeBar"):
                    self.subscription_manager.add_consolidator("DDD", QuoteBarConsolidator(2))
                with pytest.raises(ValueError, match="DDD has daily bars: they cannot be consolidated to 1:00:00"):
                    self.consolidate("DDD", Resolution.HOUR, print)
                self.seen.append("refused")

        assert run_algorithm(Refused).algorithm.seen == ["refused"]
