"""A subscription's points behind a cursor: columns decoded once, bars made only when asked for."""

from __future__ import annotations

from copy import copy
from itertools import repeat
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pylean.feed.bars import Bar, PriceScale, QuoteBar, TradeBar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pylean.feed.adjustment import AdjustedRows
    from pylean.feed.base_data import BaseData
    from pylean.feed.fill_forward import Emission
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage.bars import QuoteColumns, TradeColumns

__all__ = ["Cursor", "QuoteSeries", "Series", "TradeSeries"]

_PRICES = ("open", "high", "low", "close")
_DAY_MS = 86_400_000


class Cursor:
    """Index of the latest point, shared by all series that emit at the same moments; -1 before the first."""

    __slots__ = ("index",)

    def __init__(self) -> None:
        self.index = -1


class Series:
    """What both kinds of series share: the moments, which points are real, and how long bars are.

    ``periods_ms`` has the length of a bar by its day (since 1970) where days differ: an early close among others. A bar
    repeated on another day is as long as that day's session.
    """

    def __init__(
        self,
        config: SubscriptionDataConfig,
        emission: Emission,
        adjusted: AdjustedRows,
        period_ms: int,
        periods_ms: Mapping[int, int] | None = None,
    ) -> None:
        self.config = config
        self.symbol = config.symbol
        self.period_ms = period_ms
        self.cursor = Cursor()
        self.end_ms: NDArray[np.int64] = emission.end_ms
        self.real: NDArray[np.bool_] = emission.real
        self.rows = emission.rows
        self.adjusted = adjusted
        self._periods_ms = periods_ms
        self._seeded = int(np.searchsorted(emission.rows, 0, side="left"))
        self.all_real = bool(emission.real.all())
        self._last_real_list: list[int] | None = None

    def __len__(self) -> int:
        return len(self.end_ms)

    def real_index(self, index: int) -> int:
        """The latest point at or before ``index`` that is not a repetition; -1 if there was none yet."""
        if self.all_real or index < 0:
            return index
        if self._last_real_list is None:
            self._last_real_list = self.last_real().tolist()
        return self._last_real_list[index]

    def last_real(self) -> NDArray[np.int64]:
        """``real_index`` of every point."""
        last: NDArray[np.int64] = np.maximum.accumulate(np.where(self.real, np.arange(len(self.real)), -1))
        return last

    @property
    def is_uniform(self) -> bool:
        """All points have one scale and one length, so that columns can be put together to longer bars."""
        return self._periods_ms is None and self.adjusted.is_uniform

    def bar(self, index: int) -> BaseData:
        """The point at ``index``."""
        raise NotImplementedError

    def period_at(self, local_ms: int) -> int:
        """Length of a bar that starts or ends at a local moment, in milliseconds."""
        return self.period_ms if self._periods_ms is None else self._periods_ms[local_ms // _DAY_MS]


class TradeSeries(Series):
    """Trade bars. ``seed`` is the bar before the first stored row, already adjusted."""

    def __init__(
        self,
        config: SubscriptionDataConfig,
        columns: TradeColumns,
        emission: Emission,
        seed: TradeBar | None,
        adjusted: AdjustedRows,
        period_ms: int,
        periods_ms: Mapping[int, int] | None = None,
    ) -> None:
        super().__init__(config, emission, adjusted, period_ms, periods_ms)
        self.columns = columns
        self._seed = seed
        self._volume_divisor = 10**columns.volume_scale
        spans = adjusted.spans(emission.rows[self._seeded :])
        scales = [(end - first, step.scale(columns.price_scale)) for first, end, step in spans]
        if self._seeded and seed is not None:
            scales.insert(0, (self._seeded, seed.scale))
        self._spans = spans
        #: The scale of all points, or of the first ones where ``scales`` has more.
        self.scale = scales[0][1] if scales else adjusted.steps[-1].scale(columns.price_scale)
        self._scales: list[PriceScale] | None = None
        if any(scale.digits != self.scale.digits for _, scale in scales):
            self._scales = [scale for count, scale in scales for _ in repeat(None, count)]
        self._arrays: dict[str, NDArray[Any]] = {}
        self._lists: dict[str, list[int]] = {}
        self._volumes: list[float] | None = None
        #: The bar made last: slice, consolidators and cache mostly ask for the same one.
        self._made: tuple[int, TradeBar] | None = None

    @property
    def is_uniform(self) -> bool:
        return self._scales is None and self._periods_ms is None

    @property
    def is_uniform_scale(self) -> bool:
        """All points have one scale."""
        return self._scales is None

    def column(self, field: str) -> NDArray[Any]:
        """Scaled ``open``, ``high``, ``low`` or ``close`` by point: int64, or Python integers where those overflow."""
        values = self._arrays.get(field)
        if values is None:
            stored, rows, digits = getattr(self.columns, field), self.rows[self._seeded :], self.columns.price_scale
            parts = [step.scaled_column(stored[rows[first:end]], digits) for first, end, step in self._spans]
            if self._seeded and self._seed is not None:
                parts.insert(0, np.array([getattr(self._seed, field + "_scaled")] * self._seeded))
            values = parts[0] if len(parts) == 1 else np.concatenate(parts) if parts else np.empty(0, np.int64)
            self._arrays[field] = values
        return values

    def prices(self, field: str) -> NDArray[np.float64]:
        """``open``, ``high``, ``low`` or ``close`` in USD by point: an integer over a power of ten, as in .NET."""
        divisor: Any = self.scale.divisor
        if self._scales is not None:
            divisor = np.array([scale.divisor for scale in self._scales])
        prices: NDArray[np.float64] = self.column(field).astype(np.float64) / divisor
        return prices

    def _points(self, field: str) -> list[int]:
        values = self._lists.get(field)
        if values is None:
            values = self._lists[field] = self.column(field).tolist()
        return values

    @property
    def close(self) -> list[int]:
        """Scaled closes by point; ``scale_of`` tells their scale."""
        values = self._lists.get("close")
        return self._points("close") if values is None else values

    def scale_of(self, index: int) -> PriceScale:
        return self.scale if self._scales is None else self._scales[index]

    def volume_column(self) -> NDArray[np.float64]:
        """Volumes in shares by point; 0 where a bar is repeated."""
        volumes = np.zeros(len(self.rows))
        for first, end, step in self._spans:
            points = slice(self._seeded + first, self._seeded + end)
            shares = self.columns.volume[self.rows[points]] / self._volume_divisor
            volumes[points] = shares if step.volume_factor == 1 else np.rint(shares * step.volume_factor)
        volumes[~self.real] = 0
        return volumes

    def volumes(self) -> list[float]:
        """``volume_column`` as a list, made once."""
        if self._volumes is None:
            self._volumes = self.volume_column().tolist()
        return self._volumes

    def stored_bar(self, row: int) -> TradeBar:
        """A stored row as it is in the file, inside or outside the session."""
        columns, step = self.columns, self.adjusted.at(row)
        digits = columns.price_scale
        opened, high, low, close = (step.scaled(int(getattr(columns, name)[row]), digits) for name in _PRICES)
        shares = int(columns.volume[row]) / self._volume_divisor
        volume = shares if step.volume_factor == 1 else float(round(shares * step.volume_factor))
        start_ms = int(columns.time_ms[row])
        period_ms = self.period_at(start_ms)
        end_ms = start_ms + period_ms
        scale = step.scale(digits)
        return TradeBar.of_integers(self.symbol, scale, opened, high, low, close, volume, end_ms, period_ms)

    def bar(self, index: int) -> TradeBar:
        """The point at ``index``."""
        made = self._made
        if made is not None and made[0] == index:
            return made[1]
        lists, volumes = self._lists, self.volumes()
        if len(lists) < len(_PRICES):
            for name in _PRICES:
                self._points(name)
        end_ms = self.end_ms.item(index)
        bar = TradeBar.of_integers(
            self.symbol,
            self.scale if self._scales is None else self._scales[index],
            lists["open"][index],
            lists["high"][index],
            lists["low"][index],
            lists["close"][index],
            volumes[index],
            end_ms,
            self.period_at(end_ms),
            not self.real.item(index),
        )
        self._made = (index, bar)
        return bar


class QuoteSeries(Series):
    """Quote bars; a repeated point shows the bar before with its sides and sizes.

    With fill-forward a bar without one side takes it from the bar before, be that inside or outside the session, and
    with its own adjustment: ``raw_seed`` is the last bar before these rows without any.
    """

    def __init__(
        self,
        config: SubscriptionDataConfig,
        columns: QuoteColumns,
        emission: Emission,
        seed: QuoteBar | None,
        adjusted: AdjustedRows,
        period_ms: int,
        raw_seed: QuoteBar | None = None,
    ) -> None:
        super().__init__(config, emission, adjusted, period_ms)
        self.columns = columns
        self._raw_seed = raw_seed
        self._size_divisor = 10**columns.size_scale
        self._seed = seed
        self._side_rows: dict[str, list[int]] = {}

    def _shares(self, sizes: NDArray[np.int64], row: int) -> float:
        size = int(sizes[row]) / self._size_divisor
        factor = self.adjusted.at(row).volume_factor
        return size if factor == 1 else float(round(size * factor))

    def _row_of_side(self, name: str, row: int) -> int:
        """The latest stored row at or before ``row`` that has the side; -1 for none."""
        if name not in self._side_rows:
            has = getattr(self.columns, f"has_{name}")
            self._side_rows[name] = np.maximum.accumulate(np.where(has, np.arange(len(has)), -1)).tolist()
        return self._side_rows[name][row]

    def _side(self, name: str, row: int) -> Bar | None:
        found = self._row_of_side(name, row)
        if found == row or (found >= 0 and self.config.fill_forward):
            prices = tuple(int(getattr(self.columns, f"{name}_{part}")[found]) for part in _PRICES)
            return self._adjusted_side(prices, self.columns.price_scale, row)
        raw: Bar | None = None
        if self.config.fill_forward and self._raw_seed is not None:
            raw = getattr(self._raw_seed, name)
        if raw is None:
            return None
        prices = tuple(getattr(raw, part + "_scaled") for part in _PRICES)
        return self._adjusted_side(prices, raw.scale.digits, row)

    def _adjusted_side(self, prices: tuple[int, ...], digits: int, row: int) -> Bar:
        step = self.adjusted.at(row)
        return Bar(step.scale(digits), *(step.scaled(price, digits) for price in prices))

    def side_prices(self, name: str) -> dict[str, NDArray[np.float64]]:
        """``open``, ``high``, ``low`` and ``close`` of a side by point in USD, not a number where it is missing."""
        step, rows, digits = self.adjusted.steps[0], self.rows, self.columns.price_scale
        prices = {part: np.full(len(rows), np.nan) for part in _PRICES}
        has = getattr(self.columns, f"has_{name}")
        latest = np.maximum.accumulate(np.where(has, np.arange(len(has)), -1)) if len(has) else np.empty(0, np.int64)
        stored = np.flatnonzero(rows >= 0)
        found = latest[rows[stored]]
        shown = (found >= 0) if self.config.fill_forward else found == rows[stored]
        if self.adjusted.is_uniform:
            divisor = step.scale(digits).divisor
            for part, values in prices.items():
                column = step.scaled_column(getattr(self.columns, f"{name}_{part}")[found[shown]], digits)
                values[stored[shown]] = column.astype(np.float64) / divisor
            rest = np.setdiff1d(np.arange(len(rows)), stored[shown]).tolist()
        else:
            rest = list(range(len(rows)))
        for index in rest:
            side = getattr(self.bar(index), name)
            if side is not None:
                for part, values in prices.items():
                    values[index] = getattr(side, part)
        return prices

    def side_sizes(self, name: str) -> NDArray[np.float64]:
        """Shares of a side by point."""
        rows = self.rows
        if not self.adjusted.is_uniform or (len(rows) and rows[0] < 0):
            return np.array([getattr(self.bar(index), f"last_{name}_size") for index in range(len(rows))], np.float64)
        sizes = getattr(self.columns, f"{name}_size")[rows] / self._size_divisor
        factor = self.adjusted.steps[0].volume_factor
        return np.asarray(sizes if factor == 1 else np.rint(sizes * factor), np.float64)

    def last_side(self, name: str, index: int) -> Bar | None:
        """The side as the points up to a real one at ``index`` showed it last; ``None`` if none had it."""
        row = int(self.rows[index])
        if self.config.fill_forward:
            return self._side(name, row)
        found = self._row_of_side(name, row)
        return self._side(name, found) if found >= int(self.rows[0]) else None

    def stored_bar(self, row: int) -> QuoteBar:
        """A stored row as it is in the file, inside or outside the session."""
        return QuoteBar.of_sides(
            self.symbol,
            self._side("bid", row),
            self._shares(self.columns.bid_size, row),
            self._side("ask", row),
            self._shares(self.columns.ask_size, row),
            int(self.columns.time_ms[row]) + self.period_ms,
            self.period_ms,
        )

    def bar(self, index: int) -> QuoteBar:
        """The point at ``index``."""
        row = int(self.rows[index])
        if row < 0 and self._seed is None:
            raise IndexError(f"{self.symbol} has no quote before its first bar")
        bar = self.stored_bar(row) if row >= 0 else copy(cast("QuoteBar", self._seed))
        bar.end_ms = int(self.end_ms[index])
        bar.is_fill_forward = not self.real[index]
        return bar
