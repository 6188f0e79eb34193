"""What the engine tells about a run whose result needs a grain of salt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pylean.api.AlgorithmImports import DataNormalizationMode, QCAlgorithm
from pylean.naming import UnsupportedApiError

MONDAY = date(2025, 6, 2)
WEDNESDAY = MONDAY + timedelta(days=2)


class Buying(QCAlgorithm):
    mode = DataNormalizationMode.RAW
    buys = True

    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(WEDNESDAY)
        self.add_equity("AAA", data_normalization_mode=self.mode)

    def on_data(self, data: Any) -> None:
        if self.buys and not self.portfolio.invested:
            self.market_order("AAA", 5)


@pytest.fixture
def actions(market: Any) -> None:
    """A split after Monday, a dividend after Tuesday."""
    for day in range(3):
        market.session("AAA", MONDAY + timedelta(days=day), 10)
    path = market.store.paths.factor_file("AAA")
    path.parent.mkdir(parents=True)
    path.write_text("20250602,0.98,0.5,20\n20250603,0.98,1,10\n20501231,1,1,0\n")


def codes(ran: Any) -> list[str]:
    return [warning.code for warning in ran.outcome.warnings]


@pytest.mark.usefixtures("actions")
class TestCorporateActions:
    def test_raw_positions_miss_splits_and_dividends(self, run_algorithm: Any) -> None:
        (warning,) = run_algorithm(Buying).outcome.warnings
        assert warning.code == "CORPORATE_ACTIONS_NOT_APPLIED"
        assert "AAA dividend of 2025-06-04, AAA split of 2025-06-03" in warning.text

    def test_split_adjusted_positions_miss_dividends(self, run_algorithm: Any) -> None:
        case = type("Case", (Buying,), {"mode": DataNormalizationMode.SPLIT_ADJUSTED})
        (warning,) = run_algorithm(case).outcome.warnings
        assert "dividend" in warning.text
        assert "split of" not in warning.text

    def test_total_return_prices_miss_dividends_traded_or_not(self, run_algorithm: Any) -> None:
        case = type("Case", (Buying,), {"mode": DataNormalizationMode.TOTAL_RETURN, "buys": False})
        assert codes(run_algorithm(case)) == ["NO_TRADES", "CORPORATE_ACTIONS_NOT_APPLIED"]

    def test_adjusted_prices_contain_both(self, run_algorithm: Any) -> None:
        assert codes(run_algorithm(type("Case", (Buying,), {"mode": DataNormalizationMode.ADJUSTED}))) == []

    def test_what_was_not_traded_does_not_matter(self, run_algorithm: Any) -> None:
        assert codes(run_algorithm(type("Case", (Buying,), {"buys": False}))) == ["NO_TRADES"]


def test_events_that_are_never_fired_are_named(market: Any, run_algorithm: Any) -> None:
    market.session("AAA", MONDAY, 10)

    class Waiting(Buying):
        def on_splits(self, splits: Any) -> None:
            raise AssertionError("never called")

        def OnDividends(self, dividends: Any) -> None:
            raise AssertionError("never called")

    (warning,) = run_algorithm(Waiting).outcome.warnings
    assert warning.code == "EVENTS_NOT_FIRED"
    assert warning.text.startswith("the algorithm overrides on_dividends, on_splits")


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
