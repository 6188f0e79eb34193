"""Fill models: when each order type fills, at which price, and what custom models may do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pylean.api.AlgorithmImports import (
    ConstantFeeModel,
    ConstantSlippageModel,
    EquityFillModel,
    Fill,
    FillModel,
    OrderStatus,
    OrderType,
    Resolution,
)
from pylean.orders.enums import OrderDirection

MONDAY, TUESDAY = date(2025, 6, 2), date(2025, 6, 3)
FRIDAY, NEXT_MONDAY = date(2025, 6, 6), date(2025, 6, 9)


def fill_of(bench: Any, order_id: int = 1) -> Any:
    """Price and local time of an order's fill; ``None`` while there is none."""
    fills = [event for event in bench.events if event.order_id == order_id and event.is_fill]
    if not fills:
        return None
    (event,) = fills
    return event.fill_price


def gap_message(bench: Any) -> str:
    (event,) = [event for event in bench.events if event.is_fill]
    message: str = event.message
    return message


class TestMarket:
    def test_fills_at_the_last_trade_before_the_call_returns(self, bench: Any) -> None:
        bench.bar("09:31", 10)
        ticket = bench.algorithm.market_order("AAA", 5)
        assert ticket.status is OrderStatus.FILLED
        assert (ticket.average_fill_price, ticket.quantity_filled) == (10, 5)

    @pytest.mark.parametrize(("quantity", "price"), [(5, 10.2), (-5, 9.8)])
    def test_takes_the_side_of_a_fresh_quote(self, bench: Any, quantity: int, price: float) -> None:
        bench.bar("09:31", 10)
        bench.quote("09:31", (9.8, 10.2))
        bench.algorithm.market_order("AAA", quantity)
        assert fill_of(bench) == price

    def test_a_quote_without_the_side_gives_its_other_price(self, bench: Any) -> None:
        bench.bar("09:31", 10)
        bench.quote("09:31", (9.8, None))
        bench.algorithm.market_order("AAA", 5)
        assert fill_of(bench) == 9.8

    def test_a_fresh_trade_beats_a_stale_quote_and_says_so(self, bench: Any) -> None:
        bench.quote("10:00", (9, 11))
        bench.bar("11:30", 10)
        bench.algorithm.market_order("AAA", 5)
        assert fill_of(bench) == 10
        assert "No quote information available" in gap_message(bench)

    def test_a_price_older_than_an_hour_waits_for_the_next_bar(self, bench: Any) -> None:
        bench.bar("10:00", 10)
        bench.at("11:30")
        ticket = bench.algorithm.market_order("AAA", 5)
        assert ticket.status is OrderStatus.SUBMITTED
        bench.bar("11:31", 12)
        bench.process()
        assert fill_of(bench) == 12

    def test_the_limit_of_staleness_is_a_setting(self, bench: Any) -> None:
        bench.algorithm.settings.stale_price_time_span = timedelta(hours=2)
        bench.bar("10:00", 10)
        bench.at("11:30")
        bench.algorithm.market_order("AAA", 5)
        assert fill_of(bench) == 10

    def test_a_stale_price_within_one_bar_fills_with_a_warning(self, bench: Any) -> None:
        bench.algorithm.settings.stale_price_time_span = timedelta(seconds=10)
        bench.bar("10:00", 10)
        bench.at("10:00:30")
        bench.algorithm.market_order("AAA", 5)
        assert fill_of(bench) == 10

    def test_is_an_order_for_the_open_while_the_market_is_closed(self, bench: Any) -> None:
        bench.bar("16:00", 10)
        ticket = bench.algorithm.market_order("AAA", 5)
        assert ticket.order_type is OrderType.MARKET_ON_OPEN

    def test_with_daily_data_waits_for_the_close(self, make_bench: Any) -> None:
        bench = make_bench(resolution=Resolution.DAILY)
        bench.bar("16:00", 10, FRIDAY)
        bench.at("12:00", NEXT_MONDAY)
        assert bench.algorithm.market_order("AAA", 5).order_type is OrderType.MARKET_ON_CLOSE
        bench.at("15:50", NEXT_MONDAY)
        assert bench.algorithm.market_order("AAA", 5).order_type is OrderType.MARKET_ON_OPEN


class TestStopMarket:
    @pytest.mark.parametrize(
        ("quantity", "bar", "price"),
        [
            (5, (10, 10.9, 9, 10, 1), None),
            (5, (10, 11, 9, 10, 1), 11),
            (5, (11.5, 12, 11, 11, 1), 11.5),
            (5, (11, 12, 11, 11, 1), 11),
            (-5, (12, 12, 11.1, 12, 1), None),
            (-5, (12, 12, 11, 12, 1), 11),
            (-5, (10.5, 12, 10, 11, 1), 10.5),
        ],
    )
    def test_fills_at_the_stop_or_at_a_worse_open(self, bench: Any, quantity: int, bar: Any, price: Any) -> None:
        bench.bar("09:31", 10)
        bench.algorithm.stop_market_order("AAA", quantity, 11)
        bench.bar("09:32", bar)
        bench.process()
        assert fill_of(bench) == price

    def test_a_gap_is_told(self, bench: Any) -> None:
        bench.bar("09:31", 10)
        bench.algorithm.stop_market_order("AAA", 5, 11)
        bench.bar("09:32", 12)
        bench.process()
        assert gap_message(bench).startswith("Due to an unfavorable gap at 06/02/2025 09:32:00")

    def test_does_not_fill_on_the_bar_of_its_submission(self, bench: Any) -> None:
        bench.bar("09:31", 12)
        bench.algorithm.stop_market_order("AAA", 5, 11)
        bench.process()
        assert fill_of(bench) is None
        bench.at("09:31:30")
        bench.process()
        assert fill_of(bench) is None

    def test_does_not_fill_outside_regular_hours(self, make_bench: Any) -> None:
        bench = make_bench(extended_market_hours=True)
        bench.bar("15:59", 10)
        bench.algorithm.stop_market_order("AAA", 5, 11)
        bench.bar("17:00", 12)
        bench.process()
        assert fill_of(bench) is None

    def test_fills_on_the_bar_that_ends_with_the_session(self, bench: Any) -> None:
        bench.bar("15:59", 10)
        bench.algorithm.stop_market_order("AAA", 5, 11)
        bench.bar("16:00", 12)
        bench.process()
        assert fill_of(bench) == 12


class TestLimit:
    @pytest.mark.parametrize(
        ("quantity", "bar", "price"),
        [
            (5, (10.5, 11, 10, 10, 1), None),
            (5, (10.5, 11, 9.99, 10, 1), 10),
            (5, (9.5, 11, 9, 10, 1), 9.5),
            (-5, (9.5, 10, 9, 10, 1), None),
            (-5, (9.5, 10.01, 9, 10, 1), 10),
            (-5, (10.5, 11, 9, 10, 1), 10.5),
        ],
    )
    def test_fills_only_when_traded_through_and_at_a_better_open(
        self, bench: Any, quantity: int, bar: Any, price: Any
    ) -> None:
        bench.bar("09:31", 10)
        bench.algorithm.limit_order("AAA", quantity, 10)
        bench.bar("09:32", bar)
        bench.process()
        assert fill_of(bench) == price

    def test_a_favourable_gap_is_told(self, bench: Any) -> None:
        bench.bar("09:31", 10)
        bench.algorithm.limit_order("AAA", 5, 10)
        bench.bar("09:32", 9)
        bench.process()
        assert gap_message(bench).startswith("Due to a favorable gap at 06/02/2025 09:32:00")

    @pytest.mark.parametrize(("extended", "price"), [(False, None), (True, 9)])
    def test_fills_in_extended_hours_if_subscribed(self, make_bench: Any, extended: bool, price: Any) -> None:
        bench = make_bench(extended_market_hours=extended)
        bench.bar("15:59", 10)
        bench.algorithm.limit_order("AAA", 5, 9.5)
        bench.bar("17:00", 9)
        bench.process()
        assert fill_of(bench) == price


class TestMarketOnOpen:
    def test_fills_at_the_open_of_the_first_regular_bar(self, bench: Any) -> None:
        bench.bar("16:00", 10)
        bench.algorithm.market_on_open_order("AAA", 5)
        bench.bar("09:31", (11, 12, 9, 10, 1), TUESDAY)
        bench.process()
        assert fill_of(bench) == 11
        assert bench.events[-1].utc_time == datetime(2025, 6, 3, 13, 31)

    def test_passes_over_bars_before_the_open(self, make_bench: Any) -> None:
        bench = make_bench(extended_market_hours=True)
        bench.bar("16:00", 10)
        bench.algorithm.market_on_open_order("AAA", 5)
        bench.bar("08:00", 11, TUESDAY)
        bench.process()
        assert fill_of(bench) is None
        bench.bar("09:31", 12, TUESDAY)
        bench.process()
        assert fill_of(bench) == 12

    def test_is_refused_while_the_market_is_open(self, bench: Any) -> None:
        bench.bar("10:00", 10)
        ticket = bench.algorithm.market_on_open_order("AAA", 5)
        assert ticket.status is OrderStatus.INVALID
        assert bench.handler.last_order_id == 0

    def test_with_daily_data_fills_at_the_next_open_when_that_bar_ends(self, make_bench: Any) -> None:
        bench = make_bench(resolution=Resolution.DAILY)
        bench.bar("16:00", 10, MONDAY)
        bench.algorithm.set_holdings("AAA", 0.5)
        bench.security.cache.trades.period_ms = 23_400_000
        bench.bar("16:00", (11, 12, 9, 10, 1), TUESDAY)
        bench.security.cache.trades.period_ms = 23_400_000
        bench.process()
        assert fill_of(bench) == 11


class TestMarketOnClose:
    def test_fills_at_the_close_of_its_session(self, bench: Any) -> None:
        bench.bar("10:00", 10)
        bench.algorithm.market_on_close_order("AAA", 5)
        bench.bar("15:59", 11)
        bench.process()
        assert fill_of(bench) is None
        bench.bar("16:00", 12)
        bench.process()
        assert fill_of(bench) == 12

    def test_after_the_close_it_is_for_the_next_day(self, bench: Any) -> None:
        bench.bar("16:00", 10)
        bench.at("17:00")
        bench.algorithm.market_on_close_order("AAA", 5)
        bench.bar("15:59", 11, TUESDAY)
        bench.process()
        assert fill_of(bench) is None
        bench.bar("16:00", 12, TUESDAY)
        bench.process()
        assert fill_of(bench) == 12

    @pytest.mark.parametrize(("clock", "is_late"), [("15:44:30", False), ("15:44:31", True)])
    def test_must_be_sent_in_time(self, bench: Any, clock: str, is_late: bool) -> None:
        bench.bar("15:44", 10)
        bench.at(clock)
        ticket = bench.algorithm.market_on_close_order("AAA", 5)
        assert (ticket.status is OrderStatus.INVALID) is is_late

    def test_follows_early_closes(self, bench: Any) -> None:
        half_day = date(2025, 7, 3)
        bench.bar("12:00", 10, half_day)
        bench.algorithm.market_on_close_order("AAA", 5)
        bench.bar("13:00", 12, half_day)
        bench.process()
        assert fill_of(bench) == 12


class TestSlippage:
    @pytest.mark.parametrize(("quantity", "price"), [(5, 10.1), (-5, 9.9)])
    def test_is_against_the_order(self, bench: Any, quantity: int, price: float) -> None:
        bench.security.set_slippage_model(ConstantSlippageModel(0.01))
        bench.bar("09:31", 10)
        bench.algorithm.market_order("AAA", quantity)
        assert fill_of(bench) == price

    def test_leaves_limits_alone(self, bench: Any) -> None:
        bench.security.set_slippage_model(ConstantSlippageModel(0.01))
        bench.bar("09:31", 10)
        bench.algorithm.limit_order("AAA", 5, 9.5)
        bench.bar("09:32", (10, 10, 9, 10, 1))
        bench.process()
        assert fill_of(bench) == 9.5


class TestFees:
    @given(st.integers(1, 100_000), st.integers(1, 1_000_000))
    def test_interactive_brokers_fee_by_its_rule(self, shares: int, price_cents: int) -> None:
        from pylean.orders.fees import InteractiveBrokersFeeModel
        from pylean.orders.order import Order

        price = Decimal(price_cents) / 100

        class Cache:
            pass

        security: Any = type("Asset", (), {"cache": Cache()})()
        security.cache.price = price
        order = Order(1, OrderType.MARKET, None, Decimal(shares), datetime(2025, 6, 2), datetime(2025, 6, 2))  # type: ignore[arg-type]
        fee = InteractiveBrokersFeeModel().order_fee_amount(security, order)
        by_share = Decimal(shares) * Decimal("0.005")
        cap = Decimal(shares) * price * Decimal("0.005")
        assert fee == (Decimal(1) if by_share < 1 else min(by_share, cap))

    def test_a_fee_model_is_asked_once_the_order_is_filled(self, bench: Any) -> None:
        bench.security.set_fee_model(ConstantFeeModel(2.5))
        bench.bar("09:31", 10)
        bench.algorithm.market_order("AAA", 5)
        assert bench.events[-1].order_fee.value.amount == 2.5
        assert bench.algorithm.portfolio.cash == 100_000 - 50 - 2.5


class TestCustomModels:
    def test_a_model_may_override_one_method_and_call_the_base(self, bench: Any) -> None:
        class Worse(EquityFillModel):
            def market_fill(self, asset: Any, order: Any) -> Any:
                event = super().market_fill(asset, order)
                event.fill_price = event.fill_price * 2
                return event

        bench.security.set_fill_model(Worse())
        bench.bar("09:31", 10)
        bench.algorithm.market_order("AAA", 5)
        assert fill_of(bench) == 20

    def test_overrides_in_pascal_case_are_called(self, bench: Any) -> None:
        class Worse(EquityFillModel):
            def MarketFill(self, asset: Any, order: Any) -> Any:
                event: Any = super().market_fill(asset, order)
                event.FillPrice = 30
                return event

        bench.security.SetFillModel(Worse())
        bench.bar("09:31", 10)
        bench.algorithm.market_order("AAA", 5)
        assert fill_of(bench) == 30

    def test_partial_fills_average_and_stay_open_until_all_is_filled(self, bench: Any) -> None:
        class Tens(EquityFillModel):
            def market_fill(self, asset: Any, order: Any) -> Any:
                event = super().market_fill(asset, order)
                left = order.quantity - order_ticket().quantity_filled
                event.fill_quantity = min(10, left)
                event.status = OrderStatus.FILLED if left <= 10 else OrderStatus.PARTIALLY_FILLED
                return event

        def order_ticket() -> Any:
            return bench.handler.tickets[1]

        bench.security.set_fill_model(Tens())
        bench.security.set_fee_model(ConstantFeeModel(1))
        bench.bar("09:31", 10)
        ticket = bench.algorithm.market_order("AAA", 25)
        assert ticket.status is OrderStatus.PARTIALLY_FILLED
        bench.bar("09:32", 13)
        bench.process()
        bench.bar("09:33", 16)
        bench.process()
        assert bench.statuses() == ["SUBMITTED", "PARTIALLY_FILLED", "PARTIALLY_FILLED", "FILLED"]
        assert ticket.average_fill_price == pytest.approx((10 * 10 + 10 * 13 + 5 * 16) / 25)
        assert bench.algorithm.portfolio["AAA"].quantity == 25
        assert bench.algorithm.portfolio.total_fees == 1

    def test_a_model_may_return_several_events_and_books_all_before_it_tells(self, bench: Any) -> None:
        class Twice(FillModel):
            def fill(self, parameters: Any) -> Any:
                asset, order = parameters.security, parameters.order
                events = [EquityFillModel.market_fill(model, asset, order) for _ in range(2)]
                for event, quantity in zip(events, (3, 7), strict=True):
                    event.fill_quantity = quantity
                events[0].status = OrderStatus.PARTIALLY_FILLED
                return Fill(events)

        model = EquityFillModel()
        held: list[float] = []
        bench.security.set_fill_model(Twice())
        bench.bar("09:31", 10)
        model.parameters = type("P", (), {"stale_price_time_span": timedelta(hours=1)})()
        bench.handler.on_event = lambda event: held.append(bench.algorithm.portfolio["AAA"].quantity)
        bench.algorithm.market_order("AAA", 10)
        assert held == [0, 10, 10]

    def test_a_model_may_fill_nothing(self, bench: Any) -> None:
        class Never(EquityFillModel):
            def fill(self, parameters: Any) -> Any:
                assert parameters.order.direction is OrderDirection.BUY
                return Fill([])

        bench.security.set_fill_model(Never())
        bench.bar("09:31", 10)
        assert bench.algorithm.market_order("AAA", 5).status is OrderStatus.SUBMITTED
