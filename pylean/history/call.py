"""What a history request asks for, whichever of Lean's forms it was written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from pylean.feed.subscription import DataNormalizationMode
from pylean.storage import Resolution

__all__ = ["HistoryCall"]

_OPTIONS = (
    "resolution",
    "fill_forward",
    "extended_market_hours",
    "data_mapping_mode",
    "data_normalization_mode",
    "contract_depth_offset",
    "flatten",
)
_SYMBOL_NAMES = ("tickers", "symbol", "symbols")


@dataclass(frozen=True)
class HistoryCall:
    """The window is ``periods`` bars, a ``span``, or ``start`` to ``end`` (naive New York); one of them is given.

    ``symbols`` is ``None`` for all securities, ``kind`` for every kind of bar. Options that are ``None`` are as
    subscribed. What futures alone know (mapping mode, depth) is taken and has no effect on equities.
    """

    kind: type | None = None
    symbols: Any = None
    periods: int | None = None
    span: timedelta | None = None
    start: datetime | None = None
    end: datetime | None = None
    resolution: Resolution | None = None
    fill_forward: bool | None = None
    extended_market_hours: bool | None = None
    data_mapping_mode: Any = None
    data_normalization_mode: DataNormalizationMode | None = None
    contract_depth_offset: int | None = None
    flatten: bool = False

    @classmethod
    def read(cls, arguments: Sequence[Any], named: dict[str, Any], kind: type | None = None) -> HistoryCall:
        """``([type,] [symbols,] periods | span | start, end, [resolution, …])``. Raises TypeError for anything else."""
        left = list(arguments)
        given: dict[str, Any] = {"kind": kind}
        if left and isinstance(left[0], type):
            given["kind"] = left.pop(0)
        if left and not isinstance(left[0], int | timedelta | date):
            given["symbols"] = left.pop(0)
        if left and not isinstance(left[0], Resolution):
            given |= _window(left)
        if len(left) > len(_OPTIONS):
            raise TypeError(f"history takes at most {', '.join(_OPTIONS)} after the window; got {left!r}")
        given |= dict(zip(_OPTIONS, left, strict=False))
        for name, value in named.items():
            given["symbols" if name in _SYMBOL_NAMES else "kind" if name == "type" else name] = value
        unknown = set(given) - {field.name for field in fields(cls)}
        if unknown:
            raise TypeError(f"history has no parameter {', '.join(sorted(unknown))}")
        return _checked(cls(**given))


def _checked(call: HistoryCall) -> HistoryCall:
    windows = [value for value in (call.periods, call.span, call.start) if value is not None]
    if len(windows) != 1:
        raise TypeError("history needs one window: a number of bars, a timedelta, or a start and an end")
    if call.start is not None and call.end is None:
        raise TypeError("history from a start needs an end too")
    resolution = None if call.resolution is None else Resolution(call.resolution)
    if resolution is Resolution.TICK:
        raise ValueError("resolution of history is tick: pylean reads second, minute, hour and daily bars")
    return replace(call, resolution=resolution, start=_moment(call.start), end=_moment(call.end))


def _window(left: list[Any]) -> dict[str, Any]:
    """Takes the window off the front of the arguments."""
    first = left.pop(0)
    if isinstance(first, date):
        return {"start": first} | ({"end": left.pop(0)} if left and isinstance(left[0], date) else {})
    if isinstance(first, timedelta):
        return {"span": first}
    if isinstance(first, int):
        return {"periods": int(first)}
    raise TypeError(f"window of history is {first!r}: it must be a number of bars, a timedelta, or a start and an end")


def _moment(value: date | datetime | None) -> datetime | None:
    """A day is its midnight; aware times keep their clock, as in Lean."""
    if value is None:
        return None
    return value.replace(tzinfo=None) if isinstance(value, datetime) else datetime.combine(value, time())
