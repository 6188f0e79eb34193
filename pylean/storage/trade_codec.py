"""Trade bars to and from Lean's CSV text."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ._fields import Layout, join_rows, lean_scaled, number_characters, read_fields, separator
from ._times import INTRADAY_SEPARATORS, STAMP_SEPARATORS, read_intraday, read_stamps, write_intraday, write_stamps
from .bars import LEAN_PRICE_SCALE, LEAN_VOLUME_SCALE, TradeColumns, check_trades
from .errors import InvalidBarsError, MalformedBarsError
from .resolution import Resolution

_VALUE_SEPARATORS = b",,,,\n"
_INTRADAY = Layout(INTRADAY_SEPARATORS + _VALUE_SEPARATORS, whole=frozenset({0}))
_STAMPED = Layout(STAMP_SEPARATORS + _VALUE_SEPARATORS, whole=frozenset({0, 1, 2}))


def decode_trades(text: bytes, resolution: Resolution, day: date | None, path: Path) -> TradeColumns:
    """Bars from the text of one zip entry.

    Second and minute text counts milliseconds from midnight of ``day``; hour and daily text carries its dates and
    ``day`` is not used. Prices and volumes with decimals raise ``price_scale`` and ``volume_scale`` as far as needed,
    for the whole text. ``path`` only names the text in errors.

    Raises:
        MalformedBarsError: the text breaks the format or a rule of :func:`~pylean.storage.bars.check_trades`.
        ValueError: ``day`` is missing, or the resolution has no bars.
    """
    if resolution.is_intraday_file:
        table = read_fields(text, _INTRADAY, path)
        time_ms = read_intraday(table, required_day(resolution, day), path)
    else:
        table = read_fields(text, _STAMPED, path)
        time_ms = read_stamps(table, path)
    try:
        (opened, high, low, close), price_places = table.scaled(slice(-5, -1))
        (volume,), volume_places = table.scaled(slice(-1, None))
        scales = (LEAN_PRICE_SCALE + price_places, LEAN_VOLUME_SCALE + volume_places)
        columns = TradeColumns(time_ms, opened, high, low, close, volume, *scales)
        check_trades(columns)
    except InvalidBarsError as fault:
        raise MalformedBarsError(path, fault.row + 1, fault.reason) from fault
    return columns


def encode_trades(columns: TradeColumns, resolution: Resolution, day: date | None) -> bytes:
    """Text of bars exactly as Lean writes it: ``\\n`` between rows, none at the end.

    Raises:
        InvalidBarsError: the columns break a rule of a bar, or do not fit ``resolution`` and ``day``.
        ValueError: ``day`` is missing, or the resolution has no bars.
    """
    check_trades(columns)
    if resolution.is_intraday_file:
        blocks = write_intraday(columns.time_ms, required_day(resolution, day))
    else:
        blocks = write_stamps(columns.time_ms, resolution)
    rows = len(columns)
    for prices in (columns.open, columns.high, columns.low, columns.close):
        blocks += number_characters(*lean_scaled(prices, columns.price_scale, LEAN_PRICE_SCALE))
        blocks.append(separator(",", rows))
    blocks += number_characters(*lean_scaled(columns.volume, columns.volume_scale, LEAN_VOLUME_SCALE))
    blocks.append(separator("\n", rows))
    return join_rows(blocks, rows)


def required_day(resolution: Resolution, day: date | None) -> date:
    """The day of a one-day text.

    Raises:
        ValueError: there is none, or ticks were asked for.
    """
    if resolution is Resolution.TICK:
        raise ValueError("ticks are not bars; use second, minute, hour or daily")
    if day is None:
        raise ValueError(f"{resolution.folder} text counts time from midnight of its day; give the day")
    return day
