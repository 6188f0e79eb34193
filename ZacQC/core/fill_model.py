"""The precise fill model: orders fill in full, exactly at their own price, as soon as a bar touches it."""

from __future__ import annotations

from AlgorithmImports import (
    Extensions,
    FillModel,
    LimitOrder,
    MarketOnCloseOrder,
    MarketOnOpenOrder,
    MarketOrder,
    Order,
    OrderDirection,
    OrderEvent,
    OrderFee,
    OrderStatus,
    Security,
    StopMarketOrder,
    TradeBar,
)

from trading.order_tags import is_protective


class PreciseFillModel(FillModel):
    """No spread, slippage, partial fill or staleness check; other order types are the engine's.

    A stop fills at its stop even through a gap, a limit at its limit. With `guard_exit_pair` a stop-loss or
    take-profit whose position is already closed does not fill.
    """

    def __init__(self, guard_exit_pair: bool = False) -> None:
        super().__init__()
        self._guard_exit_pair = guard_exit_pair

    def market_fill(self, asset: Security, order: MarketOrder) -> OrderEvent:
        """Fills at the security's current price."""
        return self._fill_at(asset, order, asset.price)

    def stop_market_fill(self, asset: Security, order: StopMarketOrder) -> OrderEvent:
        """Fills at the stop once the last trade bar reached it."""
        stop = order.stop_price
        is_buy = order.direction == OrderDirection.BUY
        extreme = self._extreme(asset, is_buy)
        touched = extreme >= stop if is_buy else extreme <= stop
        return self._fill_at(asset, order, stop if touched else None)

    def limit_fill(self, asset: Security, order: LimitOrder) -> OrderEvent:
        """Fills at the limit once the last trade bar touched it."""
        limit = order.limit_price
        is_buy = order.direction == OrderDirection.BUY
        extreme = self._extreme(asset, not is_buy)
        touched = extreme <= limit if is_buy else extreme >= limit
        return self._fill_at(asset, order, limit if touched else None)

    def market_on_open_fill(self, asset: Security, order: MarketOnOpenOrder) -> OrderEvent:
        """Fills at the security's open while the exchange is open."""
        return self._fill_at(asset, order, asset.open if asset.exchange.exchange_open else None)

    def market_on_close_fill(self, asset: Security, order: MarketOnCloseOrder) -> OrderEvent:
        """Fills at the security's close."""
        return self._fill_at(asset, order, asset.close)

    def _extreme(self, asset: Security, is_high: bool) -> float:
        """High or low of the last trade bar; the current price before the first."""
        bar = asset.cache.get_data(TradeBar)
        if bar is None:
            return asset.price
        return bar.high if is_high else bar.low

    def _fill_at(self, asset: Security, order: Order, price: float | None) -> OrderEvent:
        if price is None or order.status == OrderStatus.CANCELED or self._is_orphan(asset, order):
            return OrderEvent(order, order.time, OrderFee.ZERO)  # not a fill, so its time is never read
        event = OrderEvent(order, Extensions.convert_to_utc(asset.local_time, asset.exchange.time_zone), OrderFee.ZERO)
        event.status = OrderStatus.FILLED
        event.fill_price = price
        event.fill_quantity = order.quantity
        return event

    def _is_orphan(self, asset: Security, order: Order) -> bool:
        is_exit = self._guard_exit_pair and is_protective(order.tag)
        return bool(is_exit and asset.holdings.quantity * order.quantity >= 0)
