"""What every consolidator is: data in, longer bars out to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pylean.clock import from_ms, to_ms
from pylean.events import EventHandlers
from pylean.feed.bars import TradeBar
from pylean.feed.base_data import BaseData
from pylean.indicators.rolling_window import RollingWindow
from pylean.naming import LeanOverrides, PascalNames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pylean.feed.series import Series
    from pylean.securities.exchange import SecurityExchange
    from pylean.securities.symbol import Symbol
    from pylean.storage.market_hours import Session

__all__ = ["ColumnPlan", "DataConsolidator", "period_ms"]

_WINDOW_SIZE = 2


class ColumnPlan:
    """Bars of a whole day, made at once from columns. Bar ``k`` is delivered at local time ``due_ms[k]``.

    ``working(local_ms)`` is the bar in the making when the points up to a local time were seen.
    """

    __slots__ = ("bars", "due_ms", "working")

    def __init__(
        self,
        due_ms: NDArray[np.int64],
        bars: Callable[[int], Any],
        working: Callable[[int], Any] = lambda local_ms: None,
    ) -> None:
        self.due_ms = due_ms
        self.bars = bars
        self.working = working


class DataConsolidator(LeanOverrides, PascalNames):
    """Base of consolidators: bar by bar through ``update`` and ``scan``; some can plan a whole day by column.

    ``consolidator[0]`` is the newest bar, ``window`` keeps the last two. Two groups listen: ``relays`` are the
    engine's own (indicators, ``algorithm.consolidate``, the next consolidator of a chain), ``data_consolidated`` is
    the algorithm's. Consolidators of periods serve the relays first, others as their class says.

    The state is made in ``__new__``, because Lean's subclasses in Python need not call ``__init__``.
    """

    #: The algorithm's handlers are called before the relays, and ``consolidated`` is set after both.
    _handlers_come_first = False
    #: Relays and handlers are one list, in the order in which they came.
    _has_one_event = False

    input_type: type = TradeBar
    output_type: type = TradeBar

    relays: EventHandlers
    data_consolidated: EventHandlers
    consolidated: Any
    window: RollingWindow[Any]
    symbol: Symbol | None
    exchange: SecurityExchange | None
    _follows: tuple[ColumnPlan, Callable[[], int]] | None

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        self = super().__new__(cls)
        self.consolidated = None
        self.window = RollingWindow(_WINDOW_SIZE)
        self.symbol = None
        self.exchange = None
        self._follows = None
        self._begin_events()
        return self

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "scan" in vars(cls) and "scan_at" not in vars(cls):
            cls.scan_at = _scan_by_time  # type: ignore[method-assign]

    @property
    def current(self) -> Any:
        """The newest bar; ``None`` before the first."""
        return self.window[0]

    @property
    def previous(self) -> Any:
        return self.window[1] if len(self.window) > 1 else None

    def __getitem__(self, index: int) -> Any:
        return self.window[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.window)

    @property
    def working_data(self) -> Any:
        """The bar in the making as it is now; ``None`` while there is none."""
        if self._follows is not None:
            plan, reached_ms = self._follows
            return plan.working(reached_ms())
        return self._open_bar()

    def _open_bar(self) -> Any:
        """The bar in the making of a consolidator that is fed bar by bar."""
        return None

    @property
    def working_end_ms(self) -> int | None:
        """Local end of the bar that waits for time to pass; ``None`` while nothing does."""
        return None

    def attach(self, symbol: Symbol, exchange: SecurityExchange) -> None:
        """The engine feeds the consolidator with this symbol from now on."""
        self.symbol = symbol
        self.exchange = exchange

    def plan(self, series: Series, session: Session | None) -> ColumnPlan | None:
        """The bars of a stretch by column, or ``None`` when it must be fed bar by bar.

        Without a ``session`` the series spans several, or its columns cannot be put together to longer bars.
        """
        return None

    def day_plan(self, series: Series, session: Session | None) -> ColumnPlan | None:
        """``plan``, unless a subclass overrides how its bars are fed: then it must see every input."""
        if any(_owner(type(self), name) < _owner(type(self), "plan") for name in ("update", "scan", "scan_at")):
            return None
        return self.plan(series, session)

    def follow(self, plan: ColumnPlan | None, reached_ms: Callable[[], int]) -> None:
        """Today's bars come from a plan, whose points up to ``reached_ms()`` were seen; without one they are fed."""
        self._follows = None if plan is None else (plan, reached_ms)

    def update(self, data: Any) -> None:
        """Take the next bar."""
        raise TypeError(f"{type(self).__name__} does not override update(data)")

    def scan(self, current_local_time: datetime) -> None:
        """Time has reached a moment (naive New York): emit what is complete."""
        self.scan_at(to_ms(current_local_time))

    def scan_at(self, local_ms: int) -> None:
        """``scan`` for a time in milliseconds."""

    def deliver(self, bar: Any) -> None:
        """Hand a finished bar to the listeners."""
        self.window.add(bar)
        if self._handlers_come_first:
            self.data_consolidated(self, bar)
        self.relays(self, bar)
        self.consolidated = bar
        if not (self._handlers_come_first or self._has_one_event):
            self.data_consolidated(self, bar)

    def on_data_consolidated(self, bar: Any) -> None:
        """What a subclass in Python calls with a finished bar."""
        self.deliver(bar)

    def reset(self) -> None:
        """Forget every input and every bar."""
        self.consolidated = None
        self.window.reset()
        self._follows = None

    def dispose(self) -> None:
        """Let go of all listeners."""
        self._begin_events()

    def _begin_events(self) -> None:
        self.relays = EventHandlers()
        self.data_consolidated = self.relays if self._has_one_event else EventHandlers()

    def _check(self, data: Any) -> None:
        """Raises TypeError for input of another kind than ``input_type``."""
        if not isinstance(data, self.input_type):
            raise TypeError(f"{type(self).__name__} takes a {self.input_type.__name__}, not a {type(data).__name__}")


def period_ms(period: timedelta) -> int:
    """A period in milliseconds. Raises ValueError at or below 0."""
    milliseconds = period // timedelta(milliseconds=1)
    if milliseconds <= 0:
        raise ValueError(f"consolidation period is {period}: it must be above 0")
    return milliseconds


def span_ms(data: BaseData) -> tuple[int, int]:
    """Local start and end of any data."""
    end_ms = getattr(data, "end_ms", None)
    if end_ms is None:
        return to_ms(data.time), to_ms(data.end_time)
    return end_ms - data.period_ms, end_ms


def _scan_by_time(self: DataConsolidator, local_ms: int) -> None:
    """``scan_at`` of a subclass that overrides ``scan``."""
    self.scan(from_ms(local_ms))


def _owner(kind: type, name: str) -> int:
    """Which of a class and its bases defines a method; 0 is the class itself."""
    return next(place for place, base in enumerate(kind.__mro__) if name in vars(base))
