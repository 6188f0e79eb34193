"""Insights as Lean writes them to ``alpha-results.json``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from pylean.clock import EPOCH
from pylean.results.json_text import encode_indented
from pylean.results.text import double_text, round_double, rounded_text

if TYPE_CHECKING:
    from pylean.framework.insight import Insight

__all__ = ["insights_json"]


def insights_json(insights: Iterable[Insight]) -> str:
    """A list of all insights in the order of their generation; times are seconds of UTC since 1970."""
    ordered = sorted(insights, key=lambda insight: insight.generated_time_utc)
    return encode_indented([_fields(insight) for insight in ordered])


def _fields(insight: Insight) -> dict[str, object]:
    generated = _seconds(insight.generated_time_utc)
    return {
        "id": insight.id.hex,
        "groupId": None if insight.group_id is None else insight.group_id.hex,
        "sourceModel": insight.source_model,
        "generatedTime": generated,
        "createdTime": generated,
        "closeTime": _seconds(insight.close_time_utc),
        "symbol": str(insight.symbol.id),
        "ticker": insight.symbol.value,
        "type": insight.type.name.lower(),
        "reference": insight.decimal_reference_value,
        "referenceValueFinal": insight.decimal_reference_value_final,
        "direction": insight.direction.name.lower(),
        "period": insight.period.total_seconds(),
        "magnitude": _rounded(insight.magnitude),
        "confidence": _rounded(insight.confidence),
        "weight": insight.weight,
        "scoreIsFinal": insight.score.is_final_score,
        "scoreMagnitude": _rounded(insight.score.magnitude),
        "scoreDirection": _rounded(insight.score.direction),
        "estimatedValue": rounded_text(insight.decimal_estimated_value),
        "tag": insight.tag,
    }


def _seconds(utc: datetime) -> float:
    return (utc - EPOCH).total_seconds()


def _rounded(value: float | None) -> str | None:
    """Lean writes these numbers as text of at most four decimals."""
    return None if value is None else double_text(round_double(value, 4))
