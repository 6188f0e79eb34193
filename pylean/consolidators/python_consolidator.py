"""Consolidators that algorithms write from scratch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pylean.clock import to_ms
from pylean.consolidators.base import DataConsolidator
from pylean.feed.base_data import BaseData

__all__ = ["PythonConsolidator"]


class PythonConsolidator(DataConsolidator):
    """Subclasses override ``update(data)`` and ``scan(time)``, keep ``working_data`` and ``consolidated`` themselves,
    set ``input_type`` and ``output_type``, and call ``on_data_consolidated(self, bar)`` with a finished bar."""

    _has_one_event = True
    input_type = BaseData
    output_type = BaseData
    working_data: Any = None

    @property
    def working_end_ms(self) -> int | None:
        working = self.working_data
        return None if working is None else to_ms(working.end_time)

    def update(self, data: Any) -> None:
        """Take the next input."""

    def scan(self, current_local_time: datetime) -> None:
        """Time has reached a moment (naive New York)."""

    def on_data_consolidated(self, consolidator: Any, bar: Any = None) -> None:  # type: ignore[override]
        """Hand a finished bar to the listeners; ``consolidated`` stays the subclass's own."""
        if bar is not None:
            self.window.add(bar)
        self.relays(consolidator, bar)

    def reset(self) -> None:
        self.consolidated = None
        self.working_data = None
        self.window.reset()
