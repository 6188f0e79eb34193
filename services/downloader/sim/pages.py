"""Pages of aggregates in the vendor's JSON."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec
import numpy as np

from services.downloader.exchange import midnight_ms

from .answers import request_id
from .bars import Bars, Int64s, aggregated, joined
from .market import STEP_MS, BarSpec, Market, bucket_starts, day_of_ms
from .query import AggregatesQuery

_EXPONENT_FROM: Final = 10**6
Number = int | float | msgspec.Raw | None


class BarRow(msgspec.Struct, gc=False):
    """One bar, fields in the order the vendor writes them."""

    v: Number
    vw: Number
    o: Number
    c: Number
    h: Number
    l: Number  # noqa: E741 - the vendor's name
    t: int
    n: int


class DayRow(msgspec.Struct, rename={"ticker": "T"}, gc=False):
    """One ticker of a grouped-daily answer."""

    ticker: str
    v: Number
    vw: Number
    o: Number
    c: Number
    h: Number
    l: Number  # noqa: E741 - the vendor's name
    t: int
    n: int


class Page(msgspec.Struct, kw_only=True):
    """The body of an aggregates answer, in the vendor's order; mutable, so that faults can spoil it."""

    ticker: str | msgspec.UnsetType = msgspec.UNSET
    query_count: int = msgspec.field(name="queryCount")
    results_count: int = msgspec.field(name="resultsCount")
    adjusted: bool
    results: list[Any] | msgspec.UnsetType = msgspec.UNSET
    status: str
    request_id: str
    count: int
    message: str | msgspec.UnsetType = msgspec.UNSET
    next_url: str | msgspec.UnsetType = msgspec.UNSET


def aggregates_page(
    market: Market, query: AggregatesQuery, now_ms: int, base_url: str, *, settled: bool, status: str
) -> Page:
    """The first page that answers ``query``; ``limit`` counts the bars read, not the bars returned."""
    parts, more = _read(market, query, now_ms, settled)
    rows: list[Any] = []
    base_count = 0
    next_ms: int | None = None
    if parts:
        base, buckets = joined(parts), np.concatenate([_buckets(part, query) for part in parts])
        if more:
            base, buckets, next_ms = _without_started_bucket(base, buckets, query)
        base_count = len(base)
        rows = bar_rows(aggregated(base, buckets) if _is_coarser(query) else base)
        if not query.ascending:
            rows.reverse()
    return Page(
        ticker=query.spec.symbol,
        query_count=base_count,
        results_count=len(rows),
        adjusted=query.spec.adjusted,
        results=rows or msgspec.UNSET,
        status=status,
        request_id=request_id(query),
        count=len(rows),
        next_url=msgspec.UNSET if next_ms is None else query.next_url(base_url, next_ms),
    )


def grouped_page(market: Market, day: date, now_ms: int, *, adjusted: bool, status: str) -> Page:
    """Every listed ticker's day bar."""
    rows: list[Any] = []
    for profile in market.listed(day):
        bars = market.bars(BarSpec(profile.symbol, 1, "day", adjusted), day, now_ms)
        if len(bars):
            row = bar_rows(bars)[0]
            # The vendor stamps these with the session's end, not with its start.
            values = {**msgspec.structs.asdict(row), "t": midnight_ms(day) + 57_600_000}
            rows.append(DayRow(ticker=profile.symbol, **values))
    return Page(
        query_count=len(rows),
        results_count=len(rows),
        adjusted=adjusted,
        results=rows or msgspec.UNSET,
        status=status,
        request_id=request_id("grouped", day, adjusted),
        count=len(rows),
    )


def bar_rows(bars: Bars) -> list[Any]:
    """Bars as rows of numbers, written as the vendor writes them."""
    unit = 10**bars.price_decimals
    average = (bars.open + bars.high + bars.low + bars.close) // 4
    prices = [_prices(column, unit) for column in (average, bars.open, bars.close, bars.high, bars.low)]
    volume = _volumes(bars.volume, 10**bars.volume_decimals)
    return list(map(BarRow, volume, *prices, bars.time_ms.tolist(), bars.trades.tolist()))


def _prices(scaled: Int64s, unit: int) -> list[Number]:
    column: list[Number] = (scaled / unit).tolist()
    for row in np.flatnonzero(scaled % unit == 0).tolist():
        column[row] = int(scaled[row]) // unit
    return column


def _volumes(scaled: Int64s, unit: int) -> list[Number]:
    column: list[Number] = scaled.tolist() if unit == 1 else (scaled / unit).tolist()
    for row in np.flatnonzero(scaled >= _EXPONENT_FROM * unit).tolist():
        text = np.format_float_scientific(scaled[row] / unit, trim="-", exp_digits=2)
        column[row] = msgspec.Raw(text.encode())
    return column


def _read(market: Market, query: AggregatesQuery, now_ms: int, settled: bool) -> tuple[list[Bars], bool]:
    """At most ``limit`` base bars of the range, one part a day, and whether there are more."""
    days = market.sessions(day_of_ms(query.from_ms), day_of_ms(query.to_ms))
    ordered = iter(days if query.ascending else reversed(days))
    parts: list[Bars] = []
    room = query.limit
    more = False
    for bars in market.base_bars(query.spec, ordered, now_ms, settled=settled):
        inside = bars.select((bars.time_ms >= query.from_ms) & (bars.time_ms <= query.to_ms))
        more = len(inside) > room
        if room:
            parts.append(inside.select(slice(room) if query.ascending else slice(max(len(inside) - room, 0), None)))
            room -= len(parts[-1])
        if more:
            break
    parts = [part for part in parts if len(part)]
    return (parts if query.ascending else parts[::-1]), more


def _is_coarser(query: AggregatesQuery) -> bool:
    return query.spec.multiplier > 1 or query.spec.timespan == "hour"


def _buckets(day_bars: Bars, query: AggregatesQuery) -> Int64s:
    step_ms = STEP_MS[query.spec.timespan] * query.spec.multiplier
    return bucket_starts(day_bars.time_ms, step_ms, midnight_ms(day_of_ms(int(day_bars.time_ms[0]))))


def _without_started_bucket(bars: Bars, buckets: Int64s, query: AggregatesQuery) -> tuple[Bars, Int64s, int]:
    """Leave out the bar that the limit may have cut, unless it is the only one; with the start of the next page."""
    step_ms = STEP_MS[query.spec.timespan] * query.spec.multiplier
    edge = -1 if query.ascending else 0
    started = buckets == buckets[edge]
    if not _is_coarser(query) or started.all():
        start = int(buckets[edge]) + (step_ms if query.ascending else -1)
        return bars, buckets, start
    start = int(buckets[edge]) + (0 if query.ascending else step_ms - 1)
    return bars.select(~started), buckets[~started], start
