"""The market as a security last saw it, read straight from the day's columns."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.feed.bars import QuoteBar, TradeBar
from pylean.naming import PascalNames
from pylean.numbers import ZERO

if TYPE_CHECKING:
    from pylean.feed.series import QuoteSeries, TradeSeries

__all__ = ["SecurityCache"]


class SecurityCache(PascalNames):
    """Latest real bars: repeated (filled-forward) points are in the slice but never here.

    The cache holds no copies. It points at the day's series, whose cursors the engine moves; the last bar of the day
    before is kept for the time until the new day's first.
    """

    __slots__ = ("_earlier_quote", "_earlier_trade", "_latest", "quotes", "trades")

    def __init__(self) -> None:
        self.trades: TradeSeries | None = None
        self.quotes: QuoteSeries | None = None
        self._earlier_trade: TradeBar | None = None
        self._earlier_quote: QuoteBar | None = None
        self._latest: tuple[int, TradeBar | None] = (-1, None)

    def open_trades(self, series: TradeSeries) -> None:
        """A new day of trade bars begins."""
        self._earlier_trade = self.last_trade_bar()
        self.trades = series
        self._latest = (-1, self._earlier_trade)

    def open_quotes(self, series: QuoteSeries) -> None:
        """A new day of quote bars begins."""
        self._earlier_quote = self.last_quote_bar()
        self.quotes = series

    def last_trade_bar(self) -> TradeBar | None:
        series = self.trades
        if series is None:
            return self._earlier_trade
        index = series.real_index(series.cursor.index)
        if index != self._latest[0]:
            self._latest = (index, series.bar(index))
        return self._latest[1]

    def last_quote_bar(self) -> QuoteBar | None:
        series = self.quotes
        if series is not None:
            index = series.real_index(series.cursor.index)
            if index >= 0:
                return series.bar(index)
        return self._earlier_quote

    def get_data(self, kind: type | None = None) -> TradeBar | QuoteBar | None:
        """The latest real bar of a kind; of trades without one."""
        return self.last_quote_bar() if kind is QuoteBar else self.last_trade_bar()

    @property
    def has_data(self) -> bool:
        return self.last_trade_bar() is not None or self.last_quote_bar() is not None

    @property
    def price(self) -> Decimal:
        """Last trade in USD, zeros of the file's scale kept; the middle of the quote without one; 0 without data."""
        series = self.trades
        if series is not None:
            index = series.real_index(series.cursor.index)
            if index >= 0:
                return series.scale.decimal(series.close[index])
        bar = self._earlier_trade or self.last_quote_bar()
        return ZERO if bar is None else bar.decimal("close")

    @property
    def price_float(self) -> float:
        """``price`` as an algorithm reads it."""
        series = self.trades
        if series is not None:
            index = series.real_index(series.cursor.index)
            if index >= 0:
                return series.close[index] / series.scale.divisor
        bar = self._earlier_trade or self.last_quote_bar()
        return 0.0 if bar is None else bar.close

    @property
    def bid(self) -> Decimal:
        """Close of the last quote's bid; the price without one."""
        quote = self.last_quote_bar()
        return self.price if quote is None or quote.bid is None else quote.bid.decimal("close")

    @property
    def ask(self) -> Decimal:
        """Close of the last quote's ask; the price without one."""
        quote = self.last_quote_bar()
        return self.price if quote is None or quote.ask is None else quote.ask.decimal("close")
