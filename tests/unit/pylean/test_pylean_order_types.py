"""Stop limits, orders that wait for a touch, trailing stops and combos; the generic models beside the equity one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.api.AlgorithmImports import (
    DataNormalizationMode,
    FillModel,
    ImmediateFillModel,
    LatestPriceFillModel,
    Leg,
    OrderDirection,
    OrderField,
    OrderStatus,
    OrderType,
    Prices,
    TradeBar,
    TrailingStopOrder,
    UpdateOrderFields,
)

#: A bar that lies at 10 all over.
FLAT = 10


@pytest.fixture
def bench(bench: Any) -> Any:
    """The security trades at 10; an order placed now is a minute old at the next bar."""
    bench.bar("09:31", FLAT)
    return bench


def fill(bench: Any, order_id: int = 1) -> float | None:
    prices = [event.fill_price for event in bench.events if event.order_id == order_id and event.is_fill]
    return prices[0] if prices else None


def bars(bench: Any, *specs: Any) -> None:
    """One bar a minute from 09:32, each with a scan."""
    for number, spec in enumerate(specs):
        bench.bar(f"09:{32 + number}", spec)
        bench.process()


class TestStopLimit:
    @pytest.mark.parametrize(
        ("quantity", "stop", "limit", "bar", "price"),
        [
            (1, 11, 12, (10, 11, 10, 11, 1), None),  # touched, not passed
            (1, 11, 12, (10, 11.5, 10, 11.2, 1), 11.5),  # the high, which is within the limit
            (1, 11, 11.1, (10, 11.5, 10, 11.05, 1), 11.1),
            (1, 11, 11.1, (10, 11.5, 10, 11.1, 1), None),  # the close does not better the limit
            (-1, 9, 8, (10, 10, 9, 9, 1), None),
            (-1, 9, 8, (10, 10, 8.5, 8.8, 1), 8.5),
            (-1, 9, 8.9, (10, 10, 8.5, 8.95, 1), 8.9),
        ],
    )
    def test_passes_its_stop_then_fills_by_the_close(
        self, bench: Any, quantity: int, stop: float, limit: float, bar: Any, price: float | None
    ) -> None:
        bench.algorithm.stop_limit_order("AAA", quantity, stop, limit)
        bars(bench, bar)
        assert fill(bench) == price

    def test_remembers_that_the_stop_was_passed(self, bench: Any) -> None:
        bench.algorithm.stop_limit_order("AAA", 1, 11, 10.5)
        bars(bench, (10, 12, 10, 12, 1), (10.2, 10.3, 10.1, 10.2, 1))
        assert bench.algorithm.transactions.get_order_by_id(1).stop_triggered
        assert fill(bench) == 10.3

    def test_takes_the_quote_s_side_where_there_is_one(self, bench: Any) -> None:
        bench.algorithm.stop_limit_order("AAA", 1, 11, 12)
        bench.bar("09:32", 10)
        bench.quote("09:32", (9, 11.5))
        bench.process()
        assert fill(bench) == 11.5


class TestLimitIfTouched:
    @pytest.mark.parametrize(
        ("quantity", "trigger", "limit", "bar", "price"),
        [
            (1, 9, 9.5, (10, 10, 9.01, 9.2, 1), None),
            (1, 9, 9.5, (10, 10, 9, 9.2, 1), 9.2),  # touching is enough, the market's price decides
            (1, 9, 9.1, (10, 10, 9, 9.2, 1), None),
            (-1, 11, 10.5, (10, 11, 10, 10.8, 1), 10.8),
            (-1, 11, 10.9, (10, 11, 10, 10.8, 1), None),
        ],
    )
    def test_is_touched_by_trades_and_fills_at_the_market(
        self, bench: Any, quantity: int, trigger: float, limit: float, bar: Any, price: float | None
    ) -> None:
        bench.algorithm.limit_if_touched_order("AAA", quantity, trigger, limit)
        bars(bench, bar)
        assert fill(bench) == price

    def test_once_touched_waits_for_its_limit_without_end(self, bench: Any) -> None:
        bench.algorithm.limit_if_touched_order("AAA", 1, 9, 8.5)
        bars(bench, (10, 10, 9, 9, 1), (9.6, 9.6, 9.6, 9.6, 1), (9.6, 9.6, 8.4, 8.4, 1))
        assert fill(bench) == 8.4

    def test_the_generic_model_fills_at_the_limit(self, bench: Any) -> None:
        bench.security.set_fill_model(ImmediateFillModel())
        bench.algorithm.limit_if_touched_order("AAA", 1, 9, 9.5)
        bars(bench, (10, 10, 9, 9.2, 1))
        assert fill(bench) == 9.5


class TestTrailingStop:
    def test_starts_at_its_distance_and_follows_the_high(self, bench: Any) -> None:
        ticket = bench.algorithm.trailing_stop_order("AAA", -1, 1, False)
        assert ticket.get(OrderField.STOP_PRICE) == 9
        bars(bench, (10, 12, 10, 12, 1))
        assert ticket.get(OrderField.STOP_PRICE) == 11
        bars(bench, (12, 12, 11.5, 11.8, 1))
        assert ticket.get(OrderField.STOP_PRICE) == 11

    @pytest.mark.parametrize(
        ("quantity", "bar", "price"), [(-1, (9, 9, 8, 8.5, 1), 8.5), (1, (11, 12, 11, 11.4, 1), 11.4)]
    )
    def test_fills_at_the_worse_of_stop_and_close(self, bench: Any, quantity: int, bar: Any, price: float) -> None:
        bench.algorithm.trailing_stop_order("AAA", quantity, 1, False)
        bars(bench, bar)
        assert fill(bench) == price

    def test_percentages_and_named_arguments(self, bench: Any) -> None:
        ticket = bench.algorithm.trailing_stop_order(
            "AAA", 2, trailing_amount=0.1, trailing_as_percentage=True, tag="t"
        )
        assert ticket.get(OrderField.STOP_PRICE) == 11
        assert ticket.get[bool](OrderField.TRAILING_AS_PERCENTAGE) is True
        assert ticket.tag == "t"

    def test_the_first_stop_can_be_given(self, bench: Any) -> None:
        first = bench.algorithm.trailing_stop_order("AAA", -1, 9.5, 1, False)
        second = bench.algorithm.trailing_stop_order("AAA", -1, 9.25, trailing_amount=1, trailing_as_percentage=False)
        third = bench.algorithm.TrailingStopOrder("AAA", -1, 1, False, stop_price=9.75)
        stops = [ticket.Get(OrderField.StopPrice) for ticket in (first, second, third)]
        assert stops == [9.5, 9.25, 9.75]

    def test_its_default_tag_says_the_distance(self, bench: Any) -> None:
        bench.algorithm.trailing_stop_order("AAA", 1, 2, False)
        bench.algorithm.trailing_stop_order("AAA", 1, 0.05, True)
        bench.algorithm.trailing_stop_order("AAA", 1, 0.05, True, False, "own")
        tags = [ticket.tag for ticket in bench.algorithm.transactions.get_order_tickets()]
        assert tags == ["Trailing Amount: $2", "Trailing Amount: 5.00%", "own"]

    def test_the_distance_can_be_updated(self, bench: Any) -> None:
        ticket = bench.algorithm.trailing_stop_order("AAA", -1, 1, False)
        ticket.update_stop_trailing_amount(0.5)
        bars(bench, FLAT)
        assert ticket.get(OrderField.TRAILING_AMOUNT) == 0.5
        assert ticket.get(OrderField.STOP_PRICE) == 9.5

    def test_without_an_amount_is_refused(self, bench: Any) -> None:
        with pytest.raises(TypeError, match="trailing_amount"):
            bench.algorithm.trailing_stop_order("AAA", 1)

    def test_stop_price_by_direction(self) -> None:
        sell = TrailingStopOrder.moved_stop_price(Decimal(12), Decimal(9), Decimal(1), False, OrderDirection.SELL)
        assert sell == 11
        assert (
            TrailingStopOrder.moved_stop_price(Decimal(10), Decimal(9), Decimal(1), False, OrderDirection.SELL) is None
        )


class TestCombos:
    @pytest.fixture
    def pair(self, bench: Any) -> Any:
        """A second security that trades at 20."""
        other = bench.algorithm.add_equity("BBB")
        bench.bar("09:31", 20, security=other)
        bench.other = other
        return bench

    def legs(self, first: float | None = None, second: float | None = None) -> list[Leg]:
        return [Leg.create("AAA", 1, first), Leg.create("BBB", -1, second)]

    def next(self, pair: Any, clock: str, first: Any, second: Any) -> None:
        pair.bar(clock, first)
        pair.bar(clock, second, security=pair.other)
        pair.process()

    def test_market_legs_fill_together_at_once(self, pair: Any) -> None:
        tickets = pair.algorithm.combo_market_order(self.legs(), 100)
        assert [ticket.status for ticket in tickets] == [OrderStatus.FILLED] * 2
        assert [ticket.quantity_filled for ticket in tickets] == [100, -100]
        assert pair.statuses(1) == pair.statuses(2) == ["SUBMITTED", "FILLED"]

    def test_legs_with_limits_fill_when_all_can(self, pair: Any) -> None:
        tickets = pair.algorithm.combo_leg_limit_order(self.legs(9.5, 20.5), 10)
        self.next(pair, "09:32", (9, 9, 9, 9, 1), 20)
        assert [ticket.status for ticket in tickets] == [OrderStatus.SUBMITTED] * 2
        self.next(pair, "09:33", (9, 9, 9, 9, 1), (21, 21, 20.7, 20.8, 1))
        assert [ticket.status for ticket in tickets] == [OrderStatus.FILLED] * 2
        assert [ticket.average_fill_price for ticket in tickets] == [9, 20.7]

    def test_a_common_limit_is_met_by_hundredths(self, pair: Any) -> None:
        tickets = pair.algorithm.combo_limit_order(self.legs(), 10, -0.11)
        self.next(pair, "09:32", 10, 20)
        assert tickets[0].status is OrderStatus.SUBMITTED
        assert tickets[0].get(OrderField.LIMIT_PRICE) == -0.11
        self.next(pair, "09:33", (9, 9, 8, 8, 1), (20, 20, 19.5, 20, 1))
        assert [ticket.average_fill_price for ticket in tickets] == [8, 19.5]

    def test_an_update_of_the_quantity_is_that_of_the_group(self, pair: Any) -> None:
        tickets = pair.algorithm.combo_leg_limit_order(self.legs(5, 30), 10)
        tickets[0].update(UpdateOrderFields(quantity=7, limit_price=6))
        self.next(pair, "09:32", 10, 20)
        assert [ticket.quantity for ticket in tickets] == [7, -7]
        assert [ticket.get(OrderField.LIMIT_PRICE) for ticket in tickets] == [6, 30]

    def test_cancelling_a_leg_cancels_all(self, pair: Any) -> None:
        tickets = pair.algorithm.combo_leg_limit_order(self.legs(5, 30), 10)
        tickets[1].cancel()
        self.next(pair, "09:32", 10, 20)
        assert [ticket.status for ticket in tickets] == [OrderStatus.CANCELED] * 2

    def test_a_leg_that_cannot_be_sent_stops_all(self, pair: Any) -> None:
        pair.other.is_tradable, pair.other.is_delisted = False, True
        (ticket,) = pair.algorithm.combo_market_order(self.legs(), 10)
        assert ticket.status is OrderStatus.INVALID
        assert pair.algorithm.transactions.orders_count == 0

    def test_too_little_money_for_one_leg_makes_all_invalid(self, pair: Any) -> None:
        tickets = pair.algorithm.combo_market_order(self.legs(), 15_000)
        assert [ticket.status for ticket in tickets] == [OrderStatus.INVALID] * 2
        assert "ids: [1,2]" in pair.events[-1].message

    def test_ratios_must_be_reduced(self, pair: Any) -> None:
        with pytest.raises(ValueError, match="common factor 2"):
            pair.algorithm.combo_market_order([Leg.create("AAA", 2), Leg.create("BBB", -4)], 1)

    def test_limits_must_fit_the_type(self, pair: Any) -> None:
        with pytest.raises(ValueError, match="requires a limit price for each leg"):
            pair.algorithm.combo_leg_limit_order(self.legs(5), 1)
        with pytest.raises(ValueError, match="does not support limit prices"):
            pair.algorithm.combo_limit_order(self.legs(5, 6), 1, 2)
        with pytest.raises(ValueError, match="requires a limit price"):
            pair.algorithm.combo_limit_order(self.legs(), 1, 0)

    def test_legs_know_their_group(self, pair: Any) -> None:
        pair.algorithm.combo_leg_limit_order(self.legs(5, 30), 10)
        first, second = pair.algorithm.transactions.get_open_orders()
        group = first.group_order_manager
        assert (group.id, group.count, group.order_ids, group.quantity) == (1, 2, [1, 2], 10)
        assert second.type is OrderType.COMBO_LEG_LIMIT
        assert second.GroupOrderManager.Id == 1


class TestGenericModels:
    def test_limits_fill_at_the_limit_or_the_bar_s_worst(self, bench: Any) -> None:
        bench.security.set_fill_model(FillModel())
        bench.algorithm.limit_order("AAA", 1, 9)
        bars(bench, (8.5, 8.6, 8, 8.2, 1))
        assert fill(bench) == 8.6

    def test_stops_fill_at_the_worse_of_stop_and_close_once_passed(self, bench: Any) -> None:
        bench.security.set_fill_model(FillModel())
        bench.algorithm.stop_market_order("AAA", 1, 11)
        bars(bench, (10, 11, 10, 11, 1))
        assert fill(bench) is None
        bars(bench, (10, 11, 10, 11, 1), (10, 11.5, 10, 11.2, 1))
        assert fill(bench) == 11.2

    def test_prices_may_come_from_the_algorithm(self, bench: Any) -> None:
        class Own(FillModel):
            def GetPrices(self, asset: Any, direction: Any) -> Prices:
                prices = super().GetPrices(asset, direction)
                return Prices(prices.time, prices.EndTime, 7, 0, 0, 0, 0)

        bench.security.set_fill_model(Own())
        bench.algorithm.market_order("AAA", 1)
        assert fill(bench) == 7

    @pytest.mark.parametrize(("trade", "price"), [("09:33", 10.5), ("09:32", 10.2)])
    def test_the_latest_price_is_the_trade_s_if_it_is_newer(self, bench: Any, trade: str, price: float) -> None:
        bench.security.set_fill_model(LatestPriceFillModel())
        bench.quote("09:32", (9.8, 10.2))
        bench.bar(trade, 10.5)
        bench.algorithm.market_order("AAA", 1)
        assert fill(bench) == price

    def test_a_stale_price_waits_or_warns_by_its_age(self, bench: Any) -> None:
        bench.security.set_fill_model(FillModel())
        bench.at("10:40")
        assert bench.algorithm.market_order("AAA", 1).status is OrderStatus.SUBMITTED
        bench.algorithm.settings.stale_price_time_span = timedelta(seconds=30)
        bench.bar("10:40", 11)
        bench.at("10:41")
        bench.algorithm.market_order("AAA", 1)
        (event,) = [event for event in bench.events if event.order_id == 2 and event.is_fill]
        assert event.message == "Warning: fill at stale price (06/02/2025 10:40:00 America/New_York)"

    def test_all_prices_of_a_bar(self, bench: Any) -> None:
        bar = TradeBar(bench.algorithm.time, bench.symbol, 1, 4, 0.5, 2, 100)
        prices = Prices(bar)
        assert (prices.open, prices.high, prices.low, prices.close, prices.current) == (1, 4, 0.5, 2, 2)


def test_prices_of_all_types_are_rounded_on_raw_data(make_bench: Any) -> None:
    bench = make_bench(data_normalization_mode=DataNormalizationMode.RAW)
    bench.bar("09:31", 10)
    algorithm = bench.algorithm
    algorithm.stop_limit_order("AAA", 1, 11.005, 11.015)
    algorithm.limit_if_touched_order("AAA", 1, 9.005, 9.015)
    algorithm.trailing_stop_order("AAA", 1, 11.0149, 0.1239, False)
    algorithm.trailing_stop_order("AAA", 1, 11.0149, 0.1239, True)
    orders = bench.handler.orders
    assert (orders[1].stop, orders[1].limit) == (Decimal("11.00"), Decimal("11.02"))
    assert (orders[2].trigger, orders[2].limit) == (Decimal("9.00"), Decimal("9.02"))
    assert (orders[3].stop, orders[3].trailing) == (Decimal("11.01"), Decimal("0.1239"))
    assert orders[4].trailing == Decimal("0.1239")
