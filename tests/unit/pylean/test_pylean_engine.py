"""The main loop: order of callbacks in a slice, ways to end a run, errors and progress."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from pylean import AlgorithmError
from pylean.api.AlgorithmImports import EquityFillModel, OrderStatus, QCAlgorithm, Resolution, TradeBarConsolidator
from pylean.storage import StorageError

MONDAY, TUESDAY = date(2025, 6, 2), date(2025, 6, 3)


class Daily(QCAlgorithm):
    """Monday and Tuesday of AAA."""

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(TUESDAY)
        self.aaa = self.add_equity("AAA").symbol
        self.journal: list[Any] = []
        self.slices = 0

    def on_data(self, data: Any) -> None:
        self.slices += 1


@pytest.fixture
def two_days(market: Any) -> None:
    market.session("AAA", MONDAY, 10)
    market.session("AAA", TUESDAY, 10)


class Recording(Daily):
    """Writes down every callback of 10:00, when everything happens at once, and the ones around the run."""

    def initialize(self) -> None:
        super().initialize()
        self.note("initialize")
        self.consolidate("AAA", timedelta(minutes=30), lambda bar: self.note("consolidated"))
        self.schedule.on(self.date_rules.every_day("AAA"), self.time_rules.at(10, 0), lambda: self.note("scheduled"))
        self.schedule.on(self.date_rules.every_day("AAA"), self.time_rules.at(9, 59, 30), lambda: self.note("late"))

    def note(self, text: str) -> None:
        self.journal.append((self.time.strftime("%d %H:%M:%S"), text))

    def on_warmup_finished(self) -> None:
        self.note("warm-up finished")

    def on_securities_changed(self, changes: Any) -> None:
        self.note(f"added {changes.added_securities[0].symbol}")

    def on_data(self, data: Any) -> None:
        super().on_data(data)
        if self.time.strftime("%d %H:%M") == "02 09:59":
            self.limit_order("AAA", 5, 11)
            self.note("limit order")
        if self.time.strftime("%d %H:%M") == "02 10:00":
            self.market_order("AAA", 1)
            self.note("data")

    def on_order_event(self, order_event: Any) -> None:
        self.note(f"order {order_event.order_id} {order_event.status.name}")

    def on_end_of_day(self, symbol: Any) -> None:
        self.note(f"end of day {symbol}")

    def on_end_of_algorithm(self) -> None:
        self.note("end")


@pytest.mark.usefixtures("two_days")
class TestOrder:
    def test_everything_of_one_moment_in_lean_s_order(self, run_algorithm: Any) -> None:
        journal = run_algorithm(Recording).algorithm.journal
        assert journal[:4] == [
            ("02 00:00:00", "initialize"),
            ("02 00:00:00", "warm-up finished"),
            ("02 00:00:00", "added AAA"),
            ("02 09:59:00", "order 1 SUBMITTED"),
        ]
        moment = journal[4:]
        assert moment[:8] == [
            ("02 09:59:00", "limit order"),
            ("02 09:59:30", "late"),
            ("02 10:00:00", "order 1 FILLED"),
            ("02 10:00:00", "scheduled"),
            ("02 10:00:00", "consolidated"),
            ("02 10:00:00", "order 2 SUBMITTED"),
            ("02 10:00:00", "order 2 FILLED"),
            ("02 10:00:00", "data"),
        ]
        assert moment[-1] == ("03 16:00:00", "end")

    def test_end_of_day_comes_ten_minutes_before_each_close(self, run_algorithm: Any) -> None:
        journal = run_algorithm(Recording).algorithm.journal
        assert [when for when, what in journal if what == "end of day AAA"] == ["02 15:50:00", "03 15:50:00"]

    def test_end_of_day_without_a_symbol_comes_before_midnight(self, run_algorithm: Any) -> None:
        class Old(Daily):
            def on_end_of_day(self) -> None:
                self.journal.append(self.time)

        ends = run_algorithm(Old).algorithm.journal
        assert ends == [datetime(2025, 6, 2, 23, 58)]

    def test_orders_of_on_data_are_scanned_again_on_the_same_bar(self, run_algorithm: Any) -> None:
        """An order of a scheduled event is offered the bar after on_data, unless it was sent at this very moment."""

        class Late(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.schedule.on(
                    self.date_rules.on(2025, 6, 2),
                    self.time_rules.at(9, 59, 30),
                    lambda: self.limit_order("AAA", 1, 11),
                )

            def on_order_event(self, order_event: Any) -> None:
                self.journal.append((self.time.strftime("%H:%M:%S"), order_event.status.name))

        assert run_algorithm(Late).algorithm.journal == [("09:59:30", "SUBMITTED"), ("10:00:00", "FILLED")]

    def test_two_symbols_are_consolidated_by_ticker_then_by_creation(self, market: Any, run_algorithm: Any) -> None:
        market.session("BBB", MONDAY, 20)

        class Two(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.add_equity("BBB")
                for ticker in ("BBB", "AAA"):
                    for name, period in (("counted", 30), ("timed", timedelta(minutes=30)), ("single", 1)):
                        consolidator = TradeBarConsolidator(period)
                        consolidator.data_consolidated += self.write(ticker, name)
                        self.subscription_manager.add_consolidator(ticker, consolidator)

            def write(self, ticker: str, name: str) -> Any:
                return lambda sender, bar: self.journal.append((self.time.strftime("%d %H:%M"), ticker, name))

        journal = run_algorithm(Two).algorithm.journal
        assert [entry[1:] for entry in journal if entry[0] == "02 10:00"] == [
            ("AAA", "counted"),
            ("AAA", "timed"),
            ("AAA", "single"),
            ("BBB", "counted"),
            ("BBB", "timed"),
            ("BBB", "single"),
        ]


@pytest.mark.usefixtures("two_days")
class TestConsolidatorsOnTheWay:
    def test_one_that_joins_during_the_day_is_fed_from_then_on(self, run_algorithm: Any) -> None:
        class Joining(Daily):
            def on_data(self, data: Any) -> None:
                super().on_data(data)
                if self.slices == 40:
                    self.consolidate("AAA", timedelta(minutes=5), self.journal.append)

        bars = run_algorithm(Joining).algorithm.journal
        assert [bar.end_time.strftime("%H:%M") for bar in bars[:2]] == ["10:15", "10:20"]
        assert [bar.volume for bar in bars[:2]] == [500, 500]
        assert len(bars) == 70 + 78

    def test_one_that_leaves_during_the_day_delivers_nothing_more(self, run_algorithm: Any) -> None:
        class Leaving(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.half_hours = self.consolidate(
                    "AAA", timedelta(minutes=30), lambda bar: self.journal.append("time")
                )
                self.counted = TradeBarConsolidator(30)
                self.counted.data_consolidated += lambda sender, bar: self.journal.append("count")
                self.subscription_manager.add_consolidator("AAA", self.counted)

            def on_data(self, data: Any) -> None:
                super().on_data(data)
                if self.slices == 40:
                    self.subscription_manager.remove_consolidator("AAA", self.half_hours)
                if self.slices == 70:
                    self.subscription_manager.remove_consolidator("AAA", self.counted)

        assert run_algorithm(Leaving).algorithm.journal == ["time", "count", "count"]

    def test_a_bar_whose_end_brings_no_data_is_emitted_at_its_end(self, market: Any, run_algorithm: Any) -> None:
        market.trades("BBB", MONDAY, {"09:30": 1, "10:07": 2, "15:57": 3})

        class Sparse(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.add_equity("BBB", fill_forward=False)
                self.consolidate("BBB", timedelta(minutes=5), self.write)
                self.consolidate("BBB", Resolution.DAILY, self.write)

            def write(self, bar: Any) -> None:
                self.journal.append((self.time.strftime("%d %H:%M"), bar.end_time.strftime("%d %H:%M"), bar.close))

        assert run_algorithm(Sparse).algorithm.journal == [
            ("02 09:35", "02 09:35", 1),
            ("02 10:10", "02 10:10", 2),
            ("02 16:00", "02 16:00", 3),
            ("02 16:00", "02 16:00", 3),
        ]


@pytest.mark.usefixtures("two_days")
class TestEndings:
    def test_a_run_that_goes_to_its_end(self, run_algorithm: Any) -> None:
        ran = run_algorithm(Daily)
        assert ran.algorithm.slices == 780
        assert ran.outcome.total_data_points == 781
        assert ran.outcome.stopped_at is None
        assert ran.observer.is_started
        assert [warning.code for warning in ran.outcome.warnings] == ["NO_TRADES"]

    def test_quit_ends_before_the_next_slice(self, run_algorithm: Any) -> None:
        class Quitting(Daily):
            def on_data(self, data: Any) -> None:
                super().on_data(data)
                if self.slices == 100:
                    self.quit("enough")

        ran = run_algorithm(Quitting)
        assert ran.algorithm.slices == 100
        assert ran.outcome.stopped_at == datetime(2025, 6, 2, 15, 10)
        assert ran.outcome.data_points == 101

    def test_quit_in_a_scheduled_event_spares_on_data(self, run_algorithm: Any) -> None:
        class Quitting(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.schedule.on(self.date_rules.on(2025, 6, 2), self.time_rules.at(10, 0), self.quit)

        ran = run_algorithm(Quitting)
        assert ran.algorithm.slices == 29
        assert ran.outcome.data_points == 31

    def test_quit_in_initialize_runs_nothing(self, run_algorithm: Any) -> None:
        class Quitting(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.quit()

            def on_end_of_algorithm(self) -> None:
                self.journal.append("end")

        ran = run_algorithm(Quitting)
        assert (ran.algorithm.slices, ran.outcome.data_points, ran.algorithm.journal) == (0, 0, ["end"])
        assert ran.outcome.statistics["Total Orders"] == "0"

    def test_a_stop_from_outside_keeps_what_there_is(self, run_algorithm: Any) -> None:
        from_outside: Any = None

        class Trading(Daily):
            def on_data(self, data: Any) -> None:
                super().on_data(data)
                if self.slices == 10:
                    self.market_order("AAA", 5)
                if self.slices == 400:
                    from_outside.stop_requested = True

        class Watcher:
            stop_requested = False

            def __getattr__(self, name: str) -> Any:
                return lambda *arguments: None

        from_outside = Watcher()
        ran = run_algorithm(Trading, from_outside)
        assert ran.algorithm.slices == 400
        assert ran.outcome.stopped_at == datetime(2025, 6, 3, 13, 40)
        assert ran.outcome.orders == 1
        assert ran.outcome.data_points == 401
        assert ran.summary["state"]["Status"] == "Stopped"
        assert ran.summary["statistics"]["Total Orders"] == "1"
        assert len(ran.read("-order-events.json")) == 2

    def test_rejected_orders_are_a_warning(self, run_algorithm: Any) -> None:
        class Greedy(Daily):
            def on_data(self, data: Any) -> None:
                if not self.transactions.orders_count:
                    self.market_order("AAA", 10**6)
                    self.market_order("AAA", 1)

        (warning,) = run_algorithm(Greedy).outcome.warnings
        assert (warning.code, warning.text) == ("REJECTED_ORDERS", "1 orders were rejected: 1 (AAA)")


def fail(*arguments: Any) -> Any:
    raise ZeroDivisionError("by hand")


class BadFill(EquityFillModel):
    def limit_fill(self, asset: Any, order: Any) -> Any:
        return fail()


@pytest.mark.usefixtures("two_days")
class TestErrors:
    """What the algorithm raises ends the run as AlgorithmError, with the event it was in and the simulated time."""

    OPENING = datetime(2025, 6, 2, 4)
    FIRST = datetime(2025, 6, 2, 13, 31)

    @pytest.mark.parametrize(
        ("members", "where", "utc"),
        [
            ({"initialize": fail}, "initialize", datetime(1998, 1, 1, 5)),
            ({"on_warmup_finished": fail}, "on_warmup_finished", OPENING),
            ({"on_securities_changed": fail}, "on_securities_changed", OPENING),
            ({"on_data": fail}, "on_data", FIRST),
            ({"OnData": fail}, "on_data", FIRST),
            ({"on_end_of_algorithm": fail}, "on_end_of_algorithm", datetime(2025, 6, 3, 20)),
            ({"on_end_of_day": lambda self, symbol: fail()}, "a scheduled event", datetime(2025, 6, 2, 19, 50)),
        ],
    )
    def test_in_an_event(self, run_algorithm: Any, members: Any, where: str, utc: datetime) -> None:
        with pytest.raises(AlgorithmError) as info:
            run_algorithm(type("Failing", (Daily,), members))
        assert (info.value.where, info.value.utc) == (where, utc)
        assert isinstance(info.value.__cause__, ZeroDivisionError)
        assert str(info.value) == f"the algorithm failed in {where}: ZeroDivisionError: by hand"

    def test_in_an_order_event_of_on_data(self, run_algorithm: Any) -> None:
        class Failing(Daily):
            def on_data(self, data: Any) -> None:
                self.market_order("AAA", 1)

            def on_order_event(self, order_event: Any) -> None:
                fail()

        with pytest.raises(AlgorithmError) as info:
            run_algorithm(Failing)
        assert info.value.where == "on_order_event"
        assert isinstance(info.value.__cause__, ZeroDivisionError)

    @pytest.mark.parametrize("period", [1, 7, timedelta(minutes=30)])
    def test_in_a_consolidator_s_handler(self, run_algorithm: Any, period: Any) -> None:
        class Failing(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.consolidate("AAA", period, fail)

        with pytest.raises(AlgorithmError) as info:
            run_algorithm(Failing)
        assert info.value.where == "a consolidator's handler"

    def test_in_a_fill_model_leaves_the_order_as_it_is(self, run_algorithm: Any) -> None:
        class Failing(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.securities["AAA"].set_fill_model(BadFill())

            def on_data(self, data: Any) -> None:
                if not self.transactions.orders_count:
                    self.limit_order("AAA", 1, 5)

        ran = run_algorithm(Failing)
        text = "Order Error: id: 1, Transaction model failed to fill for order type: Limit with error:"
        assert any(line.startswith(text) for level, line in ran.observer.lines if level == "error")
        assert ran.algorithm.transactions.get_order_ticket(1).status is OrderStatus.SUBMITTED

    def test_an_end_before_the_start(self, run_algorithm: Any) -> None:
        class Backwards(Daily):
            def initialize(self) -> None:
                super().initialize()
                self.set_end_date(2025, 6, 1)

        with pytest.raises(AlgorithmError, match="the end date 2025-06-01 lies before the start date 2025-06-02"):
            run_algorithm(Backwards)

    def test_damaged_data_are_no_fault_of_the_algorithm(self, market: Any, run_algorithm: Any) -> None:
        from pylean.storage import Resolution as Bars

        market.store.paths.bars(Bars.MINUTE, "AAA", TUESDAY).write_bytes(b"no zip")
        with pytest.raises(StorageError):
            run_algorithm(Daily)


class TestProgress:
    def test_it_rises_from_simulated_time_and_is_complete_only_at_the_end(
        self, market: Any, run_algorithm: Any, two_days: None
    ) -> None:
        class Slow(Daily):
            def on_data(self, data: Any) -> None:
                super().on_data(data)
                if self.slices % 50 == 0:
                    time.sleep(0.06)
                if self.slices == 100:
                    self.market_order("AAA", 5)

        ran = run_algorithm(Slow)
        reports = ran.observer.reports
        percents = [report.percent for report in reports]
        assert len(reports) >= 3
        assert all(earlier <= later for earlier, later in pairwise(percents))
        assert all(percent < 100 for percent in percents[:-1])
        assert percents[-1] == 100
        assert all(earlier.utc <= later.utc for earlier, later in pairwise(reports))
        assert reports[-1].processed_data_points == 781 == ran.outcome.data_points
        assert reports[-1].orders == 1
        assert all(report.total_data_points >= report.processed_data_points for report in reports)
        assert reports[-1].equity == Decimal(99_999)

    def test_a_stopped_run_never_says_it_is_complete(self, run_algorithm: Any, two_days: None) -> None:
        class Quitting(Daily):
            def on_data(self, data: Any) -> None:
                self.quit()

        assert max(report.percent for report in run_algorithm(Quitting).observer.reports) < 100


def test_observers_see_every_order_event(run_algorithm: Any, two_days: None) -> None:
    class Trading(Daily):
        def on_data(self, data: Any) -> None:
            if not self.portfolio.invested:
                self.market_order("AAA", 5)

    events = run_algorithm(Trading).observer.events
    assert [(event.order_id, event.status) for event in events] == [(1, OrderStatus.SUBMITTED), (1, OrderStatus.FILLED)]
    assert (events[1].fill_price, events[1].fill_quantity, events[1].fee) == (10, 5, 1)
