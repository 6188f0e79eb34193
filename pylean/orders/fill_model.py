"""Lean's generic fill model, the base of all others: it fills on the side of the latest quote, or else on trades."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.keyed import ExtendedDictionary
from pylean.naming import LeanOverrides, PascalNames
from pylean.numbers import ZERO
from pylean.orders import market_state as state
from pylean.orders import messages
from pylean.orders.combo import ComboOrder
from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.events import Fill, OrderEvent
from pylean.orders.order_types import TrailingStopOrder
from pylean.orders.prices import Prices

if TYPE_CHECKING:
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["FillModel", "FillModelParameters", "ImmediateFillModel", "LatestPriceFillModel"]

_HUNDRED = Decimal(100)
_BUY, _SELL = OrderDirection.BUY, OrderDirection.SELL


def _ignore(order: Order) -> None:
    """Nobody else has to be told of a moved stop: the order is the engine's own."""


class FillModelParameters(PascalNames):
    """What a fill model is asked about. Prices older than ``stale_price_time_span`` at submission are stale."""

    __slots__ = ("_legs", "on_order_updated", "order", "security", "stale_price_time_span")

    def __init__(
        self,
        security: Security,
        order: Order,
        stale_price_time_span: timedelta = timedelta(hours=1),
        legs: dict[Order, Security] | None = None,
    ) -> None:
        self.security = security
        self.order = order
        self.stale_price_time_span = stale_price_time_span
        self.on_order_updated = _ignore
        self._legs = legs

    @property
    def securities_for_orders(self) -> ExtendedDictionary[Order, Security]:
        """All legs of a combo, or the order alone, with their securities."""
        return ExtendedDictionary({self.order: self.security} if self._legs is None else self._legs)


_METHODS = {
    OrderType.MARKET: "market_fill",
    OrderType.LIMIT: "limit_fill",
    OrderType.LIMIT_IF_TOUCHED: "limit_if_touched_fill",
    OrderType.STOP_MARKET: "stop_market_fill",
    OrderType.STOP_LIMIT: "stop_limit_fill",
    OrderType.TRAILING_STOP: "trailing_stop_fill",
    OrderType.MARKET_ON_OPEN: "market_on_open_fill",
    OrderType.MARKET_ON_CLOSE: "market_on_close_fill",
}
_COMBO_METHODS = {
    OrderType.COMBO_MARKET: "combo_market_fill",
    OrderType.COMBO_LIMIT: "combo_limit_fill",
    OrderType.COMBO_LEG_LIMIT: "combo_leg_limit_fill",
}


class FillModel(LeanOverrides, PascalNames):
    """``fill`` calls the method of the order's type; a subclass overrides either. Prices come from ``get_prices``."""

    parameters: FillModelParameters

    def fill(self, parameters: FillModelParameters) -> Fill:
        """The events of this bar; an event with an unchanged status and no quantity means that nothing happened."""
        self.parameters = parameters
        order = parameters.order
        method = _METHODS.get(order.type)
        if method is not None:
            return Fill(getattr(self, method)(parameters.security, order))
        return Fill(getattr(self, _COMBO_METHODS[order.type])(order, parameters))

    def get_prices(self, asset: Security, direction: OrderDirection) -> Prices:
        """The quote's side (the ask to buy, the bid to sell); the trade bar where the side is missing."""
        quote, trade = asset.cache.last_quote_bar(), asset.cache.last_trade_bar()
        if quote is not None:
            side = quote.bid if direction is _SELL else quote.ask
            if side is not None:
                return Prices(quote.time, quote.end_time, side)
        return _trade_prices(asset) if trade is None else Prices(trade)

    def market_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The price at hand; waits for a fresh one when it is stale."""
        event = state.unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not state.is_exchange_open(asset, False):
            return event
        prices = self.get_prices(asset, order.direction)
        stale_ms = state.milliseconds(self.parameters.stale_price_time_span)
        if prices.end_ms + stale_ms < state.local_ms(asset, order.time):
            if state.is_stale_by_a_bar(asset, order, prices.end_ms):
                return event
            event.message = f"Warning: fill at stale price ({messages.time(prices.end_time)} America/New_York)"
        rested = state.is_coarse(asset) and state.local_ms(asset, order.time) <= prices.start_ms
        price = prices.decimal("open" if rested else "current")
        return state.filled(event, order, state.slipped(asset, order, price))

    def stop_market_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The worse of stop and price, once the price has passed the stop."""
        event, prices = self._fresh_prices(asset, order, extended=False)
        stop = order.stop
        if prices is None or stop is None:
            return event
        passed = prices.decimal("low") < stop if order.direction is _SELL else prices.decimal("high") > stop
        return _filled_at_stop(event, asset, order, prices, stop) if passed else event

    def trailing_stop_fill(self, asset: Security, order: Order) -> OrderEvent:
        """As a stop that is touched; where it does not fill, the stop follows the market."""
        event, prices = self._fresh_prices(asset, order, extended=False)
        stop, distance = order.stop, order.trailing
        if prices is None or stop is None or distance is None:
            return event
        sells = order.direction is _SELL
        if prices.decimal("low") <= stop if sells else prices.decimal("high") >= stop:
            return _filled_at_stop(event, asset, order, prices, stop)
        best = prices.decimal("high" if sells else "low")
        moved = TrailingStopOrder.moved_stop_price(best, stop, distance, order.trailing_as_percentage, order.direction)
        if moved is not None:
            order.stop = moved
            self.parameters.on_order_updated(order)
        return event

    def stop_limit_fill(self, asset: Security, order: Order) -> OrderEvent:
        """Once the price has passed the stop, ever, the close decides against the limit."""
        event, prices = self._fresh_prices(asset, order, extended=asset.is_extended_market_hours)
        stop, limit = order.stop, order.limit
        if prices is None or stop is None or limit is None:
            return event
        sells = order.direction is _SELL
        if not order.stop_triggered:
            if not (prices.decimal("low") < stop if sells else prices.decimal("high") > stop):
                return event
            order.stop_triggered = True
            self.parameters.on_order_updated(order)
        current = prices.decimal("current")
        if not (current > limit if sells else current < limit):
            return event
        return state.filled(event, order, _limited(prices, limit, sells=sells))

    def limit_if_touched_fill(self, asset: Security, order: Order) -> OrderEvent:
        """Once trades have touched the trigger, ever, the other side of the quote decides against the limit."""
        event = state.unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not state.is_exchange_open(asset, asset.is_extended_market_hours):
            return event
        trade, limit = asset.cache.last_trade_bar(), order.limit
        if trade is None or limit is None or trade.end_ms <= state.local_ms(asset, order.time):
            return event
        if not touch(order, trade.decimal("low"), trade.decimal("high")):
            return event
        quote = asset.cache.last_quote_bar()
        sells = order.direction is _SELL
        side = None if quote is None else quote.ask if sells else quote.bid
        price = (side or quote or trade).decimal("close")
        return state.filled(event, order, limit) if (price >= limit if sells else price <= limit) else event

    def limit_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The limit, or the worst price of the bar where all of it is better."""
        event, prices = self._fresh_prices(asset, order, extended=asset.is_extended_market_hours)
        limit = order.limit
        if prices is None or limit is None:
            return event
        sells = order.direction is _SELL
        traded_through = prices.decimal("high") > limit if sells else prices.decimal("low") < limit
        return state.filled(event, order, _limited(prices, limit, sells=sells)) if traded_through else event

    def market_on_open_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The open of the first bar after the order; one sent while the market was open waits for the next day."""
        event = state.unfilled(asset, order)
        bar = asset.get_last_data()
        order_ms = state.local_ms(asset, order.time)
        if order.status is OrderStatus.CANCELED or bar is None or order_ms >= bar.end_ms:
            return event
        same_day = order_ms // state.DAY_MS == asset.clock.local_ms // state.DAY_MS
        if (same_day and asset.exchange.is_open_at(order_ms)) or not state.is_exchange_open(asset, False):
            return event
        price = self.get_prices(asset, order.direction).decimal("open")
        return state.filled(event, order, state.slipped(asset, order, price))

    def market_on_close_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The close at hand once the session of the order has closed."""
        event = state.unfilled(asset, order)
        closed = asset.clock.local_ms >= state.close_after_order_ms(asset, order)
        if order.status is OrderStatus.CANCELED or not closed:
            return event
        price = self.get_prices(asset, order.direction).decimal("close")
        return state.filled(event, order, state.slipped(asset, order, price))

    def combo_market_fill(self, order: Order, parameters: FillModelParameters) -> list[OrderEvent]:
        """Every leg at its market price, or none."""
        # The generic model's own: an equity model's market_fill plays no part in combos.
        return _all_or_none(FillModel.market_fill(self, asset, leg) for leg, asset in _legs(parameters))

    def combo_leg_limit_fill(self, order: Order, parameters: FillModelParameters) -> list[OrderEvent]:
        """Every leg within its own limit, or none."""
        return _all_or_none(FillModel.limit_fill(self, asset, leg) for leg, asset in _legs(parameters))

    def combo_limit_fill(self, order: Order, parameters: FillModelParameters) -> list[OrderEvent]:
        """All legs when their prices, each times a hundredth of its ratio, together beat the group's limit."""
        group = order.group_order_manager
        if group is None or group.direction is OrderDirection.HOLD:
            return []
        field_name = "low" if group.direction is _BUY else "high"
        events, total = [], ZERO
        for leg, asset in _legs(parameters):
            prices = self.get_prices(asset, leg.direction)
            if prices.end_ms < state.local_ms(asset, leg.time) or not isinstance(leg, ComboOrder):
                return []
            price = prices.decimal(field_name)
            total += price * (leg.ratio / _HUNDRED)
            events.append(state.filled(state.unfilled(asset, leg), leg, price))
        beaten = total < group.decimal_limit_price if group.direction is _BUY else total > group.decimal_limit_price
        return events if beaten else []

    def _fresh_prices(self, asset: Security, order: Order, *, extended: bool) -> tuple[OrderEvent, Prices | None]:
        """An empty event, and the prices if the market is open and they are newer than the order."""
        event = state.unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not state.is_exchange_open(asset, extended):
            return event, None
        prices = self.get_prices(asset, order.direction)
        return event, prices if prices.end_ms > state.local_ms(asset, order.time) else None


class ImmediateFillModel(FillModel):
    """Lean's name for the generic model."""


class LatestPriceFillModel(ImmediateFillModel):
    """Fills on whichever of trade and quote is the newer; the quote if they are of one time."""

    def get_prices(self, asset: Security, direction: OrderDirection) -> Prices:
        quote, trade = asset.cache.last_quote_bar(), asset.cache.last_trade_bar()
        if quote is None:
            return _trade_prices(asset)
        if trade is not None and trade.end_ms > quote.end_ms:
            return Prices(trade)
        side = quote.bid if direction is _SELL else quote.ask
        return _trade_prices(asset) if side is None else Prices(quote.time, quote.end_time, side)


def touch(order: Order, low: Decimal, high: Decimal) -> bool:
    """Note whether a bar touches the trigger; true from then on."""
    trigger = order.trigger
    if not order.trigger_touched and trigger is not None:
        order.trigger_touched = high >= trigger if order.direction is _SELL else low <= trigger
    return order.trigger_touched


def _trade_prices(asset: Security) -> Prices:
    """The security's own prices; without a trade they are 0 and older than any order."""
    trade = asset.cache.last_trade_bar()
    return Prices(datetime.min, datetime.min, *[ZERO] * 5) if trade is None else Prices(trade)


def _filled_at_stop(event: OrderEvent, asset: Security, order: Order, prices: Prices, stop: Decimal) -> OrderEvent:
    worst: Callable[[Decimal, Decimal], Decimal] = min if order.direction is _SELL else max
    return state.filled(event, order, worst(stop, state.slipped(asset, order, prices.decimal("current"))))


def _limited(prices: Prices, limit: Decimal, *, sells: bool) -> Decimal:
    return max(prices.decimal("low"), limit) if sells else min(prices.decimal("high"), limit)


def _legs(parameters: FillModelParameters) -> list[tuple[Order, Security]]:
    return sorted(parameters.securities_for_orders.items(), key=lambda entry: entry[0].id)


def _all_or_none(events: Any) -> list[OrderEvent]:
    """Stops at the first leg that does not fill."""
    fills = []
    for event in events:
        if event.status is not OrderStatus.FILLED:
            return []
        fills.append(event)
    return fills
