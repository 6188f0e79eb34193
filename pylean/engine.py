"""The main loop: one slice after the other, in the order of Lean's AlgorithmManager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from pylean.account import AccountView
from pylean.benchmarks import Benchmark, SecurityBenchmark
from pylean.clock import from_ms, to_ms
from pylean.consolidators.scans import ConsolidatorScans
from pylean.corporate_actions import CorporateActionHandler
from pylean.delivery import DeliveryPlan
from pylean.end_of_day import EndOfDayEvents
from pylean.feed.series import TradeSeries
from pylean.feed.slice import Slice
from pylean.feed.stream import DataStream
from pylean.feed.timeline import Timeline
from pylean.hourly_models import HourlyModels
from pylean.job import AlgorithmError, Observer
from pylean.margin_call import confirmed_by
from pylean.missing_names import explained
from pylean.progress import ProgressReporter
from pylean.results import OrderEventRecord, ResultCollector, ResultSettings
from pylean.securities.data_filter import data_filter_of
from pylean.securities.foreign_model import adopt_model
from pylean.slice_tracker import SliceTracker
from pylean.storage import StorageError
from pylean.universes.selection import SelectionOutcome, UniverseSelection
from pylean.volatility_updates import VolatilityUpdates
from pylean.warm_up import stream_start_ms

if TYPE_CHECKING:
    from decimal import Decimal

    from pylean.algorithm import QCAlgorithm, Run, SecurityChanges
    from pylean.consolidators.base import DataConsolidator
    from pylean.feed.corporate_actions import CorporateAction
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.orders.events import OrderEvent
    from pylean.orders.ticket import OrderTicket
    from pylean.results import LeanVersion

__all__ = ["Engine"]

_MARGIN_CHECK_MS = 5 * 60_000
_NOTHING: tuple[CorporateAction, ...] = ()


class Engine:
    """Runs an initialized algorithm over its days. After ``run`` the results are in ``collector``."""

    def __init__(self, algorithm: QCAlgorithm, run: Run, observer: Observer, lean_version: LeanVersion) -> None:
        self._algorithm = algorithm
        self._run = run
        self._observer = observer
        self._clock = run.clock
        self._portfolio = algorithm.portfolio
        self._handler = run.handler
        self._events = run.events
        self._framework = run.framework
        account = AccountView(algorithm.portfolio)
        settings = ResultSettings(
            start_date=run.start,
            end_date=run.end,
            start_utc=from_ms(run.start_utc_ms),
            risk_free_rate=lambda day: algorithm.risk_free_interest_rate_model.decimal_rate(
                datetime.combine(day, time())
            ),
            lean_version=lean_version,
            trading_days_per_year=algorithm.settings.trading_days_per_year,
        )
        start_ms = stream_start_ms(algorithm, run)
        self._is_warming_up = start_ms < run.start_utc_ms
        self.collector = ResultCollector(settings, account, warming_up=self._is_warming_up, additions=run.additions)
        run.statistics = lambda: self.collector.results(self._handler.orders.values()).statistics
        if run.benchmark is None:
            chosen = algorithm.brokerage_model.get_benchmark(algorithm.securities)
            run.benchmark = adopt_model(chosen, Benchmark, ("evaluate",))
        self._benchmark = run.benchmark
        warm_up_resolution = None if run.warm_up is None else run.warm_up.resolution
        self._stream = DataStream(run.market, run.hours, start_ms, run.start, run.end, warm_up_resolution)
        self._stream.filter_of = partial(data_filter_of, algorithm.securities)
        self._selection = UniverseSelection(algorithm, run, self._stream)
        self._actions = CorporateActionHandler(algorithm, run.handler, self.collector)
        self._hourly = HourlyModels(algorithm.portfolio, run.clock)
        self._volatility = VolatilityUpdates(algorithm.portfolio)
        self._end_of_day = EndOfDayEvents(algorithm, run)
        self._progress = ProgressReporter(observer, run.clock, start_ms, run.to_utc_ms(run.end_local_ms))
        self._tracker = SliceTracker(algorithm.portfolio, self.collector)
        self._portfolio.tell_before_change(self._tracker.catch_up)
        self._portfolio.on_profit = self.collector.record_profit
        self._handler.on_event = self._on_order_event
        self._handler.on_error = lambda text: run.log("error", text)
        self._scans = ConsolidatorScans(run)
        self._deliveries: DeliveryPlan | None = None
        algorithm.subscription_manager.on_added = self._on_consolidator_added
        algorithm.subscription_manager.on_removed = self._on_consolidator_removed
        self._next_sample_ms = to_ms(self.collector.next_due_utc)
        self._next_margin_check_ms = 0
        self._expected_points = 1
        self.data_points = 0
        self.stopped_early = False
        run.move_to(start_ms)

    def run(self) -> None:
        """Every slice from the start to the end, then the end of the algorithm and the last samples.

        Raises AlgorithmError when the algorithm raises; errors of stored data pass through.
        """
        self._schedule_daily_sampling()
        self._end_of_day.start()
        if not self._is_warming_up:
            self._call("on_warmup_finished", self._algorithm.on_warmup_finished)
        self._observer.started()
        if self._must_stop():
            self.stopped_early = True
        else:
            self._run_stretches()
        self._call("on_end_of_algorithm", self._algorithm.on_end_of_algorithm)
        self._tracker.catch_up()
        self.collector.finish(self._clock.utc, self._benchmark_price(), self._tracker.last_bars())
        self._report(at_end=not self.stopped_early)

    # ------------------------------------------------------------------------------------------- stretches and slices

    def _run_stretches(self) -> None:
        self._selection.start()
        benchmark = self._run.benchmark_subscription()
        if benchmark is not None:
            self._stream.add_benchmark(benchmark)
        timeline = self._stream.advance()
        self._expected_points = max(1, self._stream.expected_points())
        self.data_points += self._stream.opening_points
        while timeline is not None and self._run_stretch(timeline):
            timeline = self._stream.advance()

    def _run_stretch(self, timeline: Timeline) -> bool:
        """The slices of a stretch; where subscriptions come or go, the rest of it is laid out again.

        False when the run is to end before the next one.
        """
        self._open(timeline)
        counted = self.data_points
        index, end = 0, len(timeline)
        universes = self._algorithm.universe_manager
        while index < end:
            if self._must_stop():
                self.stopped_early = True
                break
            changes: SecurityChanges | None = None
            is_tick_late = False
            if index in timeline.selections or index in timeline.actions:
                outcome = self._before_slice(timeline, index)
                if outcome.has_new_subscriptions:
                    self.data_points = counted = counted + timeline.points_before(index)
                    timeline = self._lay_out_rest(timeline.utc_ms[index])
                    index, end = 0, len(timeline)
                self.data_points = counted = counted + outcome.points
                changes = outcome.changes()
                is_tick_late = self._clock.is_tick_late = outcome.is_tick_late
            self._run_slice(timeline, index, changes)
            if is_tick_late:
                self._clock.is_tick_late = False
            index += 1
            if universes.is_changed:
                self.data_points = counted = counted + timeline.points_before(index)
                timeline = self._end_time_step()
                counted = self.data_points
                index, end = 0, len(timeline)
            if monotonic() >= self._progress.next_s:
                self.data_points = counted + timeline.points_before(index)
                self._report()
        self.data_points = counted + timeline.points_before(index)
        return not self.stopped_early

    def _before_slice(self, timeline: Timeline, index: int) -> SelectionOutcome:
        """Universe selections of the moment, and securities whose last moment it is."""
        utc_ms = timeline.utc_ms[index]
        outcome = SelectionOutcome()
        universes = timeline.selections.get(index)
        if universes:
            outcome.is_tick_late = all(universe.is_tick_late for universe in universes)
            self._pulse(utc_ms, timeline.local_ms[index])
            self._call("universe selection", lambda: self._selection.select(universes, utc_ms, outcome))
            self._stream.selection_done(utc_ms)
            self._run.has_benchmark_feed = True
        for delisting in self._actions.delisted(timeline.actions.get(index, _NOTHING)):
            self._selection.delist(delisting.symbol, outcome)
        return outcome

    def _end_time_step(self) -> Timeline:
        """What the algorithm added and removed by hand: a slice of its own at the same moment, if it has to select, and
        another for what the algorithm changes in that."""
        utc_ms, local_ms = self._clock.utc_ms, self._clock.local_ms
        universes = self._algorithm.universe_manager
        while universes.is_changed:
            outcome = self._selection.end_time_step()
            if outcome is not None:
                self.data_points += outcome.points
                bare = Timeline.empty(utc_ms, local_ms)
                self._deliveries = DeliveryPlan(bare, self._scans, self._deliveries)
                self._run_slice(bare, 0, outcome.changes())
        return self._lay_out_rest(utc_ms + 1)

    def _lay_out_rest(self, utc_ms: int) -> Timeline:
        timeline = self._stream.lay_out_rest(utc_ms)
        self._open(timeline, self._deliveries)
        return timeline

    def _open(self, timeline: Timeline, earlier: DeliveryPlan | None = None) -> None:
        """Hand a stretch's series to the securities and plan what consolidators will deliver."""
        self._tracker.open(timeline)
        self._volatility.open()
        securities = self._portfolio.securities
        for symbol, (trades, _) in timeline.trades.items():
            securities[symbol].cache.open_trades(trades)
        for symbol, (quotes, _) in timeline.quotes.items():
            securities[symbol].cache.open_quotes(quotes)
        if isinstance(self._benchmark, SecurityBenchmark):
            for group in timeline.groups:
                for series in group.members:
                    if series.config.is_internal_feed and isinstance(series, TradeSeries):
                        self._benchmark.cache.open_trades(series)
        self._deliveries = DeliveryPlan(timeline, self._scans, earlier)

    def _run_slice(  # noqa: C901, PLR0912, PLR0915 - one branch for each step of Lean's list
        self, timeline: Timeline, index: int, changes: SecurityChanges | None
    ) -> None:
        """One slice, step by step in Lean's order."""
        handler, events, tracker, framework = self._handler, self._events, self._tracker, self._framework
        utc_ms = timeline.utc_ms[index]
        if self._is_warming_up:
            self._end_warm_up(utc_ms)
        if events.next_ms < utc_ms or self._scans.next_ms < utc_ms:
            self._catch_up(utc_ms)
        self._clock.set(utc_ms, timeline.local_ms[index])
        if changes is not None:
            self._end_of_day.on_securities_changed(changes)
        for group in timeline.groups:
            point = index if group.index_at is None else group.index_at[index]
            if point >= 0:
                group.cursor.index = point
        actions = timeline.actions.get(index, _NOTHING)
        if self._volatility.is_needed:
            self._call("a volatility model", partial(self._volatility.update, timeline, index))
        tracker.priced = index + 1
        if utc_ms >= self._hourly.next_ms:
            self._call("the interest and settlement models", partial(self._hourly.scan, utc_ms))
        if self._is_warming_up and utc_ms >= self._run.start_utc_ms:
            self._finish_warm_up()
        if actions:
            self._before_fills(Slice(timeline, index), actions)
        if handler.has_work:
            self._call("the order models", handler.process)
        if actions:
            self._close_delisted(actions)
        if events.next_ms <= utc_ms:
            self._call("a scheduled event", partial(events.fire_due, utc_ms))
        if self._run.stop_reason is not None:
            return
        if utc_ms >= self._next_margin_check_ms:
            self._call("the order models", partial(self._check_margin, utc_ms))
        if changes is not None:
            self._tell_changes(changes)
        if actions:
            self._actions.apply(actions)
        due = self._deliveries.at(index) if self._deliveries is not None else None
        if due is not None:
            self._call("a consolidator's handler", due)
        if actions:
            self._tell_actions(Slice(timeline, index))
        if timeline.has_data[index]:
            try:
                self._algorithm.on_data(Slice(timeline, index))
            except (AlgorithmError, StorageError):
                raise
            except Exception as error:
                error = explained(error)
                raise AlgorithmError("on_data", self._clock.utc, error) from error
        if framework.is_active:
            self._call("the framework", partial(framework.on_data, Slice(timeline, index)))
        if handler.has_work:
            self._call("the order models", handler.process)
        if utc_ms >= self._next_sample_ms:
            self._call("the order models", self._sample)
        tracker.finished = index + 1

    def _must_stop(self) -> bool:
        if self._observer.stop_requested or self._run.stop_reason is not None:
            return True
        if self._portfolio.is_worthless:
            self._run.log("error", "the portfolio value has fallen to zero or below: the run ends here")
            return True
        return False

    # --------------------------------------------------------------------------------------------- steps of the list

    def _pulse(self, utc_ms: int, local_ms: int) -> None:
        """Bring the time up to a moment before its selections."""
        if self._is_warming_up:
            self._end_warm_up(utc_ms)
        self._catch_up(utc_ms)
        self._clock.set(utc_ms, local_ms)
        if self._is_warming_up and utc_ms >= self._run.start_utc_ms:
            self._finish_warm_up()

    def _end_warm_up(self, utc_ms: int) -> None:
        """If no slice falls on the start date's first moment, warm-up ends there all the same."""
        start_ms = self._run.start_utc_ms
        if utc_ms > start_ms:
            self._catch_up(start_ms)
            self._run.move_to(start_ms)
            self._finish_warm_up()

    def _finish_warm_up(self) -> None:
        self._is_warming_up = False
        self.collector.on_warmup_finished()
        self._next_sample_ms = to_ms(self.collector.next_due_utc)
        self._call("on_warmup_finished", self._algorithm.on_warmup_finished)
        self._run.log("debug", "Algorithm finished warming up.")

    def _catch_up(self, utc_ms: int) -> None:
        """Events, then ends of consolidated bars, that fell into the time without data, each at its own time."""
        if self._events.next_ms < utc_ms:
            self._call("a scheduled event", partial(self._events.fire_past, utc_ms, self._run.move_to))
        if self._scans.next_ms < utc_ms:
            self._call("a consolidator's handler", partial(self._scans.scan_past, utc_ms))

    def _before_fills(self, slice: Slice, actions: tuple[CorporateAction, ...] | list[CorporateAction]) -> None:
        if slice.symbol_changed_events.count:
            changed = slice.symbol_changed_events
            self._call("on_symbol_changed_events", lambda: self._algorithm.on_symbol_changed_events(changed))
        self._actions.cancel_renamed(actions)

    def _close_delisted(self, actions: tuple[CorporateAction, ...] | list[CorporateAction]) -> None:
        for delisting in self._actions.delisted(actions):
            self._call("the order models", partial(self._actions.close_position, delisting))
            self._selection.forget(delisting.symbol)

    def _tell_changes(self, changes: SecurityChanges) -> None:
        self._call("on_securities_changed", lambda: self._algorithm.on_securities_changed(changes))
        self._call("the framework", lambda: self._framework.on_securities_changed(changes))

    def _tell_actions(self, slice: Slice) -> None:
        algorithm = self._algorithm
        if slice.splits.count:
            self._call("on_splits", lambda: algorithm.on_splits(slice.splits))
        if slice.dividends.count:
            self._call("on_dividends", lambda: algorithm.on_dividends(slice.dividends))
        if slice.delistings.count:
            self._call("on_delistings", lambda: algorithm.on_delistings(slice.delistings))

    def _check_margin(self, utc_ms: int) -> None:
        self._next_margin_check_ms = utc_ms + _MARGIN_CHECK_MS
        if not self._portfolio.held:
            return
        algorithm, portfolio = self._algorithm, self._portfolio
        model = portfolio.margin_call_model
        orders, warn = model.get_margin_call_orders(False)
        executed: list[OrderTicket] = []
        if orders and all(portfolio.securities[order.symbol].exchange.exchange_open for order in orders):

            def call() -> None:
                executed.extend(model.execute_margin_call(confirmed_by(algorithm, orders)))

            self._call("on_margin_call", call)
            for ticket in executed:
                text = f"Quantity: {ticket.quantity:g} @ {ticket.average_fill_price:g}"
                self._run.log("error", f"{algorithm.time} - Executed MarginCallOrder: {ticket.symbol} - {text}")
        if warn and not executed:
            self._call("on_margin_call_warning", algorithm.on_margin_call_warning)

    def _sample(self) -> None:
        self._tracker.finish_slice()
        self.collector.on_slice(self._clock.utc)
        self._next_sample_ms = to_ms(self.collector.next_due_utc)

    def _schedule_daily_sampling(self) -> None:
        def sample() -> None:
            self._tracker.catch_up()
            self.collector.sample_day(self._clock.utc, self._benchmark_price())
            self._next_sample_ms = to_ms(self.collector.next_due_utc)

        rules = self._algorithm
        self._algorithm.schedule.add("Daily Sampling", rules.date_rules.every_day(), rules.time_rules.midnight, sample)

    def _benchmark_price(self) -> Decimal:
        return self._benchmark.decimal_value(self._clock.utc)

    # ------------------------------------------------------------------------------------------------- what comes back

    def _on_consolidator_added(self, config: SubscriptionDataConfig, consolidator: DataConsolidator) -> None:
        if self._deliveries is not None:
            self._deliveries.add(config, consolidator)

    def _on_consolidator_removed(self, consolidator: DataConsolidator) -> None:
        if self._deliveries is not None:
            self._deliveries.remove(consolidator)

    def _on_order_event(self, event: OrderEvent) -> None:
        record = _record(event)
        self.collector.on_order_event(record)
        self._next_sample_ms = to_ms(self.collector.next_due_utc)
        self._observer.order_event(record)
        if self._framework.is_active:
            self._call("the framework", lambda: self._framework.on_order_event(event))
        self._call("on_order_event", lambda: self._algorithm.on_order_event(event))

    def _call(self, where: str, callback: Callable[[], Any]) -> None:
        """Run the algorithm's code; what it raises names the event it was in."""
        try:
            callback()
        except (AlgorithmError, StorageError):
            raise
        except Exception as error:
            error = explained(error)
            raise AlgorithmError(where, self._clock.utc, error) from error

    def _report(self, *, at_end: bool = False) -> None:
        self._progress.report(
            self.data_points,
            self._expected_points,
            len(self._handler.orders),
            len(self.collector.trades.closed_trades),
            lambda: self._portfolio.decimal_total_portfolio_value,
            at_end=at_end,
        )


def _record(event: OrderEvent) -> OrderEventRecord:
    fee = event.order_fee.value.decimal_amount
    return OrderEventRecord(
        order_id=event.order_id,
        event_id=event.id,
        symbol=event.symbol,
        utc=event.utc_time,
        status=event.status,
        direction=event.direction,
        quantity=event.decimal_quantity,
        fill_price=event.decimal_fill_price,
        fill_quantity=event.decimal_fill_quantity,
        fee=fee or None,
        message=event.message,
        stop_price=event.stop,
        limit_price=event.limit,
        is_assignment=event.is_assignment,
    )
