"""Estimated strategy capacity: how much money could trade like this before it moves the market.

After a fill, the dollar volume of the symbol's next bars is summed for a while; at snapshots the symbol with the
smallest sum limits the strategy. All in USD.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from pylean.numbers import ONE, ZERO, double_to_decimal
from pylean.results.portfolio_view import CapacityBar, PortfolioView
from pylean.results.summary import CapacityFigures
from pylean.securities.symbol import Symbol

__all__ = ["StrategyCapacity"]

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_MIDNIGHT = time()
_LONGEST_SNAPSHOT_PERIOD, _SHORTEST_SNAPSHOT_PERIOD = timedelta(days=7), _DAY
_IDLE_PERIOD = timedelta(days=30)
_ROUNDED_TO = Decimal("1000.00")
_NEW_WEIGHT, _OLD_WEIGHT = Decimal("0.33"), Decimal("0.66")

_TRADING_DAY_MINUTES = 390
_LEAST_DISCOUNT = Decimal("0.20")
_WATCH_DOLLARS_PER_MINUTE = 6_000_000
_WATCH_DOLLARS_PER_SECOND = _WATCH_DOLLARS_PER_MINUTE // 60
_LONGEST_WATCH_MIN, _UNKNOWN_VOLUME_WATCH_MIN = 120, 10
_SHORTEST_WATCH_OF_SECONDS, _SHORTEST_WATCH_OF_MINUTES = 5 * _MINUTE, _MINUTE
_SHARE_OF_SECONDS, _SHARE_OF_MINUTES = Decimal("0.50"), Decimal("0.20")
_SHARE_OF_HOURS, _SHARE_OF_DAYS = Decimal("0.05"), Decimal("0.02")


class StrategyCapacity:
    """Follows the volume after fills and keeps the estimate; ``watched`` is a live view, mostly empty."""

    def __init__(self, start: date, end: date, portfolio: PortfolioView) -> None:
        self._portfolio = portfolio
        self._symbols = _SlotTable()
        self._watched: dict[Symbol, _SymbolCapacity] = {}
        self.watched: KeysView[Symbol] = self._watched.keys()
        run_length = timedelta(days=(end - start).days + 1)
        self._snapshot_period = max(min(run_length - _DAY, _LONGEST_SNAPSHOT_PERIOD), _SHORTEST_SNAPSHOT_PERIOD)
        self._next_snapshot_utc = datetime.combine(start, _MIDNIGHT) + self._snapshot_period
        self._capacity = ZERO
        self._lowest_asset: Symbol | None = None

    @property
    def next_due_utc(self) -> datetime:
        """When the next snapshot is to be taken; never, as long as nothing was traded."""
        return self._next_snapshot_utc if self._symbols else datetime.max

    @property
    def figures(self) -> CapacityFigures:
        """The estimate in whole thousands, half away from zero."""
        thousands = (self._capacity / _ROUNDED_TO).quantize(ONE, rounding=ROUND_HALF_UP)
        return CapacityFigures(_ROUNDED_TO * thousands, self._lowest_asset)

    def on_fill(self, symbol: Symbol, utc: datetime, fill_price: Decimal, fill_quantity: Decimal) -> None:
        """Count a fill and watch its symbol's volume from now on."""
        state = self._symbols.find(symbol) or self._symbols.add(_SymbolCapacity(symbol))
        state.on_fill(utc, fill_price * abs(fill_quantity))
        self._watched.setdefault(symbol, state)

    def take_bars(self, symbol: Symbol, bars: Iterable[CapacityBar]) -> None:
        """Bars of a watched symbol since the last ones."""
        state = self._watched[symbol]
        for bar in bars:
            if bar.volume and not state.add_bar(bar):
                del self._watched[symbol]
                return

    def update(self, utc: datetime, *, force: bool = False) -> None:
        """Take a snapshot on its UTC day or when forced."""
        if not self._symbols or (utc < self._next_snapshot_utc and not force):
            return
        equity = self._portfolio.equity()
        if equity:
            self._take_snapshot(utc, equity)
            self._next_snapshot_utc = datetime.combine(utc.date(), _MIDNIGHT) + self._snapshot_period

    def _take_snapshot(self, utc: datetime, equity: Decimal) -> None:
        smallest = min(self._symbols, key=lambda state: state.market_volume)
        self._lowest_asset = smallest.symbol
        sale_volume = sum((state.sale_volume for state in self._symbols), ZERO)
        share_of_sales = smallest.sale_volume / sale_volume if sale_volume else ZERO
        share_of_equity = self._portfolio.leveraged_margin(smallest.symbol) / equity
        share = max(share_of_sales, share_of_equity)
        estimate = smallest.market_volume / smallest.fill_count / share if share else self._capacity
        if self._capacity:
            estimate = _NEW_WEIGHT * estimate + self._capacity * _OLD_WEIGHT
        self._capacity = estimate
        for state in list(self._symbols):
            if utc < state.last_fill_utc + _IDLE_PERIOD or self._portfolio.holding(state.symbol).value:
                state.restart_at_next_fill()
            else:
                self._symbols.remove(state.symbol)
                self._watched.pop(state.symbol, None)


class _SymbolCapacity:
    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol
        self.sale_volume = ZERO
        self.fill_count = 0
        self.last_fill_utc = datetime.min
        self._dollar_volume = ZERO
        self._share = ZERO
        self._discount = ONE
        self._is_restarting = False
        self._before: CapacityBar | None = None

    @property
    def market_volume(self) -> Decimal:
        """The part of the summed dollar volume that the strategy could have been."""
        return self._dollar_volume * self._share

    def on_fill(self, utc: datetime, sale_value: Decimal) -> None:
        self.sale_volume += sale_value
        idle = _DAY if self.last_fill_utc == datetime.min else utc - self.last_fill_utc
        discount = 2 * (double_to_decimal(idle.total_seconds() / 60) / _TRADING_DAY_MINUTES)
        self._discount = min(ONE, max(_LEAST_DISCOUNT, discount))
        if self._is_restarting:
            self._dollar_volume, self.fill_count, self._is_restarting = ZERO, 0, False
        self.fill_count += 1
        self.last_fill_utc = utc

    def restart_at_next_fill(self) -> None:
        self._is_restarting = True
        self.sale_volume = ZERO

    def add_bar(self, bar: CapacityBar) -> bool:
        """Add a bar's volume; false once it is too long after the last fill."""
        before, self._before = self._before, bar
        if not self._is_within_watch(bar, before):
            return False
        self._share = _share_of(bar.period)
        self._dollar_volume += bar.close * self._discount * bar.volume
        return True

    def _is_within_watch(self, bar: CapacityBar, before: CapacityBar | None) -> bool:
        """The watch is the longer, the fewer dollars a minute this bar and the one before were worth."""
        last_fill, utc = self.last_fill_utc, bar.utc
        if bar.period >= _DAY:
            return utc == last_fill or datetime.combine(utc.date(), _MIDNIGHT) == _round_up(last_fill, _DAY)
        if bar.period >= _HOUR:
            return utc == _round_up(last_fill, _HOUR)
        is_minute = bar.period >= _MINUTE
        shortest = _SHORTEST_WATCH_OF_MINUTES if is_minute else _SHORTEST_WATCH_OF_SECONDS
        idle = utc - last_fill
        if idle <= shortest:
            return True
        watched_dollars = _WATCH_DOLLARS_PER_MINUTE if is_minute else _WATCH_DOLLARS_PER_SECOND
        volume = bar.volume
        minutes = ZERO if before is None else _minutes_of(utc - before.utc)
        if before is not None and minutes:
            volume = (volume + before.volume) / minutes
        dollars_per_minute = bar.close * volume
        watch: Decimal | int = _UNKNOWN_VOLUME_WATCH_MIN
        if dollars_per_minute:
            watch = min(watched_dollars / dollars_per_minute, Decimal(_LONGEST_WATCH_MIN))
        return idle <= timedelta(minutes=int(watch))


class _SlotTable:
    """Symbols in the order of .NET's dictionary, where an entry takes the place freed last.

    The order decides which of several symbols without volume is named as the lowest.
    """

    def __init__(self) -> None:
        self._slots: list[_SymbolCapacity | None] = []
        self._index: dict[Symbol, int] = {}
        self._freed: list[int] = []

    def __iter__(self) -> Iterator[_SymbolCapacity]:
        return (state for state in self._slots if state is not None)

    def __bool__(self) -> bool:
        return bool(self._index)

    def find(self, symbol: Symbol) -> _SymbolCapacity | None:
        slot = self._index.get(symbol)
        return None if slot is None else self._slots[slot]

    def add(self, state: _SymbolCapacity) -> _SymbolCapacity:
        if self._freed:
            slot = self._freed.pop()
            self._slots[slot] = state
        else:
            slot = len(self._slots)
            self._slots.append(state)
        self._index[state.symbol] = slot
        return state

    def remove(self, symbol: Symbol) -> None:
        slot = self._index.pop(symbol)
        self._slots[slot] = None
        self._freed.append(slot)


@lru_cache(maxsize=256)
def _minutes_of(span: timedelta) -> Decimal:
    # Bars follow each other at a few distances.
    return double_to_decimal(span.total_seconds() / 60)


def _share_of(period: timedelta) -> Decimal:
    if period >= _DAY:
        return _SHARE_OF_DAYS
    if period >= _HOUR:
        return _SHARE_OF_HOURS
    return _SHARE_OF_MINUTES if period >= _MINUTE else _SHARE_OF_SECONDS


def _round_up(utc: datetime, interval: timedelta) -> datetime:
    past = (utc - datetime.min) % interval
    return utc + interval - past if past else utc
