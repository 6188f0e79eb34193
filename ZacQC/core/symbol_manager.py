"""One symbol's pipeline: bars in, samples, metrics, gates, entries and monitors."""

from __future__ import annotations

from core.engine import Bar, Bars
from core.performance import PerformanceTracker
from core.run_context import RunContext
from core.symbol_state import SymbolState
from core.time_step import TimeStep
from data.data_manager import DataManager
from data.metrics_calculator import MetricsCalculator
from management.rally_detector import RallyDetector
from management.trading_gates import TradingGates
from trading.conditions_checker import ConditionsChecker
from trading.exit_manager import ExitManager
from trading.order_manager import OrderManager

_STALE_AFTER_S = 300.0


class SymbolManager:
    """Owns the parts that belong to one symbol and runs them in order."""

    __slots__ = (
        "_context",
        "_guards_time",
        "_parameters",
        "_risk",
        "_samples_fifteen_seconds",
        "_stale_reported",
        "conditions",
        "data",
        "exits",
        "gates",
        "metrics",
        "orders",
        "rally",
        "state",
    )

    def __init__(self, context: RunContext, state: SymbolState) -> None:
        algorithm = context.algorithm
        parameters = context.parameters
        self._context = context
        self._parameters = parameters
        self._risk = context.risk
        self._guards_time = parameters.guard_time_short_circuit
        self._samples_fifteen_seconds = parameters.fix_rally_bars
        self._stale_reported = False
        self.state = state
        self.data = DataManager(parameters)
        self.metrics = MetricsCalculator(self.data, parameters)
        self.rally = RallyDetector(parameters)
        self.gates = TradingGates(parameters)
        self.conditions = ConditionsChecker(parameters, self.data, self.metrics, self.rally, algorithm.time)
        self.orders = OrderManager(
            algorithm, parameters, state, context.states, self.data, self.metrics, self.conditions
        )
        self.exits = ExitManager(algorithm, parameters, state, self.data, self.conditions, context.new_update_fields)

    def on_fifteen_seconds(self, _sender: object, bar: Bar) -> None:
        """Consolidator handler, before the data event of the same moment."""
        self.data.push(bar)
        if self.state.pending:
            self.orders.trail()
        self._context.has_new_bars = True

    def on_daily(self, bar: Bar) -> None:
        """Consolidator handler at the close."""
        self.data.push_daily(bar)

    def process(self, step: TimeStep, bars: Bars) -> None:
        """Run the pipeline for a new 15-second bar, if the slice has data of the symbol."""
        self.data.new_bar = False
        tracker = self._context.tracker
        if tracker is not None:
            self._process_timed(step, bars, tracker)
        elif self._starts(step):
            bar = bars.get(self.state.symbol)
            if bar is None:
                self._wait_for_data()
                return
            self._sample(step, bar)
            self.metrics.update(bar.close)
            self._act(step, self._may_enter(step))

    def reset_day(self, step: TimeStep) -> None:
        """The reset of 15:59: everything of the day but the exit stamps and the ring."""
        self.state.forget_day()
        self.data.reset_day()
        self.rally.clear()
        self.conditions.reset_day(step.now)
        self.gates.reopen()
        self._stale_reported = False

    def _process_timed(self, step: TimeStep, bars: Bars, tracker: PerformanceTracker) -> None:
        clock = tracker.clock
        begin = clock()
        if not self._starts(step):
            tracker.record_first_stage(self.state.name, clock() - begin)
            return
        bar = bars.get(self.state.symbol)
        if bar is None:
            self._wait_for_data()
            return
        ready = clock()
        self._sample(step, bar)
        sampled = clock()
        self.metrics.update(bar.close)
        measured = clock()
        may_enter = self._may_enter(step)
        gated = clock()
        self._act(step, may_enter)
        tracker.record(self.state.name, step.now, (begin, ready, sampled, measured, gated, clock()))

    def _wait_for_data(self) -> None:
        """Leave the bar for the next second that has data of the symbol."""
        self.data.new_bar = True
        self._context.has_new_bars = True

    def _starts(self, step: TimeStep) -> bool:
        state = self.state
        if self._guards_time and not (step.entry_window or state.open_orders or state.quantity):
            return False
        return self.data.is_ready(step.now)

    def _sample(self, step: TimeStep, bar: Bar) -> None:
        if step.sampled:
            consolidated = self.data.last_bar if self._samples_fifteen_seconds else None
            self.rally.add(step.now, consolidated or bar)

    def _may_enter(self, step: TimeStep) -> bool:
        """The entry filters, in order; those without effect on this bar are not evaluated."""
        gates = self.gates
        risk = self._risk
        can_matter = step.entry_window and (risk.needs_check or self.conditions.may_act())
        if not (can_matter or gates.latches):
            return False
        if not gates.allow(step, self.metrics) or not step.entry_window or not self._is_liquid():
            return False
        if risk.limit_reached or risk.check() or not self._context.may_trade(step):
            return False
        return step.before_flatten and not self._is_stale(step)

    def _act(self, step: TimeStep, may_enter: bool) -> None:
        state = self.state
        if may_enter:
            for condition in self.conditions.evaluate(step.now):
                self.orders.enter(condition, step.now, self._risk.check)
        if state.open_orders:
            self.orders.cancel_too_close()
            self.orders.cancel_out_of_range()
        if state.stops:
            self.exits.ratchet(self.metrics.price)
        if state.clock is not None:
            self.exits.act_on_time(self.metrics.price, step.now)

    def _is_liquid(self) -> bool:
        least = self._parameters.Liquidity_Threshold
        return least <= 0 or self.metrics.liquidity / 1e6 > least

    def _is_stale(self, step: TimeStep) -> bool:
        """Under `fix_stale_data`: whether the symbol has not traded for five minutes; said once a day."""
        if not self._parameters.fix_stale_data:
            return False
        traded = self.data.last_traded
        if traded is not None and (step.now - traded).total_seconds() <= _STALE_AFTER_S:
            return False
        if not self._stale_reported:
            self._stale_reported = True
            self._context.algorithm.error(
                f"{self.state.name}: no trade since {traded}, entries refused; data complete?"
            )
        return True
