"""Bars that know the market's hours: market days, and intraday bars counted from the open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.consolidators.base import ColumnPlan, DataConsolidator, span_ms
from pylean.consolidators.calendar import CalendarInfo
from pylean.consolidators.periods import DAY_MS
from pylean.consolidators.quote_bars import QuoteBarConsolidator
from pylean.consolidators.trade_bars import TradeBarConsolidator, column_plan
from pylean.feed.bars import QuoteBar, TradeBar
from pylean.feed.series import TradeSeries
from pylean.feed.subscription import TickType
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.consolidators.period_bars import PeriodConsolidator
    from pylean.feed.series import Series
    from pylean.securities.exchange import SecurityExchange
    from pylean.storage.market_hours import Session

__all__ = ["MarketHourAwareConsolidator"]

_DAY = timedelta(days=1)
_HOUR_MS = 3_600_000


class MarketHourAwareConsolidator(DataConsolidator):
    """Input outside the market's hours is left out. A day's bar spans the session and is emitted at the close.

    Without ``daily_strict_end_time_enabled`` a day is a calendar day. ``period`` is a resolution or a timedelta;
    bars of an odd length below a day, like ten minutes, count from the open and end with the session.
    """

    _has_one_event = True

    def __init__(
        self,
        daily_strict_end_time_enabled: bool = True,
        period: Resolution | timedelta = Resolution.DAILY,
        data_type: type = TradeBar,
        tick_type: TickType = TickType.TRADE,
        extended_market_hours: bool = False,
    ) -> None:
        self._is_strict = daily_strict_end_time_enabled
        self._span = period.period if isinstance(period, Resolution) else period
        self._is_extended = extended_market_hours
        self.input_type = self.output_type = data_type
        self._inner = self._consolidator(data_type)
        self._inner.relays += lambda sender, bar: self.deliver(bar)

    def _consolidator(self, data_type: type) -> PeriodConsolidator:
        makers: dict[type, Any] = {TradeBar: TradeBarConsolidator, QuoteBar: QuoteBarConsolidator}
        maker = makers.get(data_type)
        if maker is None:
            raise TypeError(f"data_type is {data_type.__name__}: it must be TradeBar or QuoteBar")
        if self._span >= _DAY:
            return maker(self._market_day)  # type: ignore[no-any-return]
        is_resolution = any(self._span == resolution.period for resolution in Resolution)
        return maker(self._span if is_resolution else self._from_the_open)  # type: ignore[no-any-return]

    def _open_bar(self) -> Any:
        return self._inner.working_data

    @property
    def working_end_ms(self) -> int | None:
        return self._inner.working_end_ms

    def plan(self, series: Series, session: Session | None) -> ColumnPlan | None:
        if session is None or not isinstance(series, TradeSeries) or not len(series):
            return None
        if self._inner.working_data is not None:
            return None
        config = series.config
        if config.extended_market_hours or not config.fill_forward or not self._is_strict or self._span != _DAY:
            return None
        midnight = int(series.end_ms[0] - 1) // DAY_MS * DAY_MS
        open_ms, close_ms = midnight + session.open * 1000, midnight + session.close * 1000
        return column_plan(series, np.full(len(series), open_ms), close_ms - open_ms)

    def update(self, data: Any) -> None:
        if self._is_in_hours(self._known_exchange(), data) or self._is_extended:
            self._inner.update(data)

    def scan_at(self, local_ms: int) -> None:
        self._inner.scan_at(local_ms)

    def reset(self) -> None:
        super().reset()
        self._inner.reset()

    def _known_exchange(self) -> SecurityExchange:
        if self.exchange is None:
            raise ValueError(
                "a market-hour aware consolidator has to know its market: add it with "
                "subscription_manager.add_consolidator before it is fed"
            )
        return self.exchange

    def _is_in_hours(self, exchange: SecurityExchange, data: Any) -> bool:
        start_ms, end_ms = span_ms(data)
        if exchange.is_open_at(start_ms):
            return True
        is_long = self._span == _DAY and end_ms - start_ms >= _HOUR_MS
        return is_long and exchange.overlaps_open_hours(start_ms, end_ms)

    def _market_day(self, moment: datetime) -> CalendarInfo:
        if self._span > _DAY:
            return CalendarInfo(moment, self._span)
        if self.exchange is None or not self._is_strict:
            return CalendarInfo(datetime(moment.year, moment.month, moment.day), _DAY)
        return self._session_of(moment)

    def _from_the_open(self, moment: datetime) -> CalendarInfo:
        if self.exchange is None:
            return CalendarInfo(moment, self._span)
        session = self._session_of(moment)
        start = session.start + (moment - session.start) // self._span * self._span
        return CalendarInfo(start, min(start + self._span, session.end) - start)

    def _session_of(self, moment: datetime) -> CalendarInfo:
        """From the last opening at or before a moment to the closing after it."""
        hours = self._known_exchange().hours
        day = moment.date()
        while True:
            session = hours.session(day)
            if session is not None:
                midnight = datetime(day.year, day.month, day.day)
                first, last = session.span(self._is_extended)
                if midnight + timedelta(seconds=first) <= moment:
                    return CalendarInfo(midnight + timedelta(seconds=first), timedelta(seconds=last - first))
            day -= _DAY
