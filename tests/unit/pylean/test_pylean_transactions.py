"""Order requests: ids, events, the queue of updates and cancels, tags, and what is refused."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from pylean.api.AlgorithmImports import (
    DataNormalizationMode,
    OrderField,
    OrderStatus,
    QCAlgorithm,
    UpdateOrderFields,
)
from pylean.orders.enums import OrderRequestStatus, OrderResponseErrorCode


@pytest.fixture
def bench(bench: Any) -> Any:
    """The security trades at 10."""
    bench.bar("09:31", 10)
    return bench


def rest(bench: Any, quantity: int = 5, limit: float = 9, tag: str = "") -> Any:
    """A limit order that waits."""
    return bench.algorithm.limit_order("AAA", quantity, limit, tag=tag)


class TestSubmission:
    def test_ids_count_from_one_and_the_broker_s_are_the_same_as_text(self, bench: Any) -> None:
        tickets = [rest(bench), bench.algorithm.market_order("AAA", 1), rest(bench)]
        assert [ticket.order_id for ticket in tickets] == [1, 2, 3]
        assert [order.brokerage_ids for order in bench.handler.orders.values()] == [["1"], ["2"], ["3"]]
        assert bench.algorithm.transactions.last_order_id == 3
        assert bench.algorithm.transactions.orders_count == 3

    def test_events_of_an_order_count_from_one(self, bench: Any) -> None:
        bench.algorithm.market_order("AAA", 1)
        bench.algorithm.market_order("AAA", 1)
        assert [(event.order_id, event.id, event.status.name) for event in bench.events] == [
            (1, 1, "SUBMITTED"),
            (1, 2, "FILLED"),
            (2, 1, "SUBMITTED"),
            (2, 2, "FILLED"),
        ]

    def test_prices_of_the_moment_are_kept_unrounded(self, bench: Any) -> None:
        bench.quote("09:31", (9.5, 10.5))
        rest(bench)
        submission = bench.handler.orders[1].submission
        assert submission.bid_price == 9.5
        prices = submission.bid, submission.ask, submission.last
        assert [str(price) for price in prices] == ["9.5000", "10.5000", "10.0000"]

    def test_quantities_are_rounded_to_lots_toward_zero(self, bench: Any) -> None:
        assert bench.algorithm.limit_order("AAA", 5.9, 9).quantity == 5
        assert bench.algorithm.limit_order("AAA", -5.9, 11).quantity == -5

    def test_prices_keep_all_digits_on_adjusted_data(self, bench: Any) -> None:
        rest(bench, limit=9.123456789)
        assert bench.handler.orders[1].limit == Decimal("9.123456789")

    @pytest.mark.parametrize(("price", "rounded"), [(9.125, "9.12"), (9.135, "9.14"), (0.12345, "0.1234")])
    def test_prices_are_rounded_to_ticks_on_raw_data(self, make_bench: Any, price: float, rounded: str) -> None:
        bench = make_bench(data_normalization_mode=DataNormalizationMode.RAW)
        bench.bar("09:31", 10)
        rest(bench, limit=price)
        bench.algorithm.stop_market_order("AAA", 1, price)
        assert bench.handler.orders[1].limit == bench.handler.orders[2].stop == Decimal(rounded)

    def test_tickets_show_what_was_asked_for(self, bench: Any) -> None:
        ticket = rest(bench, tag="why")
        assert (ticket.quantity, ticket.quantity_remaining, ticket.tag) == (5, 5, "why")
        assert ticket.get(OrderField.LIMIT_PRICE) == ticket.Get(OrderField.LimitPrice) == 9
        assert ticket.time == datetime(2025, 6, 2, 13, 31)
        with pytest.raises(ValueError, match="order 1 of type LIMIT has no stop_price"):
            ticket.get(OrderField.STOP_PRICE)


class TestRefusals:
    """Checks before an order exists: no id, nothing recorded, the ticket says why."""

    @pytest.mark.parametrize(
        ("quantity", "code"),
        [
            (0, OrderResponseErrorCode.ORDER_QUANTITY_ZERO),
            (0.5, OrderResponseErrorCode.ORDER_QUANTITY_LESS_THAN_LOT_SIZE),
        ],
    )
    def test_quantities(self, bench: Any, quantity: float, code: OrderResponseErrorCode) -> None:
        ticket = bench.algorithm.market_order("AAA", quantity)
        assert ticket.status is OrderStatus.INVALID
        assert ticket.submit_request.response.error_code is code
        assert bench.handler.orders == {}
        assert bench.errors
        assert rest(bench).order_id == 1

    def test_no_price_yet(self, make_bench: Any) -> None:
        bench = make_bench()
        bench.at("10:00")
        ticket = bench.algorithm.market_order("AAA", 1)
        assert ticket.submit_request.response.error_code is OrderResponseErrorCode.SECURITY_PRICE_ZERO
        assert "no bar has arrived yet" in bench.errors[0]

    def test_a_security_that_is_not_tradable(self, bench: Any) -> None:
        bench.security.IsTradable, bench.security.is_delisted = False, True
        ticket = bench.algorithm.market_order("AAA", 1)
        assert ticket.submit_request.response.error_code is OrderResponseErrorCode.NON_TRADABLE_SECURITY

    def test_an_unknown_symbol_is_added_but_has_no_price(self, bench: Any) -> None:
        ticket = bench.algorithm.market_order("XYZ", 1)
        assert ticket.submit_request.response.error_code is OrderResponseErrorCode.SECURITY_PRICE_ZERO
        assert "XYZ" in bench.algorithm.securities


class TestBuyingPower:
    def test_too_little_at_submission_makes_an_invalid_order_with_an_id(self, bench: Any) -> None:
        ticket = bench.algorithm.market_order("AAA", 30_000)
        assert (ticket.order_id, ticket.status) == (1, OrderStatus.INVALID)
        assert bench.statuses() == ["INVALID"]
        assert bench.events[0].message.startswith("Order Error: ids: [1], Insufficient buying power")
        assert ticket.submit_request.response.error_code is OrderResponseErrorCode.INSUFFICIENT_BUYING_POWER
        assert bench.algorithm.transactions.get_open_orders() == []

    def test_too_little_at_the_fill_makes_it_invalid_then(self, bench: Any) -> None:
        first = rest(bench, 15_000, 9)
        second = rest(bench, 15_000, 9)
        assert (first.status, second.status) == (OrderStatus.SUBMITTED, OrderStatus.SUBMITTED)
        bench.bar("09:32", (9, 9, 8, 9, 1))
        bench.process()
        assert bench.statuses(1) == ["SUBMITTED", "FILLED"]
        assert bench.statuses(2) == ["SUBMITTED", "INVALID"]

    def test_too_little_for_an_update_leaves_the_order_as_it_was(self, bench: Any) -> None:
        ticket = rest(bench)
        ticket.update_quantity(30_000, "more")
        bench.process()
        assert bench.statuses() == ["SUBMITTED", "SUBMITTED"]
        assert "Brokerage failed to update order with id: 1" in bench.events[-1].message
        assert (ticket.quantity, ticket.tag) == (5, "")
        response = ticket.update_requests[0].response
        assert response.error_code is OrderResponseErrorCode.BROKERAGE_FAILED_TO_UPDATE_ORDER


class TestUpdates:
    def test_wait_for_the_next_scan(self, bench: Any) -> None:
        ticket = rest(bench)
        assert ticket.update_limit_price(9.5, "nearer").is_success
        assert (ticket.get(OrderField.LIMIT_PRICE), ticket.tag) == (9, "")
        bench.at("09:32")
        bench.process()
        assert (ticket.get(OrderField.LIMIT_PRICE), ticket.tag) == (9.5, "nearer")
        assert bench.statuses() == ["SUBMITTED", "UPDATE_SUBMITTED"]
        assert bench.handler.orders[1].last_update_time == datetime(2025, 6, 2, 13, 32)

    def test_are_handled_at_the_next_submission_of_any_order(self, bench: Any) -> None:
        ticket = rest(bench)
        ticket.update_limit_price(9.5)
        bench.algorithm.market_order("AAA", 1)
        assert [(event.order_id, event.status.name) for event in bench.events] == [
            (1, "SUBMITTED"),
            (1, "UPDATE_SUBMITTED"),
            (2, "SUBMITTED"),
            (2, "FILLED"),
        ]

    def test_come_before_the_fill_on_the_same_bar(self, bench: Any) -> None:
        ticket = rest(bench)
        ticket.update_limit_price(8)
        bench.bar("09:32", (10, 10, 8.5, 10, 1))
        bench.process()
        assert bench.statuses() == ["SUBMITTED", "UPDATE_SUBMITTED"]
        bench.bar("09:33", (8.5, 8.5, 7, 8, 1))
        bench.process()
        assert bench.events[-1].fill_price == 8

    def test_several_fields_in_one_request_in_both_styles(self, bench: Any) -> None:
        ticket = bench.algorithm.stop_market_order("AAA", 5, 11)
        fields = UpdateOrderFields()
        fields.Quantity, fields.stop_price, fields.Tag = 7, 12.5, "both"
        ticket.Update(fields)
        bench.process()
        assert (ticket.quantity, ticket.get(OrderField.STOP_PRICE), ticket.tag) == (7, 12.5, "both")
        assert bench.events[-1].stop_price == 12.5

    def test_a_new_quantity_is_rounded_only_by_the_update_after_it(self, bench: Any) -> None:
        ticket = rest(bench)
        ticket.update_quantity(7.5)
        bench.process()
        assert ticket.quantity == 7.5
        ticket.update_tag("again")
        bench.process()
        assert ticket.quantity == 7

    def test_zero_quantity_is_refused(self, bench: Any) -> None:
        response = rest(bench).update_quantity(0)
        assert response.error_code is OrderResponseErrorCode.ORDER_QUANTITY_ZERO

    def test_a_closed_order_takes_tags_only(self, bench: Any) -> None:
        ticket = bench.algorithm.market_order("AAA", 1, tag="before")
        assert ticket.update_quantity(2).error_code is OrderResponseErrorCode.INVALID_ORDER_STATUS
        assert ticket.update_tag("after").is_success
        bench.process()
        assert ticket.tag == "after"
        assert bench.statuses() == ["SUBMITTED", "FILLED"]

    def test_an_update_that_comes_too_late_fails_when_it_is_handled(self, bench: Any) -> None:
        first, second = rest(bench), rest(bench)
        bench.bar("09:32", (8, 8, 8, 8, 1))
        first.update_tag("mine")
        second.update_limit_price(7)
        bench.process()
        assert bench.statuses(2) == ["SUBMITTED", "FILLED"]
        late = second.update_requests[0].response
        assert late.error_code is OrderResponseErrorCode.INVALID_ORDER_STATUS


class TestCancels:
    def test_are_pending_at_once_and_done_at_the_next_scan(self, bench: Any) -> None:
        ticket: Any = rest(bench)
        assert ticket.cancel("enough").is_success
        assert ticket.status == OrderStatus.CANCEL_PENDING
        assert [order.id for order in bench.algorithm.transactions.get_open_orders("AAA")] == [1]
        bench.at("09:32")
        bench.process()
        assert ticket.status.name == "CANCELED"
        assert bench.statuses() == ["SUBMITTED", "CANCEL_PENDING", "CANCELED"]
        assert bench.handler.orders[1].canceled_time == datetime(2025, 6, 2, 13, 32)
        assert bench.algorithm.transactions.get_open_orders() == []

    def test_are_done_at_the_next_submission(self, bench: Any) -> None:
        rest(bench).cancel()
        rest(bench)
        assert [(event.order_id, event.status.name) for event in bench.events] == [
            (1, "SUBMITTED"),
            (1, "CANCEL_PENDING"),
            (1, "CANCELED"),
            (2, "SUBMITTED"),
        ]

    def test_come_before_the_fill_on_the_same_bar(self, bench: Any) -> None:
        rest(bench).cancel()
        bench.bar("09:32", (8, 8, 8, 8, 1))
        bench.process()
        assert bench.statuses() == ["SUBMITTED", "CANCEL_PENDING", "CANCELED"]

    def test_a_second_request_of_a_batch_may_lose_against_the_fill(self, bench: Any) -> None:
        first, second = rest(bench), rest(bench)
        bench.bar("09:32", (8, 8, 8, 8, 1))
        first.cancel("first")
        second.cancel("second")
        bench.process()
        assert bench.statuses(1) == ["SUBMITTED", "CANCEL_PENDING", "CANCELED"]
        assert bench.statuses(2) == ["SUBMITTED", "CANCEL_PENDING", "FILLED"]
        assert second.cancel_request.response.error_code is OrderResponseErrorCode.INVALID_ORDER_STATUS
        assert second.cancel_request.status is OrderRequestStatus.ERROR
        again = second.cancel("again")
        assert again.error_code is OrderResponseErrorCode.INVALID_ORDER_STATUS
        assert second.tag == "again"

    def test_twice_is_refused(self, bench: Any) -> None:
        ticket = rest(bench)
        ticket.cancel()
        assert ticket.cancel("again").error_code is OrderResponseErrorCode.REQUEST_CANCELED
        by_id = bench.algorithm.transactions.cancel_order(1, "by id")
        assert by_id.tag == ""

    def test_of_a_closed_order_is_refused_but_writes_the_tag(self, bench: Any) -> None:
        ticket = bench.algorithm.market_order("AAA", 1, tag="before")
        assert ticket.cancel("after").error_code is OrderResponseErrorCode.INVALID_ORDER_STATUS
        assert ticket.status is OrderStatus.FILLED
        assert ticket.tag == "after"

    def test_of_an_unknown_id_give_an_invalid_ticket_and_record_nothing(self, bench: Any) -> None:
        rest(bench)
        ticket = bench.algorithm.transactions.cancel_order(7)
        assert (ticket.order_id, ticket.status) == (7, OrderStatus.INVALID)
        assert ticket.cancel_request.response.error_code is OrderResponseErrorCode.UNABLE_TO_FIND_ORDER
        assert bench.algorithm.transactions.orders_count == 1

    @pytest.mark.parametrize(
        ("cancel", "tag"),
        [
            (lambda transactions, ticket: ticket.cancel(), "own"),
            (lambda transactions, ticket: ticket.cancel("said"), "said"),
            (lambda transactions, ticket: transactions.cancel_order(1), ""),
            (lambda transactions, ticket: transactions.cancel_order(1, "said"), "said"),
            (lambda transactions, ticket: transactions.cancel_open_orders("AAA"), "own"),
            (lambda transactions, ticket: transactions.cancel_open_orders("AAA", "said"), "said"),
        ],
    )
    def test_each_way_has_its_rule_for_the_tag(self, bench: Any, cancel: Any, tag: str) -> None:
        ticket = rest(bench, tag="own")
        cancel(bench.algorithm.transactions, ticket)
        assert ticket.tag == tag
        bench.process()
        assert (ticket.tag, ticket.status) == (tag, OrderStatus.CANCELED)

    def test_of_everything_names_the_time(self, bench: Any) -> None:
        ticket = rest(bench, tag="own")
        assert bench.algorithm.transactions.cancel_open_orders() == [ticket]
        assert ticket.tag == "Canceled by CancelOpenOrders() at 2025-06-02T13:31:00.0000000Z"

    def test_of_one_symbol_leave_others_alone(self, bench: Any) -> None:
        bench.algorithm.add_equity("BBB")
        bench.bar("09:31", 10, security=bench.algorithm.securities["BBB"])
        rest(bench)
        other = bench.algorithm.limit_order("BBB", 5, 9)
        bench.algorithm.transactions.cancel_open_orders("AAA")
        bench.process()
        assert other.status is OrderStatus.SUBMITTED


class TestNesting:
    """Orders placed while another order's event is told."""

    def test_a_submission_inside_an_event_is_handled_at_once(self, bench: Any) -> None:
        def on_event(event: Any) -> None:
            bench.events.append(event)
            if event.status is OrderStatus.FILLED and event.order_id == 1:
                bench.algorithm.stop_market_order("AAA", -5, 9)
                bench.algorithm.market_order("AAA", 2)

        bench.handler.on_event = on_event
        bench.algorithm.market_order("AAA", 5)
        assert [(event.order_id, event.id, event.status.name) for event in bench.events] == [
            (1, 1, "SUBMITTED"),
            (1, 2, "FILLED"),
            (2, 1, "SUBMITTED"),
            (3, 1, "SUBMITTED"),
            (3, 2, "FILLED"),
        ]
        assert bench.algorithm.portfolio["AAA"].quantity == 7

    def test_an_order_still_waiting_for_its_submission_can_neither_be_updated_nor_cancelled(self, bench: Any) -> None:
        answers: list[Any] = []

        def on_event(event: Any) -> None:
            bench.events.append(event)
            if event.status is OrderStatus.CANCELED:
                waiting = bench.algorithm.transactions.get_open_order_tickets()[-1]
                answers.extend([waiting.update_tag("early"), waiting.cancel()])

        bench.handler.on_event = on_event
        rest(bench).cancel()
        second = rest(bench, tag="own")
        assert [answer.error_code for answer in answers] == [OrderResponseErrorCode.INVALID_NEW_ORDER_STATUS] * 2
        assert (second.status, second.tag) == (OrderStatus.SUBMITTED, "own")
        assert second.cancel().is_success

    def test_a_fill_inside_a_scan_can_cancel_what_the_scan_has_still_to_see(self, bench: Any) -> None:
        """The cancel waits in the queue, so the other order of the pair still fills in this scan."""

        def on_event(event: Any) -> None:
            bench.events.append(event)
            if event.status is OrderStatus.FILLED and event.order_id == 1:
                bench.handler.tickets[2].cancel("pair")

        bench.handler.on_event = on_event
        rest(bench)
        rest(bench)
        bench.bar("09:32", (8, 8, 8, 8, 1))
        bench.process()
        assert bench.statuses(2) == ["SUBMITTED", "CANCEL_PENDING", "FILLED"]

    def test_the_cancel_wins_when_a_submission_follows_inside_the_event(self, bench: Any) -> None:
        def on_event(event: Any) -> None:
            bench.events.append(event)
            if event.status is OrderStatus.FILLED and event.order_id == 1:
                bench.handler.tickets[2].cancel("pair")
                bench.algorithm.limit_order("AAA", 1, 1)

        bench.handler.on_event = on_event
        rest(bench)
        rest(bench)
        bench.bar("09:32", (8, 8, 8, 8, 1))
        bench.process()
        assert bench.statuses(2) == ["SUBMITTED", "CANCEL_PENDING", "CANCELED"]


class TestLookUp:
    def test_orders_are_copies_and_tickets_are_the_real_ones(self, bench: Any) -> None:
        ticket = rest(bench)
        transactions = bench.algorithm.transactions
        copy = transactions.get_order_by_id(1)
        copy.tag = "changed"
        assert bench.handler.orders[1].tag == ""
        assert transactions.get_order_ticket(1) is ticket
        assert transactions.get_order_by_id(9) is None

    def test_conditions_select(self, bench: Any) -> None:
        rest(bench, quantity=5)
        rest(bench, quantity=-3, limit=11)
        bench.algorithm.market_order("AAA", 1)
        transactions = bench.algorithm.transactions
        assert [order.id for order in transactions.get_orders(lambda order: order.quantity < 0)] == [2]
        assert [order.id for order in transactions.get_open_orders(lambda order: order.quantity > 0)] == [1]
        assert [ticket.order_id for ticket in transactions.get_open_order_tickets("AAA")] == [1, 2]
        assert transactions.get_open_orders_remaining_quantity("AAA") == 2
        assert [ticket.order_id for ticket in transactions.GetOrderTickets()] == [1, 2, 3]


class TestLiquidate:
    def test_cancels_what_rests_and_closes_the_position(self, bench: Any) -> None:
        bench.algorithm.market_order("AAA", 5)
        resting = rest(bench, tag="own")
        (ticket,) = bench.algorithm.liquidate("AAA")
        assert (ticket.quantity, ticket.tag, ticket.status) == (-5, "Liquidated", OrderStatus.FILLED)
        assert (resting.status, resting.tag) == (OrderStatus.CANCELED, "Liquidated")
        assert not bench.algorithm.portfolio.invested

    def test_without_a_position_only_cancels(self, bench: Any) -> None:
        resting = rest(bench)
        assert bench.algorithm.liquidate() == []
        bench.process()
        assert resting.status is OrderStatus.CANCELED

    def test_an_unknown_symbol_is_passed_over(self, bench: Any) -> None:
        assert bench.algorithm.liquidate("XYZ") == []

    def test_can_be_switched_off(self, bench: Any) -> None:
        bench.algorithm.market_order("AAA", 5)
        bench.algorithm.Settings.LiquidateEnabled = False
        assert bench.algorithm.liquidate() == []
        assert bench.algorithm.portfolio.invested


def test_events_reach_the_algorithm_with_their_ticket(market: Any, run_algorithm: Any) -> None:
    from datetime import date

    market.session("AAA", date(2025, 6, 2), 10)

    class Buying(QCAlgorithm):
        def initialize(self) -> None:
            self.set_start_date(2025, 6, 2)
            self.set_end_date(2025, 6, 2)
            self.add_equity("AAA")
            self.seen: list[tuple[Any, ...]] = []

        def on_data(self, data: Any) -> None:
            if not self.portfolio.invested:
                self.market_order("AAA", 5)

        def OnOrderEvent(self, order_event: Any) -> None:
            held = self.portfolio["AAA"].quantity
            self.seen.append((order_event.Status.name, order_event.ticket.order_id, held))

    assert run_algorithm(Buying).algorithm.seen == [("SUBMITTED", 1, 0), ("FILLED", 1, 5)]
