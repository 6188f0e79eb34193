"""What results must know of every slice (equity, prices of open trades, volumes after fills), taken in by column.

Between two changes of the account positions are constant, so that nothing has to be asked slice by slice: the tracker
remembers how far it has come and catches up over many slices at once when cash or a position is about to change, a
sample is due, or the stretch ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from pylean.clock import from_ms
from pylean.feed.timeline import Timeline
from pylean.numbers import to_decimal
from pylean.results import CapacityBar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pylean.feed.series import TradeSeries
    from pylean.results import ResultCollector
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.symbol import Symbol

__all__ = ["SliceTracker"]

_LARGEST = 2**62


class SliceTracker:
    """The engine says where it is: ``priced`` slices have their prices in force, ``finished`` ones are over."""

    def __init__(self, portfolio: SecurityPortfolioManager, collector: ResultCollector) -> None:
        self._portfolio = portfolio
        self._collector = collector
        self._timeline = Timeline.empty(0, 0)
        self.priced = self.finished = 0
        self._marked = self._followed = 0

    def open(self, timeline: Timeline) -> None:
        """Another timeline begins; the one before is caught up with."""
        self.catch_up()
        self._timeline = timeline
        self.priced = self.finished = self._marked = self._followed = 0

    def catch_up(self) -> None:
        """Take in every slice up to here, with the positions as they are; in a slice at hand its equity is left out."""
        if self._marked < self.priced:
            for symbol in list(self._collector.trades.open_symbols):
                self._mark(symbol)
            self._marked = self.priced
        if self._followed < self.finished:
            self._follow(self.finished)

    def finish_slice(self) -> None:
        """The slice at hand is sampled by the collector itself; the volumes in it count before that."""
        self.catch_up()
        if self._followed < self.priced:
            self._add_volumes(self.priced)
            self._followed = self.priced

    def last_bars(self) -> dict[Symbol, CapacityBar]:
        """Bars of watched symbols in the slice that the prices in force are of."""
        last = self.priced - 1
        return {symbol: bar for symbol in self._collector.watched for bar in self._real_bars(symbol, last, last + 1)}

    def _follow(self, end: int) -> None:
        self._add_volumes(end)
        if self._portfolio.held:
            self._collector.take_equities(self._equities(end))
        self._followed = end

    def _mark(self, symbol: Symbol) -> None:
        """Prices of the slices in which there is anything of the symbol."""
        first, end = self._marked, self.priced
        has_point = np.zeros(end - first, np.bool_)
        timeline = self._timeline
        entries: list[Any] = [timeline.trades.get(symbol), timeline.quotes.get(symbol)]
        for entry in (*entries, *timeline.coarser.get(symbol, ())):
            if entry is not None:
                has_point |= entry[1].has_point(first, end)
        if has_point.any():
            prices, digits = self._prices(symbol, end, first)
            self._collector.trades.take_prices(symbol, prices[has_point], digits)

    def _add_volumes(self, end: int) -> None:
        for symbol in list(self._collector.watched):
            self._collector.take_volumes(symbol, self._real_bars(symbol, self._followed, end))

    def _real_bars(self, symbol: Symbol, first: int, end: int) -> Iterator[CapacityBar]:
        """Bars in some slices, one by one, because the watch of a symbol mostly ends after a few."""
        entry = self._timeline.trades.get(symbol)
        if entry is None or first < 0:
            return
        series, group = entry
        slices = np.flatnonzero(group.has_point(first, end)) + first
        points = group.latest()[slices]
        real = series.real[points]
        utc_ms, closes, volumes = self._timeline.utc_ms, series.close, series.volumes()
        for index, point in zip(slices[real].tolist(), points[real].tolist(), strict=True):
            close = series.scale_of(point).decimal(closes[point])
            period = timedelta(milliseconds=series.period_at(series.end_ms.item(point)))
            yield CapacityBar(from_ms(utc_ms[index]), close, to_decimal(volumes[point]), period)

    def _equities(self, end: int) -> list[Decimal]:
        """First, highest, lowest and last equity of the slices that are not followed yet."""
        parts: list[tuple[NDArray[Any], int, int]] = []
        for symbol, holding in self._portfolio.held.items():
            prices, digits = self._prices(symbol, end, self._followed)
            quantity = holding.decimal_quantity
            more = max(0, -int(quantity.as_tuple().exponent))
            parts.append((prices, int(quantity.scaleb(more)), digits + more))
        common = max(digits for _, _, digits in parts)
        total: NDArray[Any] = np.zeros(end - self._followed, np.int64)
        for prices, shares, digits in parts:
            factor = shares * 10 ** (common - digits)
            is_large = prices.dtype == object or int(prices.max()) * abs(factor) * len(parts) > _LARGEST
            total = total + (prices.astype(object) * factor if is_large else prices * factor)
        cash = self._portfolio.decimal_total_cash
        wanted = (total[0], total.max(), total.min(), total[-1])
        return [cash + Decimal(int(value)).scaleb(-common) for value in wanted]

    def _prices(self, symbol: Symbol, end: int, first: int) -> tuple[NDArray[Any], int]:
        """The security's price at each slice as integers, and the digits of their fraction."""
        cache = self._portfolio.securities[symbol].cache
        entry = self._timeline.trades.get(symbol)
        if entry is None or entry[0] is not cache.trades:
            return _constant(cache.price, end - first)
        series, group = entry
        points = _real_points(series, group.latest()[first:end])
        if series.is_uniform_scale and not cache.is_restated:
            earlier, missing = cache.earlier_price, points < 0
            if not missing.any():
                return series.column("close")[points], series.scale.digits
            digits = -int(earlier.as_tuple().exponent)
            if digits <= series.scale.digits:
                prices = series.column("close")[points]
                prices[missing] = int(earlier.scaleb(series.scale.digits))
                return prices, series.scale.digits
        return _as_integers([cache.price_at(point) for point in points.tolist()])


def _real_points(series: TradeSeries, points: NDArray[np.int64]) -> NDArray[np.int64]:
    """The latest real point at or before each, -1 for none."""
    return points if series.all_real else np.append(series.last_real(), -1)[points]


def _constant(price: Decimal, count: int) -> tuple[NDArray[Any], int]:
    digits = max(0, -int(price.as_tuple().exponent))
    return np.full(count, int(price.scaleb(digits))), digits


def _as_integers(prices: list[Decimal]) -> tuple[NDArray[Any], int]:
    digits = max(0, *(-int(price.as_tuple().exponent) for price in prices))
    return np.array([int(price.scaleb(digits)) for price in prices], dtype=object), digits
