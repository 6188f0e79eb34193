"""When a portfolio is rebalanced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from pylean.framework.insight_period import END_OF_TIME
from pylean.scheduling.rules import DateRule
from pylean.storage import Resolution

__all__ = ["RebalancingFunction", "rebalancing_function"]

#: From the time now to the time of the next rebalance, both UTC; ``None`` while that is unknown. Now means now.
RebalancingFunction = Callable[[datetime], datetime | None]


def rebalancing_function(rebalance: Any) -> RebalancingFunction | None:
    """A function of a resolution, a time span, a date rule or a function; ``None`` of anything else, as in Lean."""
    if isinstance(rebalance, Resolution):
        rebalance = rebalance.period
    if isinstance(rebalance, timedelta):
        span = rebalance
        return (lambda utc: utc + span) if span else None
    if isinstance(rebalance, DateRule):
        return _function_of_rule(rebalance)
    return rebalance if callable(rebalance) else None


def _function_of_rule(rule: DateRule) -> RebalancingFunction:
    """Midnight of the rule's next date, read as UTC; Lean's end of time when there is none."""
    dates: Any = None
    current: datetime | None = None

    def advance() -> None:
        nonlocal current
        day = next(dates, None)
        current = END_OF_TIME if day is None else _midnight(day)

    def next_rebalance(utc: datetime) -> datetime | None:
        nonlocal dates
        if dates is None:
            dates = iter(rule.dates(utc.date(), END_OF_TIME.date()))
            advance()
        if current is not None and utc >= current and current != END_OF_TIME:
            advance()
        return current

    return next_rebalance


def _midnight(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time())
