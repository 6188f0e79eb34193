"""The stream of trading days of a run, from the data folder to laid-out days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pylean.feed.day import TradingDay, lay_out
from pylean.feed.reader import SubscriptionReader
from pylean.feed.series import QuoteSeries, TradeSeries
from pylean.feed.subscription import TickType
from pylean.naming import UnsupportedApiError

if TYPE_CHECKING:
    from pylean.feed.market_data import MarketData
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage.market_hours import MarketHours

__all__ = ["DayStream"]


class DayStream:
    """Reads every subscription day by day. Subscriptions stand in slice order: trades before quotes, then by ticker."""

    def __init__(
        self,
        market: MarketData,
        hours: MarketHours,
        subscriptions: list[SubscriptionDataConfig],
        benchmark: SubscriptionDataConfig | None,
        start: date,
        end: date,
    ) -> None:
        _require_one_resolution(subscriptions)
        self._market = market
        self._hours = hours
        self._start = start
        self._end = end
        ordered = sorted(subscriptions, key=lambda config: config.sort_key)
        self._readers = [SubscriptionReader(config, market, start) for config in ordered]
        self._benchmark = SubscriptionReader(benchmark, market, start) if benchmark is not None else None

    def opening_benchmark(self) -> TradeSeries | None:
        """The benchmark's bars of the trading day before the start: Lean delivers them in the very first slice."""
        if self._benchmark is None:
            return None
        session = self._hours.session(self._hours.previous_trading_day(self._start))
        series = self._benchmark.read(session) if session is not None else None
        return series if isinstance(series, TradeSeries) else None

    def expected_points(self) -> int:
        """Points of a run whose trade bars are complete, for progress only; quotes count where they are stored."""
        total = 0
        for session in self._hours.sessions(self._start, self._end):
            for reader in self._readers:
                config = reader.config
                bars = (config.symbol.value.lower(), config.resolution, session.day)
                if config.tick_type is TickType.TRADE or self._market.has_quotes(*bars):
                    first, last = session.span(config.extended_market_hours)
                    total += max(1, (last - first) * 1000 // config.period_ms)
        return total

    def days(self) -> Iterator[TradingDay]:
        """Trading days in order; days on which nothing has a point are left out."""
        day = self._start
        while day <= self._end:
            session = self._hours.session(day)
            if session is not None:
                series = [reader.read(session) for reader in self._readers]
                internal = self._benchmark.read(session) if self._benchmark is not None else None
                laid_out = lay_out(
                    day,
                    self._hours.utc_offset_seconds(day) * 1000,
                    [one for one in series if isinstance(one, TradeSeries)],
                    [one for one in series if isinstance(one, QuoteSeries)],
                    [internal] if isinstance(internal, TradeSeries) else [],
                )
                if laid_out.utc_ms:
                    yield laid_out
            day += timedelta(days=1)


def _require_one_resolution(subscriptions: list[SubscriptionDataConfig]) -> None:
    resolutions = {config.resolution for config in subscriptions if config.fill_forward}
    if len(resolutions) > 1:
        names = ", ".join(sorted(resolution.name for resolution in resolutions))
        raise UnsupportedApiError("fill-forward over several resolutions", names)
