"""What the securities of a universe are added with, and on which days the universe selects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pylean.feed.subscription import DataNormalizationMode
from pylean.naming import ClosedNames, PascalNames, UnsupportedApiError
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.scheduling.rules import DateRule

__all__ = ["Schedule", "UniverseSettings"]

_ONE_DAY = timedelta(days=1)


class Schedule(PascalNames):
    """The days on which a universe selects; without a rule each day its data arrive."""

    def __init__(self) -> None:
        self._rule: DateRule | None = None

    @property
    def initialized(self) -> bool:
        return self._rule is not None

    def on(self, date_rule: DateRule) -> None:
        """Select at midnight of the rule's days."""
        self._rule = date_rule

    def get(self, start: date, end: date) -> Iterable[date]:
        """The days from ``start`` to ``end``, both included; none without a rule."""
        return () if self._rule is None else self._rule.dates(start, end)

    def clone(self) -> Schedule:
        copy = Schedule()
        copy._rule = self._rule
        return copy


class UniverseSettings(ClosedNames):
    """Defaults of newly added securities; made from parts, or as a copy of other settings.

    Leverage 0 keeps the security's own. ``minimum_time_in_universe`` is how long a security stays once it was
    selected. ``asynchronous`` is accepted: a selection is never put off here, and Lean's results are the same.
    """

    def __init__(
        self,
        resolution: Resolution | UniverseSettings = Resolution.MINUTE,
        leverage: float = 0,
        fill_forward: bool = True,
        extended_market_hours: bool = False,
        minimum_time_in_universe: timedelta = _ONE_DAY,
        data_normalization_mode: DataNormalizationMode = DataNormalizationMode.ADJUSTED,
        *,
        asynchronous: bool | None = None,
        selection_date_rule: DateRule | None = None,
    ) -> None:
        self.schedule = Schedule()
        if isinstance(resolution, UniverseSettings):
            other = resolution
            self.__dict__.update(other.__dict__)
            self.schedule = other.schedule.clone()
            return
        if not isinstance(resolution, Resolution):
            raise UnsupportedApiError("UniverseSettings", f"resolution={resolution!r}")
        self.resolution = resolution
        self.leverage = leverage
        self.fill_forward = fill_forward
        self.extended_market_hours = extended_market_hours
        self.minimum_time_in_universe = minimum_time_in_universe
        self.data_normalization_mode = data_normalization_mode
        self.asynchronous = asynchronous
        if selection_date_rule is not None:
            self.schedule.on(selection_date_rule)
        self._close()
