"""Margin: checks, sizing against a slow search, and margin calls."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import (
    BuyingPowerModel,
    CashBuyingPowerModel,
    ConstantBuyingPowerModel,
    ConstantFeeModel,
    GetMaximumOrderQuantityResult,
    MaintenanceMargin,
    NullBuyingPowerModel,
    OrderStatus,
    PatternDayTradingMarginModel,
    QCAlgorithm,
    SecurityType,
    SubmitOrderRequest,
)
from pylean.job import AlgorithmError
from pylean.numbers import use_lean_decimals
from pylean.orders.enums import OrderDirection, OrderType
from pylean.orders.order import Order

DAY = date(2025, 6, 2)
with_bench = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def hold(bench: Any, quantity: int, price: float, cash: int) -> Any:
    """An account with a position at a price."""
    use_lean_decimals()
    bench.bar("09:31", price)
    portfolio = bench.algorithm.portfolio
    portfolio.set_cash(cash)
    bench.security.holdings.set_holdings(Decimal(str(price)), Decimal(quantity))
    return portfolio


def order_of(bench: Any, quantity: int) -> Order:
    now = bench.run.clock.utc
    return Order(1, OrderType.MARKET, bench.symbol, Decimal(quantity), now, now)


def affordable(price: Decimal, held: int, cash: int, quantity: int, leverage: int) -> bool:
    """The rule of engine-facts §9 spelled out."""
    if held * quantity < 0 and abs(held) >= abs(quantity):
        return True
    total = cash + held * price
    position = abs(held) * price / leverage
    free = total - position
    if held * quantity < 0:
        free += position + abs(held) * price / leverage
    fee = Decimal(abs(quantity)) * Decimal("0.005")
    fee = Decimal(1) if fee < 1 else min(fee, Decimal("0.005") * abs(quantity) * price)
    return abs(quantity) * price / leverage + fee <= max(free, Decimal(0))


@with_bench
@given(
    st.integers(-2000, 2000),
    st.integers(-8000, 8000).filter(bool),
    st.decimals(min_value=1, max_value=200, places=2),
    st.integers(10_000, 200_000),
    st.sampled_from([1, 2, 4]),
)
def test_an_order_is_affordable_by_the_written_rule(
    bench: Any, held: int, quantity: int, price: Decimal, cash: int, leverage: int
) -> None:
    portfolio = hold(bench, held, float(price), cash)
    bench.security.set_leverage(leverage)
    model = bench.security.buying_power_model
    check = model.check(portfolio, bench.security, order_of(bench, quantity), Decimal(0))
    assert check.is_sufficient is affordable(price, held, cash, quantity, leverage)
    if not check.is_sufficient:
        assert check.reason.startswith("Id: 1, Initial Margin: ")


def slow_size(price: Decimal, held: int, cash: int, target: Decimal, leverage: Decimal) -> int | None:
    """The order that brings the position's margin closest to the target from below, found share by share."""
    total = cash + held * price
    usable = total - total * Decimal("0.0025")
    share = target * usable / total / leverage
    unit = price / leverage

    def fee(quantity: int) -> Decimal:
        amount = Decimal(abs(quantity)) * Decimal("0.005")
        return Decimal(1) if amount < 1 else min(amount, Decimal("0.005") * abs(quantity) * price)

    goal = share * total
    if goal == 0:
        return -held
    if abs(goal - unit * held) < total * Decimal("0.001") and total - abs(held) * unit > 0:
        return 0
    sign = 1 if goal > 0 else -1
    for _ in range(100):
        position = 0
        while (position + 1) * unit <= abs(goal):
            position += 1
        quantity = sign * position - held
        if quantity == 0:
            return 0
        goal = (total - fee(quantity)) * share
        if position * unit <= abs(goal):
            return quantity
    return None


@with_bench
@given(
    st.integers(-300, 300),
    st.decimals(min_value=20, max_value=200, places=2),
    st.integers(50_000, 100_000),
    st.decimals(min_value=-1, max_value=1, places=2),
    st.sampled_from([1, 2]),
)
def test_sizing_equals_a_search_share_by_share(
    bench: Any, held: int, price: Decimal, cash: int, target: Decimal, leverage: int
) -> None:
    hold(bench, held, float(price), cash)
    assume(cash + held * price > 1000)
    bench.security.set_leverage(leverage)
    expected = slow_size(price, held, cash, target, Decimal(leverage))
    assume(expected is not None)
    assert bench.algorithm.calculate_order_quantity("AAA", float(target)) == expected


def test_the_free_part_of_the_portfolio_is_a_setting(bench: Any) -> None:
    hold(bench, 0, 10, 100_000)
    algorithm = bench.algorithm
    assert algorithm.calculate_order_quantity("AAA", 1) == 9970
    algorithm.settings.free_portfolio_value_percentage = 0
    assert algorithm.calculate_order_quantity("AAA", 1) == 9995
    algorithm.Settings.FreePortfolioValue = 50_000
    assert algorithm.calculate_order_quantity("AAA", 1) == 4998
    assert algorithm.portfolio.total_portfolio_value_less_free_buffer == 50_000


def test_small_changes_are_left_out(bench: Any) -> None:
    hold(bench, 1000, 10, 100_000)
    assert bench.algorithm.calculate_order_quantity("AAA", 10_000 / 109_725 + 0.0001) == 0
    bench.algorithm.settings.minimum_order_margin_portfolio_percentage = 0
    assert bench.algorithm.calculate_order_quantity("AAA", 10_000 / 109_725 + 0.0005) > 0


def test_targets_beyond_the_settings_are_refused(bench: Any) -> None:
    hold(bench, 0, 10, 100_000)
    bench.algorithm.settings.max_absolute_portfolio_target_percentage = 1.5
    assert bench.algorithm.calculate_order_quantity("AAA", 1.4) > 0
    assert bench.algorithm.calculate_order_quantity("AAA", -1.6) == 0
    assert "the target -1.6 is not between" in bench.errors[0]


def test_a_price_of_zero_sizes_nothing(bench: Any) -> None:
    bench.at("09:31")
    assert bench.algorithm.set_holdings("AAA", 1) == []
    assert "the price is 0" in bench.errors[0]


def test_set_holdings_counts_orders_that_wait_for_the_open(bench: Any) -> None:
    bench.bar("16:00", 10)
    (first,) = bench.algorithm.set_holdings("AAA", 0.5)
    assert first.order_type is OrderType.MARKET_ON_OPEN
    assert bench.algorithm.set_holdings("AAA", 0.5) == []


def test_set_holdings_may_liquidate_everything_else(bench: Any) -> None:
    other = bench.algorithm.add_equity("BBB")
    bench.bar("09:31", 20, security=other)
    bench.bar("09:31", 10)
    bench.algorithm.set_holdings("BBB", 0.5)
    tickets = bench.algorithm.set_holdings("AAA", 0.5, liquidate_existing_holdings=True, tag="switch")
    assert [(str(ticket.symbol), ticket.tag) for ticket in tickets] == [("BBB", "switch"), ("AAA", "switch")]
    assert bench.algorithm.portfolio["BBB"].quantity == 0


def test_set_holdings_without_a_tag_says_liquidated_of_the_others_only(bench: Any) -> None:
    other = bench.algorithm.add_equity("BBB")
    bench.bar("09:31", 20, security=other)
    bench.bar("09:31", 10)
    bench.algorithm.set_holdings("BBB", 0.5)
    tickets = bench.algorithm.set_holdings("AAA", 0.5, True)
    assert [(str(ticket.symbol), ticket.tag) for ticket in tickets] == [("BBB", "Liquidated"), ("AAA", "")]


def test_leverage_below_one_is_refused(bench: Any) -> None:
    with pytest.raises(ValueError, match=r"leverage of AAA is 0\.5: it must be at least 1"):
        bench.security.set_leverage(0.5)
    assert bench.security.leverage == 2


def test_margin_is_free_in_both_directions(bench: Any) -> None:
    portfolio = hold(bench, 100, 50, 10_000)
    assert portfolio.total_margin_used == 2500
    assert portfolio.margin_remaining == 12_500
    assert portfolio.get_margin_remaining("AAA") == 12_500
    assert portfolio.GetMarginRemaining("AAA", OrderDirection.SELL) == 12_500 + 2 * 2500


def test_a_model_of_one_s_own_decides(bench: Any) -> None:
    class Nothing(BuyingPowerModel):
        def HasSufficientBuyingPowerForOrder(self, parameters: Any) -> Any:
            return parameters.insufficient(f"nothing for {parameters.order.absolute_quantity:.0f} shares")

    hold(bench, 0, 10, 100_000)
    bench.security.BuyingPowerModel = Nothing(2)
    ticket = bench.algorithm.market_order("AAA", 3)
    assert ticket.status is OrderStatus.INVALID
    assert ticket.submit_request.response.error_message.endswith("Reason: nothing for 3 shares.")


def test_what_a_model_overrides_is_what_the_engine_gets(bench: Any) -> None:
    class Hundreds(BuyingPowerModel):
        def get_maximum_order_quantity_for_target_buying_power(self, parameters: Any) -> Any:
            whole = super().get_maximum_order_quantity_for_target_buying_power(parameters).quantity
            return GetMaximumOrderQuantityResult(whole // 100 * 100)

        def get_maintenance_margin(self, parameters: Any) -> Any:
            return MaintenanceMargin(parameters.absolute_quantity)

        def get_leverage(self, security: Any) -> float:
            return 4

    portfolio = hold(bench, 0, 10, 100_000)
    bench.security.set_buying_power_model(Hundreds())
    assert bench.algorithm.calculate_order_quantity("AAA", 0.5) == 1200
    assert bench.security.leverage == 4
    hold(bench, 70, 10, 100_000)
    assert portfolio.total_margin_used == 70
    # As in Lean, what the base works out for itself does not see the override.
    assert bench.security.buying_power_model.check(
        portfolio, bench.security, order_of(bench, 20_000), Decimal(0)
    ).reason.endswith("Free Margin: 100630")


def test_a_model_without_a_base_needs_every_method(bench: Any) -> None:
    class Half:
        def get_leverage(self, security: Any) -> float:
            return 1

    with pytest.raises(TypeError, match="Half is no BuyingPowerModel: it has no get_initial_margin_requirement, "):
        bench.security.set_buying_power_model(Half())


class TestOtherModels:
    def test_no_margin_at_all(self, bench: Any) -> None:
        portfolio = hold(bench, 100, 10, 1000)
        bench.security.set_buying_power_model(NullBuyingPowerModel())
        assert portfolio.total_margin_used == 0
        assert bench.algorithm.market_order("AAA", 10**6).status is OrderStatus.FILLED

    def test_margin_by_share(self, bench: Any) -> None:
        portfolio = hold(bench, 100, 10, 1000)
        bench.security.set_buying_power_model(ConstantBuyingPowerModel(3))
        bench.security.set_leverage(50)
        assert portfolio.total_margin_used == 300
        assert portfolio.margin_remaining == 1700

    def test_a_smaller_leverage_near_the_close(self, bench: Any) -> None:
        portfolio = hold(bench, 100, 10, 1000)
        bench.security.set_buying_power_model(PatternDayTradingMarginModel())
        assert (bench.security.leverage, portfolio.total_margin_used) == (4, 250)
        bench.at("15:50")
        assert (bench.security.leverage, portfolio.total_margin_used) == (2, 500)

    def test_currencies_only(self, bench: Any) -> None:
        hold(bench, 0, 10, 1000)
        model = CashBuyingPowerModel()
        bench.security.set_buying_power_model(model)
        assert bench.algorithm.market_order("AAA", 1).status is OrderStatus.INVALID
        with pytest.raises(ValueError, match="a cash account has none"):
            bench.security.set_leverage(2)


@pytest.mark.parametrize("arguments", [(0.5,), (1, 2), (1.5, 1, 0), (1, -0.1, 0)])
def test_requirements_outside_their_range_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must be"):
        BuyingPowerModel(*arguments)


class TestMarginCalls:
    @pytest.mark.parametrize(
        ("price", "warns", "quantity"),
        [(100, False, None), (77, True, None), (73, False, None), (68, True, -206), (37.5, True, -2000)],
    )
    def test_warning_at_five_percent_and_orders_beyond_a_tenth(
        self, bench: Any, price: float, warns: bool, quantity: int | None
    ) -> None:
        """2000 shares with 75 000 owed; the margin is half of their value."""
        portfolio = hold(bench, 2000, price, 1)
        portfolio.cash_book["USD"].set_amount(-75_000)
        orders, warn = portfolio.margin_call_model.get_margin_call_orders()
        assert warn is warns
        assert [order.quantity for order in orders] == ([] if quantity is None else [quantity])

    def test_is_looked_for_every_five_minutes_from_the_first_slice(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 100, "09:33": 80, "15:59": 80})

        class Levered(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(DAY)
                self.set_end_date(DAY)
                self.add_equity("AAA").set_leverage(4)
                self.calls: list[str] = []

            def on_data(self, data: Any) -> None:
                if self.time.strftime("%H:%M") == "09:32":
                    self.market_order("AAA", 3900)

            def on_margin_call(self, requests: list[Any]) -> list[Any]:
                self.calls.append(self.time.strftime("%H:%M"))
                return requests

        assert run_algorithm(Levered).algorithm.calls[0] == "09:36"

    def test_the_orders_may_be_replaced(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 100, "09:33": 80, "15:59": 80})

        class Replacing(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(DAY)
                self.set_end_date(DAY)
                self.add_equity("AAA").set_leverage(4)

            def on_data(self, data: Any) -> None:
                if self.time.strftime("%H:%M") == "09:32":
                    self.market_order("AAA", 3900)

            def on_margin_call(self, requests: list[Any]) -> list[Any]:
                (request,) = requests
                fewer = SubmitOrderRequest(
                    OrderType.MARKET, SecurityType.EQUITY, request.symbol, -1, 0, 0, self.utc_time, "mine"
                )
                return [fewer]

        ran = run_algorithm(Replacing)
        assert ran.algorithm.transactions.get_order_by_id(2).tag == "mine"
        assert ran.algorithm.transactions.get_order_by_id(2).quantity == -1

    def test_an_answer_without_orders_ends_the_run(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 100, "09:33": 80, "15:59": 80})

        class Refusing(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(DAY)
                self.set_end_date(DAY)
                self.add_equity("AAA").set_leverage(4)

            def on_data(self, data: Any) -> None:
                if self.time.strftime("%H:%M") == "09:32":
                    self.market_order("AAA", 3900)

            def on_margin_call(self, requests: list[Any]) -> list[Any]:
                return []

        with pytest.raises(AlgorithmError, match="on_margin_call must return the orders"):
            run_algorithm(Refusing)

    def test_losers_go_first_and_only_until_the_margin_is_back(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 100, "10:00": 70, "15:59": 70})
        market.trades("BBB", DAY, {"09:30": 100, "15:59": 100})

        class Levered(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(DAY)
                self.set_end_date(DAY)
                for ticker in ("AAA", "BBB"):
                    self.add_equity(ticker, leverage=4).set_fee_model(ConstantFeeModel(0))
                self.calls: list[tuple[datetime, list[Any]]] = []
                self.warnings = 0

            def on_data(self, data: Any) -> None:
                if self.time.hour == 9 and self.time.minute == 31:
                    self.market_order("AAA", 2600)
                    self.market_order("BBB", 1200)

            def on_margin_call(self, requests: list[Any]) -> list[Any]:
                self.calls.append((self.time, [(str(request.symbol), request.quantity) for request in requests]))
                return requests

            def on_margin_call_warning(self) -> None:
                self.warnings += 1

        ran = run_algorithm(Levered)
        ((moment, requests), *_) = ran.algorithm.calls
        assert timedelta(hours=10, minutes=1) <= moment - datetime(2025, 6, 2) <= timedelta(hours=10, minutes=6)
        assert [symbol for symbol, _ in requests] == ["AAA", "BBB"]
        forced = [event for event in ran.observer.events if event.order_id > 2 and event.fill_quantity]
        assert str(forced[0].symbol) == "AAA"
        assert all(event.fill_quantity < 0 for event in forced)
        assert ran.algorithm.portfolio.margin_remaining >= 0

    def test_an_account_without_value_ends_the_run(self, market: Any, run_algorithm: Any) -> None:
        market.trades("AAA", DAY, {"09:30": 100, "10:00": 1, "15:59": 1})

        class Ruined(QCAlgorithm):
            def initialize(self) -> None:
                self.set_start_date(DAY)
                self.set_end_date(DAY)
                self.add_equity("AAA", leverage=10)
                self.last = datetime.min

            def on_data(self, data: Any) -> None:
                self.last = self.time
                if self.time.minute == 31 and self.time.hour == 9:
                    self.market_order("AAA", 9000)
                if self.time.hour == 10 and self.time.minute == 1:
                    self.liquidate()

        ran = run_algorithm(Ruined)
        assert ran.algorithm.last == datetime(2025, 6, 2, 10, 1)
        assert not ran.algorithm.portfolio.invested
        assert ran.outcome.stopped_at == datetime(2025, 6, 2, 14, 1)
        assert any("fallen to zero" in text for _, text in ran.observer.lines)
