"""The JSON behind OrderListHash, type by type, and the order events file's fields."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.order import Order, OrderSubmissionData
from pylean.results import OrderEventRecord, order_list_hash
from pylean.results.order_events import order_event_fields, order_events_json
from pylean.results.order_hash import order_fields, order_json
from pylean.securities.symbol import Symbol

ABC = Symbol("ABC", "OLD 2T", "OLD")
WHEN = datetime(2024, 3, 1, 15, 0, 1)


def make_order(kind: OrderType = OrderType.MARKET, **changes: Any) -> Order:
    values: dict[str, Any] = {
        "id": 1,
        "type": kind,
        "symbol": ABC,
        "decimal_quantity": Decimal(-10),
        "created_time": WHEN,
        "time": WHEN,
        "status": OrderStatus.SUBMITTED,
        "submission": OrderSubmissionData(Decimal("12.3400"), Decimal("12.3500"), Decimal("12.3450")),
        "brokerage_ids": ["1"],
    }
    return Order(**values | changes)


def test_market_order_text() -> None:
    order = make_order(
        decimal_price=Decimal("12.3456789"), status=OrderStatus.FILLED, last_fill_time=WHEN, tag="Liquidated"
    )
    assert order_json(order) == (
        '{"type":0,"id":1,"contingentId":0,"brokerId":["1"],"symbol":{"value":"ABC","id":"OLD 2T","permtick":"ABC"},'
        '"price":12.34568,"priceCurrency":"USD","time":"2024-03-01T15:00:01Z","createdTime":"2024-03-01T15:00:01Z",'
        '"lastFillTime":"2024-03-01T15:00:01Z","quantity":-10.0,"status":3,"tag":"Liquidated","properties":{"timeInForce":{}},'
        '"securityType":1,"direction":1,"value":-123.45680,"orderSubmissionData":{"bidPrice":12.3400,"askPrice":12.3500,'
        '"lastPrice":12.3450},"isMarketable":true,"priceAdjustmentMode":1}'
    )


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (OrderType.MARKET, ["type"]),
        (OrderType.MARKET_ON_OPEN, ["type"]),
        (OrderType.MARKET_ON_CLOSE, ["type"]),
        (OrderType.LIMIT, ["limitPrice", "type"]),
        (OrderType.STOP_MARKET, ["stopPrice", "type"]),
        (OrderType.STOP_LIMIT, ["stopPrice", "stopTriggered", "limitPrice", "type"]),
        (OrderType.TRAILING_STOP, ["trailingAmount", "trailingAsPercentage", "type", "stopPrice"]),
        (OrderType.LIMIT_IF_TOUCHED, ["type", "triggerPrice", "limitPrice", "triggerTouched"]),
        (OrderType.COMBO_LEG_LIMIT, ["type", "limitPrice", "quantity"]),
        (OrderType.COMBO_MARKET, ["type", "quantity"]),
    ],
)
def test_fields_of_the_type_come_first(kind: OrderType, names: list[str]) -> None:
    fields = order_fields(make_order(kind))
    assert list(fields)[: len(names) + 1] == [*names, "id"]


@pytest.mark.parametrize(
    ("price", "rounded"),
    [
        ("299.07763467542037", "299.0776"),
        ("1234.567891", "1234.5679"),
        ("1234.50003", "1234.5000"),
        ("0.123456789", "0.1234568"),
    ],
)
def test_prices_of_orders_are_smart_rounded_in_the_hash_only(price: str, rounded: str) -> None:
    order = make_order(OrderType.STOP_MARKET, stop=Decimal(price))
    assert f'"stopPrice":{rounded},' in order_json(order)
    assert order_fields(order)["stopPrice"] == Decimal(price)


def test_every_rounded_field_is_rounded() -> None:
    long = Decimal("10.123456789")
    order = make_order(OrderType.LIMIT_IF_TOUCHED, limit=long, trigger=long)
    assert order_json(order).count("10.12346,") == 2
    order = make_order(OrderType.TRAILING_STOP, stop=long, trailing=long)
    assert order_json(order).count("10.12346,") == 2
    order = make_order(OrderType.COMBO_LEG_LIMIT, limit=long)
    assert '"limitPrice":10.123456789,' in order_json(order)


def test_optional_times_stand_after_the_created_time() -> None:
    order = make_order(canceled_time=WHEN, last_update_time=WHEN + timedelta(milliseconds=250))
    names = list(order_fields(order))
    assert names[names.index("createdTime") :][:4] == ["createdTime", "lastUpdateTime", "canceledTime", "quantity"]
    assert '"lastUpdateTime":"2024-03-01T15:00:01.25Z"' in order_json(order)


@pytest.mark.parametrize(
    ("quantity", "limit", "is_marketable"),
    [
        (10, "12.35", True),
        (10, "12.34999", False),
        (-10, "12.34", True),
        (-10, "12.340001", True),
        (-10, "12.3401", False),
    ],
)
def test_a_limit_is_marketable_by_its_rounded_price_at_submission(
    quantity: int, limit: str, is_marketable: bool
) -> None:
    order = make_order(OrderType.LIMIT, decimal_quantity=Decimal(quantity), limit=Decimal(limit))
    assert json.loads(order_json(order))["isMarketable"] is is_marketable


def test_an_order_refused_before_submission_has_no_prices() -> None:
    fields = json.loads(
        order_json(make_order(OrderType.LIMIT, submission=None, limit=Decimal(1), status=OrderStatus.INVALID))
    )
    assert fields["orderSubmissionData"] is None
    assert fields["isMarketable"] is False
    assert fields["status"] == 7


@dataclass
class Properties:
    fields: dict[str, object]

    def json_fields(self) -> dict[str, object]:
        return self.fields


def test_times_in_properties_have_no_time_zone() -> None:
    in_force = {"$type": "QuantConnect.Orders.TimeInForces.GoodTilDateTimeInForce", "Expiry": datetime(2024, 3, 5)}
    text = order_json(make_order(properties=Properties({"Account": None, "timeInForce": in_force})))
    assert (
        '"properties":{"Account":null,"timeInForce":{"$type":"QuantConnect.Orders.TimeInForces.GoodTilDateTimeInForce",'
        '"Expiry":"2024-03-05T00:00:00"}}' in text
    )


@dataclass
class Group:
    id: int = 3
    decimal_quantity: Decimal = Decimal(-5)
    count: int = 2
    decimal_limit_price: Decimal = Decimal("1.50")
    order_ids: list[int] = field(default_factory=lambda: [7, 8])


def test_legs_of_a_combo_show_their_group() -> None:
    order = make_order(OrderType.COMBO_LIMIT)
    order.group_order_manager = Group()  # type: ignore[attr-defined]
    fields = json.loads(order_json(order))
    expected = {"id": 3, "quantity": -5, "count": 2, "limitPrice": 1.5, "orderIds": [7, 8], "direction": 1}
    assert fields["groupOrderManager"] == expected
    assert list(fields)[-2:] == ["groupOrderManager", "priceAdjustmentMode"]


def test_the_hash_joins_orders_by_id() -> None:
    first, second = make_order(id=2), make_order(id=10)
    text = f"{order_json(first)},{order_json(second)}"
    assert order_list_hash([second, first]) == hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_no_orders_have_the_hash_of_nothing() -> None:
    assert order_list_hash([]) == "d41d8cd98f00b204e9800998ecf8427e"


def test_hashing_leaves_the_order_alone() -> None:
    order = make_order(OrderType.STOP_MARKET, stop=Decimal("299.07763467542037"))
    order_list_hash([order])
    assert order.stop == Decimal("299.07763467542037")


def make_event(status: OrderStatus, **changes: Any) -> OrderEventRecord:
    values: dict[str, Any] = {
        "order_id": 12,
        "event_id": 3,
        "symbol": ABC,
        "utc": WHEN,
        "status": status,
        "direction": OrderDirection.SELL,
        "quantity": Decimal("-10.0"),
    }
    return OrderEventRecord(**values | changes)


def test_a_plain_event_leaves_out_what_it_has_not() -> None:
    assert order_events_json("42", [make_event(OrderStatus.UPDATE_SUBMITTED)]) == (
        '[{"id":"42-12-3","algorithmId":"42","orderId":12,"orderEventId":3,"symbol":"OLD 2T","symbolValue":"ABC",'
        '"symbolPermtick":"OLD","time":1709305201.0,"status":"updateSubmitted","fillPrice":0.0,"fillPriceCurrency":"USD",'
        '"fillQuantity":0.0,"direction":"sell","isAssignment":false,"quantity":-10.0}]'
    )


def test_a_fill_shows_fee_message_and_prices() -> None:
    event = make_event(
        OrderStatus.PARTIALLY_FILLED,
        fill_price=Decimal("12.3400"),
        fill_quantity=Decimal(-4),
        fee=Decimal(0),
        message="part",
        stop_price=Decimal("12.50"),
        limit_price=Decimal("12.25"),
    )
    fields = order_event_fields("42", event)
    assert list(fields)[9:] == [
        "orderFeeAmount",
        "orderFeeCurrency",
        "fillPrice",
        "fillPriceCurrency",
        "fillQuantity",
        "direction",
        "message",
        "isAssignment",
        "quantity",
        "stopPrice",
        "limitPrice",
    ]
    assert fields["status"] == "partiallyFilled"
    assert str(fields["fillPrice"]) == "12.34"
    assert str(fields["stopPrice"]) == "12.5"
