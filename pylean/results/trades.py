"""Closed trades from fills: every entry fill is matched with the exits that follow it, first in, first out."""

from __future__ import annotations

from collections.abc import KeysView
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pylean.naming import LeanEnum
from pylean.numbers import ZERO, round_half_even
from pylean.results.lean_version import LeanVersion
from pylean.results.order_hash import symbol_fields
from pylean.results.text import TICKS_PER_SECOND, time_span_text
from pylean.securities.symbol import Symbol

__all__ = ["Trade", "TradeBuilder", "TradeDirection", "duration_ticks"]

_TICKS_PER_MICROSECOND = TICKS_PER_SECOND // 1_000_000


def duration_ticks(duration: timedelta) -> int:
    """A duration in .NET ticks of 100 ns."""
    return duration // timedelta(microseconds=1) * _TICKS_PER_MICROSECOND


class TradeDirection(LeanEnum):
    LONG = 0
    SHORT = 1


@dataclass(slots=True, eq=False)
class Trade:
    """One matched entry and exit; prices in USD per share, profit gross of fees and rounded to cents, times UTC.

    ``mae`` and ``mfe`` are the largest loss (≤ 0) and profit (≥ 0) on the way, ``largest_fall`` is the largest fall
    from the best profit, all in USD.
    """

    symbol: Symbol
    entry_time: datetime
    entry_price: Decimal
    direction: TradeDirection
    quantity: Decimal
    total_fees: Decimal
    order_ids: list[int]
    exit_time: datetime = datetime.min
    exit_price: Decimal = ZERO
    profit_loss: Decimal = ZERO
    mae: Decimal = ZERO
    mfe: Decimal = ZERO
    largest_fall: Decimal = ZERO

    @property
    def is_long(self) -> bool:
        return self.direction is TradeDirection.LONG

    @property
    def duration(self) -> timedelta:
        return self.exit_time - self.entry_time

    @property
    def is_win(self) -> bool:
        return self.profit_loss > 0

    def end_trade_drawdown(self, lean_version: LeanVersion) -> Decimal:
        """What was given back of the best profit, in USD: positive, or in older Lean negative and at the exit."""
        if lean_version.end_trade_drawdown_is_largest_fall:
            return self.largest_fall
        return self.profit_loss - self.mfe

    def to_json(self, number: int, lean_version: LeanVersion) -> dict[str, object]:
        """The trade's fields in Lean's order; ``number`` is its place among the closed trades and its id."""
        return {
            "id": str(number),
            "symbols": [symbol_fields(self.symbol)],
            "entryTime": self.entry_time,
            "entryPrice": self.entry_price,
            "direction": self.direction,
            "quantity": self.quantity,
            "exitTime": self.exit_time,
            "exitPrice": self.exit_price,
            "profitLoss": self.profit_loss,
            "totalFees": self.total_fees,
            "mae": self.mae,
            "mfe": self.mfe,
            "duration": time_span_text(duration_ticks(self.duration)),
            "endTradeDrawdown": self.end_trade_drawdown(lean_version),
            "isWin": self.is_win,
            "orderIds": self.order_ids,
        }


@dataclass(slots=True)
class _OpenTrade:
    trade: Trade
    best_profit: Decimal = ZERO
    largest_fall: Decimal = ZERO

    def update(self, price: Decimal) -> None:
        entry = self.trade.entry_price
        profit = price - entry if self.trade.is_long else entry - price
        if profit >= self.best_profit:
            self.best_profit = profit
        elif self.best_profit - profit > self.largest_fall:
            self.largest_fall = self.best_profit - profit

    def take_prices(self, prices: NDArray[Any], digits: int) -> None:
        """``update`` for many prices: the best profit is a running maximum, the fall the largest distance from it."""
        entry = self.trade.entry_price
        profits = prices if self.trade.is_long else -prices
        # A price at which the profit is the best so far, in the direction of the trade.
        best = entry + self.best_profit if self.trade.is_long else self.best_profit - entry
        highest = np.maximum.accumulate(profits)
        beyond = int(np.searchsorted(highest, int((best.scaleb(digits)).to_integral_value(ROUND_CEILING))))
        falls = [self.largest_fall]
        if beyond:
            falls.append(best - Decimal(int(profits[:beyond].min())).scaleb(-digits))
        if beyond < len(profits):
            falls.append(Decimal(int((highest[beyond:] - profits[beyond:]).max())).scaleb(-digits))
            top = Decimal(int(highest[-1])).scaleb(-digits)
            self.best_profit = top - entry if self.trade.is_long else top + entry
        self.largest_fall = max(falls)

    def close(self, quantity: Decimal, exit_: _Exit, position: _Position) -> Trade:
        """A trade over ``quantity`` shares that ends here."""
        trade = self.trade
        gain, low, high = (price - trade.entry_price for price in (exit_.price, position.low, position.high))
        if not trade.is_long:
            gain, low, high = -gain, -high, -low
        return replace(
            trade,
            quantity=quantity,
            order_ids=[*trade.order_ids, exit_.order_id],
            total_fees=trade.total_fees + exit_.take_fee(),
            exit_time=exit_.utc,
            exit_price=exit_.price,
            profit_loss=round_half_even(gain * quantity, 2),
            mae=round_half_even(low * quantity, 2),
            mfe=round_half_even(high * quantity, 2),
            largest_fall=round_half_even(self.largest_fall * quantity, 2),
        )


@dataclass(slots=True)
class _Exit:
    order_id: int
    utc: datetime
    price: Decimal
    fee: Decimal

    def take_fee(self) -> Decimal:
        """The exit's fee, which only the first trade it closes bears."""
        fee, self.fee = self.fee, ZERO
        return fee


@dataclass(slots=True)
class _Position:
    low: Decimal
    high: Decimal
    open_trades: list[_OpenTrade] = field(default_factory=list)


class TradeBuilder:
    """Builds trades fill to fill and follows the prices they see while they are open."""

    def __init__(self) -> None:
        self.closed_trades: list[Trade] = []
        self._positions: dict[Symbol, _Position] = {}
        self._orders_with_fee: set[int] = set()

    @property
    def open_symbols(self) -> KeysView[Symbol]:
        """A live view of the symbols with open trades."""
        return self._positions.keys()

    def has_open_trade(self, symbol: Symbol) -> bool:
        return symbol in self._positions

    def set_market_price(self, symbol: Symbol, price: Decimal) -> None:
        """Tell the open trades of a symbol the price after a slice's update."""
        position = self._positions.get(symbol)
        if position is None:
            return
        if price > position.high:
            position.high = price
        elif price < position.low:
            position.low = price
        for open_trade in position.open_trades:
            open_trade.update(price)

    def take_prices(self, symbol: Symbol, prices: NDArray[Any], digits: int) -> None:
        """``set_market_price`` for the prices of many slices in order, as integers with so many digits of fraction."""
        position = self._positions.get(symbol)
        if position is None:
            return
        position.high = max(position.high, Decimal(int(prices.max())).scaleb(-digits))
        position.low = min(position.low, Decimal(int(prices.min())).scaleb(-digits))
        for open_trade in position.open_trades:
            open_trade.take_prices(prices, digits)

    def on_split(self, symbol: Symbol, factor: Decimal) -> None:
        """Restate open trades after a split, for raw prices only; ``factor`` is 0.5 for two shares from one."""
        position = self._positions.get(symbol)
        if position is None:
            return
        position.low *= factor
        position.high *= factor
        for open_trade in position.open_trades:
            open_trade.trade.quantity /= factor
            open_trade.trade.entry_price *= factor
            open_trade.best_profit *= factor
            open_trade.largest_fall *= factor

    def on_fill(
        self,
        symbol: Symbol,
        order_id: int,
        utc: datetime,
        fill_price: Decimal,
        fill_quantity: Decimal,
        fee: Decimal,
    ) -> None:
        """Apply a fill of signed quantity; only an order's first fill brings its fee."""
        if order_id in self._orders_with_fee:
            fee = ZERO
        self._orders_with_fee.add(order_id)
        position = self._positions.get(symbol)
        if position is None:
            position = self._positions[symbol] = _Position(fill_price, fill_price)
        else:
            self.set_market_price(symbol, fill_price)
        quantity, is_long = abs(fill_quantity), fill_quantity > 0
        if position.open_trades and position.open_trades[0].trade.is_long is not is_long:
            exit_ = _Exit(order_id, utc, fill_price, fee)
            quantity = self._match(position, quantity, exit_)
            if not quantity:
                if not position.open_trades:
                    del self._positions[symbol]
                return
            # a reversal: the new side starts afresh and bears none of the fee
            fee, position.low, position.high = ZERO, fill_price, fill_price
        direction = TradeDirection.LONG if is_long else TradeDirection.SHORT
        trade = Trade(symbol, utc, fill_price, direction, quantity, fee, [order_id])
        position.open_trades.append(_OpenTrade(trade))

    def _match(self, position: _Position, quantity: Decimal, exit_: _Exit) -> Decimal:
        """Close trades, oldest first, against ``quantity`` shares; what is left of them is returned."""
        while quantity and position.open_trades:
            oldest = position.open_trades[0]
            closed = min(quantity, oldest.trade.quantity)
            self.closed_trades.append(oldest.close(closed, exit_, position))
            if closed == oldest.trade.quantity:
                position.open_trades.pop(0)
            else:
                oldest.trade.quantity -= closed
                oldest.trade.total_fees = ZERO
            quantity -= closed
        return quantity
