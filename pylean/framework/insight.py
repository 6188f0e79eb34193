"""An insight: an alpha model's prediction for one security over a period."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.clock import EPOCH
from pylean.framework.insight_enums import InsightDirection, InsightType
from pylean.framework.insight_period import (
    END_OF_TIME,
    BarCountPeriod,
    CloseTimePeriod,
    EndlessPeriod,
    ExpiryPeriod,
    PeriodRule,
    SpanPeriod,
    close_time_after_bars,
    close_time_after_span,
    span_text,
)
from pylean.framework.insight_score import InsightScore
from pylean.naming import PascalNames, PascalType, assignable, snake_case
from pylean.numbers import ZERO, to_decimal, to_float
from pylean.securities.symbol import SYMBOL_RESOLVER, Symbol
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.securities.exchange_hours import SecurityExchangeHours

__all__ = ["Insight", "flatten", "next_guid", "restart_guids"]

_ONE_SECOND = timedelta(seconds=1)
_GUIDS = uuid.UUID("b7f6c5de-3f0e-4f53-9c38-5c1f0e6a7d10")
_numbers = itertools.count(1)


def next_guid() -> uuid.UUID:
    """The run's next identifier. Lean's are random; ours are the same in every run."""
    return uuid.uuid5(_GUIDS, str(next(_numbers)))


def restart_guids() -> None:
    """Begin anew; an algorithm does when it is made."""
    global _numbers  # noqa: PLW0603 - a run has its process for itself
    _numbers = itertools.count(1)


@assignable("source_model", "generated_time_utc", "close_time_utc", "reference_value", "reference_value_final")
@assignable("estimated_value")
class Insight(PascalNames, metaclass=PascalType):
    """``Insight(symbol, period, type, direction, magnitude, confidence, source_model, weight, tag)``.

    Only the tag may follow the direction instead. The period is a time span or a function from local time to local
    time. A leading UTC datetime is the time of generation, and the insight then closes exactly a period later.
    ``Insight.price(...)`` has more ways to say when.
    """

    def __init__(self, *values: Any, **named: Any) -> None:
        named = {snake_case(name): value for name, value in named.items()}
        generated: datetime | None = named.pop("generated_time_utc", None)
        if values and isinstance(values[0], datetime):
            generated, values = values[0], values[1:]
        self._set(*values, **named)
        if generated is not None:
            self.generated_time_utc = generated
            self.close_time_utc = generated + self.period

    def _set(
        self,
        symbol: Symbol | str,
        period: timedelta | Callable[[datetime], datetime] | PeriodRule,
        type: InsightType,
        direction: InsightDirection,
        magnitude: float | str | None = None,
        confidence: float | None = None,
        source_model: str | None = None,
        weight: float | None = None,
        tag: str = "",
    ) -> None:
        if isinstance(magnitude, str):
            tag, magnitude = magnitude, None
        self.id = next_guid()
        self.group_id: uuid.UUID | None = None
        self.symbol = symbol if isinstance(symbol, Symbol) else SYMBOL_RESOLVER.get()(symbol)
        self.type = InsightType(type)
        self.direction = InsightDirection(direction)
        self.magnitude = None if magnitude is None else float(magnitude)
        self.confidence = None if confidence is None else float(confidence)
        self.weight = None if weight is None else float(weight)
        self.source_model = source_model
        self.tag = tag
        self.score = InsightScore()
        self.generated_time_utc = EPOCH
        self.close_time_utc = EPOCH
        self.decimal_reference_value = ZERO
        self.decimal_reference_value_final = ZERO
        self.decimal_estimated_value = ZERO
        self._rule = _period_rule(period)
        self.period: timedelta = self._rule.period if isinstance(self._rule, SpanPeriod) else timedelta()

    @staticmethod
    def price(symbol: Symbol | str, *values: Any, **named: Any) -> Insight:
        """A prediction of price over a period, which is given first.

        ``resolution, bar_count``, or a time span, a local close time, or a function from local to local time; then
        ``direction, magnitude, confidence, source_model, weight, tag``. Raises ValueError for a period below a second
        or a count below 1.
        """
        named = {snake_case(name): value for name, value in named.items()}
        when: Any
        for name in ("resolution", "period", "close_time_local", "expiry_func"):
            if name in named:
                when = named.pop(name)
                break
        else:
            when, values = values[0], values[1:]
        if isinstance(when, Resolution):
            if "bar_count" in named:
                bar_count = named.pop("bar_count")
            else:
                bar_count, values = values[0], values[1:]
            if bar_count < 1:
                raise ValueError(f"bar_count of an insight is {bar_count}: it must be at least 1")
            when = BarCountPeriod(when, bar_count)
        elif isinstance(when, datetime):
            when = EndlessPeriod() if when == END_OF_TIME else CloseTimePeriod(when)
        elif isinstance(when, timedelta) and when < _ONE_SECOND:
            raise ValueError(f"period of an insight is {when}: it must be at least one second")
        return Insight(symbol, when, InsightType.PRICE, *values, **named)

    @staticmethod
    def group(*insights: Insight | Iterable[Insight]) -> list[Insight]:
        """Give insights one group id. Raises ValueError for one that has a group already."""
        members = flatten(insights)
        group = next_guid()
        for insight in members:
            if insight.group_id is not None:
                raise ValueError(f"the insight belongs to a group already: {insight}")
            insight.group_id = group
        return members

    @staticmethod
    def compute_close_time(
        exchange_hours: SecurityExchangeHours,
        generated_time_utc: datetime,
        period: Resolution | timedelta,
        bar_count: int = 1,
    ) -> datetime:
        """UTC after a span of market time, or after so many bars of a resolution."""
        hours = exchange_hours.market_hours
        if isinstance(period, Resolution):
            return close_time_after_bars(hours, generated_time_utc, period, bar_count)
        return close_time_after_span(hours, generated_time_utc, period)

    def set_period_and_close_time(self, exchange_hours: SecurityExchangeHours) -> None:
        """Find when it closes. Raises ValueError before ``generated_time_utc`` is set."""
        if self.generated_time_utc == EPOCH:
            raise ValueError("generated_time_utc of an insight must be set before its close time can be found")
        rule, generated = self._rule, self.generated_time_utc
        self.period, self.close_time_utc = rule.resolve(generated, exchange_hours.market_hours)

    @property
    def reference_value(self) -> float:
        """Price (or volatility) of the security when the insight was generated."""
        return to_float(self.decimal_reference_value)

    @reference_value.setter
    def reference_value(self, value: float | Decimal) -> None:
        self.decimal_reference_value = to_decimal(value)

    @property
    def reference_value_final(self) -> float:
        return to_float(self.decimal_reference_value_final)

    @reference_value_final.setter
    def reference_value_final(self, value: float | Decimal) -> None:
        self.decimal_reference_value_final = to_decimal(value)

    @property
    def estimated_value(self) -> float:
        return to_float(self.decimal_estimated_value)

    @estimated_value.setter
    def estimated_value(self, value: float | Decimal) -> None:
        self.decimal_estimated_value = to_decimal(value)

    def is_expired(self, utc_time: datetime) -> bool:
        """It closed before that time; at its close time it is still active."""
        return self.close_time_utc < utc_time

    def is_active(self, utc_time: datetime) -> bool:
        return not self.is_expired(utc_time)

    def expire(self, utc_time: datetime) -> None:
        """Close an active insight a second before that time."""
        if self.is_active(utc_time):
            self.close_time_utc = utc_time - _ONE_SECOND
            self.period = self.close_time_utc - self.generated_time_utc

    cancel = expire

    def clone(self) -> Insight:
        """A copy of the same id; score and group are shared."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    def __str__(self) -> str:
        parts = [f"{self.id.hex}: {self.symbol} {self.type} {self.direction} within {span_text(self.period)}"]
        if self.magnitude is not None:
            parts.append(f" by {self.magnitude}%")
        if self.confidence is not None:
            parts.append(f" with {round(100 * self.confidence, 1)}% confidence")
        if self.weight is not None:
            parts.append(f" and {round(100 * self.weight, 1)}% weight")
        if self.tag:
            parts.append(f": {self.tag}")
        return "".join(parts)

    __repr__ = __str__


def flatten(insights: Iterable[Insight | Iterable[Insight]]) -> list[Insight]:
    """Insights and lists of them, as one list."""
    result: list[Insight] = []
    for part in insights:
        if isinstance(part, Insight):
            result.append(part)
        else:
            result.extend(part)
    return result


def _period_rule(period: Any) -> PeriodRule:
    if isinstance(period, timedelta):
        endless = period == END_OF_TIME - datetime.min
        return EndlessPeriod() if endless else SpanPeriod(period)
    if hasattr(period, "resolve"):
        rule: PeriodRule = period
        return rule
    if callable(period):
        return ExpiryPeriod(period)
    raise TypeError(f"period of an insight is {period!r}: it must be a time span or a function of the local time")
