"""Market orders on the favourable side of the day's volume weighted average price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.feed.bars import TradeBar
from pylean.framework.execution.base import TargetExecutionModel
from pylean.framework.sizing import order_size_for_percent_volume
from pylean.framework.targets import PortfolioTarget
from pylean.naming import assignable
from pylean.numbers import ZERO, to_decimal

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["VolumeWeightedAveragePriceExecutionModel"]

_PRICES = ("high", "low", "close")


@assignable("maximum_order_quantity_percent_volume")
class VolumeWeightedAveragePriceExecutionModel(TargetExecutionModel):
    """Buys while the bid is below the day's average price, sells while the ask is above it.

    One order is at most ``maximum_order_quantity_percent_volume`` of the current bar's volume (0.01 is 1 %).
    """

    #: Whether a target without an average leaves the rest of the targets for later.
    _stops_at_unknown = False

    def __init__(self, asynchronous: bool = True) -> None:
        super().__init__(asynchronous)
        self.maximum_order_quantity_percent_volume: float | Decimal = Decimal("0.01")
        self._by_symbol: dict[Symbol, _IntradayVwap] = {}

    def order_size(self, algorithm: QCAlgorithm, target: PortfolioTarget, quantity: Decimal) -> Decimal | None:
        data = self._by_symbol.get(target.symbol)
        if data is None:
            return None if self._stops_at_unknown else ZERO
        if not self.price_is_favorable(data, quantity):
            return ZERO
        share = to_decimal(self.maximum_order_quantity_percent_volume)
        return order_size_for_percent_volume(data.security, share, quantity)

    def price_is_favorable(self, data: _IntradayVwap, unordered_quantity: Decimal) -> bool:
        cache = data.security.cache
        return cache.bid < data.vwap if unordered_quantity > 0 else cache.ask > data.vwap

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for added in changes.added_securities:
            if added.symbol not in self._by_symbol:
                self._by_symbol[added.symbol] = _IntradayVwap(algorithm, added)
        for removed in changes.removed_securities:
            if removed.symbol in self._by_symbol and self.is_safe_to_remove(algorithm, removed.symbol):
                data = self._by_symbol.pop(removed.symbol)
                algorithm.subscription_manager.remove_consolidator(removed.symbol, data.consolidator)

    def is_safe_to_remove(self, algorithm: QCAlgorithm, symbol: Symbol) -> bool:
        """The symbol is in no universe any more."""
        return not any(universe.contains_member(symbol) for universe in algorithm.universe_manager.values())


class _IntradayVwap:
    """A security's Σ price × volume ÷ Σ volume of the day, a bar's price being the mean of high, low and close."""

    def __init__(self, algorithm: QCAlgorithm, security: Security) -> None:
        self.security = security
        self.vwap: Decimal = ZERO
        self._day = date.min
        self._volume: Decimal = ZERO
        self._value: Decimal = ZERO
        resolution = min(config.resolution for config in security.subscriptions)
        self.consolidator: Any = algorithm.resolve_consolidator(security.symbol, resolution)
        self.consolidator.data_consolidated += lambda sender, bar: self.update(bar)
        algorithm.subscription_manager.add_consolidator(security.symbol, self.consolidator)

    def update(self, bar: TradeBar) -> None:
        """Take a real bar; repeated ones do not count."""
        if bar.is_fill_forward:
            return
        if bar.end_time.date() != self._day:
            self._day, self._volume, self._value = bar.end_time.date(), ZERO, ZERO
        volume = Decimal(int(bar.volume))
        self._volume += volume
        self._value += sum((bar.decimal(price) for price in _PRICES), ZERO) / 3 * volume
        self.vwap = self._value / self._volume if self._volume else bar.decimal_value
