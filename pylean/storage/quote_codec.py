"""Quote bars to and from Lean's CSV text (second and minute; equities have no longer quote bars)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from ._digits import Bytes
from ._fields import Counts, Layout, blank, join_rows, lean_scaled, number_characters, read_fields, separator
from ._times import INTRADAY_SEPARATORS, read_intraday, write_intraday
from .bars import LEAN_PRICE_SCALE, LEAN_VOLUME_SCALE, Bools, Int64s, QuoteColumns, check_quotes
from .errors import InvalidBarsError, MalformedBarsError
from .resolution import Resolution
from .trade_codec import required_day

_BID = slice(1, 5)
_ASK = slice(6, 10)
_BID_SIZE, _ASK_SIZE = 5, 10
_LAYOUT = Layout(INTRADAY_SEPARATORS + b",,,,,,,,,\n", whole=frozenset({0}), optional=frozenset(range(1, 11)))


def decode_quotes(text: bytes, resolution: Resolution, day: date | None, path: Path) -> QuoteColumns:
    """Bars from the text of one zip entry; ``path`` only names the text in errors.

    A side is absent when its four prices are empty; an empty size is 0.

    Raises:
        MalformedBarsError: the text breaks the format or a rule of :func:`~pylean.storage.bars.check_quotes`.
        ValueError: ``day`` is missing, or the resolution is not second or minute.
    """
    first_day = _intraday(resolution, day)
    table = read_fields(text, _LAYOUT, path)
    has_bid = _present(table.whole_digits[_BID], "bid", path)
    has_ask = _present(table.whole_digits[_ASK], "ask", path)
    time_ms = read_intraday(table, first_day, path)
    try:
        prices, price_places = table.scaled([*range(1, 5), *range(6, 10)])
        (bid_size, ask_size), size_places = table.scaled([_BID_SIZE, _ASK_SIZE])
        bid_open, bid_high, bid_low, bid_close, ask_open, ask_high, ask_low, ask_close = prices
        columns = QuoteColumns(
            *(time_ms, bid_open, bid_high, bid_low, bid_close, bid_size),
            *(ask_open, ask_high, ask_low, ask_close, ask_size),
            *(has_bid, has_ask),
            *(LEAN_PRICE_SCALE + price_places, LEAN_VOLUME_SCALE + size_places),
        )
        check_quotes(columns)
    except InvalidBarsError as fault:
        raise MalformedBarsError(path, fault.row + 1, fault.reason) from fault
    return columns


def encode_quotes(columns: QuoteColumns, resolution: Resolution, day: date | None) -> bytes:
    """Text of bars exactly as Lean writes it: an absent side is four empty fields and its size.

    Raises:
        InvalidBarsError: the columns break a rule of a bar or do not fit ``day``.
        ValueError: ``day`` is missing, or the resolution is not second or minute.
    """
    check_quotes(columns)
    rows = len(columns)
    blocks = write_intraday(columns.time_ms, _intraday(resolution, day))
    bid = (columns.bid_open, columns.bid_high, columns.bid_low, columns.bid_close)
    ask = (columns.ask_open, columns.ask_high, columns.ask_low, columns.ask_close)
    blocks += _write_side(bid, columns.bid_size, columns.has_bid, columns)
    blocks.append(separator(",", rows))
    blocks += _write_side(ask, columns.ask_size, columns.has_ask, columns)
    blocks.append(separator("\n", rows))
    return join_rows(blocks, rows)


def _write_side(prices: tuple[Int64s, ...], sizes: Int64s, present: Bools, columns: QuoteColumns) -> list[Bytes]:
    blocks: list[Bytes] = []
    for values in prices:
        characters = number_characters(*lean_scaled(values, columns.price_scale, LEAN_PRICE_SCALE))
        blocks += [blank(block, present) for block in characters]
        blocks.append(separator(",", len(columns)))
    return blocks + number_characters(*lean_scaled(sizes, columns.size_scale, LEAN_VOLUME_SCALE))


def _present(price_digits: Counts, side: str, path: Path) -> Bools:
    given = price_digits > 0
    present: Bools = given[0]
    whole = (given == present).all(axis=0)
    if not whole.all():
        raise MalformedBarsError(path, int(np.argmin(whole)) + 1, f"{side} has some of its four prices only")
    return present


def _intraday(resolution: Resolution, day: date | None) -> date:
    if not resolution.is_intraday_file:
        raise ValueError(f"equities have no {resolution.folder} quote bars; use second or minute")
    return required_day(resolution, day)
