"""A selection model by two averages of each stock's price."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pylean.indicators import ExponentialMovingAverage
from pylean.universes.data_models import FundamentalUniverseSelectionModel

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm
    from pylean.securities.symbol import Symbol
    from pylean.universes.settings import UniverseSettings

__all__ = ["EmaCrossUniverseSelectionModel"]

_TOLERANCE = Decimal("1.01")


class EmaCrossUniverseSelectionModel(FundamentalUniverseSelectionModel):
    """Stocks whose fast average of adjusted daily prices is more than 1 % above the slow one, the largest share first.

    Both averages have to be ready; at most ``universe_count`` stocks are chosen.
    """

    def __init__(
        self,
        fast_period: int = 100,
        slow_period: int = 300,
        universe_count: int = 500,
        universe_settings: UniverseSettings | None = None,
    ) -> None:
        super().__init__(filter_fine_data=False, universe_settings=universe_settings)
        self._periods = fast_period, slow_period
        self._universe_count = universe_count
        self._averages: dict[Symbol, _Averages] = {}

    def select_coarse(self, algorithm: QCAlgorithm, coarse: Any) -> list[Symbol]:
        above: list[tuple[Decimal, Symbol]] = []
        for point in coarse:
            averages = self._averages.get(point.symbol)
            if averages is None:
                averages = self._averages[point.symbol] = _Averages(*self._periods)
            lead = averages.take(point.end_time, point.decimal_adjusted_price)
            if lead is not None:
                above.append((lead, point.symbol))
        above.sort(key=lambda entry: entry[0], reverse=True)
        return [symbol for _, symbol in above[: self._universe_count]]


class _Averages:
    """The two averages of a stock."""

    def __init__(self, fast_period: int, slow_period: int) -> None:
        self._fast = ExponentialMovingAverage(fast_period)
        self._slow = ExponentialMovingAverage(slow_period)

    def take(self, time: datetime, price: Decimal) -> Decimal | None:
        """How far the fast average leads, as a share of their mean; ``None`` if it does not, or is not ready."""
        fast, slow = self._fast, self._slow
        is_ready = [fast.update(time, price), slow.update(time, price)]
        if not all(is_ready):
            return None
        above, below = fast.current.decimal_value, slow.current.decimal_value
        return (above - below) / ((above + below) / 2) if above > below * _TOLERANCE else None
