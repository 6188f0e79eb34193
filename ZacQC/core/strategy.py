"""The account-wide step: daily limits, the symbols in configured order, order events and the day's schedule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from config.parameters import Parameters
from core.engine import Algorithm, Bars, NewUpdateFields, OrderEvent, Security, Slice, Symbol, known
from core.performance import PerformanceTracker
from core.run_context import RunContext
from core.symbol_manager import SymbolManager
from core.symbol_state import SymbolState
from core.time_step import TimeStep
from management.risk_manager import RiskManager


class Strategy:
    """All symbols of one account. `on_new_day` is called with the first data of each date."""

    def __init__(
        self,
        algorithm: Algorithm,
        parameters: Parameters,
        securities: Sequence[tuple[str, Security]],
        new_update_fields: NewUpdateFields,
        on_new_day: Callable[[], None],
    ) -> None:
        self._algorithm = algorithm
        self._parameters = parameters
        self._on_new_day = on_new_day
        self._next_day = datetime.min
        self._may_be_new_day = True
        self._step = TimeStep(parameters)
        self._errors: Counter[str] = Counter()
        states = [SymbolState(name, security) for name, security in securities]
        tracker = None
        if parameters.Enable_Performance_Report:
            tracker = PerformanceTracker([state.name for state in states], algorithm.log)
        self.risk = RiskManager(algorithm, parameters, states, self._close_all)
        self._context = RunContext(algorithm, parameters, states, self.risk, new_update_fields, tracker)
        self.managers = [SymbolManager(self._context, state) for state in states]
        self._by_symbol: dict[Symbol, SymbolManager] = {manager.state.symbol: manager for manager in self.managers}

    def on_data(self, data: Slice) -> None:
        """One second. Nothing but the daily limits is looked at unless a 15-second bar has ended."""
        if self._may_be_new_day:
            self._look_for_new_day()
        risk = self.risk
        if risk.needs_check:
            risk.check()
        context = self._context
        if not context.has_new_bars:
            return
        context.has_new_bars = False
        self._step.move_to(self._algorithm.time)
        bars = data.bars
        swallows = self._parameters.swallow_pipeline_errors
        for manager in self.managers:
            if manager.data.new_bar and not risk.limit_reached:
                if swallows:
                    self._process_guarded(manager, bars)
                else:
                    manager.process(self._step, bars)

    def on_submitted(self, symbol: Symbol, order_id: int) -> None:
        """An order is resting from now on, until filled, cancelled or refused."""
        state = self._by_symbol[symbol].state
        state.open_orders.add(order_id)
        self._debug(state, order_id, "submitted")

    def on_filled(self, symbol: Symbol, event: OrderEvent) -> None:
        """An order was filled in full."""
        manager = self._by_symbol[symbol]
        manager.state.open_orders.discard(event.order_id)
        self._debug(manager.state, event.order_id, f"filled at {event.fill_price}")
        self.risk.on_filled()
        manager.exits.on_filled(event.order_id, event.fill_price, event.fill_quantity, self._algorithm.time)

    def on_closed_unfilled(self, symbol: Symbol, order_id: int) -> None:
        """An order was cancelled or refused."""
        manager = self._by_symbol[symbol]
        manager.state.open_orders.discard(order_id)
        self._debug(manager.state, order_id, "closed without a fill")
        manager.orders.on_cancelled(order_id)

    def flatten(self) -> None:
        """Close every position, cancel every order and reset the day (15:59)."""
        self._may_be_new_day = True  # this comes every calendar day, so a date's first data always finds it set
        self._step.move_to(self._algorithm.time)
        for manager in self.managers:
            manager.exits.flatten()
            manager.reset_day(self._step)

    def flatten_early(self) -> None:
        """Flatten before an early close; no entries on that date any more."""
        self.flatten()
        self._context.closed_date = self._algorithm.time.date()

    def cancel_entries(self) -> None:
        """Cancel all resting entry orders."""
        for manager in self.managers:
            manager.orders.cancel_entries()

    def report(self) -> list[str]:
        """Lines for the log at the end of the run."""
        lines = self._context.tracker.final_report() if self._context.tracker is not None else []
        lines += [f"{count} × {kind} swallowed" for kind, count in sorted(self._errors.items())]
        return lines

    def _look_for_new_day(self) -> None:
        now = self._algorithm.time
        if now < self._next_day:
            return
        self._may_be_new_day = False
        today = now.date()
        self._next_day = datetime(today.year, today.month, today.day) + timedelta(days=1)
        self._algorithm.log(f"{today.isoformat()} - New trading day started")
        self._on_new_day()
        self.risk.start_day()

    def _close_all(self, tag: str) -> None:
        self.cancel_entries()
        for manager in self.managers:
            manager.exits.close_position(tag)

    def _process_guarded(self, manager: SymbolManager, bars: Bars) -> None:
        try:
            manager.process(self._step, bars)
        except Exception as error:  # noqa: BLE001 - the switch asks for the predecessor's swallowing of everything
            kind = f"{manager.state.name}: {type(error).__name__}"
            self._errors[kind] += 1
            if self._errors[kind] == 1:
                self._algorithm.error(f"{kind}: {error}")

    def _debug(self, state: SymbolState, order_id: int, what: str) -> None:
        if self._parameters.Enable_Debug_Logging:
            tag = known(self._algorithm.transactions.get_order_by_id(order_id), order_id).tag
            armed = sorted(self._by_symbol[state.symbol].conditions.armed)
            self._algorithm.log(f"{state.name} order {order_id} {tag!r} {what}, armed {armed}")
