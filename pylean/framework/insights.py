"""The insights of an algorithm: all that were generated, and those not yet removed by symbol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pylean.framework.insight import Insight
from pylean.framework.model import adopt_method
from pylean.naming import PascalNames

if TYPE_CHECKING:
    from pylean.securities.symbol import Symbol

__all__ = ["GeneratedInsightsCollection", "InsightCollection", "InsightManager"]


@dataclass(frozen=True)
class GeneratedInsightsCollection(PascalNames):
    """What handlers of ``insights_generated`` are told."""

    date_time_utc: datetime
    insights: list[Insight]


class InsightCollection(PascalNames):
    """Open insights by symbol, and a list of every insight that was ever added."""

    def __init__(self) -> None:
        self._open: dict[Symbol, list[Insight]] = {}
        self._all: list[Insight] = []
        self.total_count = 0

    @property
    def count(self) -> int:
        """Open insights: those that were not removed."""
        return sum(map(len, self._open.values()))

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Insight]:
        return iter([insight for insights in self._open.values() for insight in insights])

    def __contains__(self, item: Insight | Symbol) -> bool:
        return self.contains(item) if isinstance(item, Insight) else self.contains_key(item)

    def __getitem__(self, symbol: Symbol) -> list[Insight]:
        return list(self._open[symbol])

    def __setitem__(self, symbol: Symbol, insights: list[Insight]) -> None:
        self.total_count += len(insights)
        self._open[symbol] = insights

    def add(self, item: Insight) -> None:
        self.total_count += 1
        self._all.append(item)
        self._open.setdefault(item.symbol, []).append(item)

    def add_range(self, insights: Iterable[Insight]) -> None:
        for insight in insights:
            self.add(insight)

    def contains(self, item: Insight) -> bool:
        return item in self._open.get(item.symbol, ())

    def contains_key(self, symbol: Symbol) -> bool:
        return bool(self._open.get(symbol))

    def try_get_value(self, symbol: Symbol) -> tuple[bool, list[Insight] | None]:
        """Whether the symbol has open insights, and a copy of the list."""
        insights = self._open.get(symbol)
        return (False, None) if insights is None else (True, list(insights))

    def remove(self, item: Insight) -> bool:
        """Take an insight from the open ones; false if it was not among them."""
        insights = self._open.get(item.symbol, [])
        if item not in insights:
            return False
        insights.remove(item)
        if not insights:
            del self._open[item.symbol]
        return True

    def clear(self, symbols: Iterable[Symbol]) -> None:
        """Take all insights of the symbols from the open ones."""
        for symbol in symbols:
            self._open.pop(symbol, None)

    def get_next_expiry_time(self) -> datetime | None:
        """UTC at which the first open insight closes, which may be in the past; ``None`` without one."""
        return min((insight.close_time_utc for insight in self), default=None)

    def get_active_insights(self, utc_time: datetime) -> list[Insight]:
        return [insight for insight in self if insight.is_active(utc_time)]

    def has_active_insights(self, symbol: Symbol, utc_time: datetime) -> bool:
        return any(insight.is_active(utc_time) for insight in self._open.get(symbol, ()))

    def remove_expired_insights(self, utc_time: datetime) -> list[Insight]:
        """Take the expired ones from the open insights, and return them."""
        expired = [insight for insight in self if insight.is_expired(utc_time)]
        for insight in expired:
            self.remove(insight)
        return expired

    def remove_insights(self, filter: Callable[[Insight], bool]) -> None:
        """Forget the insights for which the filter is true, the open and the past ones."""
        self._all = [insight for insight in self._all if not filter(insight)]
        for insight in list(self):
            if filter(insight):
                self.remove(insight)

    def get_insights(self, filter: Callable[[Insight], bool] | None = None) -> list[Insight]:
        """Every insight that was added, in order, closed ones too."""
        return [insight for insight in self._all if filter is None or filter(insight)]


class InsightManager(InsightCollection):
    """The algorithm's own insights; those it cancels close one second before now."""

    def __init__(self, utc_now: Callable[[], datetime], on_scored: Callable[[], None]) -> None:
        """``on_scored`` is called when a score function is set."""
        super().__init__()
        self._utc_now = utc_now
        self._on_scored = on_scored
        self._score: Callable[[InsightManager, datetime], Any] | None = None

    def set_insight_score_function(self, insight_score_function: Any) -> None:
        """An object whose ``score(insight_manager, utc_time)`` is called before every pass of the framework."""
        self._score = adopt_method(insight_score_function, "score")
        self._on_scored()

    def step(self, utc_now: datetime) -> None:
        """Let the score function look at the insights."""
        if self._score is not None:
            self._score(self, utc_now)

    def expire(self, items: Iterable[Symbol | Insight]) -> None:
        """Close insights, or all open insights of symbols, now."""
        now = self._utc_now()
        for item in items:
            for insight in [item] if isinstance(item, Insight) else self._open.get(item, ()):
                insight.expire(now)

    cancel = expire
