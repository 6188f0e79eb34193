"""The same insight for every security, again when the last one is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pylean.framework.alphas.base import AlphaModel
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection, InsightType
from pylean.framework.insight_period import span_text

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["ConstantAlphaModel"]


class ConstantAlphaModel(AlphaModel):
    """Insights of one type, direction and period for all securities that have a price."""

    def __init__(
        self,
        type: InsightType,
        direction: InsightDirection,
        period: timedelta,
        magnitude: float | None = None,
        confidence: float | None = None,
        weight: float | None = None,
    ) -> None:
        self.type = InsightType(type)
        self.direction = InsightDirection(direction)
        self.period = period
        self.magnitude = magnitude
        self.confidence = confidence
        self.weight = weight
        self._securities: dict[Symbol, Security] = {}
        self._generated_utc: dict[Symbol, datetime] = {}
        details = [str(self.type), str(self.direction), self._span_text()]
        details += [str(number) for number in (magnitude, confidence) if number is not None]
        self.name = f"ConstantAlphaModel({','.join(details)})"

    def _span_text(self) -> str:
        return span_text(self.period)

    def update(self, algorithm: QCAlgorithm, data: Slice) -> Iterator[Insight]:
        for symbol, security in self._securities.items():
            if security.price != 0 and self.should_emit_insight(algorithm.utc_time, symbol):
                yield Insight(
                    symbol,
                    self.period,
                    self.type,
                    self.direction,
                    self.magnitude,
                    self.confidence,
                    weight=self.weight,
                )

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for added in changes.added_securities:
            self._securities[added.symbol] = added
        for removed in changes.removed_securities:
            self._securities.pop(removed.symbol, None)
            self._generated_utc.pop(removed.symbol, None)

    def should_emit_insight(self, utc_time: datetime, symbol: Symbol) -> bool:
        """The symbol's last insight is a period old, or there was none; the time is then remembered."""
        generated = self._generated_utc.get(symbol)
        if generated is not None and utc_time - generated < self.period:
            return False
        self._generated_utc[symbol] = utc_time
        return True
