"""Models that see a security's data as it arrives: filters and volatility."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from pylean.api.AlgorithmImports import (
    DataNormalizationMode,
    QCAlgorithm,
    Resolution,
    SecurityDataFilter,
    StandardDeviationOfReturnsVolatilityModel,
)

MONDAY = date(2025, 6, 2)


class Filtered(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(MONDAY)
        self.set_end_date(MONDAY)
        security = self.add_equity("AAA")
        security.set_data_filter(Even())
        self.seen: list[str] = []

    def on_data(self, data: Any) -> None:
        bar = data.bars.get("AAA")
        if bar is not None:
            self.seen.append(bar.end_time.strftime("%H:%M"))
            assert self.securities["AAA"].price == bar.close


class Even(SecurityDataFilter):
    def filter(self, vehicle: Any, data: Any) -> bool:
        return data.end_time.minute % 2 == 0 and data.end_time.time() < time(9, 40)


def test_what_a_filter_drops_was_never_there(market: Any, run_algorithm: Any) -> None:
    market.trades("AAA", MONDAY, {f"09:{minute}": minute for minute in range(30, 59)})
    ran = run_algorithm(Filtered)
    assert ran.algorithm.seen == ["09:32", "09:34", "09:36", "09:38"]
    assert ran.outcome.data_points == 4 + 1
    assert ran.algorithm.securities["AAA"].price == 37


def test_repeated_points_are_filtered_too(market: Any, run_algorithm: Any) -> None:
    market.trades("AAA", MONDAY, {"09:31": 10})
    assert run_algorithm(Filtered).algorithm.seen == ["09:32", "09:34", "09:36", "09:38"]


def test_a_split_is_no_volatility_of_raw_prices(market: Any, run_algorithm: Any) -> None:
    days = [date(2025, 6, day) for day in (2, 3, 4, 5, 6, 9, 10, 11)]
    prices = [100, 101, 100, 101, 50, 50.5, 50, 50.5]
    market.daily("AAA", dict(zip(days, prices, strict=True)))
    path = market.store.paths.factor_file("aaa")
    path.parent.mkdir(parents=True)
    path.write_text("20250605,1,0.5,101\n20501231,1,1,0\n")

    class Case(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(MONDAY)
            self.set_end_date(days[-1])
            security = self.add_equity("AAA", Resolution.DAILY, data_normalization_mode=DataNormalizationMode.RAW)
            security.set_volatility_model(StandardDeviationOfReturnsVolatilityModel(3))
            self.volatilities: dict[datetime, float] = {}

        def on_data(self, data: Any) -> None:
            if data.bars.get("AAA") is not None:
                self.volatilities[self.time] = self.securities["AAA"].volatility_model.volatility

    volatilities = list(run_algorithm(Case).algorithm.volatilities.values())
    assert len(volatilities) == len(days)
    assert max(volatilities) < 0.3
    assert min(volatilities[3:]) > 0.1
