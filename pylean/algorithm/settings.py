"""Settings an algorithm may change in ``initialize``."""

from __future__ import annotations

from datetime import timedelta

from pylean.naming import ClosedNames

__all__ = ["AlgorithmSettings"]


class AlgorithmSettings(ClosedNames):
    """Lean's defaults; shares are fractions of the portfolio value, ``free_portfolio_value`` is USD."""

    def __init__(self) -> None:
        self.free_portfolio_value: float | None = None
        self.free_portfolio_value_percentage = 0.0025
        self.minimum_order_margin_portfolio_percentage = 0.001
        self.max_absolute_portfolio_target_percentage = 1_000_000_000.0
        self.min_absolute_portfolio_target_percentage = 0.0000000001
        self.stale_price_time_span = timedelta(hours=1)
        self.liquidate_enabled = True
        self.seed_initial_prices = False
        self.trading_days_per_year = 252
        self.daily_consolidation_use_extended_market_hours = False
        self.automatic_indicator_warm_up = False
        #: ``None`` leaves it to the portfolio construction model.
        self.rebalance_portfolio_on_security_changes: bool | None = None
        self.rebalance_portfolio_on_insight_changes: bool | None = None
        self._close()
