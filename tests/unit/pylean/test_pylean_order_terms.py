"""Times in force, properties, requests in all forms, and who may refuse an order."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.api.AlgorithmImports import (
    BrokerageMessageEvent,
    BrokerageMessageType,
    DefaultBrokerageModel,
    DefaultMarginCallModel,
    FixOrderProperties,
    InteractiveBrokersOrderProperties,
    MarginCallModel,
    MarketOnCloseOrder,
    OrderProperties,
    OrderResponse,
    OrderStatus,
    OrderType,
    PortfolioTarget,
    QCAlgorithm,
    SecurityType,
    SubmitOrderRequest,
    TimeInForce,
    UpdateOrderFields,
    UpdateOrderRequest,
)
from pylean.naming import UnsupportedApiError
from pylean.orders.enums import OrderRequestStatus, OrderResponseErrorCode
from pylean.results.order_hash import order_json
from pylean.securities.shortable import ShortableProvider

TUESDAY, FRIDAY = date(2025, 6, 3), date(2025, 6, 6)


@pytest.fixture
def bench(bench: Any) -> Any:
    """The security trades at 10."""
    bench.bar("09:31", 10)
    return bench


def properties(in_force: Any) -> OrderProperties:
    made = OrderProperties()
    made.time_in_force = in_force
    return made


class TestTimesInForce:
    def test_day_orders_end_at_the_close_of_their_day(self, bench: Any) -> None:
        ticket = bench.algorithm.limit_order("AAA", 1, 9, order_properties=properties(TimeInForce.DAY))
        bench.bar("15:59", 10)
        bench.process()
        assert ticket.status is OrderStatus.SUBMITTED
        bench.bar("16:00", (8, 8, 8, 8, 1))
        bench.process()
        assert ticket.status is OrderStatus.CANCELED
        assert bench.events[-1].message == "The order has expired."

    def test_orders_by_date_end_at_the_close_of_that_date(self, bench: Any) -> None:
        until = TimeInForce.good_til_date(datetime(2025, 6, 3))
        ticket = bench.algorithm.limit_order("AAA", 1, 9, order_properties=properties(until))
        bench.bar("16:00", 10)
        bench.process()
        bench.bar("15:59", 10, TUESDAY)
        bench.process()
        assert ticket.status is OrderStatus.SUBMITTED
        bench.bar("16:00", 10, TUESDAY)
        bench.process()
        assert ticket.status is OrderStatus.CANCELED

    def test_orders_for_open_or_close_take_no_date(self, bench: Any) -> None:
        until = properties(TimeInForce.GOOD_TIL_DATE(date(2025, 6, 3)))
        ticket = bench.algorithm.market_on_close_order("AAA", 1, False, "", until)
        assert ticket.submit_request.order_properties.time_in_force is TimeInForce.GoodTilCanceled

    def test_the_default_is_copied_into_each_order(self, bench: Any) -> None:
        bench.algorithm.default_order_properties.time_in_force = TimeInForce.Day
        first = bench.algorithm.limit_order("AAA", 1, 9)
        bench.algorithm.default_order_properties.time_in_force = TimeInForce.GOOD_TIL_CANCELED
        second = bench.algorithm.limit_order("AAA", 1, 9)
        order = bench.algorithm.transactions.get_order_by_id(first.order_id)
        assert order.time_in_force is TimeInForce.DAY
        assert second.submit_request.order_properties.time_in_force is TimeInForce.GOOD_TIL_CANCELED

    def test_an_algorithm_may_write_its_own(self, bench: Any) -> None:
        class Never(TimeInForce):
            def is_order_expired(self, security: Any, order: Any) -> bool:
                return False

            def is_fill_valid(self, security: Any, order: Any, fill: Any) -> bool:
                return False

        ticket = bench.algorithm.market_order("AAA", 1, order_properties=properties(Never()))
        assert ticket.status is OrderStatus.SUBMITTED

    @pytest.mark.parametrize(
        ("in_force", "text"),
        [
            (TimeInForce.GOOD_TIL_CANCELED, "{}"),
            (TimeInForce.DAY, '{"$type":"QuantConnect.Orders.TimeInForces.DayTimeInForce"}'),
            (
                TimeInForce.GOOD_TIL_DATE(datetime(2025, 6, 3)),
                '{"$type":"QuantConnect.Orders.TimeInForces.GoodTilDateTimeInForce","Expiry":"2025-06-03T00:00:00"}',
            ),
        ],
    )
    def test_are_in_the_order_hash(self, bench: Any, in_force: Any, text: str) -> None:
        bench.algorithm.limit_order("AAA", 1, 9, order_properties=properties(in_force))
        assert f'"properties":{{"timeInForce":{text}}}' in order_json(bench.handler.orders[1])


class TestProperties:
    def test_of_a_broker_come_before_the_time_in_force(self) -> None:
        made = InteractiveBrokersOrderProperties()
        made.Account, made.outside_regular_trading_hours = "DU1", True
        names = list(made.json_fields())
        assert names == [
            *("Account", "FaGroup", "FaMethod", "FaPercentage", "FaProfile", "OutsideRegularTradingHours"),
            "timeInForce",
        ]
        assert made.json_fields()["Account"] == "DU1"

    def test_that_no_broker_has_are_refused(self) -> None:
        with pytest.raises(UnsupportedApiError):
            OrderProperties().account = "DU1"

    def test_a_clone_shares_nothing(self) -> None:
        made = FixOrderProperties()
        clone = made.clone()
        made.additional_properties["1"] = "x"
        assert clone.additional_properties == {}


class TestRequests:
    def test_prices_then_time_then_the_rest(self, bench: Any) -> None:
        request = SubmitOrderRequest(
            OrderType.LIMIT_IF_TOUCHED, SecurityType.EQUITY, "AAA", 5, 0, 9.5, 9, bench.algorithm.utc_time, "why"
        )
        ticket = bench.algorithm.transactions.add_order(request)
        order = bench.handler.orders[ticket.order_id]
        assert (order.trigger, order.limit, order.stop, order.tag) == (9, Decimal("9.5"), None, "why")
        assert ticket.symbol is bench.symbol

    def test_with_a_trailing_amount_and_by_name(self, bench: Any) -> None:
        trailing = SubmitOrderRequest(
            OrderType.TRAILING_STOP, SecurityType.EQUITY, "AAA", 5, 11, 0, 0, 0.01, True, bench.algorithm.utc_time, "t"
        )
        order = bench.handler.orders[bench.algorithm.submit_order_request(trailing).order_id]
        assert (order.trailing, order.trailing_as_percentage) == (Decimal("0.01"), True)
        named = SubmitOrderRequest(
            OrderType.LIMIT, SecurityType.EQUITY, "AAA", 5, 0, 9, time=bench.algorithm.utc_time, asynchronous=True
        )
        assert bench.algorithm.transactions.process_request(named).submit_request.asynchronous
        with pytest.raises(TypeError, match="no argument 'colour'"):
            SubmitOrderRequest(OrderType.MARKET, SecurityType.EQUITY, "AAA", 1, 0, 0, datetime(2025, 1, 1), colour=1)

    def test_answers_are_open_until_they_are_given(self, bench: Any) -> None:
        request = UpdateOrderRequest(bench.algorithm.utc_time, 7, UpdateOrderFields(quantity=1))
        assert request.response is OrderResponse.UNPROCESSED
        assert str(request.response) == "Unprocessed"
        bench.algorithm.transactions.update_order(request)
        assert request.status is OrderRequestStatus.ERROR
        assert str(request.response) == "Error: UnableToFindOrder - Unable to locate order with id 7."

    def test_texts_are_lean_s(self, bench: Any) -> None:
        ticket = bench.algorithm.stop_limit_order("AAA", 5, 11.5, 12)
        ticket.update(UpdateOrderFields(quantity=6, limit_price=12.5, tag="x"))
        assert (
            str(ticket.order)
            == "OrderId: 1 (BrokerId: 1) Submitted StopLimit order for 5 units of AAA at stop $11.5 limit $12"
        )
        assert str(ticket.update_requests[0]) == (
            "06/02/2025 13:31:00 UTC: Update Order: (1) - Quantity: 6, LimitPrice: 12.5 x Status: Processing"
        )
        assert ticket.to_string().endswith("limit $12 Request Count: 2 Response Count: 2")
        assert str(bench.events[0]) == (
            "Time: 06/02/2025 13:31:00 OrderID: 1 EventID: 1 Symbol: AAA Status: Submitted Quantity: 5 LimitPrice: $12 "
            "StopPrice: $11.5"
        )
        assert int(ticket) == 1

    @pytest.mark.parametrize(
        ("name", "number"),
        [("INSUFFICIENT_BUYING_POWER", -3), ("ALGORITHM_WARMING_UP", -24), ("EXCEEDS_SHORTABLE_QUANTITY", -31)],
    )
    def test_error_codes_have_lean_s_numbers(self, name: str, number: int) -> None:
        assert OrderResponseErrorCode[name] == number


class TestWhoRefuses:
    def test_a_brokerage_model_at_submission(self, bench: Any) -> None:
        class Picky(DefaultBrokerageModel):
            def can_submit_order(self, security: Any, order: Any, message: Any) -> Any:
                message = BrokerageMessageEvent(BrokerageMessageType.WARNING, "NotToday", "no")
                return order.quantity < 5, message

        bench.algorithm.set_brokerage_model(Picky())
        assert bench.algorithm.market_order("AAA", 4).status is OrderStatus.FILLED
        ticket = bench.algorithm.market_order("AAA", 5)
        assert ticket.status is OrderStatus.INVALID
        response = ticket.submit_request.response
        assert response.error_code is OrderResponseErrorCode.BROKERAGE_MODEL_REFUSED_TO_SUBMIT_ORDER
        assert response.error_message == (
            "BrokerageModel declared unable to submit order: [2] Warning - Code: NotToday - no"
        )

    def test_a_brokerage_model_at_an_update_and_while_it_rests(self, bench: Any) -> None:
        class Closed(DefaultBrokerageModel):
            def CanUpdateOrder(self, security: Any, order: Any, request: Any, message: Any) -> Any:
                return False

            def can_execute_order(self, security: Any, order: Any) -> bool:
                return False

        bench.algorithm.set_brokerage_model(Closed())
        ticket = bench.algorithm.market_order("AAA", 1)
        assert ticket.status is OrderStatus.SUBMITTED
        ticket.update_quantity(2)
        bench.process()
        response = ticket.update_requests[0].response
        assert response.error_code is OrderResponseErrorCode.BROKERAGE_MODEL_REFUSED_TO_UPDATE_ORDER
        assert ticket.quantity == 1

    def test_a_lender(self, bench: Any) -> None:
        class Few(ShortableProvider):
            def shortable_quantity(self, symbol: Any, local_time: datetime) -> int | None:
                return 10

        bench.security.shortable_provider = Few()
        assert bench.algorithm.shortable("AAA", 10)
        assert not bench.algorithm.shortable("AAA", 11)
        assert bench.algorithm.shortable_quantity("AAA") == 10
        first = bench.algorithm.limit_order("AAA", -6, 11)
        second = bench.algorithm.limit_order("AAA", -5, 11)
        assert (first.status, second.status) == (OrderStatus.SUBMITTED, OrderStatus.INVALID)
        text = "Order exceeds shortable quantity 10 for Symbol AAA requested -5)"
        assert (second.tag, bench.events[-1].message) == (text, text)
        fields = json.loads(order_json(bench.handler.orders[2]))
        assert (fields["brokerId"], fields["orderSubmissionData"], fields["priceAdjustmentMode"]) == ([], None, 0)
        first.update_quantity(-11)
        assert first.update_requests[0].response.error_code is OrderResponseErrorCode.EXCEEDS_SHORTABLE_QUANTITY

    def test_the_number_of_orders(self, bench: Any) -> None:
        bench.run.is_initialized = False
        bench.algorithm.set_maximum_orders(1)
        bench.run.is_initialized = True
        bench.algorithm.set_maximum_orders(100)
        tickets = [bench.algorithm.limit_order("AAA", 1, 9) for _ in range(3)]
        assert [ticket.status is OrderStatus.INVALID for ticket in tickets] == [False, False, True]
        code = tickets[2].submit_request.response.error_code
        assert code is OrderResponseErrorCode.EXCEEDED_MAXIMUM_ORDERS

    def test_a_fee_or_margin_model_that_raises_costs_the_order_only(self, bench: Any) -> None:
        resting = bench.algorithm.limit_order("AAA", 1, 9)

        def fail(*arguments: Any) -> Any:
            raise RuntimeError("broken")

        bench.security.buying_power_model.check = fail
        bench.bar("09:32", (8, 8, 8, 8, 1))
        bench.process()
        assert resting.status is OrderStatus.INVALID
        assert bench.errors == ["Order Error: ids: [1], Error executing margin models: broken"]

    def test_the_buffer_of_market_on_close_orders(self, bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(MarketOnCloseOrder, "submission_time_buffer", timedelta(minutes=15, seconds=30))
        MarketOnCloseOrder.SubmissionTimeBuffer = timedelta(minutes=1)  # type: ignore[misc]
        assert MarketOnCloseOrder.submission_time_buffer == timedelta(minutes=1)
        bench.bar("15:58", 10)
        assert bench.algorithm.market_on_close_order("AAA", 1).status is OrderStatus.SUBMITTED
        bench.at("15:59:30")
        ticket = bench.algorithm.market_on_close_order("AAA", 1)
        assert "within 00:01:00 before market close" in ticket.submit_request.response.error_message


class TestTargets:
    def test_floats_are_cast_to_fifteen_digits(self, bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Decimal] = []
        target = bench.algorithm.portfolio.target_quantity
        portfolio = type(bench.algorithm.portfolio)
        monkeypatch.setattr(
            portfolio, "target_quantity", lambda own, security, share: asked.append(share) or target(security, share)
        )
        bench.algorithm.set_holdings("AAA", 1 / 3)
        bench.algorithm.calculate_order_quantity("AAA", 0.1 + 0.2)
        assert asked == [Decimal("0.333333333333333"), Decimal("0.3")]

    def test_several_reduce_before_they_increase(self, bench: Any) -> None:
        algorithm = bench.algorithm
        other = algorithm.add_equity("BBB")
        bench.bar("09:31", 20, security=other)
        algorithm.set_holdings("AAA", 0.9)
        targets = [PortfolioTarget(other.symbol, 0.8), PortfolioTarget(bench.symbol, 0.1)]
        tickets = algorithm.set_holdings(targets, tag="both")
        assert [str(ticket.symbol) for ticket in tickets] == ["AAA", "BBB"]
        assert [ticket.quantity > 0 for ticket in tickets] == [False, True]
        assert {ticket.tag for ticket in tickets} == {"both"}

    def test_others_are_liquidated_first(self, bench: Any) -> None:
        algorithm = bench.algorithm
        bench.bar("09:31", 20, security=algorithm.add_equity("BBB"))
        algorithm.set_holdings("BBB", 0.5)
        tickets = algorithm.set_holdings(symbol=bench.security, percentage=0.5, liquidate_existing_holdings=True)
        assert [(str(ticket.symbol), ticket.tag) for ticket in tickets] == [("BBB", "Liquidated"), ("AAA", "")]
        assert not algorithm.portfolio["BBB"].invested

    def test_liquidation_of_some_with_properties_and_in_lean_s_older_form(self, bench: Any) -> None:
        algorithm = bench.algorithm
        bench.bar("09:31", 20, security=algorithm.add_equity("BBB"))
        algorithm.market_order("AAA", 1)
        algorithm.market_order("BBB", 1)
        (ticket,) = algorithm.liquidate(["BBB"], order_properties=properties(TimeInForce.DAY))
        assert ticket.submit_request.order_properties.time_in_force is TimeInForce.DAY
        assert algorithm.Liquidate("AAA", "gone") == [4]
        assert algorithm.transactions.get_order_by_id(4).tag == "gone"


class TestMarginCallModels:
    def test_none_can_be_chosen(self, bench: Any) -> None:
        model = bench.algorithm.portfolio.margin_call_model
        assert isinstance(model, DefaultMarginCallModel)
        bench.algorithm.portfolio.set_margin_call_model(MarginCallModel.NULL)
        assert bench.algorithm.portfolio.MarginCallModel is MarginCallModel.Null
        assert bench.algorithm.portfolio.margin_call_model.get_margin_call_orders() == ([], False)


def test_orders_in_warm_up_are_refused_and_requests_raise(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QCAlgorithm, "is_warming_up", True)
    ticket = bench.algorithm.market_order("AAA", 1)
    assert ticket.submit_request.response.error_code is OrderResponseErrorCode.ALGORITHM_WARMING_UP
    assert bench.algorithm.transactions.orders_count == 0
    with pytest.raises(RuntimeError, match="not allowed in initialize or during warm up"):
        bench.algorithm.transactions.cancel_open_orders()
    with pytest.raises(RuntimeError, match="AlgorithmWarmingUp"):
        bench.algorithm.transactions.cancel_order(1)
