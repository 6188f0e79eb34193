"""Slippage by the impact that an order has on the market (Almgren, Thum, Hauptmann, Li: Direct Estimation of Equity
Market Impact, 2005)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pylean.consolidators import TradeBarConsolidator
from pylean.feed.bars import TradeBar
from pylean.moments import variance
from pylean.numbers import ONE, ZERO, double_to_decimal, to_decimal, to_float
from pylean.orders.slippage import SlippageModel
from pylean.random_numbers import Random
from pylean.storage import Resolution

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.orders.order import Order
    from pylean.securities.security import Security

__all__ = ["MarketImpactSlippageModel"]

_DAY = timedelta(days=1)
_HISTORY = timedelta(days=370)
_PRICES = 252
_VOLUMES = 10


class MarketImpactSlippageModel(SlippageModel):
    """Permanent and temporary impact by volume and volatility of daily bars, with noise; to be made for each security.

    ``latency`` and ``impact_time`` are seconds, both above 0. The first order reads 370 days of history. The noise is
    drawn from a seed, so that runs repeat.
    """

    def __init__(
        self,
        algorithm: QCAlgorithm,
        non_negative: bool = True,
        latency: float = 0.075,
        impact_time: float = 1800.0,
        alpha: float = 0.891,
        beta: float = 0.600,
        gamma: float = 0.314,
        eta: float = 0.142,
        delta: float = 0.267,
        random_seed: int = 50,
    ) -> None:
        for name, seconds in (("latency", latency), ("impact_time", impact_time)):
            if seconds <= 0:
                raise ValueError(f"{name} is {seconds} seconds: it must be above 0")
        self._algorithm = algorithm
        self._non_negative = non_negative
        self._latency = latency
        self._impact_time = impact_time
        self._permanent: Callable[[float], float] = lambda volume: gamma * volume**alpha
        self._temporary: Callable[[float], float] = lambda volume: eta * volume**beta
        self._delta = delta
        self._random = Random(random_seed)
        self._market: _DailyMarket | None = None

    def slippage_amount(self, asset: Security, order: Order) -> Decimal:
        market = self._market
        if market is None:
            market = self._market = _DailyMarket(self._algorithm, asset)
        if market.average_volume == 0:
            return ZERO
        session = asset.exchange.hours.regular_market_duration / _DAY
        execution_days = timedelta(seconds=self._latency) / _DAY / session
        impact_days = execution_days + timedelta(seconds=self._impact_time) / _DAY / session
        volume = order.absolute_quantity / execution_days / market.average_volume
        noise = market.sigma * math.sqrt(impact_days)
        liquidity = self._liquidity(asset, market.average_volume)
        permanent = market.sigma * execution_days * self._permanent(volume) * liquidity + self._gaussian() * noise
        temporary = market.sigma * self._temporary(volume) + self._gaussian() * noise
        impact = temporary + permanent * 0.5
        share = min(double_to_decimal(impact * self._random.next_double()), ONE)
        return (max(ZERO, share) if self._non_negative else share) * asset.cache.price

    def _liquidity(self, asset: Security, average_volume: float) -> float:
        """Of the share count, where fundamental data tell it."""
        fundamental = self._algorithm.fundamentals(asset.symbol)
        shares = fundamental.company_profile.shares_outstanding if fundamental.has_fundamental_data else 0
        return math.pow(shares / average_volume, self._delta) if shares else 1.0

    def _gaussian(self) -> float:
        """By Box and Muller."""
        first, second = 1 - self._random.next_double(), 1 - self._random.next_double()
        return math.sqrt(-2.0 * math.log(first)) * math.cos(2.0 * math.pi * second)


class _DailyMarket:
    """Volatility of daily returns and mean volume, from history and then from what arrives."""

    def __init__(self, algorithm: QCAlgorithm, asset: Security) -> None:
        self._prices: deque[Decimal] = deque(maxlen=_PRICES)
        self._volumes: deque[Decimal] = deque(maxlen=_VOLUMES)
        self.sigma = 0.0
        self.average_volume = 0.0
        consolidator = TradeBarConsolidator(_DAY)
        consolidator.data_consolidated += self._take
        algorithm.subscription_manager.add_consolidator(asset.symbol, consolidator)
        for bar in algorithm.history[TradeBar](asset.symbol, _HISTORY, Resolution.DAILY):
            consolidator.update(bar)

    def _take(self, sender: Any, bar: TradeBar) -> None:
        self._prices.appendleft(bar.decimal("close"))
        self._volumes.appendleft(to_decimal(bar.volume))
        prices = list(self._prices)
        if len(prices) < 2:
            return
        returns = [to_float((later - earlier) / earlier) if earlier else 0.0 for later, earlier in pairwise(prices)]
        self.sigma = math.sqrt(variance(returns)) if len(returns) > 1 else math.nan
        self.average_volume = to_float(sum(self._volumes, ZERO) / len(self._volumes))
