"""Which Lean the printed statistics have to equal; two formulas changed between the versions we are compared with."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["LeanVersion"]


class LeanVersion(StrEnum):
    """Lean of October 2025 (engine 2.5.0.0) or of August 2026."""

    OCT_2025 = "2025-10"
    NEWEST = "newest"

    @property
    def psr_subtracts_risk_free_rate(self) -> bool:
        """Whether the probabilistic Sharpe ratio's observed ratio is net of the risk-free rate."""
        return self is LeanVersion.NEWEST

    @property
    def end_trade_drawdown_is_largest_fall(self) -> bool:
        """Whether a trade's end drawdown is the largest fall from its best profit (positive), or profit less MFE."""
        return self is LeanVersion.NEWEST
