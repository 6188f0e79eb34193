"""OrderListHash: the MD5 that Lean takes over the JSON of all orders, and that JSON itself.

Prices are rounded for the hash only; what was submitted (bid, ask, last) keeps every digit and trailing zero.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.numbers import ZERO, drop_trailing_zeros, smart_round
from pylean.orders.enums import COMBO_TYPES, OrderDirection, OrderType
from pylean.orders.order import Order
from pylean.results.json_text import encode
from pylean.securities.symbol import Symbol

if TYPE_CHECKING:
    from pylean.orders.combo import GroupOrderManager

__all__ = ["order_fields", "order_json", "order_list_hash", "symbol_fields"]

_EQUITY = 1
_MARKETABLE = (OrderType.MARKET, OrderType.COMBO_MARKET)


def order_list_hash(orders: Iterable[Order]) -> str:
    """Lower-case hexadecimal MD5 of the orders' JSON, joined by commas in order of their ids."""
    text = ",".join(order_json(order) for order in sorted(orders, key=lambda order: order.id))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def order_json(order: Order) -> str:
    """The order as it enters the hash: compact JSON with its prices smart-rounded."""
    return encode(order_fields(order, rounded=True))


def order_fields(order: Order, *, rounded: bool = False) -> dict[str, object]:
    """The order's JSON fields in Lean's order: those of its type first, then the common ones."""
    price = drop_trailing_zeros(smart_round(order.decimal_price) if rounded else order.decimal_price)
    quantity = drop_trailing_zeros(order.decimal_quantity)
    limit = _price(order.limit, rounded=rounded and order.type is not OrderType.COMBO_LEG_LIMIT)
    fields = _type_fields(order, limit, rounded=rounded)
    if order.type in COMBO_TYPES:
        # .NET lists a property with the class that overrides it, which for legs comes before the common ones.
        fields["quantity"] = quantity
    fields |= {
        "id": order.id,
        "contingentId": 0,
        "brokerId": order.brokerage_ids,
        "symbol": symbol_fields(order.symbol),
        "price": price,
        "priceCurrency": order.price_currency,
        "time": order.time,
        "createdTime": order.created_time,
    }
    optional_times = {
        "lastFillTime": order.last_fill_time,
        "lastUpdateTime": order.last_update_time,
        "canceledTime": order.canceled_time,
    }
    fields |= {name: time for name, time in optional_times.items() if time is not None}
    fields |= {"quantity": quantity, "status": order.status, "tag": order.tag, "properties": _properties(order)}
    fields |= {"securityType": _EQUITY, "direction": order.direction, "value": quantity * price}
    fields["orderSubmissionData"] = _submission_fields(order)
    fields["isMarketable"] = _is_marketable(order, limit)
    group = order.group_order_manager
    if group is not None:
        fields["groupOrderManager"] = _group_fields(group)
    fields["priceAdjustmentMode"] = order.price_adjustment_mode
    return fields


def symbol_fields(symbol: Symbol) -> dict[str, object]:
    """A symbol inside an order or a trade."""
    return {"value": symbol.value, "id": symbol.id, "permtick": symbol.value}


def _price(value: Decimal | None, *, rounded: bool) -> Decimal:
    if value is None:
        return ZERO
    return smart_round(value) if rounded else value


def _type_fields(order: Order, limit: Decimal, *, rounded: bool) -> dict[str, object]:
    kind: dict[str, object] = {"type": order.type}
    stop = _price(order.stop, rounded=rounded)
    match order.type:
        case OrderType.LIMIT:
            return {"limitPrice": limit, **kind}
        case OrderType.STOP_MARKET:
            return {"stopPrice": stop, **kind}
        case OrderType.STOP_LIMIT:
            return {"stopPrice": stop, "stopTriggered": order.stop_triggered, "limitPrice": limit, **kind}
        case OrderType.TRAILING_STOP:
            amount = _price(order.trailing, rounded=rounded)
            is_percentage = order.trailing_as_percentage
            return {"trailingAmount": amount, "trailingAsPercentage": is_percentage, **kind, "stopPrice": stop}
        case OrderType.LIMIT_IF_TOUCHED:
            trigger = _price(order.trigger, rounded=rounded)
            return {**kind, "triggerPrice": trigger, "limitPrice": limit, "triggerTouched": order.trigger_touched}
        case OrderType.COMBO_LEG_LIMIT:
            return {**kind, "limitPrice": limit}
        case _:
            return kind


def _properties(order: Order) -> Mapping[str, object]:
    return _without_time_zone(order.properties.json_fields())


def _without_time_zone(fields: Mapping[str, object]) -> dict[str, object]:
    """Times in properties are the user's own, of no time zone, and so have no ``Z``."""
    result: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            result[name] = _without_time_zone(value)
        elif isinstance(value, datetime):
            result[name] = value.isoformat()
        else:
            result[name] = value
    return result


def _submission_fields(order: Order) -> dict[str, object] | None:
    data = order.submission
    if data is None:
        return None
    return {"bidPrice": data.bid, "askPrice": data.ask, "lastPrice": data.last}


def _is_marketable(order: Order, limit: Decimal) -> bool:
    if order.type is not OrderType.LIMIT:
        return order.type in _MARKETABLE
    if order.submission is None:
        return False
    if order.direction is OrderDirection.BUY:
        return limit >= order.submission.ask
    return order.direction is OrderDirection.SELL and limit <= order.submission.bid


def _group_fields(group: GroupOrderManager) -> dict[str, object]:
    quantity = group.decimal_quantity
    direction = OrderDirection.BUY if quantity > 0 else OrderDirection.SELL if quantity < 0 else OrderDirection.HOLD
    return {
        "id": group.id,
        "quantity": quantity,
        "count": group.count,
        "limitPrice": group.decimal_limit_price,
        "orderIds": list(group.order_ids),
        "direction": direction,
    }
