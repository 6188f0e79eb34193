"""The account's daily limits: a profit target and an optional loss limit, both in percent of the day's equity."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from config.parameters import Parameters
from core.engine import Algorithm
from core.symbol_state import SymbolState

TARGET_TAG = "targetprofit"
LOSS_TAG = "dailyloss"


class RiskManager:
    """Watches the account; `close_all(tag)` is called once when a limit is reached.

    `needs_check` is False while nothing can have moved the day's result since the last check: no position is open
    and no fill happened. By default the result counts from 15:50 of the session before, when the engine's end-of-day
    callback comes; `fix_daily_pnl_reset` counts by calendar day.
    """

    __slots__ = (
        "_account",
        "_algorithm",
        "_close_all",
        "_day_equity",
        "_dirty",
        "_is_first_day",
        "_loss_limit",
        "_open",
        "_profit_base",
        "_profit_target",
        "_realised",
        "_resets_by_date",
        "limit_reached",
        "needs_check",
    )

    def __init__(
        self,
        algorithm: Algorithm,
        parameters: Parameters,
        account: Sequence[SymbolState],
        close_all: Callable[[str], None],
    ) -> None:
        self._algorithm = algorithm
        self._account = account
        self._close_all = close_all
        self._profit_target = parameters.Max_Daily_PNL
        self._loss_limit = parameters.Max_Daily_Loss
        self._resets_by_date = parameters.fix_daily_pnl_reset
        self._day_equity = 0.0
        self._profit_base = 0.0
        self._realised = 0.0
        self._open: list[SymbolState] = []
        self._is_first_day = True
        self._dirty = False
        self.limit_reached = False
        self.needs_check = False

    def start_day(self) -> None:
        """At the first data of a date: note the day's starting equity."""
        self._day_equity = float(self._algorithm.portfolio.total_portfolio_value)
        if self._is_first_day or self._resets_by_date:
            self._is_first_day = False
            self._reset()

    def end_day(self) -> None:
        """At the engine's end-of-day callback, ten minutes before the close."""
        if not self._resets_by_date:
            self._reset()

    def on_filled(self) -> None:
        """A fill changed a position or the realised profit."""
        self._dirty = True
        self.needs_check = self._is_limited()

    def check(self) -> bool:
        """Update the day's result, act if a limit is reached for the first time; returns whether one is reached."""
        if not self.needs_check:
            return self.limit_reached
        if self._dirty:
            self._dirty = False
            self._realised = float(self._algorithm.portfolio.total_profit) - self._profit_base
            self._open = [state for state in self._account if state.quantity]
        self.needs_check = bool(self._open) and self._is_limited()
        result = self.day_result_pct()
        if self.limit_reached or result is None:
            return self.limit_reached
        if self._profit_target > 0 and result >= self._profit_target:
            self._reach(TARGET_TAG)
        elif self._loss_limit > 0 and result <= -self._loss_limit:
            self._reach(LOSS_TAG)
        return self.limit_reached

    def day_result_pct(self) -> float | None:
        """Realised (as of the last fill) plus open profit, % of the day's starting equity; None without equity."""
        if not self._day_equity:
            return None
        unrealised = 0.0
        for state in self._open:
            unrealised += (state.security.price - state.holdings.average_price) * state.quantity
        return 100.0 * (self._realised + unrealised) / self._day_equity

    def _is_limited(self) -> bool:
        return self._profit_target > 0 or self._loss_limit > 0

    def _reset(self) -> None:
        self._profit_base = float(self._algorithm.portfolio.total_profit)
        self.limit_reached = False
        self._dirty = True
        self.needs_check = self._is_limited()

    def _reach(self, tag: str) -> None:
        self.limit_reached = True
        self._close_all(tag)
