"""How right an insight was."""

from __future__ import annotations

from datetime import datetime

from pylean.clock import EPOCH
from pylean.framework.insight_enums import InsightScoreType
from pylean.naming import PascalNames

__all__ = ["InsightScore"]


class InsightScore(PascalNames):
    """Scores between 0 and 1; once final they do not change."""

    __slots__ = ("direction", "is_final_score", "magnitude", "updated_time_utc")

    def __init__(self, direction: float = 0.0, magnitude: float = 0.0, updated_time_utc: datetime = EPOCH) -> None:
        self.direction = direction
        self.magnitude = magnitude
        self.updated_time_utc = updated_time_utc
        self.is_final_score = False

    def set_score(self, type: InsightScoreType, value: float, algorithm_utc_time: datetime) -> None:
        """Set one score, clipped to 0 … 1; nothing happens once the scores are final."""
        if self.is_final_score:
            return
        clipped = max(0.0, min(1.0, float(value)))
        if InsightScoreType(type) is InsightScoreType.DIRECTION:
            self.direction = clipped
        else:
            self.magnitude = clipped
        self.updated_time_utc = algorithm_utc_time

    def get_score(self, type: InsightScoreType) -> float:
        return self.direction if InsightScoreType(type) is InsightScoreType.DIRECTION else self.magnitude

    def finalize(self, algorithm_utc_time: datetime) -> None:
        self.is_final_score = True
        self.updated_time_utc = algorithm_utc_time

    def __str__(self) -> str:
        return f"Direction: {round(100 * self.direction, 2)} Magnitude: {round(100 * self.magnitude, 2)}"
