"""A subscription's points of one day behind a cursor: columns decoded once, bars made only when asked for."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from pylean.feed.bars import Bar, PriceScale, QuoteBar, TradeBar, scaled_integer
from pylean.numbers import ONE

if TYPE_CHECKING:
    from decimal import Decimal

    from numpy.typing import NDArray

    from pylean.feed.fill_forward import Emission
    from pylean.feed.subscription import SubscriptionDataConfig
    from pylean.storage.bars import QuoteColumns, TradeColumns

__all__ = ["Cursor", "QuoteSeries", "Series", "TradeSeries"]


class Cursor:
    """Index of the latest point, shared by all series that emit at the same moments; -1 before the first."""

    __slots__ = ("index",)

    def __init__(self) -> None:
        self.index = -1


class Series:
    """What both kinds of series share: the moments, and which points are real."""

    def __init__(self, config: SubscriptionDataConfig, emission: Emission, factor: Decimal) -> None:
        self.config = config
        self.symbol = config.symbol
        self.period_ms = config.period_ms
        self.cursor = Cursor()
        self.end_ms: NDArray[np.int64] = emission.end_ms
        self.real: NDArray[np.bool_] = emission.real
        self.rows = emission.rows
        self._seeded = int(np.searchsorted(emission.rows, 0, side="left"))
        self._factor_digits = max(0, -int(factor.as_tuple().exponent))
        self._factor = scaled_integer(factor, self._factor_digits)
        self._all_real = bool(emission.real.all())
        self._last_real: list[int] | None = None

    def __len__(self) -> int:
        return len(self.end_ms)

    def real_index(self, index: int) -> int:
        """The latest point at or before ``index`` that is not a repetition; -1 if the day had none yet."""
        if self._all_real or index < 0:
            return index
        if self._last_real is None:
            marked = np.where(self.real, np.arange(len(self.real)), -1)
            self._last_real = np.maximum.accumulate(marked).tolist()
        return self._last_real[index]


class TradeSeries(Series):
    """Trade bars of a day. ``seed`` is the bar before the day's first stored row; its prices keep their own factor."""

    def __init__(
        self,
        config: SubscriptionDataConfig,
        columns: TradeColumns,
        emission: Emission,
        seed: TradeBar | None,
        factor: Decimal,
    ) -> None:
        super().__init__(config, emission, factor)
        self.columns = columns
        digits = columns.price_scale + self._factor_digits
        if seed is not None and self._seeded and seed.scale.digits > digits:
            self._factor *= 10 ** (seed.scale.digits - digits)
            digits = seed.scale.digits
        self.scale = PriceScale(digits)
        self._seed = seed
        self._volume_divisor = 10**columns.volume_scale
        self._volume_factor = float(ONE / factor)
        self._arrays: dict[str, NDArray[Any]] = {}
        self._close: list[int] | None = None
        self._points: tuple[list[int], list[int], list[int], list[int], list[float]] | None = None

    def column(self, field: str) -> NDArray[Any]:
        """Scaled ``open``, ``high``, ``low`` or ``close`` by point: int64, or Python integers where those overflow."""
        values = self._arrays.get(field)
        if values is None:
            values = self._arrays[field] = self._scaled(field)
        return values

    def _scaled(self, field: str) -> NDArray[Any]:
        stored: NDArray[Any] = getattr(self.columns, field)[self.rows[self._seeded :]]
        seed_scaled = 0
        if self._seeded and self._seed is not None:
            seed_scaled = getattr(self._seed, field + "_scaled") * 10 ** (self.scale.digits - self._seed.scale.digits)
        largest = max(int(stored.max()) * self._factor if len(stored) else 0, seed_scaled)
        if largest > np.iinfo(np.int64).max:
            stored = stored.astype(object)
        if self._factor != 1 and len(stored):
            stored = stored * self._factor
        if not seed_scaled:
            return stored
        return np.concatenate((np.full(self._seeded, seed_scaled, dtype=stored.dtype), stored))

    @property
    def close(self) -> list[int]:
        """Scaled closes by point."""
        if self._close is None:
            self._close = self.column("close").tolist()
        return self._close

    def volume_column(self) -> NDArray[np.float64]:
        """Volumes in shares by point; 0 where a bar is repeated."""
        volumes = np.zeros(len(self.rows))
        volumes[self.real] = self._shares(self.columns.volume[self.rows[self.real]])
        return volumes

    def _shares(self, volumes: NDArray[np.int64]) -> NDArray[np.float64]:
        """Adjusted volumes are the stored ones over the price factor, as whole shares."""
        shares: NDArray[np.float64] = volumes / self._volume_divisor
        return shares if self._volume_factor == 1 else np.rint(shares * self._volume_factor)

    def stored_bar(self, row: int) -> TradeBar:
        """A stored row as it is in the file, inside or outside the session."""
        columns = self.columns
        return TradeBar.of_integers(
            self.symbol,
            self.scale,
            int(columns.open[row]) * self._factor,
            int(columns.high[row]) * self._factor,
            int(columns.low[row]) * self._factor,
            int(columns.close[row]) * self._factor,
            float(self._shares(columns.volume[row : row + 1])[0]),
            int(columns.time_ms[row]) + self.period_ms,
            self.period_ms,
        )

    def bar(self, index: int) -> TradeBar:
        """The point at ``index``."""
        if self._points is None:
            opens, highs, lows = (self.column(field).tolist() for field in ("open", "high", "low"))
            self._points = (opens, highs, lows, self.close, self.volume_column().tolist())
        opens, highs, lows, closes, volumes = self._points
        return TradeBar.of_integers(
            self.symbol,
            self.scale,
            opens[index],
            highs[index],
            lows[index],
            closes[index],
            volumes[index],
            self.end_ms.item(index),
            self.period_ms,
            not self.real.item(index),
        )


class QuoteSeries(Series):
    """Quote bars of a day; a repeated point shows the bar before with its sides and sizes.

    With fill-forward a bar without one side takes it from the bar before, be that inside or outside the session, and
    in this day's factor: ``raw_seed`` is the last bar before this day's rows without any factor.
    """

    def __init__(
        self,
        config: SubscriptionDataConfig,
        columns: QuoteColumns,
        emission: Emission,
        seed: QuoteBar | None,
        factor: Decimal,
        raw_seed: QuoteBar | None = None,
    ) -> None:
        super().__init__(config, emission, factor)
        self.columns = columns
        self._raw_seed = raw_seed
        self.scale = PriceScale(columns.price_scale + self._factor_digits)
        self._size_divisor = 10**columns.size_scale
        self._size_factor = float(ONE / factor)
        self._seed = seed
        self._side_rows: dict[str, list[int]] = {}

    def _shares(self, sizes: NDArray[np.int64], row: int) -> float:
        size = int(sizes[row]) / self._size_divisor
        return size if self._size_factor == 1 else float(round(size * self._size_factor))

    def _row_of_side(self, name: str, row: int) -> int:
        """The latest stored row at or before ``row`` that has the side; -1 for none."""
        if name not in self._side_rows:
            has = getattr(self.columns, f"has_{name}")
            self._side_rows[name] = np.maximum.accumulate(np.where(has, np.arange(len(has)), -1)).tolist()
        return self._side_rows[name][row]

    def _side(self, name: str, row: int) -> Bar | None:
        found = self._row_of_side(name, row)
        if found == row or (found >= 0 and self.config.fill_forward):
            return self._stored_side(name, found)
        raw: Bar | None = None
        if self.config.fill_forward and self._raw_seed is not None:
            raw = getattr(self._raw_seed, name)
        if raw is None:
            return None
        prices = (raw.open_scaled, raw.high_scaled, raw.low_scaled, raw.close_scaled)
        scale = PriceScale(raw.scale.digits + self._factor_digits)
        return Bar(scale, *(price * self._factor for price in prices))

    def _stored_side(self, name: str, row: int) -> Bar:
        columns = self.columns
        prices = (
            int(getattr(columns, f"{name}_{part}")[row]) * self._factor for part in ("open", "high", "low", "close")
        )
        return Bar(self.scale, *prices)

    def last_side(self, name: str, index: int) -> Bar | None:
        """The side as the points up to a real one at ``index`` showed it last; ``None`` if none had it."""
        row = int(self.rows[index])
        if self.config.fill_forward:
            return self._side(name, row)
        found = self._row_of_side(name, row)
        return self._stored_side(name, found) if found >= int(self.rows[0]) else None

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
