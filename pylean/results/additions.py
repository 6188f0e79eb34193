"""What an algorithm adds to the results of its run."""

from __future__ import annotations

from dataclasses import dataclass, field

from pylean.results.charts import ChartBook

__all__ = ["ResultAdditions"]


@dataclass(slots=True, eq=False)
class ResultAdditions:
    """Charts, and statistics for the printed table and for the running ones, from ``initialize`` on.

    The engine's own charts are kept in the same book; statistics never replace Lean's.
    """

    charts: ChartBook = field(default_factory=ChartBook)
    summary: dict[str, str] = field(default_factory=dict)
    runtime: dict[str, str] = field(default_factory=dict)
