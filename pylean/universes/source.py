"""Where the universes of a run read from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pylean.clock import from_ms, local_to_utc_ms, offset_ms_at
from pylean.feed.reader import day_start_ms
from pylean.securities.symbol import Symbol
from pylean.storage import CoarseFile, MapFile, parse_identifier
from pylean.universes.fundamental import Fundamental, FundamentalDataProvider, FundamentalDay

if TYPE_CHECKING:
    from datetime import datetime

    from pylean.feed.market_data import MarketData
    from pylean.storage import LeanPaths, MarketHours

__all__ = ["UniverseSource"]

_KEPT_DAYS = 4


class UniverseSource:
    """Files of one data folder, symbols that are each made once, and the calendar of the US equity market.

    ``provider`` has fundamental data beyond price and volume, if the run has any.
    """

    def __init__(self, market: MarketData, hours: MarketHours, provider: FundamentalDataProvider | None = None) -> None:
        self.hours = hours
        self.provider = provider
        self._market = market
        self._symbols: dict[tuple[str, str], Symbol] = {}
        self._days: dict[date, FundamentalDay] = {}

    @property
    def paths(self) -> LeanPaths:
        return self._market.paths

    def symbol(self, ticker: str, identifier: str) -> Symbol:
        """The symbol of an identifier's text that goes by a ticker. Raises InvalidIdentifierError for other text."""
        known = self._symbols.get((ticker, identifier))
        if known is None:
            known = self._symbols[ticker, identifier] = Symbol(ticker, identifier, parse_identifier(identifier).ticker)
        return known

    def map_file(self, symbol: Symbol) -> MapFile:
        """Ticker history of a symbol; empty without a file."""
        return self._market.map_file(symbol)

    def fundamental_day(self, day: date) -> FundamentalDay:
        """The coarse data of a day. The latest few days are kept, because several universes read the same one."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _KEPT_DAYS:
                del self._days[next(iter(self._days))]
            known = self._days[day] = FundamentalDay(self, day, CoarseFile.read(self.paths.coarse(day)))
        return known

    def fundamental(self, symbol: Symbol, time: datetime) -> Fundamental:
        """What the data of a time's day say of a stock; without a row Lean's defaults, which are 0."""
        return Fundamental.about(self.fundamental_day(time.date()), symbol, time)

    def latest_fundamental(self, symbol: Symbol, time: datetime) -> Fundamental:
        """What was known of a stock at a time: the data of the day before."""
        return self.fundamental(symbol, time - timedelta(days=1))

    def midnight_ms(self, day: date) -> int:
        """UTC of a day's first instant in New York."""
        return local_to_utc_ms(day_start_ms(day), self.hours.time_zone)

    def local(self, utc_ms: int) -> datetime:
        """New York time of an instant, naive."""
        return from_ms(utc_ms + offset_ms_at(utc_ms, self.hours.time_zone))
