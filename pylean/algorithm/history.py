"""History requests: bars before now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pylean.algorithm.core import AlgorithmCore
from pylean.clock import to_ms
from pylean.feed.bars import TradeBar
from pylean.feed.reader import SubscriptionReader
from pylean.feed.series import TradeSeries
from pylean.feed.subscription import SubscriptionDataConfig, TickType
from pylean.naming import UnsupportedApiError
from pylean.securities.symbol import Symbol
from pylean.storage import Resolution

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HistoryMixin"]

_COLUMNS = ("close", "high", "low", "open", "volume")


class HistoryMixin(AlgorithmCore):
    """``history(symbols, periods | span | (start, end), resolution)`` gives a data frame indexed by symbol and end
    time; ``history[TradeBar](symbol, …)`` gives the bars themselves."""

    @property
    def history(self) -> HistoryRequest:
        return HistoryRequest(self._bars_before_now, self._known_symbols, self.time)

    def _known_symbols(self, symbols: Any) -> list[Symbol]:
        several = symbols if isinstance(symbols, Iterable) and not isinstance(symbols, str) else [symbols]
        return [self.securities.symbol(symbol) for symbol in several]

    def _bars_before_now(
        self, symbol: Symbol, periods: int | None, start: datetime | None, end: datetime, resolution: Resolution | None
    ) -> list[TradeBar]:
        subscribed = self.securities[symbol].subscriptions[0]
        chosen = subscribed.resolution if resolution is None else Resolution(resolution)
        config = SubscriptionDataConfig(
            symbol,
            chosen,
            TickType.TRADE,
            fill_forward=subscribed.fill_forward,
            extended_market_hours=subscribed.extended_market_hours and chosen < Resolution.HOUR,
            data_normalization_mode=subscribed.data_normalization_mode,
        )
        sessions = self._sessions_before(config, periods, start, end)
        if not sessions:
            return []
        reader = SubscriptionReader(config, self._lean.market, sessions[0].day)
        end_ms, start_ms = to_ms(end), to_ms(start) if start is not None else None
        bars: list[TradeBar] = []
        for session in sessions:
            series = reader.read(session)
            if isinstance(series, TradeSeries):
                bars += (
                    series.bar(index)
                    for index, bar_end in enumerate(series.end_ms.tolist())
                    if bar_end <= end_ms and (start_ms is None or bar_end > start_ms)
                )
        bars = bars[-periods:] if periods is not None else bars
        self._lean.history_points += len(bars)
        return bars

    def _sessions_before(
        self, config: SubscriptionDataConfig, periods: int | None, start: datetime | None, end: datetime
    ) -> list[Any]:
        hours = self.securities[config.symbol].exchange.hours
        if start is not None:
            return hours.sessions(start.date(), end.date())
        sessions: list[Any] = []
        wanted, day = periods or 0, end.date()
        while wanted > 0:
            session = hours.session(day)
            if session is not None:
                first, last = session.span(config.extended_market_hours)
                seconds = min(last, _seconds(end)) - first if day == end.date() else last - first
                step = last - first if config.resolution is Resolution.DAILY else config.period_ms // 1000
                complete = max(0, seconds // step)
                if complete:
                    sessions.append(session)
                    wanted -= complete
            day -= timedelta(days=1)
        return sessions[::-1]


class HistoryRequest:
    """A history call in any of Lean's forms."""

    def __init__(
        self,
        bars: Callable[[Symbol, int | None, datetime | None, datetime, Resolution | None], list[TradeBar]],
        symbols: Callable[[Any], list[Symbol]],
        now: datetime,
    ) -> None:
        self._bars = bars
        self._symbols = symbols
        self._now = now

    def __getitem__(self, kind: type) -> Callable[..., list[TradeBar]]:
        if kind is not TradeBar:
            raise UnsupportedApiError("history", getattr(kind, "__name__", str(kind)))
        return self._typed

    def __call__(self, symbols: Any, *window: Any, resolution: Resolution | None = None) -> pd.DataFrame:
        bars = [bar for symbol in self._symbols(symbols) for bar in self._request(symbol, window, resolution)]
        return _frame(bars)

    def _typed(self, symbol: Symbol | str, *window: Any, resolution: Resolution | None = None) -> list[TradeBar]:
        (known,) = self._symbols(symbol)
        return self._request(known, window, resolution)

    def _request(self, symbol: Symbol, window: tuple[Any, ...], resolution: Resolution | None) -> list[TradeBar]:
        now, first = self._now, window[0]
        if isinstance(first, datetime):
            end, rest = window[1], window[2:]
            return self._bars(symbol, None, first, end, rest[0] if rest else resolution)
        chosen = window[1] if len(window) > 1 else resolution
        if isinstance(first, timedelta):
            return self._bars(symbol, None, now - first, now, chosen)
        return self._bars(symbol, int(first), None, now, chosen)


def _seconds(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _frame(bars: list[TradeBar]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - half a second that most runs need not spend

    if not bars:
        return pd.DataFrame()
    index = pd.MultiIndex.from_arrays(
        [[bar.symbol for bar in bars], [bar.end_time for bar in bars]], names=["symbol", "time"]
    )
    return pd.DataFrame({column: [getattr(bar, column) for bar in bars] for column in _COLUMNS}, index=index)
