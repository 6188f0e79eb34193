"""Lean's fill model for equities: trades decide limits and stops, quotes what the market pays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.clock import from_ms
from pylean.orders import market_state as state
from pylean.orders import messages
from pylean.orders.enums import OrderDirection, OrderStatus
from pylean.orders.fill_model import FillModel, touch

if TYPE_CHECKING:
    from pylean.feed.bars import TradeBar
    from pylean.orders.events import OrderEvent
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["EquityFillModel"]


class EquityFillModel(FillModel):
    """Fills on trades and quotes that are newer than the order, at regular hours; limits in extended hours too."""

    def market_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The ask to buy, the bid to sell; waits for a fresh price when the last one is stale."""
        event = state.unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not state.is_exchange_open(asset, False):
            return event
        best = self._best_effort_price(asset, order)
        price = state.slipped(asset, order, best.price)
        if best.is_stale and state.is_stale_by_a_bar(asset, order, best.end_ms):
            return event
        event.message = best.message
        return state.filled(event, order, price)

    def stop_market_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The stop once touched, or the open when the bar opens beyond it."""
        event = state.unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not state.is_exchange_open(asset, False):
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
        return state.filled(event, order, state.slipped(asset, order, opened if gapped else stop))

    def limit_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The limit once the bar trades through it, or the open when that is better already."""
        event = state.unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not state.is_exchange_open(asset, asset.is_extended_market_hours):
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
        return state.filled(event, order, opened if better else limit)

    def limit_if_touched_fill(self, asset: Security, order: Order) -> OrderEvent:
        """Once a bar has touched the trigger, ever: the market's price if it is within the limit."""
        event = state.unfilled(asset, order)
        if order.status is OrderStatus.CANCELED or not state.is_exchange_open(asset, asset.is_extended_market_hours):
            return event
        bar = _bar_after_order(asset, order)
        limit = order.limit
        if bar is None or limit is None or not touch(order, bar.decimal("low"), bar.decimal("high")):
            return event
        best = self._best_effort_price(asset, order)
        if not (best.price >= limit if order.direction is OrderDirection.SELL else best.price <= limit):
            return event
        event.message = best.message
        return state.filled(event, order, best.price)

    def market_on_open_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The open of the first regular bar that starts at or after the order, not on the order's own session day."""
        event = state.unfilled(asset, order)
        bar = asset.cache.last_trade_bar()
        if order.status is OrderStatus.CANCELED or bar is None:
            return event
        order_ms = state.local_ms(asset, order.time)
        start_ms = bar.end_ms - bar.period_ms
        if start_ms < order_ms or (bar.period_ms < state.HOUR_MS and not asset.exchange.is_open_at(start_ms)):
            return event
        same_session = asset.exchange.is_open_at(order_ms) and order_ms // state.DAY_MS == bar.end_ms // state.DAY_MS
        if order_ms >= bar.end_ms or same_session or not state.is_exchange_open(asset, False):
            return event
        return state.filled(event, order, state.slipped(asset, order, bar.decimal("open")))

    def market_on_close_fill(self, asset: Security, order: Order) -> OrderEvent:
        """The close of the last bar once the session of the order has closed."""
        event = state.unfilled(asset, order)
        bar = asset.cache.last_trade_bar()
        if order.status is OrderStatus.CANCELED or asset.clock.local_ms < state.close_after_order_ms(asset, order):
            return event
        if bar is not None:
            return state.filled(event, order, state.slipped(asset, order, bar.decimal("close")))
        best = self._best_effort_price(asset, order)
        event.message = best.message
        return state.filled(event, order, state.slipped(asset, order, best.price))

    def _best_effort_price(self, asset: Security, order: Order) -> _BestEffort:
        """The quote's side if fresh, else a fresh trade, else the newer of both as stale.

        Raises ValueError without any data.
        """
        cutoff_ms = state.local_ms(asset, order.time) - state.milliseconds(self.parameters.stale_price_time_span)
        quote, trade = asset.cache.last_quote_bar(), asset.cache.last_trade_bar()
        stale: _BestEffort | None = None
        if quote is not None:
            side = quote.ask if order.direction is OrderDirection.BUY else quote.bid
            price = quote.decimal("close") if side is None else side.decimal("close")
            if quote.end_ms >= cutoff_ms:
                return _BestEffort(price, quote.end_ms, False, "")
            message = f"Warning: fill at stale price ({_when(quote.end_ms)}), using QuoteBar data."
            stale = _BestEffort(price, quote.end_ms, True, message)
        if trade is not None and (stale is None or trade.end_ms > stale.end_ms):
            message = (
                f"Warning: No quote information available at {_when(trade.end_ms)}, order filled using TradeBar data"
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


def _bar_after_order(asset: Security, order: Order) -> TradeBar | None:
    bar = asset.cache.last_trade_bar()
    return bar if bar is not None and bar.end_ms > state.local_ms(asset, order.time) else None


def _gap_message(kind: str, bar: TradeBar) -> str:
    opened = messages.number(bar.decimal("open"))
    return f"Due to {kind} gap at {_when(bar.end_ms)}, order filled using the open price ({opened})"


def _when(local_ms: int) -> str:
    return f"{messages.time(from_ms(local_ms))} America/New_York"
