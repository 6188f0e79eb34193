"""Orders that protect or close one symbol's position: stop-loss, take-profit, ratchet, timed actions, flatten."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.parameters import Parameters
from core.engine import Algorithm, NewUpdateFields, known
from core.symbol_state import ProtectiveStop, SymbolState, TradeClock
from data.data_manager import DataManager
from trading.conditions_checker import LONG_CONDITIONS, ConditionsChecker
from trading.order_tags import condition_of, is_protective, protective_tag

FALLBACK_CONDITION = 2
ACTION2_TAG = "eod-action2-"
FLATTEN_TAG = "EOD-Close"

_ACTION_INTERVAL = timedelta(seconds=10)


class ExitManager:
    """Protective and closing orders of one symbol."""

    __slots__ = (
        "_action1_after",
        "_action2_after",
        "_algorithm",
        "_conditions",
        "_data",
        "_new_update_fields",
        "_parameters",
        "_state",
    )

    def __init__(
        self,
        algorithm: Algorithm,
        parameters: Parameters,
        state: SymbolState,
        data: DataManager,
        conditions: ConditionsChecker,
        new_update_fields: NewUpdateFields,
    ) -> None:
        self._algorithm = algorithm
        self._parameters = parameters
        self._state = state
        self._data = data
        self._conditions = conditions
        self._new_update_fields = new_update_fields
        self._action1_after = timedelta(minutes=parameters.Action1_Time)
        self._action2_after = timedelta(minutes=parameters.Action2_Time)

    def on_filled(self, order_id: int, fill_price: float, fill_quantity: float, now: datetime) -> None:
        """Take in a full fill: protect what it opened, clean up after what it closed."""
        state = self._state
        state.order_sent = False
        before = abs(state.local_position)
        state.local_position += fill_quantity
        state.quantity = state.holdings.quantity
        entry = next((item for item in state.pending.values() if item.order_id == order_id), None)
        if entry is not None:
            del state.pending[entry.condition]
            self._protect(entry.condition, entry.is_long, fill_price, fill_quantity, now)
        elif abs(state.local_position) > before:
            self._protect(FALLBACK_CONDITION, state.local_position > 0, fill_price, fill_quantity, now)
        if not state.quantity:
            self._on_closed(order_id, now)

    def ratchet(self, price: float) -> None:
        """Move the stop of a position in profit to its locked-in level."""
        state = self._state
        if not self._parameters.StopLossUpdate or not state.quantity:
            return
        average = state.holdings.average_price
        for (condition, is_long), stop in list(state.stops.items()):
            is_open = stop.order_id in state.open_orders
            if not is_open or is_long != (state.quantity > 0) or is_long != (condition in LONG_CONDITIONS):
                continue
            lock, trigger = self.ratchet_distances(condition)
            gain = 100.0 * (price - average) / average
            if (gain if is_long else -gain) < trigger:
                continue
            level = round((1.0 + lock / 100.0 if is_long else 1.0 - lock / 100.0) * average, 2)
            if level != round(stop.price, 2):
                self._algorithm.transactions.cancel_order(stop.order_id)
                tag = protective_tag("SL", condition, state.name, "Updated")
                self._place_stop(condition, is_long, stop.quantity, level, tag)

    def ratchet_distances(self, condition: int) -> tuple[float, float]:
        """Locked-in and trigger distance of the ratchet, percent of the average price."""
        lock, trigger = self._parameters.stop_ratchet(condition)
        scale = self._parameters.profit_take(condition) / 100.0
        mean_range = self._data.mean_range_pct / 100.0
        return lock * scale * mean_range, trigger * scale * mean_range

    def act_on_time(self, price: float, now: datetime) -> None:
        """Run the timed actions that are due, each once per trade clock."""
        state = self._state
        clock = state.clock
        if clock is None or not self._parameters.Allow_Actions or not state.quantity:
            return
        if clock.checked_at is not None and now - clock.checked_at <= _ACTION_INTERVAL:
            return
        clock.checked_at = now
        elapsed = now - clock.started_at
        if elapsed >= self._action1_after and not clock.action1_done:
            clock.action1_done = True
            self._adjust_to_break_even(price)
        if elapsed >= self._action2_after and not clock.action2_done:
            clock.action2_done = True
            self._close_after_action2()

    def close_position(self, tag: str) -> None:
        """Send a market order for the opposite of the portfolio's position, if there is one."""
        quantity = self._state.holdings.quantity
        if quantity:
            self._algorithm.market_order(self._state.symbol, -quantity, tag=tag)

    def flatten(self) -> None:
        """Close the position and cancel every order of the symbol."""
        self.close_position(FLATTEN_TAG)
        self._algorithm.transactions.cancel_open_orders(self._state.symbol)

    def _protect(self, condition: int, is_long: bool, fill_price: float, fill_quantity: float, now: datetime) -> None:
        state = self._state
        parameters = self._parameters
        state.position_condition = condition
        if state.clock is None:
            state.clock = TradeClock(now)
        shares = int(abs(fill_quantity) * parameters.SharesToSell / 100.0)
        if not shares:
            return
        quantity = -shares if is_long else shares
        mean_range = self._data.mean_range_pct / 100.0
        loss = fill_price * parameters.StopLoss * mean_range / 100.0
        gain = fill_price * parameters.profit_take(condition) * mean_range / 100.0
        if parameters.StopLossUpdate or parameters.fix_stop_loss_switch:
            stop = round(fill_price - loss if is_long else fill_price + loss, 2)
            tag = protective_tag("SL", condition, state.name, fill_price)
            self._place_stop(condition, is_long, quantity, stop, tag)
        limit = round(fill_price + gain if is_long else fill_price - gain, 2)
        tag = protective_tag("TP", condition, state.name, fill_price)
        self._algorithm.limit_order(state.symbol, quantity, limit, tag=tag)

    def _place_stop(self, condition: int, is_long: bool, quantity: int, price: float, tag: str) -> None:
        ticket = self._algorithm.stop_market_order(self._state.symbol, quantity, price, tag=tag)
        self._state.stops[condition, is_long] = ProtectiveStop(ticket.order_id, quantity, price)

    def _on_closed(self, order_id: int, now: datetime) -> None:
        """Clean up after the fill that closed the position.

        The exit is known by the tag of the filling order; while other orders rest, the last of them lends its tag
        instead. So closing by market order while stop and take-profit rest stamps the cool-downs too.
        """
        state = self._state
        transactions = self._algorithm.transactions
        tag = known(transactions.get_order_by_id(order_id), order_id).tag
        others = list(transactions.get_open_orders(state.symbol))
        if self._parameters.fix_action2_exit and tag.startswith(ACTION2_TAG):
            self._stamp(state.position_condition, now)
        elif others:
            tag = others[-1].tag
        if others:
            transactions.cancel_open_orders(state.symbol)
        if is_protective(tag):
            self._stamp(condition_of(tag), now)

    def _stamp(self, condition: int, now: datetime) -> None:
        state = self._state
        state.exit_time = now
        state.clock = None
        if condition:
            state.condition_exits[condition] = now
            self._conditions.stamp(condition, now)

    def _adjust_to_break_even(self, price: float) -> None:
        """Move the take-profit of a losing position, else the stop-loss, to the average price."""
        state = self._state
        average = state.holdings.average_price
        level = round(average, 2)
        is_losing = price < average if state.quantity > 0 else price > average
        for order in list(self._algorithm.transactions.get_open_orders(state.symbol)):
            if ("TP-" if is_losing else "SL-") not in order.tag:
                continue
            update = self._new_update_fields()
            if is_losing:
                update.limit_price = level
            else:
                update.stop_price = level
                for stop in state.stops.values():
                    if stop.order_id == order.id:
                        stop.price = level
            known(self._algorithm.transactions.get_order_ticket(order.id), order.id).update(update)

    def _close_after_action2(self) -> None:
        transactions = self._algorithm.transactions
        for order in list(transactions.get_open_orders(self._state.symbol)):
            if "eod" not in order.tag:
                transactions.cancel_order(order.id)
        self.close_position(f"{ACTION2_TAG}{self._state.name}")
