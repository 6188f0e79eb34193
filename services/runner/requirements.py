"""Data requirements of a run: what its strategy declares, for the symbols and dates of the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from zac.data.v1 import coverage_pb2
from zac.run.v1 import strategy_pb2

BARS_PER_DAY: Mapping[str, int] = MappingProxyType({"second": 23_400, "minute": 390, "hour": 7, "daily": 1})
_RESOLUTIONS = {
    "second": coverage_pb2.RESOLUTION_SECOND,
    "minute": coverage_pb2.RESOLUTION_MINUTE,
    "hour": coverage_pb2.RESOLUTION_HOUR,
    "daily": coverage_pb2.RESOLUTION_DAILY,
}


def data_requirements(
    declared: Iterable[Mapping[str, Any]], configuration: strategy_pb2.RunConfiguration
) -> list[coverage_pb2.DataRequirement]:
    """One requirement for each declaration, for all symbols of the configuration.

    {"resolution": "second"} needs the bars from start_date to end_date. {"resolution": "daily", "history_bars": 50}
    needs only the trading days before start_date that 50 bars of regular sessions fill.
    """
    requirements = []
    for item in declared:
        resolution = item["resolution"]
        requirement = coverage_pb2.DataRequirement(
            symbols=configuration.symbols,
            resolution=_RESOLUTIONS[resolution],
            start_date=configuration.start_date,
            history_days=-(-item.get("history_bars", 0) // BARS_PER_DAY[resolution]),
        )
        if not requirement.history_days:
            requirement.end_date.CopyFrom(configuration.end_date)
        requirements.append(requirement)
    return requirements
