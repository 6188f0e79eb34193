"""Market orders while the price is far from its mean on the favourable side."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.feed.bars import TradeBar
from pylean.framework.execution.base import TargetExecutionModel
from pylean.framework.sizing import order_size_for_maximum_value
from pylean.framework.targets import PortfolioTarget
from pylean.indicators import SimpleMovingAverage, StandardDeviation
from pylean.naming import assignable
from pylean.numbers import ZERO, to_decimal
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["StandardDeviationExecutionModel"]


@assignable("maximum_order_value")
class StandardDeviationExecutionModel(TargetExecutionModel):
    """Buys while the bid is ``deviations`` standard deviations below the mean, sells while the ask is above it.

    One order is at most ``maximum_order_value`` USD.
    """

    #: Whether a target without indicators leaves the rest of the targets for later.
    _stops_at_unknown = False

    def __init__(
        self,
        period: int = 60,
        deviations: float = 2,
        resolution: Resolution = Resolution.MINUTE,
        asynchronous: bool = True,
    ) -> None:
        super().__init__(asynchronous)
        self.period = period
        self.deviations = to_decimal(deviations)
        self.resolution = Resolution(resolution)
        self.maximum_order_value: float | Decimal = 20_000
        self._by_symbol: dict[Symbol, _Deviation] = {}

    def order_size(self, algorithm: QCAlgorithm, target: PortfolioTarget, quantity: Decimal) -> Decimal | None:
        data = self._by_symbol.get(target.symbol)
        if data is None:
            return None if self._stops_at_unknown else ZERO
        if not data.std.is_ready or not self.price_is_favorable(data, quantity):
            return ZERO
        return order_size_for_maximum_value(data.security, to_decimal(self.maximum_order_value), quantity)

    def price_is_favorable(self, data: _Deviation, unordered_quantity: Decimal) -> bool:
        mean, band = data.sma.current.decimal_value, self.deviations * data.std.current.decimal_value
        cache = data.security.cache
        return cache.bid < mean - band if unordered_quantity > 0 else cache.ask > mean + band

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        for added in changes.added_securities:
            if added.symbol not in self._by_symbol:
                self._by_symbol[added.symbol] = _Deviation(algorithm, added, self.period, self.resolution)
        for removed in changes.removed_securities:
            if removed.symbol in self._by_symbol and self.is_safe_to_remove(algorithm, removed.symbol):
                data = self._by_symbol.pop(removed.symbol)
                algorithm.subscription_manager.remove_consolidator(removed.symbol, data.consolidator)

    def is_safe_to_remove(self, algorithm: QCAlgorithm, symbol: Symbol) -> bool:
        """The symbol is in no universe any more."""
        return not any(universe.contains_member(symbol) for universe in algorithm.universe_manager.values())


class _Deviation:
    """Mean and standard deviation of a security's closes, warmed up from history."""

    def __init__(self, algorithm: QCAlgorithm, security: Security, period: int, resolution: Resolution) -> None:
        symbol = security.symbol
        self.security = security
        self.consolidator: Any = algorithm.resolve_consolidator(symbol, resolution)
        self.sma = SimpleMovingAverage(f"SMA{period}({symbol})", period)
        self.std = StandardDeviation(f"STD{period}({symbol})", period)
        for indicator in (self.sma, self.std):
            algorithm.register_indicator(symbol, indicator, self.consolidator)
        for bar in algorithm.history[TradeBar](symbol, period, resolution):
            self.sma.update(bar.end_time, bar.decimal_value)
            self.std.update(bar.end_time, bar.decimal_value)
