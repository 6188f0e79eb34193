"""Risk models that close positions at a loss, at a profit, or after a fall from their best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.framework.risk.base import RiskManagementModel, closing_target
from pylean.framework.targets import PortfolioTarget
from pylean.numbers import ONE, ZERO, to_decimal

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.securities.holdings import SecurityHolding
    from pylean.securities.symbol import Symbol

__all__ = [
    "MaximumDrawdownPercentPerSecurity",
    "MaximumDrawdownPercentPortfolio",
    "MaximumUnrealizedProfitPercentPerSecurity",
    "TrailingStopRiskManagementModel",
]


class MaximumDrawdownPercentPerSecurity(RiskManagementModel):
    """Closes a position whose open loss exceeds this share of its cost (0.05 is 5 %)."""

    def __init__(self, maximum_drawdown_percent: float | Decimal = 0.05) -> None:
        self._limit = -abs(to_decimal(maximum_drawdown_percent))

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> list[PortfolioTarget]:
        losing = [symbol for symbol, holding in _held(algorithm) if _open_profit_share(holding) < self._limit]
        return [closing_target(algorithm, symbol) for symbol in losing]


class MaximumUnrealizedProfitPercentPerSecurity(RiskManagementModel):
    """Closes a position whose open profit exceeds this share of its cost."""

    def __init__(self, maximum_unrealized_profit_percent: float | Decimal = 0.05) -> None:
        self._limit = abs(to_decimal(maximum_unrealized_profit_percent))

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> list[PortfolioTarget]:
        winning = [symbol for symbol, holding in _held(algorithm) if _open_profit_share(holding) > self._limit]
        return [closing_target(algorithm, symbol) for symbol in winning]


class MaximumDrawdownPercentPortfolio(RiskManagementModel):
    """Turns all targets to zero when the portfolio lost more than this share of its first, or trailing, value.

    The next call after that takes the value then as the first one.
    """

    def __init__(self, maximum_drawdown_percent: float | Decimal = 0.05, is_trailing: bool = False) -> None:
        self._limit = -abs(to_decimal(maximum_drawdown_percent))
        self._is_trailing = is_trailing
        self._high: Decimal | None = None

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> list[PortfolioTarget]:
        value = algorithm.portfolio.decimal_total_portfolio_value
        if self._high is None:
            self._high = value
        if self._is_trailing and self._high < value:
            self._high = value
            return []
        if not targets or value / self._high - ONE >= self._limit:
            return []
        self._high = None
        return [closing_target(algorithm, target.symbol) for target in targets]


@dataclass(slots=True)
class _BestValue:
    is_long: bool
    value: Decimal


class TrailingStopRiskManagementModel(RiskManagementModel):
    """Closes a position that moved against itself by more than this share from its best value, its cost at first."""

    def __init__(self, maximum_drawdown_percent: float | Decimal = 0.05) -> None:
        self._limit = abs(to_decimal(maximum_drawdown_percent))
        self._best: dict[Symbol, _BestValue] = {}

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> list[PortfolioTarget]:
        held = dict(_held(algorithm))
        self._best = {symbol: best for symbol, best in self._best.items() if symbol in held}
        stopped = [symbol for symbol, holding in held.items() if self._is_stopped(symbol, holding)]
        for symbol in stopped:
            del self._best[symbol]
        return [closing_target(algorithm, symbol) for symbol in stopped]

    def _is_stopped(self, symbol: Symbol, holding: SecurityHolding) -> bool:
        """Moves the best value when the position is at a new one."""
        value = abs(holding.decimal_value)
        best = self._best.get(symbol)
        if best is None or best.is_long is not holding.is_long:
            best = self._best[symbol] = _BestValue(holding.is_long, abs(holding.decimal_cost))
        if (best.value < value) if holding.is_long else (best.value > value):
            best.value = value
            return False
        return abs((best.value - value) / best.value) > self._limit


def _held(algorithm: QCAlgorithm) -> Iterator[tuple[Symbol, SecurityHolding]]:
    """Positions in the order in which securities were added."""
    holdings: Iterable[tuple[Symbol, SecurityHolding]] = algorithm.portfolio.items()
    return ((symbol, holding) for symbol, holding in holdings if holding.invested)


def _open_profit_share(holding: SecurityHolding) -> Decimal:
    cost = abs(holding.decimal_cost)
    return holding.decimal_unrealized_profit / cost if cost else ZERO
