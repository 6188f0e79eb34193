"""The main loop: one slice after the other, in the order of Lean's AlgorithmManager."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from pylean.account import AccountView
from pylean.algorithm import SecurityChanges
from pylean.benchmarks import Benchmark, SecurityBenchmark
from pylean.clock import to_ms
from pylean.consolidators.scans import ConsolidatorScans
from pylean.delivery import DeliveryPlan
from pylean.feed.reader import day_start_ms
from pylean.feed.series import TradeSeries
from pylean.feed.slice import Slice
from pylean.feed.stream import DayStream
from pylean.hourly_models import HourlyModels
from pylean.job import AlgorithmError, Observer, ProgressReport
from pylean.margin_call import confirmed_by
from pylean.results import OrderEventRecord, ResultCollector, ResultSettings
from pylean.scheduling.events import ScheduledEvent
from pylean.securities.cache import SecurityCache
from pylean.securities.foreign_model import adopt_model
from pylean.storage import StorageError

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, Run
    from pylean.consolidators.base import DataConsolidator
    from pylean.feed.day import TradingDay
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.orders.events import OrderEvent
    from pylean.orders.ticket import OrderTicket
    from pylean.results import LeanVersion

__all__ = ["Engine"]

_REPORT_INTERVAL_S = 0.25
_MARGIN_CHECK_MS = 5 * 60_000
_SECURITY_END_OF_DAY = timedelta(minutes=10)
_ALGORITHM_END_OF_DAY = time(23, 58)


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
        self._hours = run.hours
        account = AccountView(algorithm.portfolio)
        settings = ResultSettings(
            start_date=run.start,
            end_date=run.end,
            start_utc=self._clock.utc,
            risk_free_rate=lambda day: algorithm.risk_free_interest_rate_model.decimal_rate(
                datetime.combine(day, time())
            ),
            lean_version=lean_version,
            trading_days_per_year=algorithm.settings.trading_days_per_year,
        )
        self.collector = ResultCollector(settings, account, account.current_bar)
        if run.benchmark is None:
            chosen = algorithm.brokerage_model.get_benchmark(algorithm.securities)
            run.benchmark = adopt_model(chosen, Benchmark, ("evaluate",))
        self._benchmark = run.benchmark
        is_security = isinstance(run.benchmark, SecurityBenchmark)
        self._benchmark_bars = run.benchmark.cache if is_security else SecurityCache()
        self._benchmark_config = run.benchmark_subscription()
        self._stream = DayStream(
            run.market,
            self._hours,
            algorithm.subscription_manager.subscriptions,
            self._benchmark_config,
            run.start,
            run.end,
        )
        self._portfolio.on_profit = self.collector.record_profit
        self._handler.on_event = self._on_order_event
        self._handler.on_error = lambda text: run.log("error", text)
        self._scans = ConsolidatorScans(run)
        self._deliveries: DeliveryPlan | None = None
        algorithm.subscription_manager.on_added = self._on_consolidator_added
        algorithm.subscription_manager.on_removed = self._on_consolidator_removed
        self._next_sample_ms = to_ms(self.collector.next_due_utc)
        self._next_margin_check_ms = 0
        self._hourly = HourlyModels(algorithm.portfolio, self._clock)
        self._next_report_s = 0.0
        self._total_points = max(1, self._stream.expected_points())
        self._percent = 0.0
        self.data_points = 0
        self.stopped_early = False

    def run(self) -> None:
        """Every slice from the start to the end, then the end of the algorithm and the last samples.

        Raises AlgorithmError when the algorithm raises; errors of stored data pass through.
        """
        self._schedule_daily_sampling()
        self._call("on_warmup_finished", self._algorithm.on_warmup_finished)
        self._observer.started()
        if self._must_stop():
            self.stopped_early = True
        else:
            self._run_slices()
        self._call("on_end_of_algorithm", self._algorithm.on_end_of_algorithm)
        self.collector.finish(self._clock.utc, self._benchmark.decimal_value(self._clock.utc))
        if not self.stopped_early:
            self._percent = 100.0
        self._report()

    def _run_slices(self) -> None:
        self._opening_slice()
        trading_days = [session.day for session in self._sessions()]
        for day in self._stream.days():
            self._run_day(day, trading_days.index(day.day) / len(trading_days), 1 / len(trading_days))
            if self.stopped_early:
                break

    def _run_day(self, day: TradingDay, share_before: float, share: float) -> None:
        """The slices of one day. Shares are parts of the whole run, for progress."""
        deliveries = self._deliveries = self._open_day(day)
        points_before = self.data_points
        on_data = self._algorithm.on_data
        for index, utc_ms in enumerate(day.utc_ms):
            if self._must_stop():
                self.stopped_early = True
                self.data_points = points_before + day.points_before(index)
                return
            self._run_slice(day, index, utc_ms, deliveries, on_data)
            if monotonic() >= self._next_report_s:
                done = index / len(day.utc_ms)
                self.data_points = points_before + int(day.points * done)
                self._percent = max(self._percent, min(99.9, 100.0 * (share_before + share * done)))
                self._report()
        self.data_points = points_before + day.points

    def _run_slice(  # noqa: C901, PLR0912 - one branch for each step of Lean's list
        self, day: TradingDay, index: int, utc_ms: int, deliveries: DeliveryPlan, on_data: Callable[[Slice], Any]
    ) -> None:
        """One slice, step by step in Lean's order."""
        handler, events, held = self._handler, self._events, self._portfolio.held
        if events.next_ms < utc_ms or self._scans.next_ms < utc_ms:
            self._catch_up(utc_ms)
        self._clock.set(utc_ms, day.offset_ms)
        for group in day.groups:
            point = index if group.index_at is None else group.index_at[index]
            if point >= 0:
                group.cursor.index = point
        if self.collector.trades.open_symbols:
            self._mark_open_trades(day, index)
        if utc_ms >= self._hourly.next_ms:
            self._call("the interest and settlement models", partial(self._hourly.scan, utc_ms))
        if handler.has_work:
            self._call("the order models", handler.process)
        if events.next_ms <= utc_ms:
            self._fire_due_events(utc_ms)
        if self._run.stop_reason is not None:
            return
        if utc_ms >= self._next_margin_check_ms:
            self._call("the order models", partial(self._check_margin, utc_ms))
        due = deliveries.at(index)
        if due is not None:
            self._call("a consolidator's handler", due)
        if day.has_user_data(index):
            try:
                on_data(Slice(day, index))
            except (AlgorithmError, StorageError):
                raise
            except Exception as error:
                raise AlgorithmError("on_data", self._clock.utc, error) from error
        if self._framework.is_active:
            self._call("the framework", partial(self._framework.on_data, Slice(day, index)))
        if handler.has_work:
            self._call("the order models", handler.process)
        if utc_ms >= self._next_sample_ms or held or self.collector.watched:
            self._call("the order models", self._sample)

    def _must_stop(self) -> bool:
        if self._observer.stop_requested or self._run.stop_reason is not None:
            return True
        portfolio = self._portfolio
        if (portfolio.decimal_total_portfolio_value if portfolio.held else portfolio.decimal_cash) <= 0:
            self._run.log("error", "the portfolio value has fallen to zero or below: the run ends here")
            return True
        return False

    def _opening_slice(self) -> None:
        """The slice at midnight of the start date: securities appear, the benchmark's day before arrives."""
        algorithm = self._algorithm
        has_securities = len(algorithm.securities) > 0
        self.data_points += has_securities
        opening = self._stream.opening_benchmark()
        if opening is not None:
            self._benchmark_bars.open_trades(opening)
            opening.cursor.index = len(opening) - 1
            self.data_points += len(opening)
        self._schedule_end_of_day()
        self._fire_due_events(self._clock.utc_ms)
        if has_securities:
            added = SecurityChanges(algorithm.securities.values(), [])
            self._call("on_securities_changed", lambda: algorithm.on_securities_changed(added))
            self._call("the framework", lambda: self._framework.on_securities_changed(added))
        self._sample()

    def _open_day(self, day: TradingDay) -> DeliveryPlan:
        """Hand the day's series to the securities and plan what consolidators will deliver."""
        securities = self._portfolio.securities
        for symbol, (trades, _) in day.trades.items():
            securities[symbol].cache.open_trades(trades)
        for symbol, (quotes, _) in day.quotes.items():
            securities[symbol].cache.open_quotes(quotes)
        for group in day.groups:
            for series in group.members:
                if series.config.is_internal_feed and isinstance(series, TradeSeries):
                    self._benchmark_bars.open_trades(series)
        session = self._hours.session(day.day)
        assert session is not None, "a laid-out day is a trading day"  # noqa: S101 - an invariant of the stream
        return DeliveryPlan(day, session, self._scans)

    def _on_consolidator_added(self, config: SubscriptionDataConfig, consolidator: DataConsolidator) -> None:
        if self._deliveries is not None:
            self._deliveries.add(config, consolidator)

    def _on_consolidator_removed(self, consolidator: DataConsolidator) -> None:
        if self._deliveries is not None:
            self._deliveries.remove(consolidator)

    def _catch_up(self, utc_ms: int) -> None:
        """Events, then ends of consolidated bars, that fell into the time without data, each at its own time."""
        if self._events.next_ms < utc_ms:
            self._call("a scheduled event", partial(self._events.fire_past, utc_ms, self._run.move_to))
        if self._scans.next_ms < utc_ms:
            self._call("a consolidator's handler", partial(self._scans.scan_past, utc_ms))

    def _fire_due_events(self, utc_ms: int) -> None:
        self._call("a scheduled event", partial(self._events.fire_due, utc_ms))

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

    def _mark_open_trades(self, day: TradingDay, index: int) -> None:
        """Tell the open trades the price, if the slice has anything of their security."""
        for symbol in list(self.collector.trades.open_symbols):
            if not day.has_point_of(symbol, index):
                continue
            price = self._portfolio.securities[symbol].cache.price
            self.collector.trades.set_market_price(symbol, price)

    def _sample(self) -> None:
        self.collector.on_slice(self._clock.utc)
        self._next_sample_ms = to_ms(self.collector.next_due_utc)

    def _schedule_daily_sampling(self) -> None:
        def sample() -> None:
            self.collector.sample_day(self._clock.utc, self._benchmark.decimal_value(self._clock.utc))
            self._next_sample_ms = to_ms(self.collector.next_due_utc)

        rules = self._algorithm
        self._algorithm.schedule.add("Daily Sampling", rules.date_rules.every_day(), rules.time_rules.midnight, sample)

    def _schedule_end_of_day(self) -> None:
        """The algorithm's own ``on_end_of_day``: ten minutes before each security's close, or near midnight."""
        algorithm = self._algorithm
        handler = getattr(type(algorithm), "on_end_of_day", None)
        if handler is None:
            return
        if len(inspect.signature(handler).parameters) < 2:
            moments = (self._local_moment(s.day, _ALGORITHM_END_OF_DAY) for s in self._sessions())
            self._add_event("Algorithm.EndOfDay", moments, partial(handler, algorithm))
            return
        before_ms = _SECURITY_END_OF_DAY // timedelta(milliseconds=1)
        for symbol, security in algorithm.securities.items():
            closes = self._closes(security.is_extended_market_hours, before_ms)
            self._add_event(f"{symbol}.EndOfDay", closes, partial(handler, algorithm, symbol))

    def _closes(self, extended: bool, before_ms: int) -> Iterator[int]:
        """So long before the close of every session of the run, in milliseconds of UTC."""
        for session in self._sessions():
            yield self._run.to_utc_ms(day_start_ms(session.day) + session.span(extended)[1] * 1000 - before_ms)

    def _sessions(self) -> list[Any]:
        return self._hours.sessions(self._run.start, self._run.end)

    def _local_moment(self, day: Any, moment: time) -> int:
        return self._run.to_utc_ms(to_ms(datetime.combine(day, moment)))

    def _add_event(self, name: str, moments: Iterator[int], callback: Callable[[], Any]) -> None:
        self._events.add(ScheduledEvent(name, moments, callback), self._clock.utc_ms)

    def _on_order_event(self, event: OrderEvent) -> None:
        record = _record(event)
        self.collector.on_order_event(record)
        self._observer.order_event(record)
        self._call("the framework", lambda: self._framework.on_order_event(event))
        self._call("on_order_event", lambda: self._algorithm.on_order_event(event))

    def _call(self, where: str, callback: Callable[[], Any]) -> None:
        """Run the algorithm's code; what it raises names the event it was in."""
        try:
            callback()
        except (AlgorithmError, StorageError):
            raise
        except Exception as error:
            raise AlgorithmError(where, self._clock.utc, error) from error

    def _report(self) -> None:
        self._next_report_s = monotonic() + _REPORT_INTERVAL_S
        self._observer.progress(
            ProgressReport(
                percent=self._percent,
                utc=self._clock.utc,
                processed_data_points=self.data_points,
                total_data_points=max(self._total_points, self.data_points),
                orders=len(self._handler.orders),
                trades=len(self.collector.trades.closed_trades),
                equity=self._portfolio.decimal_total_portfolio_value,
            )
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
