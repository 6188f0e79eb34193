"""Finds the corporate actions of a subscription, trading day by trading day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from pylean.clock import from_ms
from pylean.feed.corporate_actions import (
    CorporateAction,
    Delisting,
    DelistingType,
    Dividend,
    Split,
    SplitType,
    SymbolChangedEvent,
)
from pylean.numbers import ZERO

if TYPE_CHECKING:
    from pylean.feed.market_data import MarketData
    from pylean.feed.reader import SubscriptionReader
    from pylean.storage import MarketHours
    from pylean.storage import factor_files as stored
    from pylean.storage.market_hours import Session

__all__ = ["ActionsReader"]


class ActionsReader:
    """Corporate actions of the security that a reader reads, from the reader's first day on.

    A dividend or split of the first day is unknown, as in Lean: it would have been seen coming on the day before.
    """

    def __init__(self, reader: SubscriptionReader, market: MarketData, hours: MarketHours) -> None:
        self._reader = reader
        self._symbol = reader.config.symbol
        self._map = reader.map_file
        factors = market.factor_file(self._map.permtick)
        self._dividends: dict[date, stored.Dividend] = {event.day: event for event in factors.dividends(hours)}
        splits = factors.splits(hours)
        self._splits: dict[date, stored.Split] = {event.day: event for event in splits}
        self._split_warnings: dict[date, stored.Split] = {event.warning_day: event for event in splits}
        began = from_ms(reader.begin_ms).date()
        # A subscription that begins before the first listing goes by its own ticker until then, as in Lean.
        self._ticker = (
            self._map.ticker_on(began, self._symbol.value) if self._map.has_data(began) else self._symbol.value
        )
        self._is_first = True
        self._is_warned = self._is_delisted = False
        self._is_eventful = bool(self._dividends or splits or len(self._map.rows) > 1)

    def copy(self, reader: SubscriptionReader) -> ActionsReader:
        """Goes on from here on its own, beside a copy of the reader."""
        other = copy(self)
        other.__dict__["_reader"] = reader
        return other

    def read(self, sessions: Sequence[Session]) -> Iterator[CorporateAction]:
        """What happens on these trading days, and of a delisting also what falls between them, in order.

        Prices that are the last close are left 0: the bars are read after this.
        """
        if not self._is_eventful:
            return
        for session in sessions:
            day = session.day
            if self._map.has_data(day):
                yield from self._changes(day)
                yield from self._splits_on(day)
                yield from self._dividends_on(day)
                self._is_first = False
            yield from self._delisting(day)

    def _changes(self, day: date) -> Iterator[CorporateAction]:
        ticker = self._map.ticker_on(day, self._symbol.value)
        if ticker != self._ticker:
            yield SymbolChangedEvent(self._symbol, _midnight(day), self._ticker, ticker)
        self._ticker = ticker

    def _splits_on(self, day: date) -> Iterator[CorporateAction]:
        split = self._splits.get(day)
        if split is not None and not self._is_first:
            price, factor = split.reference_price, split.split_factor
            yield Split(self._symbol, _midnight(day), price, factor, SplitType.SPLIT_OCCURRED)
        coming = self._split_warnings.get(day)
        if coming is not None:
            yield Split(self._symbol, _midnight(day), ZERO, coming.split_factor, SplitType.WARNING)

    def _dividends_on(self, day: date) -> Iterator[CorporateAction]:
        dividend = self._dividends.get(day)
        if dividend is not None and not self._is_first:
            self._reader.dividends.append((day, dividend.distribution))
            yield Dividend(self._symbol, _midnight(day), dividend.distribution, dividend.reference_price)

    def _delisting(self, day: date) -> Iterator[CorporateAction]:
        last = self._map.delisting_date
        if not self._is_warned and day >= last:
            self._is_warned = True
            yield Delisting(self._symbol, _midnight(last), ZERO, DelistingType.WARNING)
        if not self._is_delisted and day > last:
            self._is_delisted = True
            after = _midnight(last + timedelta(days=1))
            yield Delisting(self._symbol, after, ZERO, DelistingType.DELISTED)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
