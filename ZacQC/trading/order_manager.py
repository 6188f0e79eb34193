"""Entry orders of one symbol: sizing, submission, trailing and the monitors that cancel them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from config.parameters import Parameters
from core.engine import Algorithm, Order
from core.symbol_state import PendingEntry, SymbolState
from data.data_manager import RING_BARS, DataManager
from data.metrics_calculator import MetricsCalculator
from trading.conditions_checker import LONG_CONDITIONS, ConditionsChecker
from trading.order_tags import condition_of, entry_tag, is_entry, is_protective, trail_update_tag

_FALLBACK_RANGE = 0.01


class OrderManager:
    """Entry orders of one symbol. `account` are the states of all symbols, for the capital cap."""

    __slots__ = (
        "_account",
        "_algorithm",
        "_conditions",
        "_data",
        "_metrics",
        "_parameters",
        "_same_symbol_wait",
        "_state",
    )

    def __init__(
        self,
        algorithm: Algorithm,
        parameters: Parameters,
        state: SymbolState,
        account: Sequence[SymbolState],
        data: DataManager,
        metrics: MetricsCalculator,
        conditions: ConditionsChecker,
    ) -> None:
        self._algorithm = algorithm
        self._parameters = parameters
        self._state = state
        self._account = account
        self._data = data
        self._metrics = metrics
        self._conditions = conditions
        self._same_symbol_wait = timedelta(minutes=parameters.SameSymbolTime)

    def enter(self, condition: int, now: datetime, limit_reached: Callable[[], bool]) -> bool:
        """Place the entry order of a met condition unless a rule forbids it; returns whether it was placed.

        `limit_reached` is the last check of the account's daily limit. If it holds by then, the tracked entry stays
        behind without an order and blocks the symbol for the day (not under `fix_failed_entry`).
        """
        state = self._state
        is_long = condition in LONG_CONDITIONS
        if not self._has_waited(condition, now) or not self._conditions.is_far_enough(is_long):
            return False
        if state.order_sent or state.pending or state.local_position or state.holdings.quantity or state.open_orders:
            return False
        shares = self.position_size()
        if not shares:
            return False
        offset_pct = self.entry_offset_pct(condition)
        entry = PendingEntry(condition, is_long, shares if is_long else -shares, offset_pct, self._metrics.price)
        state.pending[condition] = entry
        if limit_reached():
            if self._parameters.fix_failed_entry:
                del state.pending[condition]
            return False
        entry.order_id = self._submit(entry, self._metrics.price, entry_tag(condition, is_long, state.name))
        state.order_sent = True
        if self._parameters.fix_latch_on_entry:
            self._conditions.armed.discard(condition)
        return True

    def position_size(self) -> int:
        """Shares of a new position: a share of the account's value, 0 if the capital cap would be passed."""
        equity = self._algorithm.portfolio.total_portfolio_value
        cash = self._parameters.cash_pct / 100.0 * equity
        used = sum(abs(state.holdings.average_price * state.quantity) for state in self._account if state.quantity)
        if self._parameters.MaxCapitalPCT / 100.0 * equity < cash + used:
            return 0
        return math.floor(cash / self._metrics.price)

    def entry_offset_pct(self, condition: int) -> float:
        """Distance of the entry stop from the price, percent of the price."""
        if condition == 3:
            return self._parameters.Parameter_5
        price = self._metrics.price
        day_range = self._metrics.day_range_usd
        if day_range <= 0:
            day_range = _FALLBACK_RANGE * price
        return 100.0 * (self._parameters.Parameter_4 / 100.0 * day_range) / price

    def trail(self) -> None:
        """Let the tracked entries follow the price, once per 15-second bar.

        As the predecessor does it, buy stops move up with the price and sell stops stay; the replaced order is no
        longer tracked, because its cancellation is handled while the new one is being submitted.
        `fix_trail_direction` turns the direction round, `fix_trail_tracking` keeps the entry.
        """
        price = self._state.security.price
        corrected = self._parameters.fix_trail_direction
        for entry in list(self._state.pending.values()):
            if not entry.order_id:
                continue
            if corrected:
                moves = price < entry.reference if entry.is_long else price > entry.reference
            else:
                moves = entry.is_long and price > entry.reference
            if moves:
                self._replace(entry, price)
            if moves or not corrected:
                entry.reference = price

    def cancel_too_close(self) -> None:
        """Cancel resting entries whose distance filter no longer holds with the margin."""
        least = self._parameters.VWAP_PCT - self._parameters.Vwap_Margin
        for order in self._resting_entries():
            is_long = order.quantity >= 0 and "Short" not in order.tag
            if not self._conditions.is_far_enough(is_long, least):
                self._algorithm.transactions.cancel_order(order.id)

    def cancel_out_of_range(self) -> None:
        """Cancel resting entries when the ring's extreme test says so, and disarm their conditions."""
        cancel_longs, cancel_shorts = self._range_tests()
        if not (cancel_longs or cancel_shorts):
            return
        for order in self._resting_entries():
            if (cancel_longs and order.quantity > 0) or (cancel_shorts and order.quantity < 0):
                condition = condition_of(order.tag)
                self._algorithm.transactions.cancel_order(order.id)
                self._state.order_sent = False
                self._conditions.armed.discard(condition)

    def cancel_entries(self) -> None:
        """Cancel every entry order, stop tracking it and disarm its condition (window's end, daily limit)."""
        for order in list(self._algorithm.transactions.get_open_orders(self._state.symbol)):
            if is_entry(order.tag):
                condition = condition_of(order.tag)
                self._algorithm.transactions.cancel_order(order.id)
                self._state.pending.pop(condition, None)
                self._conditions.armed.discard(condition)

    def on_cancelled(self, order_id: int) -> None:
        """Stop tracking a cancelled entry."""
        state = self._state
        for condition, entry in list(state.pending.items()):
            if entry.order_id == order_id:
                if entry.being_replaced:
                    return
                del state.pending[condition]
        state.order_sent = False

    def _has_waited(self, condition: int, now: datetime) -> bool:
        state = self._state
        if state.exit_time is not None and now - state.exit_time < self._same_symbol_wait:
            return False
        stamped = state.condition_exits.get(condition)
        wait = timedelta(minutes=self._parameters.cool_down_minutes(condition))
        return stamped is None or now - stamped >= wait

    def _submit(self, entry: PendingEntry, price: float, tag: str) -> int:
        factor = 1.0 + entry.offset_pct / 100.0 if entry.is_long else 1.0 - entry.offset_pct / 100.0
        stop = price * factor
        if self._parameters.realistic_fills:
            stop = round(stop, 2)
        return self._algorithm.stop_market_order(self._state.symbol, entry.quantity, stop, tag=tag).order_id

    def _replace(self, entry: PendingEntry, price: float) -> None:
        entry.being_replaced = self._parameters.fix_trail_tracking
        self._algorithm.transactions.cancel_order(entry.order_id)
        order_id = self._submit(entry, price, trail_update_tag(entry.condition, self._state.name))
        if entry.being_replaced:
            entry.order_id = order_id
            entry.being_replaced = False

    def _resting_entries(self) -> list[Order]:
        orders = self._algorithm.transactions.get_open_orders(self._state.symbol)
        return [order for order in orders if not is_protective(order.tag)]

    def _range_tests(self) -> tuple[bool, bool]:
        """Whether longs and shorts are to be cancelled.

        The predecessor reads its newest-first ring as if it were chronological: the second-oldest bar is compared, in
        absolute distance, with the extreme of all newer ones. `fix_range_cancellation` compares the previous bar with
        all older ones and cancels only beyond the old extreme.
        """
        lows = self._data.lows[-RING_BARS:]
        highs = self._data.highs[-RING_BARS:]
        if len(lows) < 3:
            return False, False
        margin = self._parameters.New_Range_Order_Cancellation_Margin
        if self._parameters.fix_range_cancellation:
            return min(lows[:-2]) - lows[-2] > margin, highs[-2] - max(highs[:-2]) > margin
        return abs(lows[1] - min(lows[2:])) > margin, abs(highs[1] - max(highs[2:])) > margin
