"""Brokers: what each takes, charges and lends, and how an algorithm chooses one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from pylean.api.AlgorithmImports import (
    AccountType,
    AxosFeeModel,
    BrokerageMessageEvent,
    BrokerageMessageType,
    BrokerageModelSecurityInitializer,
    BrokerageName,
    CompositeSecurityInitializer,
    ConstantFeeModel,
    DefaultBrokerageModel,
    DelayedSettlementModel,
    ImmediateSettlementModel,
    Market,
    OrderField,
    OrderStatus,
    OrderType,
    SecurityType,
)
from pylean.brokerages import fees
from pylean.brokerages.by_name import SUPPORTED, make_brokerage_model
from pylean.brokerages.messages import refusal
from pylean.naming import UnsupportedApiError
from pylean.orders.fees import OrderFeeParameters
from pylean.orders.order import Order

NOW = datetime(2025, 6, 2, 14, 30)
BASIC = {"MARKET", "LIMIT", "STOP_MARKET", "STOP_LIMIT"}


def order_of(
    bench: Any, kind: OrderType, quantity: float = 10, time_in_force: str = "GoodTilCanceledTimeInForce"
) -> Any:
    order: Any = Order(1, kind, bench.symbol, Decimal(str(quantity)), NOW, NOW)
    force = type(time_in_force, (), {})()
    return SimpleNamespace(
        id=1,
        type=kind,
        properties=None,
        time=NOW,
        decimal_quantity=order.decimal_quantity,
        absolute_quantity=abs(quantity),
        direction=order.direction,
        time_in_force=force,
    )


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("RBI", set()),
        ("TD_AMERITRADE", set()),
        ("TASTYTRADE", {"COMBO_LIMIT"}),
        ("PUBLIC", {"COMBO_LIMIT"}),
        ("WEBULL", {"TRAILING_STOP"}),
        ("WOLVERINE", {"MARKET_ON_CLOSE"}),
        ("EZE", {"MARKET_ON_OPEN", "MARKET_ON_CLOSE"}),
        ("CHARLES_SCHWAB", {"MARKET_ON_OPEN", "MARKET_ON_CLOSE", "COMBO_MARKET", "COMBO_LIMIT"}),
        ("TERMINAL_LINK", {"MARKET_ON_OPEN"}),
    ],
)
def test_each_broker_takes_the_order_types_of_its_list(bench: Any, name: str, more: set[str]) -> None:
    model = make_brokerage_model(BrokerageName[name], AccountType.MARGIN)
    taken = {kind.name for kind in OrderType if model.can_submit_order(bench.security, order_of(bench, kind))[0]}
    assert taken == BASIC | more


def test_a_refusal_says_what_is_taken(bench: Any) -> None:
    model = make_brokerage_model(BrokerageName.AXOS, AccountType.MARGIN)
    taken, message = model.can_submit_order(bench.security, order_of(bench, OrderType.STOP_MARKET))
    assert not taken
    assert str(message) == (
        "Warning - Code: NotSupported - The AxosClearingBrokerageModel does not support StopMarket order type. "
        "Only supports [Limit,Market,MarketOnClose]"
    )
    taken, message = model.can_submit_order(bench.security, order_of(bench, OrderType.MARKET, 1.5))
    assert message is not None
    assert (taken, message.message) == (False, "Order Quantity must be Integer, but provided 1.5.")


class TestTradier:
    model = make_brokerage_model(BrokerageName.TRADIER_BROKERAGE, AccountType.MARGIN)

    @pytest.mark.parametrize(
        ("quantity", "force", "price", "code"),
        [
            (-10, "GoodTilCanceledTimeInForce", 10, "ShortOrderIsGtc"),
            (-10, "DayTimeInForce", 4.99, "SellShortOrderLastPriceBelow5"),
            (-10, "DayTimeInForce", 5, None),
            (10, "GoodTilDateTimeInForce", 10, "NotSupported"),
            (0.5, "DayTimeInForce", 10, "IncorrectOrderQuantity"),
            (10_000_001, "DayTimeInForce", 10, "IncorrectOrderQuantity"),
        ],
    )
    def test_rules_of_its_orders(self, bench: Any, quantity: float, force: str, price: float, code: str | None) -> None:
        bench.bar("09:31", price)
        taken, message = self.model.can_submit_order(bench.security, order_of(bench, OrderType.LIMIT, quantity, force))
        assert taken is (code is None)
        assert (message and message.code) == code

    def test_fills_while_the_market_is_open_only(self, bench: Any) -> None:
        order = order_of(bench, OrderType.LIMIT)
        bench.at("09:29")
        assert not self.model.can_execute_order(bench.security, order)
        order.properties = SimpleNamespace(outside_regular_trading_hours=True)
        bench.at("09:23")
        assert self.model.can_execute_order(bench.security, order)
        bench.at("12:00")
        assert self.model.can_execute_order(bench.security, order)

    def test_keeps_quantities(self, bench: Any) -> None:
        order = order_of(bench, OrderType.LIMIT)
        for quantity, taken in ((Decimal(10), True), (Decimal(11), False), (None, True)):
            request: Any = SimpleNamespace(quantity=quantity)
            assert self.model.can_update_order(bench.security, order, request)[0] is taken


@pytest.mark.parametrize(("clock", "taken"), [("05:59", False), ("06:00", True), ("09:28", True), ("09:29", False)])
def test_orders_at_the_open_have_their_hours(bench: Any, clock: str, taken: bool) -> None:
    model = make_brokerage_model(BrokerageName.TRADE_STATION, AccountType.MARGIN)
    bench.at(clock)
    assert model.can_submit_order(bench.security, order_of(bench, OrderType.MARKET_ON_OPEN))[0] is taken


def test_orders_at_the_open_that_cross_zero_are_refused(bench: Any) -> None:
    model = make_brokerage_model(BrokerageName.ALPACA, AccountType.MARGIN)
    bench.at("20:00")
    bench.security.holdings.set_holdings(10, 100)
    answers = [
        model.can_submit_order(bench.security, order_of(bench, OrderType.MARKET_ON_OPEN, q))[0] for q in (-100, -101)
    ]
    assert answers == [True, False]


@pytest.mark.parametrize(
    ("name", "fee"),
    [
        ("DEFAULT", 5),
        ("INTERACTIVE_BROKERS_BROKERAGE", 5),
        ("ALPHA_STREAMS", 5),
        ("AXOS", 3.5),
        ("ALPACA", 0),
        ("TRADIER_BROKERAGE", 0),
        ("TRADE_STATION", 0),
        ("RBI", 0),
    ],
)
def test_fees_of_a_thousand_shares(bench: Any, name: str, fee: float) -> None:
    bench.algorithm.set_brokerage_model(BrokerageName[name])
    bench.bar("09:31", 10)
    assert bench.security.estimate_market_order_fee(Decimal(1000)) == Decimal(str(fee))


def test_fees_that_a_model_tells_itself(bench: Any) -> None:
    bench.bar("09:31", 10)
    parameters = OrderFeeParameters(bench.security, order_of(bench, OrderType.MARKET, 1000))
    assert fees.RBIFeeModel().get_order_fee(parameters).value.amount == 5
    assert fees.AxosFeeModel(0.01).get_order_fee(parameters).value.amount == 10
    assert fees.TradeStationFeeModel(us_resident=False).get_order_fee(parameters).value.amount == 5
    assert fees.PublicFeeModel().get_order_fee(parameters).value.amount == 0
    parameters.order.time = datetime(2025, 6, 2, 21, 0)
    assert fees.PublicFeeModel().get_order_fee(parameters).value.amount == 2.99


class TestChoosing:
    def test_a_cash_account_has_no_leverage_and_settles_later(self, bench: Any) -> None:
        algorithm = bench.algorithm
        algorithm.set_brokerage_model(BrokerageName.INTERACTIVE_BROKERS_BROKERAGE, AccountType.CASH)
        added = algorithm.add_equity("BBB")
        assert added.leverage == 1
        assert isinstance(added.settlement_model, DelayedSettlementModel)
        # Lean gives earlier securities the new models and their old leverage back.
        assert bench.security.leverage == 2
        assert isinstance(bench.security.settlement_model, DelayedSettlementModel)

    def test_a_model_of_one_s_own(self, bench: Any) -> None:
        class Own(DefaultBrokerageModel):
            default_markets = {SecurityType.EQUITY: Market.USA}  # noqa: RUF012 - as algorithms write it

            def GetFeeModel(self, security: Any) -> Any:
                return ConstantFeeModel(7)

            def get_leverage(self, security: Any) -> float:
                return 3

        bench.algorithm.set_brokerage_model(Own())
        added = bench.algorithm.AddEquity("BBB")
        assert added.leverage == 3
        assert added.estimate_market_order_fee(Decimal(1)) == 7
        assert bench.algorithm.brokerage_model.default_markets == {SecurityType.EQUITY: "usa"}
        assert bench.algorithm.add_equity("CCC", leverage=4).leverage == 4

    @pytest.mark.parametrize("name", ["OANDA_BROKERAGE", "BINANCE", "GDAX", "ZERODHA", "ATREYU"])
    def test_brokers_without_us_stocks_are_refused_by_name(self, bench: Any, name: str) -> None:
        with pytest.raises(UnsupportedApiError, match=f"BrokerageName has no '{name}'"):
            bench.algorithm.set_brokerage_model(BrokerageName[name])

    @pytest.mark.parametrize("name", ["EZE", "BLOOMBERG_FIX", "ALPHA_STREAMS"])
    def test_brokers_without_cash_accounts(self, bench: Any, name: str) -> None:
        with pytest.raises(ValueError, match="has no cash accounts"):
            bench.algorithm.set_brokerage_model(BrokerageName[name], AccountType.CASH)

    def test_a_thing_that_is_no_model(self, bench: Any) -> None:
        with pytest.raises(TypeError, match="int is no DefaultBrokerageModel"):
            bench.algorithm.set_brokerage_model(3)


class TestInitializers:
    @pytest.fixture(autouse=True)
    def in_initialize(self, bench: Any) -> None:
        bench.run.is_initialized = False

    def test_an_own_one_replaces_the_broker_s(self, bench: Any) -> None:
        bench.algorithm.set_security_initializer(lambda security: security.set_leverage(5))
        bench.algorithm.set_brokerage_model(BrokerageName.AXOS)
        added = bench.algorithm.add_equity("BBB")
        assert added.leverage == 5
        assert not isinstance(added.fee_model, AxosFeeModel)

    def test_an_added_one_comes_after(self, bench: Any) -> None:
        bench.algorithm.add_security_initializer(lambda security: security.set_leverage(5))
        bench.algorithm.set_brokerage_model(BrokerageName.AXOS)
        added = bench.algorithm.add_equity("BBB")
        assert added.leverage == 5
        assert isinstance(added.fee_model, AxosFeeModel)
        composite = bench.algorithm.security_initializer
        assert isinstance(composite, CompositeSecurityInitializer)
        assert len(composite.initializers) == 2

    def test_a_class_of_one_s_own(self, bench: Any) -> None:
        class Own(BrokerageModelSecurityInitializer):
            def initialize(self, security: Any) -> None:
                super().initialize(security)
                security.set_settlement_model(ImmediateSettlementModel())
                security.SetFeeModel(ConstantFeeModel(2))

        bench.algorithm.set_security_initializer(Own(make_brokerage_model(BrokerageName.AXOS, AccountType.CASH)))
        added = bench.algorithm.add_equity("BBB")
        assert (added.leverage, added.estimate_market_order_fee(Decimal(10))) == (1, 2)

    def test_after_initialize_it_is_too_late(self, bench: Any) -> None:
        bench.run.is_initialized = True
        with pytest.raises(RuntimeError, match="set_security_initializer works in initialize only"):
            bench.algorithm.set_security_initializer(lambda security: None)


def test_answers_of_either_form() -> None:
    message = BrokerageMessageEvent(BrokerageMessageType.INFORMATION, "", "no")
    assert refusal((False, message)) == (True, message)
    assert refusal(True) == (False, None)
    assert str(message) == "Information - Code:  - no"


def test_numbers_of_names_are_lean_s() -> None:
    numbers = [BrokerageName.DEFAULT, BrokerageName.GDAX, BrokerageName.AXOS, BrokerageName.BloombergFix]
    assert numbers == [0, 12, 31, 41]
    assert (AccountType.MARGIN, AccountType.Cash) == (0, 1)


@pytest.mark.parametrize("name", [name.name for name in SUPPORTED])
def test_orders_reach_the_market_through_every_broker(bench: Any, name: str) -> None:
    """Real orders, with their own times in force and properties; what a broker refuses is invalid and says why."""
    algorithm = bench.algorithm
    algorithm.set_brokerage_model(BrokerageName[name])
    bench.bar("09:31", 100)
    assert algorithm.market_order("AAA", 10).status is OrderStatus.FILLED
    bench.at("10:00")
    limit = algorithm.limit_order("AAA", 5, 90)
    assert limit.status is OrderStatus.SUBMITTED
    limit.update_limit_price(91)
    touched = algorithm.limit_if_touched_order("AAA", 5, 90, 91)
    takes_touched = name in ("DEFAULT", "ALPHA_STREAMS", "INTERACTIVE_BROKERS_BROKERAGE")
    assert (touched.status is OrderStatus.INVALID) is not takes_touched
    if not takes_touched:
        text = touched.submit_request.response.error_message
        assert text.startswith("BrokerageModel declared unable to submit order: [3] Warning - Code: NotSupported - ")
    refuses_updates = name in ("TERMINAL_LINK", "WOLVERINE")
    assert (limit.get(OrderField.LIMIT_PRICE) == 90) is refuses_updates
