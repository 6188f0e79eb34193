"""The pair of securities whose returns are correlated most."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from pylean.feed.bars import TradeBar
from pylean.framework.alphas.pairs import BasePairsTradingAlphaModel
from pylean.storage import Resolution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.symbol import Symbol

__all__ = ["PearsonCorrelationPairsTradingAlphaModel"]


class PearsonCorrelationPairsTradingAlphaModel(BasePairsTradingAlphaModel):
    """Trades the one pair of highest correlation of log returns over ``lookback`` bars, if that is high enough."""

    #: Rows of prices that some security lacks also break the return of the row after them.
    _gaps_break_returns = False

    def __init__(
        self,
        lookback: int = 15,
        resolution: Resolution = Resolution.MINUTE,
        threshold: float | Decimal = 1,
        minimum_correlation: float = 0.5,
    ) -> None:
        super().__init__(lookback, resolution, threshold)
        self.minimum_correlation = minimum_correlation
        self.best_pair: tuple[Symbol, Symbol] | None = None

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        self._note(changes)
        self._find_best_pair(algorithm)
        super().on_securities_changed(algorithm, changes)

    def has_passed_test(self, algorithm: QCAlgorithm, asset1: Symbol, asset2: Symbol) -> bool:
        return self.best_pair == (asset1, asset2)

    def _find_best_pair(self, algorithm: QCAlgorithm) -> None:
        """Leave the pair as it is while no two securities have enough history in common."""
        symbols = self._symbols()
        if not symbols:
            return
        returns = self._log_returns(algorithm, symbols)
        if len(symbols) < 2 or len(returns) < 2:
            return
        matrix = np.atleast_2d(np.corrcoef(returns, rowvar=False))
        best, (first, second) = max((matrix[pair], pair) for pair in combinations(range(len(symbols)), 2))
        if best >= self.minimum_correlation:
            self.best_pair = (symbols[first], symbols[second])

    def _log_returns(self, algorithm: QCAlgorithm, symbols: list[Symbol]) -> NDArray[np.float64]:
        """Returns by time (rows) and symbol (columns) at the times at which all symbols have a price."""
        closes = []
        for symbol in symbols:
            bars = algorithm.history[TradeBar](symbol, self.lookback, self.resolution)
            closes.append({bar.end_time: bar.close for bar in bars})
        times = sorted(set().union(*closes))
        prices = np.array([[series.get(time, np.nan) for series in closes] for time in times]).reshape(-1, len(symbols))
        if not self._gaps_break_returns:
            prices = prices[~np.isnan(prices).any(axis=1)]
        returns: NDArray[np.float64] = np.diff(np.log(prices), axis=0)
        return returns[~np.isnan(returns).any(axis=1)]
