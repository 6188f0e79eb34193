"""Fill models: whether and at which price an order fills on the bar at hand (Lean's EquityFillModel)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.clock import to_ms
from pylean.naming import LeanOverrides, PascalNames
from pylean.orders.enums import OrderDirection, OrderStatus, OrderType
from pylean.orders.events import Fill, OrderEvent
from pylean.orders.fees import OrderFee

if TYPE_CHECKING:
    from pylean.feed.bars import TradeBar
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["EquityFillModel", "FillModel", "FillModelParameters", "is_exchange_open"]

_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000


@dataclass(slots=True)
class FillModelParameters:
    """What a fill model is asked about. Prices older than ``stale_price_time_span`` at submission are stale."""

    security: Security
    order: Order
    stale_price_time_span: timedelta = timedelta(hours=1)


def is_exchange_open(asset: Security, extended: bool) -> bool:
    """Open now, or still within the latest bar (the same date for bars above an hour) when that bar saw open hours."""
    now_ms = asset.clock.local_ms
    if asset.exchange.is_open_at(now_ms, extended=extended):
        return True
    bar = asset.get_last_data()
    if bar is None:
        return False
    within = now_ms // _DAY_MS == bar.end_ms // _DAY_MS if bar.period_ms > _HOUR_MS else now_ms <= bar.end_ms
    return within and asset.exchange.overlaps_open_hours(bar.end_ms - bar.period_ms, bar.end_ms, extended=extended)


_METHODS = {
    OrderType.MARKET: "market_fill",
    OrderType.LIMIT: "limit_fill",
    OrderType.STOP_MARKET: "stop_market_fill",
    OrderType.MARKET_ON_OPEN: "market_on_open_fill",
    OrderType.MARKET_ON_CLOSE: "market_on_close_fill",
}


class FillModel(LeanOverrides, PascalNames):
    """Base of fill models written by users: ``fill`` calls the method of the order's type.

    Lean's generic model for assets that are not equities is not offered: a method that the subclass does not override
    is refused.
    """

    parameters: FillModelParameters

    def fill(self, parameters: FillModelParameters) -> Fill:
        """The events of this bar; an event with an unchanged status and no quantity means that nothing happened."""
        self.parameters = parameters
        method = getattr(self, _METHODS[parameters.order.type])
        return Fill(method(parameters.security, parameters.order))


class EquityFillModel(FillModel):
    """Lean's model for equities: fills on trades and quotes that are newer than the order, at regular hours."""

    def market_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The ask to buy, the bid to sell; waits for a fresh price when the last one is stale."""
        event = _unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not is_exchange_open(asset, False):
            return event
        best = self._best_effort_price(asset, order)
        if best.is_stale and _waits_for_fresh_data(asset, order, best.end_ms):
            return event
        event.message = best.message
        return _filled(event, order, _slipped(asset, order, best.price))

    def stop_market_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The stop once touched, or the open when the bar opens beyond it."""
        event = _unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not is_exchange_open(asset, False):
            return event
        bar = _bar_after_order(asset, order)
        stop = order.stop
        if bar is None or stop is None:
            return event
        opened = bar.decimal("open")
        if order.direction is OrderDirection.SELL:
            touched, gapped = bar.decimal("low") <= stop, opened <= stop
        else:
            touched, gapped = bar.decimal("high") >= stop, opened >= stop
        if not touched:
            return event
        if gapped:
            event.message = _gap_message("an unfavorable", bar)
        return _filled(event, order, _slipped(asset, order, opened if gapped else stop))

    def limit_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The limit once the bar trades through it, or the open when that is better already."""
        event = _unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not is_exchange_open(asset, asset.is_extended_market_hours):
            return event
        bar = _bar_after_order(asset, order)
        limit = order.limit
        if bar is None or limit is None:
            return event
        opened = bar.decimal("open")
        if order.direction is OrderDirection.SELL:
            traded_through, better = bar.decimal("high") > limit, opened > limit
        else:
            traded_through, better = bar.decimal("low") < limit, opened < limit
        if not traded_through:
            return event
        if better:
            event.message = _gap_message("a favorable", bar)
        return _filled(event, order, opened if better else limit)

    def market_on_open_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The open of the first regular bar that starts at or after the order, not on the order's own session day."""
        event = _unfilled(asset, order)
        bar = asset.cache.last_trade_bar()
        if order.status is OrderStatus.CANCELED or bar is None:
            return event
        order_ms = _local_ms(asset, order.time)
        start_ms = bar.end_ms - bar.period_ms
        if start_ms < order_ms or (bar.period_ms < _HOUR_MS and not asset.exchange.is_open_at(start_ms)):
            return event
        same_session = asset.exchange.is_open_at(order_ms) and order_ms // _DAY_MS == bar.end_ms // _DAY_MS
        if order_ms >= bar.end_ms or same_session or not is_exchange_open(asset, False):
            return event
        return _filled(event, order, _slipped(asset, order, bar.decimal("open")))

    def market_on_close_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The close of the last bar once the session of the order has closed."""
        event = _unfilled(asset, order)
        bar = asset.cache.last_trade_bar()
        if order.status is OrderStatus.CANCELED or bar is None:
            return event
        close_ms = to_ms(asset.exchange.hours.next_close(_local_time(asset, order.time)))
        if asset.clock.local_ms < close_ms:
            return event
        return _filled(event, order, _slipped(asset, order, bar.decimal("close")))

    def _best_effort_price(self, asset: Security, order: Order) -> _BestEffort:
        """The quote's side if fresh, else a fresh trade, else the newer of both as stale."""
        cutoff_ms = _local_ms(asset, order.time) - self.parameters.stale_price_time_span // timedelta(milliseconds=1)
        quote, trade = asset.cache.last_quote_bar(), asset.cache.last_trade_bar()
        stale: _BestEffort | None = None
        if quote is not None:
            side = quote.ask if order.direction is OrderDirection.BUY else quote.bid
            price = quote.decimal("close") if side is None else side.decimal("close")
            if quote.end_ms >= cutoff_ms:
                return _BestEffort(price, quote.end_ms, False, "")
            message = f"Warning: fill at stale price ({_text(quote.end_time)} America/New_York), using QuoteBar data."
            stale = _BestEffort(price, quote.end_ms, True, message)
        if trade is not None and (stale is None or trade.end_ms > stale.end_ms):
            message = (
                f"Warning: No quote information available at {_text(trade.end_time)} America/New_York, "
                "order filled using TradeBar data"
            )
            stale = _BestEffort(trade.decimal("close"), trade.end_ms, trade.end_ms < cutoff_ms, message)
        if stale is None:
            raise ValueError(f"order {order.id}: {asset.symbol} has no data to fill a market order from")
        return stale


@dataclass(frozen=True, slots=True)
class _BestEffort:
    price: Decimal
    end_ms: int
    is_stale: bool
    message: str


def _unfilled(asset: Security, order: Order) -> OrderEvent:
    return OrderEvent(order, asset.clock.utc, OrderFee.ZERO)


def _filled(event: OrderEvent, order: Order, price: Decimal) -> OrderEvent:
    event.status = OrderStatus.FILLED
    event.decimal_fill_quantity = order.decimal_quantity
    event.decimal_fill_price = price
    return event


def _slipped(asset: Security, order: Order, price: Decimal) -> Decimal:
    slippage: Decimal = asset.slippage_model.slippage_amount(asset, order)
    if not slippage:
        return price
    return price - slippage if order.direction is OrderDirection.SELL else price + slippage


def _local_ms(asset: Security, utc: datetime) -> int:
    clock = asset.clock
    return to_ms(utc) + clock.local_ms - clock.utc_ms


def _local_time(asset: Security, utc: datetime) -> datetime:
    return utc + (asset.clock.local - asset.clock.utc)


def _bar_after_order(asset: Security, order: Order) -> TradeBar | None:
    bar = asset.cache.last_trade_bar()
    return bar if bar is not None and bar.end_ms > _local_ms(asset, order.time) else None


def _waits_for_fresh_data(asset: Security, order: Order, end_ms: int) -> bool:
    """Hour and daily subscriptions always wait; finer ones when the price is more than one bar older than the order."""
    finest_ms = min(config.period_ms for config in asset.subscriptions)
    return finest_ms >= _HOUR_MS or _local_ms(asset, order.time) - end_ms > finest_ms


def _gap_message(kind: str, bar: TradeBar) -> str:
    opened = bar.decimal("open")
    return f"Due to {kind} gap at {_text(bar.end_time)} America/New_York, order filled using the open price ({opened})"


def _text(moment: datetime) -> str:
    return moment.strftime("%m/%d/%Y %H:%M:%S")
