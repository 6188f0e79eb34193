"""Past returns of securities, as optimizers take them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from pylean.indicators import IndicatorDataPoint, RateOfChange, RollingWindow

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from pylean.securities.symbol import Symbol

__all__ = ["ReturnsSymbolData", "returns_frame", "returns_matrix"]


class ReturnsSymbolData:
    """The last ``period`` returns of a security over ``lookback`` bars each, newest first."""

    def __init__(self, symbol: Symbol, lookback: int, period: int) -> None:
        self.symbol = symbol
        self.roc = RateOfChange(f"{symbol}.ROC({lookback})", lookback)
        self.roc.updated += self._on_updated
        self._window: RollingWindow[IndicatorDataPoint] = RollingWindow(period)

    @property
    def returns(self) -> dict[datetime, float]:
        """Returns by the end of their bar."""
        return {point.end_time: float(point.value) for point in self._window}

    def add(self, time: datetime, value: Decimal) -> None:
        """Take a return that did not come from prices; a second one at the newest time is left out."""
        self._add(IndicatorDataPoint(self.symbol, time, value))

    def update(self, time: datetime, price: Decimal) -> None:
        """Take the next price."""
        self.roc.update(time, price)

    def reset(self) -> None:
        self.roc.updated -= self._on_updated
        self.roc.reset()
        self._window.reset()

    def _on_updated(self, sender: object, point: IndicatorDataPoint) -> None:
        if self.roc.is_ready:
            self._add(point)

    def _add(self, point: IndicatorDataPoint) -> None:
        if self._window.samples == 0 or self._window[0].end_time != point.end_time:
            self._window.add(point)


def returns_matrix(series: dict[Symbol, ReturnsSymbolData], symbols: Sequence[Symbol]) -> NDArray[np.float64]:
    """Returns by time (rows) and symbol (columns), rows with a gap or only zeros left out.

    When no one security has a return at every time, rows go by position from the newest instead of by time.
    """
    columns = [series[symbol].returns for symbol in symbols if symbol in series]
    times = list(dict.fromkeys(time for column in columns for time in column))
    longest = max((len(data.returns) for data in series.values()), default=0)
    if longest == len(times):
        rows = [[column.get(time, np.nan) for column in columns] for time in times]
    else:
        values = [list(column.values()) for column in columns]
        rows = [[column[place] if place < len(column) else np.nan for column in values] for place in range(longest)]
    kept = [row for row in rows if 0 < sum(map(abs, row)) < np.inf]
    return np.array(kept, dtype=np.float64).reshape(-1, len(columns))


def returns_frame(series: dict[Symbol, ReturnsSymbolData], symbols: Sequence[Symbol]) -> pd.DataFrame:
    """Returns by time and symbol; what a symbol lacks at a time is NaN."""
    import pandas as pd  # noqa: PLC0415 - half a second that most runs need not spend

    return pd.DataFrame({str(symbol): pd.Series(series[symbol].returns) for symbol in symbols})
