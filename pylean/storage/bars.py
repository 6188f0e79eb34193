"""Bars as integer columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from .errors import InvalidBarsError

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Lean files count prices in 1/10,000 dollar and volumes in shares.
LEAN_PRICE_SCALE = 4
LEAN_VOLUME_SCALE = 0


class _Columns:
    """Behaviour shared by both kinds of bars: equal lengths, zero-copy slices, comparison by content."""

    __slots__ = ()

    #: Fields that are arrays, and fields that are scales, each in order.
    ARRAYS: ClassVar[tuple[str, ...]]
    SCALES: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        lengths = set()
        for name in self.ARRAYS:
            column, wanted = getattr(self, name), array_dtype(name)
            if column.dtype != wanted or column.ndim != 1:
                raise InvalidBarsError(-1, f"column {name} is {column.ndim}-d {column.dtype}, not 1-d {wanted}")
            lengths.add(len(column))
        if len(lengths) > 1:
            raise InvalidBarsError(-1, f"columns have different lengths {sorted(lengths)}")

    def slice(self, start: int, stop: int) -> Self:
        """Rows ``start`` to ``stop`` (exclusive) as views."""
        return self._part(slice(start, stop))

    def taken(self, rows: Int64s) -> Self:
        """Some rows, as copies."""
        return self._part(rows)

    def _part(self, rows: Any) -> Self:
        values: dict[str, Any] = {name: getattr(self, name)[rows] for name in self.ARRAYS}
        values |= {name: getattr(self, name) for name in self.SCALES}
        return type(self)(**values)

    def equals(self, other: object) -> bool:
        """Whether both hold the same bars in the same scales."""
        return type(other) is type(self) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in self.ARRAYS + self.SCALES
        )


def array_dtype(name: str) -> np.dtype[Any]:
    """What an array field holds: a mask (``has_…``) or integers."""
    return np.dtype(np.bool_) if name.startswith("has_") else np.dtype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class TradeColumns(_Columns):
    """Trade bars of one ticker, one row per bar, ascending in time; every array is one-dimensional int64.

    ``time_ms`` is the bar's **start** in milliseconds since 1970-01-01 00:00 of exchange-local wall-clock time (New
    York, naive). ``open, high, low, close`` are dollars × 10**``price_scale``; ``volume`` is shares ×
    10**``volume_scale``. Arrays may be read-only views of a memory-mapped file.

    Raises:
        InvalidBarsError: arrays of another type or of different lengths.
    """

    ARRAYS = ("time_ms", "open", "high", "low", "close", "volume")
    SCALES = ("price_scale", "volume_scale")

    time_ms: Int64s
    open: Int64s
    high: Int64s
    low: Int64s
    close: Int64s
    volume: Int64s
    price_scale: int = LEAN_PRICE_SCALE
    volume_scale: int = LEAN_VOLUME_SCALE

    def __len__(self) -> int:
        return len(self.time_ms)


@dataclass(frozen=True, slots=True, eq=False)
class QuoteColumns(_Columns):
    """Quote bars of one ticker; times, scales and errors as in :class:`TradeColumns`.

    A side that is absent from a bar has ``has_bid`` or ``has_ask`` False and prices 0. ``bid_size`` and ``ask_size``
    are the last sizes in shares × 10**``size_scale``.
    """

    ARRAYS = (
        *("time_ms", "bid_open", "bid_high", "bid_low", "bid_close", "bid_size"),
        *("ask_open", "ask_high", "ask_low", "ask_close", "ask_size", "has_bid", "has_ask"),
    )
    SCALES = ("price_scale", "size_scale")

    time_ms: Int64s
    bid_open: Int64s
    bid_high: Int64s
    bid_low: Int64s
    bid_close: Int64s
    bid_size: Int64s
    ask_open: Int64s
    ask_high: Int64s
    ask_low: Int64s
    ask_close: Int64s
    ask_size: Int64s
    has_bid: Bools
    has_ask: Bools
    price_scale: int = LEAN_PRICE_SCALE
    size_scale: int = LEAN_VOLUME_SCALE

    def __len__(self) -> int:
        return len(self.time_ms)


def check_trades(columns: TradeColumns) -> None:
    """Check what every trade bar must satisfy.

    Times strictly increase; prices are positive; low ≤ open, close ≤ high; volume is not negative.

    Raises:
        InvalidBarsError: names the first offending row and the rule.
    """
    _check_times(columns.time_ms)
    _check_prices("", columns.open, columns.high, columns.low, columns.close, None)
    _require(columns.volume >= 0, "volume is negative")


def check_quotes(columns: QuoteColumns) -> None:
    """Check what every quote bar must satisfy; the rules of :func:`check_trades` hold for each side that is present.

    Raises:
        InvalidBarsError: names the first offending row and the rule.
    """
    _check_times(columns.time_ms)
    bid = (columns.bid_open, columns.bid_high, columns.bid_low, columns.bid_close)
    ask = (columns.ask_open, columns.ask_high, columns.ask_low, columns.ask_close)
    _check_prices("bid ", *bid, columns.has_bid)
    _check_prices("ask ", *ask, columns.has_ask)
    _require((columns.bid_size >= 0) & (columns.ask_size >= 0), "size is negative")


def _check_times(time_ms: Int64s) -> None:
    if len(time_ms) > 1:
        _require(time_ms[1:] > time_ms[:-1], "time is not after the time of the row before", first_row=1)


def _check_prices(side: str, opened: Int64s, high: Int64s, low: Int64s, close: Int64s, present: Bools | None) -> None:
    absent = None if present is None else ~present
    positive = low > 0
    ordered = (low <= np.minimum(opened, close)) & (np.maximum(opened, close) <= high)
    if absent is not None:
        positive |= absent
        ordered |= absent
    _require(positive, f"{side}price is not positive")
    _require(ordered, f"{side}low and high do not enclose {side}open and close")


def _require(holds: Bools, reason: str, first_row: int = 0) -> None:
    if not holds.all():
        raise InvalidBarsError(int(np.argmin(holds)) + first_row, reason)
