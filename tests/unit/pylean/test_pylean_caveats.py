"""What the engine tells about a run whose result needs a grain of salt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pylean.api.AlgorithmImports import QCAlgorithm
from pylean.naming import UnsupportedApiError

MONDAY = date(2025, 6, 2)
WEDNESDAY = MONDAY + timedelta(days=2)


class Idle(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY)
        self.add_equity("AAA")


def test_events_that_are_never_fired_are_named(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)

    class Waiting(Idle):
        def on_command(self, data: Any) -> None:
            raise AssertionError("never called")

        def OnAssignmentOrderEvent(self, event: Any) -> None:
            raise AssertionError("never called")

    _, warning = run_algorithm(Waiting).outcome.warnings
    assert warning.code == "EVENTS_NOT_FIRED"
    assert warning.text.startswith("the algorithm overrides on_assignment_order_event, on_command")


@pytest.mark.parametrize(
    "assign",
    [
        lambda algorithm: setattr(algorithm.Settings, "DailyPreciseEndTime", False),
        lambda algorithm: setattr(algorithm.universe_settings, "contract_depth_offset", 4),
        lambda algorithm: setattr(algorithm.securities["AAA"], "portfolio_model", None),
        lambda algorithm: setattr(algorithm.portfolio, "positions", None),
    ],
)
def test_settings_that_nobody_reads_are_refused(bench: Any, assign: Any) -> None:
    with pytest.raises(UnsupportedApiError, match=r"docs/supported-api\.md"):
        assign(bench.algorithm)
