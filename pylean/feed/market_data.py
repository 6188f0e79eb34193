"""The data folder as the feed reads it: bars by column, hours, factors and ticker changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from pylean.numbers import ONE
from pylean.securities.symbol import Symbol
from pylean.storage import (
    END_OF_TIME,
    ColumnCache,
    FactorFile,
    LeanPaths,
    MalformedBarsError,
    MapFile,
    MapFileResolver,
    MarketHours,
    Normalization,
    QuoteColumns,
    Resolution,
    StorageError,
    SymbolProperties,
    TradeColumns,
    UnreadableZipError,
    parse_identifier,
)

__all__ = ["MarketData"]


class MarketData:
    """One Lean data folder, read lazily; metadata are kept for the life of the run.

    With ``skip_unreadable`` a damaged file of trade bars counts as missing, as in Lean; ``unreadable`` keeps its error.
    """

    def __init__(self, root: Path, cache_dir: Path | None, *, skip_unreadable: bool = False) -> None:
        self.paths = LeanPaths(root)
        self.unreadable: list[StorageError] = []
        self._skip_unreadable = skip_unreadable
        self._columns = ColumnCache(cache_dir)
        self._resolver = MapFileResolver(self.paths)
        self._map_files: dict[Symbol, MapFile] = {}
        self._factor_files: dict[str, FactorFile] = {}
        self._hours: dict[str, MarketHours] = {}
        self._histories: dict[tuple[str, Resolution], TradeColumns | None] = {}

    def hours(self, ticker: str) -> MarketHours:
        found = self._hours.get(ticker)
        if found is None:
            found = self._hours[ticker] = MarketHours.read(self.paths, ticker=ticker)
        return found

    def properties(self, ticker: str) -> SymbolProperties:
        return SymbolProperties.read(self.paths, ticker)

    def symbol(self, ticker: str, day: date = END_OF_TIME) -> Symbol:
        """What trades under a ticker today: Lean reads tickers of algorithms so, whatever the days of the run.

        Where Lean asks for another day, it is given.
        """
        ticker = ticker.upper()
        identifier = self._resolver.identify(ticker, day)
        return Symbol(ticker, str(identifier), identifier.ticker)

    def map_file(self, symbol: Symbol) -> MapFile:
        """Ticker history of a security; empty without a file."""
        known = self._map_files.get(symbol)
        if known is None:
            identifier = parse_identifier(symbol.id)
            known = self._map_files[symbol] = self._resolver.resolve(identifier.ticker, identifier.first_date)
        return known

    def factor_file(self, permtick: str) -> FactorFile:
        """Price factors, splits and dividends of a security; no rows without a file."""
        file = self._factor_files.get(permtick)
        if file is None:
            file = self._factor_files[permtick] = FactorFile.read(self.paths, permtick)
        return file

    def factor(self, permtick: str, day: date, mode: int) -> Decimal:
        """What a stored price is multiplied by; exactly 1 without a factor file."""
        factor = self.factor_file(permtick).price_factor(day, Normalization(mode))
        return ONE if factor == 1 else factor

    def trades(self, ticker: str, resolution: Resolution, first: date, last: date) -> TradeColumns | None:
        """Trade bars from a day to a day; of seconds and minutes, which have a file a day, only the first day's."""
        if resolution in (Resolution.HOUR, Resolution.DAILY):
            return self._part_of_history(ticker, resolution, first, last)
        return self._stored_trades(self.paths.bars(resolution, ticker, first), resolution, first)

    def quotes(self, ticker: str, resolution: Resolution, day: date) -> QuoteColumns | None:
        """The day's quote bars; stores without quotes are common and not a defect."""
        path = self.paths.bars(resolution, ticker, day, "quote")
        return self._columns.quotes(path, resolution, day) if path.exists() else None

    def has_quotes(self, ticker: str, resolution: Resolution, day: date) -> bool:
        """Quote bars of the day are stored."""
        return self.paths.bars(resolution, ticker, day, "quote").exists()

    def has_bars(self, symbol: Symbol, resolution: Resolution, quotes: bool, first: date, last: date) -> bool:
        """Bars of some day are stored, under any ticker that the security ever had."""
        tickers = {row.ticker for row in self.map_file(symbol).rows} or {symbol.value}
        for ticker in map(str.lower, tickers):
            if resolution in (Resolution.HOUR, Resolution.DAILY):
                columns = None if quotes else self.history(ticker, resolution)
                if columns is not None and len(columns):
                    return True
                continue
            for path in self.paths.ticker_folder(resolution, ticker).glob("*_quote.zip" if quotes else "*_trade.zip"):
                if f"{first:%Y%m%d}" <= path.name[:8] <= f"{last:%Y%m%d}":
                    return True
        return False

    def history(self, ticker: str, resolution: Resolution) -> TradeColumns | None:
        """All hour or daily bars of a ticker."""
        key = (ticker, resolution)
        if key not in self._histories:
            self._histories[key] = self._stored_trades(self.paths.bars(resolution, ticker, None), resolution, None)
        return self._histories[key]

    def _stored_trades(self, path: Path, resolution: Resolution, day: date | None) -> TradeColumns | None:
        if not path.exists():
            return None
        try:
            return self._columns.trades(path, resolution, day)
        except (MalformedBarsError, UnreadableZipError) as error:
            if not self._skip_unreadable:
                raise
            self.unreadable.append(error)
            return None

    def _part_of_history(self, ticker: str, resolution: Resolution, first: date, last: date) -> TradeColumns | None:
        columns = self.history(ticker, resolution)
        if columns is None:
            return None
        epoch = date(1970, 1, 1).toordinal()
        edges_ms = [(first.toordinal() - epoch) * 86_400_000, (last.toordinal() + 1 - epoch) * 86_400_000]
        begin, end = columns.time_ms.searchsorted(edges_ms)
        return columns.slice(int(begin), int(end)) if begin < end else None
