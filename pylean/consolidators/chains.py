"""Consolidators that pass on: one bar as it is, or through two consolidators in a row."""

from __future__ import annotations

from typing import Any

from pylean.consolidators.base import ColumnPlan, DataConsolidator, span_ms
from pylean.feed.bars import TradeBar
from pylean.feed.series import Series
from pylean.securities.exchange import SecurityExchange
from pylean.securities.symbol import Symbol
from pylean.storage.market_hours import Session

__all__ = ["IdentityDataConsolidator", "SequentialConsolidator"]


class IdentityDataConsolidator(DataConsolidator):
    """Every input as it is, one for each end time. ``IdentityDataConsolidator[QuoteBar]()`` takes quote bars."""

    _has_one_event = True

    def __init__(self, data_type: type = TradeBar) -> None:
        self.input_type = self.output_type = data_type
        self._last: Any = None
        self._last_end_ms: int | None = None

    def __class_getitem__(cls, data_type: type) -> Any:
        return lambda: cls(data_type)

    def _open_bar(self) -> Any:
        return self._last

    def plan(self, series: Series, session: Session | None) -> ColumnPlan | None:
        return ColumnPlan(series.end_ms, series.bar, _latest_of(series))

    def update(self, data: Any) -> None:
        _, end_ms = span_ms(data)
        if end_ms != self._last_end_ms:
            self.deliver(data)
            self._last, self._last_end_ms = data, end_ms

    def reset(self) -> None:
        super().reset()
        self._last = self._last_end_ms = None


def _latest_of(series: Series) -> Any:
    def latest(local_ms: int) -> Any:
        index = int(series.end_ms.searchsorted(local_ms, side="right")) - 1
        return series.bar(index) if index >= 0 else None

    return latest


class SequentialConsolidator(DataConsolidator):
    """What ``first`` makes is fed to ``second``, whose bars come out. Raises TypeError if they do not fit."""

    _has_one_event = True

    def __init__(self, first: DataConsolidator, second: DataConsolidator) -> None:
        if not issubclass(first.output_type, second.input_type):
            raise TypeError(
                f"the second consolidator takes a {second.input_type.__name__}, the first makes a "
                f"{first.output_type.__name__}"
            )
        self.first = first
        self.second = second
        self.input_type, self.output_type = first.input_type, second.output_type
        first.relays += lambda sender, bar: second.update(bar)
        second.relays += lambda sender, bar: self.deliver(bar)

    def _open_bar(self) -> Any:
        return self.second.working_data

    @property
    def working_end_ms(self) -> int | None:
        return self.first.working_end_ms

    def attach(self, symbol: Symbol, exchange: SecurityExchange) -> None:
        super().attach(symbol, exchange)
        self.first.attach(symbol, exchange)
        self.second.attach(symbol, exchange)

    def update(self, data: Any) -> None:
        self.first.update(data)

    def scan_at(self, local_ms: int) -> None:
        self.first.scan_at(local_ms)

    def reset(self) -> None:
        super().reset()
        self.first.reset()
        self.second.reset()

    def dispose(self) -> None:
        super().dispose()
        self.first.dispose()
        self.second.dispose()
