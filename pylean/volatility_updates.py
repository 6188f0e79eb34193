"""Shows prices to the volatility models of securities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylean.securities.volatility import VolatilityModel

if TYPE_CHECKING:
    from pylean.feed.timeline import Timeline
    from pylean.securities.portfolio import SecurityPortfolioManager
    from pylean.securities.security import Security

__all__ = ["VolatilityUpdates"]


class VolatilityUpdates:
    """Lean's own model of an equity does nothing; ``is_needed`` says whether any security has another."""

    def __init__(self, portfolio: SecurityPortfolioManager) -> None:
        self._portfolio = portfolio
        self._securities: list[Security] = []

    @property
    def is_needed(self) -> bool:
        return bool(self._securities)

    def open(self) -> None:
        """A stretch begins: see which securities have models."""
        securities = self._portfolio.securities.values()
        self._securities = [one for one in securities if one.volatility_model is not VolatilityModel.NULL]

    def update(self, timeline: Timeline, index: int) -> None:
        """Show the slice's bars, trades before quotes."""
        for security in self._securities:
            for series_of in (timeline.trades, timeline.quotes):
                entry = series_of.get(security.symbol)
                point = -1 if entry is None else entry[1].position(index)
                if entry is not None and point >= 0:
                    security.volatility_model.update(security, entry[0].bar(point))
