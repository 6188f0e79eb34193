"""ZacQC: intraday mean reversion on US equities, flat overnight."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, ClassVar

from AlgorithmImports import (
    OrderEvent,
    OrderStatus,
    QCAlgorithm,
    Resolution,
    Slice,
    Symbol,
    TradeBar,
    TradeBarConsolidator,
    UpdateOrderFields,
)

from config.parameters import Parameters
from core.fill_model import PreciseFillModel
from core.strategy import Strategy
from data.data_manager import HISTORY_SESSIONS, VOLUME_SESSIONS

DEBUG_VARIABLE = "ZACQC_ENABLE_DEBUG_LOGS"
FLATTEN_AT = time(15, 59)

_TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


class ZacReferenceAlgorithm(QCAlgorithm):
    """Intraday mean reversion on US equities, flat overnight.

    Wires the strategy to the engine: subscriptions, consolidators, schedule and events.
    """

    parameters = Parameters
    data_requirements: ClassVar[list[dict[str, Any]]] = [
        {"resolution": "second"},
        {"resolution": "daily", "history_bars": HISTORY_SESSIONS},
    ]

    def initialize(self) -> None:
        """Read the parameters, subscribe, load the daily history and set the schedule."""
        settings = Parameters.from_texts(self.get_parameter)
        debug = os.environ.get(DEBUG_VARIABLE)
        if debug is not None:
            settings = replace(settings, Enable_Debug_Logging=debug.strip().lower() in _TRUE_WORDS)
        self.set_start_date(settings.start_date.year, settings.start_date.month, settings.start_date.day)
        self.set_end_date(settings.end_date.year, settings.end_date.month, settings.end_date.day)
        self.set_cash(settings.starting_cash)
        securities = [(name, self.add_equity(name, Resolution.SECOND)) for name in settings.symbols]
        if not (self.live_mode or settings.realistic_fills):
            for _, security in securities:
                security.set_fill_model(PreciseFillModel(settings.fix_exit_pair))
        self._refreshes_volumes = settings.fix_volume_source
        self._history_pending = False
        self.strategy = Strategy(self, settings, securities, UpdateOrderFields, self._on_new_day)
        self._try_history()
        self._register_consolidators()
        self._set_schedule(settings)

    def on_data(self, data: Slice) -> None:
        """One second of bars."""
        self.strategy.on_data(data)

    def on_order_event(self, event: OrderEvent) -> None:
        """Keep the strategy's view of its orders; partial fills and updates need nothing."""
        status = event.status
        if status == OrderStatus.SUBMITTED:
            self.strategy.on_submitted(event.symbol, event.order_id)
        elif status == OrderStatus.FILLED:
            self.strategy.on_filled(event.symbol, event)
        elif status in (OrderStatus.CANCELED, OrderStatus.INVALID):
            self.strategy.on_closed_unfilled(event.symbol, event.order_id)

    def on_end_of_day(self, symbol: Symbol) -> None:
        """Ten minutes before the close, for each symbol."""
        self.strategy.risk.end_day()

    def on_end_of_algorithm(self) -> None:
        """Log the stage times and the swallowed errors."""
        for line in self.strategy.report():
            self.log(line)

    def _register_consolidators(self) -> None:
        """15-second bars, then daily ones; the predecessor's 1-minute bars had no consumer."""
        for manager in self.strategy.managers:
            symbol = manager.state.symbol
            consolidator = TradeBarConsolidator(timedelta(seconds=15))
            consolidator.data_consolidated += manager.on_fifteen_seconds
            self.subscription_manager.add_consolidator(symbol, consolidator)
            self.consolidate(symbol, Resolution.DAILY, manager.on_daily)

    def _set_schedule(self, settings: Parameters) -> None:
        every_day = self.date_rules.every_day()
        self.schedule.on(every_day, self.time_rules.at(FLATTEN_AT.hour, FLATTEN_AT.minute), self.strategy.flatten)
        closes = settings.Algo_Off_After
        self.schedule.on(every_day, self.time_rules.at(closes.hour, closes.minute), self.strategy.cancel_entries)
        if settings.fix_early_close:
            first = self.strategy.managers[0].state.symbol
            self.schedule.on(
                self.date_rules.every_day(first), self.time_rules.before_market_close(first, 1), self._flatten_early
            )

    def _flatten_early(self) -> None:
        if self.time.time() < FLATTEN_AT:
            self.strategy.flatten_early()

    def _try_history(self) -> None:
        try:
            self._load_history()
        except Exception as error:  # noqa: BLE001 - said here, repeated at the first data event, where it is fatal
            self.error(f"daily history failed, will be asked again with the first data: {error}")
            self._history_pending = True

    def _load_history(self) -> None:
        histories = [
            self.history[TradeBar](manager.state.symbol, HISTORY_SESSIONS, Resolution.DAILY)
            for manager in self.strategy.managers
        ]
        for manager, bars in zip(self.strategy.managers, histories, strict=True):
            manager.data.load_history(bars)

    def _on_new_day(self) -> None:
        if self._history_pending:
            self._history_pending = False
            self._load_history()
        elif self._refreshes_volumes:
            for manager in self.strategy.managers:
                manager.data.reload_volumes(
                    self.history[TradeBar](manager.state.symbol, VOLUME_SESSIONS, Resolution.DAILY)
                )
