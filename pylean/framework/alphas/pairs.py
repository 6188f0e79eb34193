"""Pairs trading: insights on the ratio of two prices that left its mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from pylean.framework.alphas.base import AlphaModel, resolution_word
from pylean.framework.insight import Insight
from pylean.framework.insight_enums import InsightDirection
from pylean.indicators import ExponentialMovingAverage, Identity, IndicatorDataPoint
from pylean.numbers import ONE, ZERO, to_decimal
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.feed.slice import Slice
    from pylean.securities.security import Security
    from pylean.securities.symbol import Symbol

__all__ = ["BasePairsTradingAlphaModel"]

_MEAN_PERIOD = 500


class BasePairsTradingAlphaModel(AlphaModel):
    """Every pair that passes ``has_passed_test``; insights last ``lookback`` bars and come as a group of two.

    ``threshold`` is the deviation of the ratio from its mean in percent.
    """

    #: Whether pairs are formed in the order of tickers; else in the order in which securities came.
    _sorts_symbols = False

    def __init__(
        self, lookback: int = 1, resolution: Resolution = Resolution.DAILY, threshold: float | Decimal = 1
    ) -> None:
        self.lookback = lookback
        self.resolution = Resolution(resolution)
        self.threshold = to_decimal(threshold)
        self.prediction_interval = self.resolution.period * lookback
        self.securities: dict[Security, None] = {}
        self.pairs: dict[tuple[Symbol, Symbol], _Pair] = {}
        self.name = f"{self._name_stem()}({lookback},{resolution_word(resolution)},{self.threshold.normalize():f})"

    @classmethod
    def _name_stem(cls) -> str:
        return "BasePairsTradingAlphaModel"

    def update(self, algorithm: QCAlgorithm, data: Slice) -> list[Insight]:
        return [insight for pair in self.pairs.values() for insight in pair.insight_group()]

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        self._note(changes)
        self._update_pairs(algorithm)
        for removed in changes.removed_securities:
            for key in [key for key in self.pairs if removed.symbol in key]:
                self.pairs.pop(key).dispose()

    def has_passed_test(self, algorithm: QCAlgorithm, asset1: Symbol, asset2: Symbol) -> bool:
        """Whether the two are traded as a pair."""
        return True

    def _note(self, changes: SecurityChanges) -> None:
        """Keep the list of securities; telling it twice of the same changes does no harm."""
        self.securities |= dict.fromkeys(changes.added_securities)
        for removed in changes.removed_securities:
            self.securities.pop(removed, None)

    def _symbols(self) -> list[Symbol]:
        symbols = [security.symbol for security in self.securities]
        return sorted(symbols) if self._sorts_symbols else symbols

    def _update_pairs(self, algorithm: QCAlgorithm) -> None:
        symbols = self._symbols()
        for index, first in enumerate(symbols):
            for second in symbols[index + 1 :]:
                known = (first, second) in self.pairs or (second, first) in self.pairs
                if not known and self.has_passed_test(algorithm, first, second):
                    self.pairs[first, second] = _Pair(
                        algorithm, (first, second), self.prediction_interval, self.threshold
                    )


class _State(Enum):
    SHORT_RATIO = -1
    FLAT_RATIO = 0
    LONG_RATIO = 1


class _Pair:
    """The ratio of two prices, renewed when both prices are new, and its exponential mean."""

    def __init__(
        self, algorithm: QCAlgorithm, assets: Sequence[Symbol], prediction_interval: timedelta, threshold: Decimal
    ) -> None:
        self._algorithm = algorithm
        self._assets = assets
        self._interval = prediction_interval
        self._upper, self._lower = ONE + threshold / 100, ONE - threshold / 100
        self._state = _State.FLAT_RATIO
        self._new: set[int] = set()
        self._ratio: Decimal = ZERO
        self._mean = ExponentialMovingAverage(_MEAN_PERIOD)
        self._prices: list[Identity] = []
        self._consolidators: list[Any] = []
        for place, asset in enumerate(assets):
            self._watch(place, asset)

    def _watch(self, place: int, asset: Symbol) -> None:
        resolution = min(config.resolution for config in self._algorithm.securities[asset].subscriptions)
        price = Identity(f"{asset}_close")
        price.updated += lambda sender, point: self._on_price(place, point)
        consolidator = self._algorithm.resolve_consolidator(asset, resolution)
        self._algorithm.register_indicator(asset, price, consolidator)
        self._prices.append(price)
        self._consolidators.append(consolidator)

    def _on_price(self, place: int, point: IndicatorDataPoint) -> None:
        self._new.add(place)
        if len(self._new) < 2:
            return
        self._new.clear()
        first, second = (price.current.decimal_value for price in self._prices)
        if second:
            self._ratio = first / second
            self._mean.update(point.end_time, self._ratio)

    def insight_group(self) -> list[Insight]:
        """Two insights of opposite directions when the ratio crosses a limit, not twice for the same limit."""
        if not self._mean.is_ready:
            return []
        mean = self._mean.current.decimal_value
        if self._state is not _State.LONG_RATIO and self._ratio > mean * self._upper:
            self._state = _State.LONG_RATIO
            return self._group(InsightDirection.DOWN, InsightDirection.UP)
        if self._state is not _State.SHORT_RATIO and self._ratio < mean * self._lower:
            self._state = _State.SHORT_RATIO
            return self._group(InsightDirection.UP, InsightDirection.DOWN)
        return []

    def _group(self, *directions: InsightDirection) -> list[Insight]:
        pairs = zip(self._assets, directions, strict=True)
        return Insight.group([Insight.price(asset, self._interval, direction) for asset, direction in pairs])

    def dispose(self) -> None:
        for asset, consolidator in zip(self._assets, self._consolidators, strict=True):
            self._algorithm.subscription_manager.remove_consolidator(asset, consolidator)
