"""The market as a security last saw it, read straight from the day's columns."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.feed.bars import Bar, QuoteBar, TradeBar
from pylean.naming import PascalNames
from pylean.numbers import ZERO, to_float

if TYPE_CHECKING:
    from pylean.feed.base_data import BaseData
    from pylean.feed.series import QuoteSeries, TradeSeries
    from pylean.securities.session import Session

__all__ = ["SecurityCache"]


class SecurityCache(PascalNames):
    """Latest real bars: repeated (filled-forward) points are in the slice but never here.

    The cache holds no copies. It points at the day's series, whose cursors the engine moves; the last bar of the day
    before is kept for the time until the new day's first.
    """

    __slots__ = (
        *("_earlier_quote", "_earlier_sides", "_earlier_trade", "_latest", "_restated", "_stored"),
        *("quotes", "session", "trades"),
    )

    def __init__(self) -> None:
        self.trades: TradeSeries | None = None
        self.quotes: QuoteSeries | None = None
        self._earlier_trade: TradeBar | None = None
        self._earlier_quote: QuoteBar | None = None
        self._earlier_sides: dict[str, Bar | None] = {}
        self._latest: tuple[int, TradeBar | None] = (-1, None)
        #: The point whose bar was restated for a split, -1 for none.
        self._restated = -1
        #: The latest data of other classes, such as those of universes.
        self._stored: dict[type, BaseData] = {}
        #: Market days, if the security keeps them.
        self.session: Session | None = None

    def reset(self) -> None:
        """Forget everything: the security has no data any more."""
        session = self.session
        self.__init__()  # type: ignore[misc]
        self.session = session
        if session is not None:
            session.reset()

    def open_trades(self, series: TradeSeries) -> None:
        """New trade bars begin; the same series again is no news."""
        if series is self.trades:
            return
        if self.session is not None:
            self.session.catch_up()
        self._earlier_trade = self.last_trade_bar()
        self.trades = series
        self._latest = (-1, self._earlier_trade)
        self._restated = -1

    def store_data(self, data: BaseData) -> None:
        """Keep a point that is no bar as the latest of its class."""
        self._stored[type(data)] = data

    def add_data(self, data: BaseData) -> None:
        """Take a bar from outside the stream as the latest one, until the stream brings a newer."""
        if isinstance(data, TradeBar):
            self._earlier_trade = data
            self._latest = (-1, data)
        elif isinstance(data, QuoteBar):
            self._earlier_quote = data
            sides = {name: getattr(data, name) or self._earlier_sides.get(name) for name in ("bid", "ask")}
            self._earlier_sides = sides

    def open_quotes(self, series: QuoteSeries) -> None:
        """New quote bars begin; the same series again is no news."""
        if series is self.quotes:
            return
        self._earlier_quote = self.last_quote_bar()
        self._earlier_sides = {name: self._last_side(name) for name in ("bid", "ask")}
        self.quotes = series

    def apply_split(self, factor: Decimal) -> None:
        """Restate the last bar's prices for a split; the next bar brings its own."""
        bar = self.last_trade_bar()
        if bar is None:
            return
        opened, high, low, close = (bar.decimal(name) * factor for name in ("open", "high", "low", "close"))
        restated = TradeBar(bar.time, bar.symbol, opened, high, low, close, bar.volume, bar.period)
        series = self.trades
        index = -1 if series is None else series.real_index(series.cursor.index)
        self._latest = (index, restated)
        if index < 0:
            self._earlier_trade = restated
        else:
            self._restated = index

    @property
    def is_restated(self) -> bool:
        """The last bar's prices are not those of its column: a split restated them."""
        return self._restated >= 0

    @property
    def earlier_price(self) -> Decimal:
        """The price before the first point of the series at hand."""
        bar = self._earlier_trade
        return ZERO if bar is None else bar.decimal("close")

    def price_at(self, point: int) -> Decimal:
        """The price while a real point was the latest one; -1 stands for none."""
        if point < 0 or self.trades is None:
            return self.earlier_price
        if point == self._restated and self._latest[1] is not None:
            return self._latest[1].decimal("close")
        return self.trades.scale_of(point).decimal(self.trades.close[point])

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

    def get_data(self, kind: type | None = None) -> Any:
        """The latest real bar or point of a class, of trades without one; ``None`` when there was none."""
        if kind is None or kind is TradeBar:
            return self.last_trade_bar()
        return self.last_quote_bar() if kind is QuoteBar else self._stored.get(kind)

    def has_data(self, kind: type | None = None) -> bool:
        """Data of a class were seen, trades without one; quotes alone do not count then."""
        return self.get_data(kind) is not None

    @property
    def price(self) -> Decimal:
        """Last trade in USD, zeros of the file's scale kept; 0 without one, whatever the quotes say."""
        series = self.trades
        if series is not None:
            index = series.real_index(series.cursor.index)
            if index >= 0:
                if index == self._restated and self._latest[1] is not None:
                    return self._latest[1].decimal("close")
                return series.scale_of(index).decimal(series.close[index])
        bar = self._earlier_trade
        return ZERO if bar is None else bar.decimal("close")

    @property
    def price_float(self) -> float:
        """``price`` as an algorithm reads it."""
        series = self.trades
        if series is not None:
            index = series.real_index(series.cursor.index)
            if index >= 0:
                if index == self._restated and self._latest[1] is not None:
                    return self._latest[1].close
                return series.close[index] / series.scale_of(index).divisor
        bar = self._earlier_trade
        return 0.0 if bar is None else bar.close

    @property
    def bid_price(self) -> float:
        return to_float(self.bid)

    @property
    def ask_price(self) -> float:
        return to_float(self.ask)

    @property
    def bid(self) -> Decimal:
        """Close of the last bid, even if the latest quotes had none; the price without any."""
        side = self._last_side("bid")
        return self.price if side is None else side.decimal("close")

    @property
    def ask(self) -> Decimal:
        """Close of the last ask, even if the latest quotes had none; the price without any."""
        side = self._last_side("ask")
        return self.price if side is None else side.decimal("close")

    def _last_side(self, name: str) -> Bar | None:
        series = self.quotes
        index = -1 if series is None else series.real_index(series.cursor.index)
        side = None if series is None or index < 0 else series.last_side(name, index)
        return self._earlier_sides.get(name) if side is None else side
