"""Indicators of two symbols, of candles and of a group, set up by an algorithm in one call."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.algorithm import QCAlgorithm
from pylean.feed.slice import Slice
from pylean.naming import UnsupportedApiError
from pylean.risk_free_rate import ConstantRiskFreeRateInterestRateModel
from pylean.storage import Resolution

DAYS = [date(2025, 6, 2) + timedelta(day) for day in range(5)]
LAST = (98.0, 103.0, 97.0, 102.0, 10.0)


class TwoShares(QCAlgorithm):
    """Adds both shares by the day."""

    def initialize(self) -> None:
        self.set_start_date(2025, 6, 2)
        self.set_end_date(2025, 6, 6)
        self.first = self.add_equity("AAA", Resolution.DAILY).symbol
        self.second = self.add_equity("BBB", Resolution.DAILY).symbol
        self.set_up()

    def set_up(self) -> None:
        raise NotImplementedError


@pytest.fixture
def two_shares(market: Any) -> None:
    """BBB falls to two thirds and doubles again and again; AAA moves half as far."""
    market.daily("AAA", dict(zip(DAYS, (100.0, 125.0, 100.0, 125.0, 100.0), strict=True)))
    market.daily("BBB", dict(zip(DAYS, (100.0, 150.0, 75.0, 112.5, 56.25), strict=True)))


class TestPairs:
    def test_both_symbols_feed_the_indicator(self, two_shares: None, run_algorithm: Any) -> None:
        class Case(TwoShares):
            def set_up(self) -> None:
                self.beta = self.b("AAA", self.second, 2)
                self.covariance = self.cov(self.first, self.second, 2)
                self.correlation = self.c(self.first, self.second, 3)
                self.excess = self.a(self.first, self.second, 1, 2, risk_free_rate=0)

        ran = run_algorithm(Case).algorithm
        # The last returns are +25 % and -20 % against +50 % and -50 %.
        assert ran.beta.current.value == pytest.approx(0.45, abs=1e-12)
        assert ran.covariance.current.value == pytest.approx(0.225, abs=1e-12)
        assert ran.excess.current.value == pytest.approx(-0.2 - 0.45 * -0.5, abs=1e-12)
        assert ran.correlation.is_ready
        assert ran.excess.name == "A(1,2,0,AAA_day)"

    def test_the_risk_free_model_may_be_set_later(self, two_shares: None, run_algorithm: Any) -> None:
        class Case(TwoShares):
            def set_up(self) -> None:
                self.excess = self.a(self.first, self.second, 1, 2)
                self.sharpe = self.sr(self.first, 2)
                self.set_risk_free_interest_rate_model(ConstantRiskFreeRateInterestRateModel(0.5))

        ran = run_algorithm(Case).algorithm
        assert ran.excess.current.value == pytest.approx(-0.2 - (0.5 + 0.45 * (-0.5 - 0.5)), abs=1e-12)
        assert ran.sharpe.current.value == pytest.approx((0.025 - 0.5) / 0.225, abs=1e-12)


class TestCandlestickPatterns:
    def test_a_pattern_sees_the_bars(self, market: Any, run_algorithm: Any) -> None:
        bars = dict.fromkeys(DAYS[:4], (100.0, 101.0, 99.0, 100.0, 10.0))
        market.daily("AAA", bars | {DAYS[4]: LAST})
        market.daily(
            "BBB", bars | {DAYS[3]: (100.0, 101.0, 98.5, 99.0, 10.0), DAYS[4]: (98.0, 103.0, 97.0, 102.0, 10.0)}
        )

        class Case(TwoShares):
            def set_up(self) -> None:
                patterns = self.candlestick_patterns
                self.patterns = [patterns.engulfing(symbol) for symbol in (self.first, self.second)]
                self.star = patterns.EveningStar(self.first, 0.4, Resolution.DAILY)
                self.seen: list[tuple[float, ...]] = []

            def on_data(self, data: Slice) -> None:
                self.seen.append(tuple(pattern.current.value for pattern in self.patterns))

        ran = run_algorithm(Case).algorithm
        # A body must lie within the next one's on both sides: a doji's at 100 does, and so does one from 100 to 99.
        assert ran.seen[-2:] == [(0, 0), (0, 1)]
        assert [pattern.name for pattern in ran.patterns] == ["ENGULFING(AAA_day)", "ENGULFING(BBB_day)"]
        assert ran.star.penetration == pytest.approx(Decimal("0.4"))

    def test_an_unknown_pattern_is_named(self, two_shares: None, run_algorithm: Any) -> None:
        class Case(TwoShares):
            def set_up(self) -> None:
                with pytest.raises(UnsupportedApiError, match="CandlestickPatterns has no 'head_and_shoulders'"):
                    _ = self.candlestick_patterns.head_and_shoulders

        run_algorithm(Case)


def test_a_group_feeds_one_indicator(two_shares: None, run_algorithm: Any) -> None:
    class Case(TwoShares):
        def set_up(self) -> None:
            self.difference = self.addiff([self.first, self.second], Resolution.DAILY)

    assert run_algorithm(Case).algorithm.difference.current.value == -2
