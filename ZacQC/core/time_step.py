"""What the time of day allows, computed once per step for all symbols."""

from __future__ import annotations

from datetime import datetime, time

from config.parameters import Parameters

_OPEN_S = 9 * 3600 + 30 * 60
_OPENING_END_S = _OPEN_S + 60
_FLATTEN_S = 15 * 3600 + 59 * 60
_CLOSE_S = 16 * 3600


class TimeStep:
    """The moment being processed. `market_open` is None until somebody asks the engine."""

    __slots__ = (
        "_closes_minute",
        "_opens_minute",
        "before_flatten",
        "entry_window",
        "market_open",
        "now",
        "opening",
        "regular_hours",
        "sampled",
    )

    def __init__(self, parameters: Parameters) -> None:
        self._opens_minute = _minute_of_day(parameters.Algo_Off_Before)
        self._closes_minute = _minute_of_day(parameters.Algo_Off_After)
        self.move_to(datetime.min)

    def move_to(self, now: datetime) -> None:
        """Set all flags for `now`, New York wall time."""
        minute = now.hour * 60 + now.minute
        second = minute * 60 + now.second
        self.now = now
        self.market_open: bool | None = None
        self.entry_window = self._opens_minute <= minute < self._closes_minute
        self.opening = _OPEN_S <= second <= _OPENING_END_S
        self.regular_hours = _OPEN_S <= second < _CLOSE_S
        self.sampled = _OPEN_S <= second <= _FLATTEN_S
        self.before_flatten = second < _FLATTEN_S


def _minute_of_day(moment: time | datetime) -> int:
    return moment.hour * 60 + moment.minute
