"""The framework's pass: insights become targets, targets become orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean import AlgorithmError
from pylean.api.AlgorithmImports import (
    AlphaModel,
    CompositeAlphaModel,
    CompositeRiskManagementModel,
    ConstantAlphaModel,
    EqualWeightingPortfolioConstructionModel,
    ExecutionModel,
    Insight,
    InsightDirection,
    InsightType,
    InsightWeightingPortfolioConstructionModel,
    ManualUniverseSelectionModel,
    MaximumDrawdownPercentPortfolio,
    OrderStatus,
    PortfolioBias,
    PortfolioTarget,
    PortfolioTargetCollection,
    QCAlgorithm,
    Resolution,
    RiskManagementModel,
    SecurityType,
    Symbol,
    TrailingStopRiskManagementModel,
    UniverseSelectionModel,
)

from .conftest import MONDAY, Bench, Market, RunAlgorithm

TUESDAY = date(2025, 6, 3)
_HOUR = timedelta(hours=1)


class OneInsight(AlphaModel):
    """Up for AAA over an hour, once."""

    def __init__(self, period: timedelta = _HOUR, direction: InsightDirection = InsightDirection.UP) -> None:
        self.period = period
        self.direction = direction
        self.was_asked = False

    def update(self, algorithm: Any, data: Any) -> list[Insight]:
        if self.was_asked:
            return []
        self.was_asked = True
        return [Insight.price("AAA", self.period, self.direction)]


class Base(QCAlgorithm):
    def initialize(self) -> None:
        self.set_start_date(2025, 6, 2)
        self.set_end_date(2025, 6, 2)
        self.add_equity("AAA")
        self.add_equity("BBB")
        self.set_portfolio_construction(EqualWeightingPortfolioConstructionModel())
        self.choose()

    def choose(self) -> None:
        """The models of the test."""


@pytest.fixture
def two_stocks(market: Market) -> Market:
    for ticker, price in (("AAA", 100.0), ("BBB", 50.0)):
        market.session(ticker, MONDAY, price)
    return market


def _fills(ran: Any) -> list[tuple[str, str, int]]:
    local = timedelta(hours=-4)
    return [
        (f"{event.utc + local:%H:%M}", event.symbol.value, int(event.fill_quantity))
        for event in ran.observer.events
        if event.status is OrderStatus.FILLED
    ]


def test_an_insight_is_bought_at_once_and_sold_when_it_expires(two_stocks: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            self.set_alpha(OneInsight())

    # 99.75 % of 100 000 USD at 100 USD, less a fee of 5 USD. Active at the close time still, so closed a minute after.
    assert _fills(run_algorithm(Case)) == [("09:31", "AAA", 997), ("10:32", "AAA", -997)]


def test_two_alphas_share_the_portfolio_and_name_their_insights(
    two_stocks: Market, run_algorithm: RunAlgorithm
) -> None:
    class Named(AlphaModel):
        Name = "short BBB"

        def Update(self, algorithm: Any, data: Any) -> list[Insight]:
            new = [] if algorithm.insights.count > 1 else [Insight.price("BBB", _HOUR, InsightDirection.DOWN)]
            return [insight for insight in new if not algorithm.portfolio["BBB"].invested]

    class Case(Base):
        def choose(self) -> None:
            self.add_alpha(OneInsight())
            self.add_alpha(Named())

    ran = run_algorithm(Case)
    assert _fills(ran)[:2] == [("09:31", "BBB", -997), ("09:31", "AAA", 498)]
    assert isinstance(ran.algorithm.alpha, CompositeAlphaModel)
    insights = ran.algorithm.insights.get_insights()
    assert insights[1].source_model == "short BBB"
    assert insights[0].source_model not in (None, "", "short BBB")
    written = ran.read("alpha-results.json")
    assert [entry["ticker"] for entry in written] == [insight.symbol.value for insight in insights]
    assert written[0] | {"id": "", "sourceModel": ""} == {
        "id": "",
        "groupId": None,
        "sourceModel": "",
        "generatedTime": 1748871060.0,
        "createdTime": 1748871060.0,
        "closeTime": 1748874660.0,
        "symbol": str(insights[0].symbol.id),
        "ticker": "AAA",
        "type": "price",
        "reference": 100.0,
        "referenceValueFinal": 0.0,
        "direction": "up",
        "period": 3600.0,
        "magnitude": None,
        "confidence": None,
        "weight": None,
        "scoreIsFinal": False,
        "scoreMagnitude": "0",
        "scoreDirection": "0",
        "estimatedValue": "0",
        "tag": "",
    }


def test_emitted_insights_need_no_alpha_model(two_stocks: Market, run_algorithm: RunAlgorithm) -> None:
    told: list[list[str]] = []

    class Case(Base):
        def choose(self) -> None:
            self.insights_generated += lambda sender, data: told.append([one.symbol.value for one in data.insights])

        def on_data(self, data: Any) -> None:
            if self.time.hour == 12 and self.time.minute == 0:
                group = Insight.group(
                    Insight.price("AAA", Resolution.MINUTE, 5, InsightDirection.UP, tag="first"),
                    Insight.price("BBB", datetime(2025, 6, 2, 12, 10), InsightDirection.DOWN),
                )
                self.emit_insights(group)

    ran = run_algorithm(Case)
    assert told == [["AAA", "BBB"]]
    assert _fills(ran) == [
        ("12:00", "BBB", -997),
        ("12:00", "AAA", 498),
        ("12:06", "AAA", -498),
        # Alone, the short position gets the whole portfolio.
        ("12:06", "BBB", -997),
        ("12:11", "BBB", 1994),
    ]
    first, second = ran.algorithm.insights.get_insights()
    assert first.group_id == second.group_id is not None
    assert first.tag == "first"


def test_the_bias_leaves_out_what_does_not_fit(two_stocks: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            self.set_portfolio_construction(
                EqualWeightingPortfolioConstructionModel(Resolution.DAILY, PortfolioBias.SHORT)
            )
            self.set_alpha(OneInsight())

    assert _fills(run_algorithm(Case)) == []


def test_weights_above_one_are_scaled_down_together(two_stocks: Market, run_algorithm: RunAlgorithm) -> None:
    class Weighted(AlphaModel):
        def update(self, algorithm: Any, data: Any) -> list[Insight]:
            if algorithm.insights.total_count:
                return []
            up = InsightDirection.UP
            return [Insight.price(t, _HOUR, up, weight=w) for t, w in (("AAA", 1.5), ("BBB", 0.5))]

    class Case(Base):
        def choose(self) -> None:
            self.set_portfolio_construction(InsightWeightingPortfolioConstructionModel())
            self.set_alpha(Weighted())

    assert _fills(run_algorithm(Case))[:2] == [("09:31", "AAA", 748), ("09:31", "BBB", 498)]


def test_without_rebalancing_on_insights_the_time_decides(two_stocks: Market, run_algorithm: RunAlgorithm) -> None:
    class Case(Base):
        def choose(self) -> None:
            self.settings.rebalance_portfolio_on_insight_changes = False
            self.settings.rebalance_portfolio_on_security_changes = False
            self.set_portfolio_construction(EqualWeightingPortfolioConstructionModel(timedelta(minutes=30)))
            self.set_alpha(OneInsight())

    # The first pass asks for the next rebalance: thirty minutes after it. The sale waits for the one after the expiry.
    assert _fills(run_algorithm(Case)) == [("10:01", "AAA", 997), ("11:01", "AAA", -997)]


def test_a_rebalancing_function_that_returns_now_rebalances_now(
    two_stocks: Market, run_algorithm: RunAlgorithm
) -> None:
    asked: list[datetime] = []

    class Case(Base):
        def choose(self) -> None:
            self.settings.rebalance_portfolio_on_insight_changes = False
            self.settings.rebalance_portfolio_on_security_changes = False
            self.set_portfolio_construction(EqualWeightingPortfolioConstructionModel(self.at_ten))
            self.set_alpha(OneInsight(timedelta(days=1)))

        def at_ten(self, utc: datetime) -> datetime | None:
            asked.append(utc)
            return utc if utc.hour == 14 and utc.minute == 0 else None

    assert _fills(run_algorithm(Case)) == [("10:00", "AAA", 997)]
    assert len(asked) == 390


def test_risk_targets_replace_the_others(two_stocks: Market, run_algorithm: RunAlgorithm) -> None:
    class AtMost(RiskManagementModel):
        def ManageRisk(self, algorithm: Any, targets: list[PortfolioTarget]) -> list[PortfolioTarget]:
            return [PortfolioTarget(target.symbol, 10, "capped") for target in targets]

    class Case(Base):
        def choose(self) -> None:
            self.set_alpha(ConstantAlphaModel(InsightType.PRICE, InsightDirection.UP, timedelta(days=1)))
            self.settings.minimum_order_margin_portfolio_percentage = 0
            self.add_risk_management(AtMost())

    ran = run_algorithm(Case)
    assert _fills(ran) == [("09:31", "AAA", 10), ("09:31", "BBB", 10)]
    assert ran.algorithm.portfolio["AAA"].target.tag == "capped"


def test_models_need_not_be_subclasses_but_must_have_the_methods(
    two_stocks: Market, run_algorithm: RunAlgorithm
) -> None:
    class Plain:
        def Execute(self, algorithm: Any, targets: list[PortfolioTarget]) -> None:
            for target in targets:
                algorithm.market_order(target.symbol, 7, tag="plain")

        def OnSecuritiesChanged(self, algorithm: Any, changes: Any) -> None:
            self.seen = len(changes.added_securities)

    class Case(Base):
        def choose(self) -> None:
            self.set_alpha(OneInsight(timedelta(days=1)))
            self.set_execution(Plain())

    ran = run_algorithm(Case)
    assert _fills(ran) == [("09:31", "AAA", 7)]
    assert ran.algorithm.execution.seen == 2

    class Broken(Base):
        def choose(self) -> None:
            self.set_alpha(object())

    with pytest.raises(AlgorithmError, match="object has no method update"):
        run_algorithm(Broken)


def test_an_execution_model_hears_of_order_events_before_the_algorithm(
    two_stocks: Market, run_algorithm: RunAlgorithm
) -> None:
    heard: list[str] = []

    class Listening(ExecutionModel):
        def execute(self, algorithm: Any, targets: list[PortfolioTarget]) -> None:
            for target in targets:
                algorithm.market_order(target.symbol, 1)

        def on_order_event(self, algorithm: Any, order_event: Any) -> None:
            heard.append(f"model {order_event.status}")

    class Case(Base):
        def choose(self) -> None:
            self.set_alpha(OneInsight(timedelta(days=1)))
            self.set_execution(Listening())

        def on_order_event(self, order_event: Any) -> None:
            heard.append(f"algorithm {order_event.status}")

    run_algorithm(Case)
    assert heard == ["model Submitted", "algorithm Submitted", "model Filled", "algorithm Filled"]


def test_a_score_function_sees_every_slice_with_or_without_models(
    two_stocks: Market, run_algorithm: RunAlgorithm
) -> None:
    class Counting:
        calls = 0

        def Score(self, manager: Any, utc_time: datetime) -> None:
            Counting.calls += 1

    class Case(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.set_end_date(2025, 6, 2)
            self.add_equity("AAA")
            self.insights.set_insight_score_function(Counting())

    run_algorithm(Case)
    assert Counting.calls >= 390


def test_universes_are_made_anew_when_their_time_has_come(market: Market, run_algorithm: RunAlgorithm) -> None:
    for day in (MONDAY, TUESDAY):
        market.session("AAA", day)
        market.session("BBB", day)
    changes: list[str] = []

    class Daily(UniverseSelectionModel):
        """AAA on the first day, BBB from noon of the second one on."""

        made = 0

        def get_next_refresh_time_utc(self) -> datetime:
            return datetime(2025, 6, 3, 16) if self.made == 1 else datetime.max

        def create_universes(self, algorithm: Any) -> Any:
            self.made += 1
            ticker = "AAA" if self.made == 1 else "BBB"
            symbol = Symbol.create(ticker, SecurityType.EQUITY, "usa")
            yield from ManualUniverseSelectionModel([symbol]).create_universes(algorithm)

    class Case(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.set_end_date(2025, 6, 3)
            self.set_universe_selection(Daily())

        def on_securities_changed(self, told: Any) -> None:
            changes.extend(f"{self.time:%d %H:%M} +{one.symbol}" for one in told.added_securities)
            changes.extend(f"{self.time:%d %H:%M} -{one.symbol}" for one in told.removed_securities)

    ran = run_algorithm(Case)
    assert sorted(changes) == ["02 00:00 +AAA", "03 12:00 +BBB", "03 12:00 -AAA"]
    assert ran.algorithm.universe_manager.count == 1


@pytest.fixture
def holding(make_bench: Callable[..., Bench]) -> Bench:
    """Ten shares bought at 100 USD."""
    bench = make_bench()
    bench.bar("09:31", 100.0)
    bench.algorithm.market_order("AAA", 10)
    return bench


def test_a_trailing_stop_follows_the_best_value(holding: Bench) -> None:
    model = TrailingStopRiskManagementModel(0.05)

    def targets(end: str, price: float) -> list[PortfolioTarget]:
        holding.bar(end, price)
        return list(model.manage_risk(holding.algorithm, []))

    assert targets("09:32", 96.0) == []
    assert targets("09:33", 120.0) == []
    assert targets("09:34", 114.01) == []
    (target,) = targets("09:35", 113.9)
    assert (target.symbol, target.quantity) == (holding.symbol, 0)


def test_a_portfolio_drawdown_closes_the_targets_only(holding: Bench) -> None:
    model = MaximumDrawdownPercentPortfolio(0.001)
    assert model.manage_risk(holding.algorithm, []) == []
    holding.bar("09:32", 80.0)
    assert model.manage_risk(holding.algorithm, []) == []
    (target,) = model.manage_risk(holding.algorithm, [PortfolioTarget(holding.symbol, 50)])
    assert target.quantity == 0
    assert model.manage_risk(holding.algorithm, [PortfolioTarget(holding.symbol, 50)]) == []


def test_a_composite_risk_model_hands_targets_on(holding: Bench) -> None:
    seen: list[int] = []

    class Doubling(RiskManagementModel):
        def manage_risk(self, algorithm: Any, targets: list[PortfolioTarget]) -> list[PortfolioTarget]:
            seen.append(int(targets[0].quantity))
            return [PortfolioTarget(targets[0].symbol, 2 * targets[0].quantity)]

    model = CompositeRiskManagementModel(Doubling(), Doubling())
    (target,) = model.manage_risk(holding.algorithm, [PortfolioTarget(holding.symbol, 3)])
    assert (seen, target.quantity) == ([3, 6], 12)
    with pytest.raises(ValueError, match="at least one"):
        CompositeRiskManagementModel()


def test_a_target_by_percent_counts_what_is_held(holding: Bench) -> None:
    whole = PortfolioTarget.percent(holding.algorithm, "AAA", 0.5)
    change = PortfolioTarget.Percent(holding.algorithm, "AAA", 0.5, True)
    assert whole is not None
    assert change is not None
    assert (whole.quantity, change.quantity) == (498, 488)
    assert PortfolioTarget.percent(holding.algorithm, "AAA", 2e9) is None
    assert "is not between" in holding.errors[-1]


def test_targets_are_ordered_reductions_first_then_by_value(holding: Bench, market: Market) -> None:
    algorithm = holding.algorithm
    other, third = algorithm.add_equity("BBB"), algorithm.add_equity("CCC")
    for security, price in ((other, 10.0), (third, 20.0)):
        holding.bar("09:32", price, security=security)
    collection = PortfolioTargetCollection()
    collection.add_range(
        [
            PortfolioTarget(other.symbol, 10),
            PortfolioTarget(third.symbol, 10),
            PortfolioTarget(holding.symbol, Decimal("9.9999999")),
            PortfolioTarget(holding.symbol, 9),
        ]
    )
    tickers = [target.symbol.value for target in collection.order_by_margin_impact(algorithm)]
    assert tickers == ["AAA", "CCC", "BBB"]
    collection.add(PortfolioTarget(holding.symbol, Decimal("9.9999999")))
    assert [target.symbol.value for target in collection.order_by_margin_impact(algorithm)] == ["CCC", "BBB"]
    collection.clear_fulfilled(algorithm)
    assert not collection.contains_key(holding.symbol)
