"""A limit for what is held of one sector."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pylean.framework.risk.base import RiskManagementModel
from pylean.framework.targets import PortfolioTarget, PortfolioTargetCollection
from pylean.numbers import ZERO, to_decimal

if TYPE_CHECKING:
    from pylean.algorithm import QCAlgorithm, SecurityChanges
    from pylean.securities.security import Security

__all__ = ["MaximumSectorExposureRiskManagementModel"]


class MaximumSectorExposureRiskManagementModel(RiskManagementModel):
    """Scales a sector's positions down when together they exceed this share of the portfolio (0.2 is 20 %)."""

    def __init__(self, maximum_sector_exposure: float | Decimal = 0.2) -> None:
        self._limit = to_decimal(maximum_sector_exposure)
        if self._limit <= 0:
            raise ValueError(f"maximum_sector_exposure is {maximum_sector_exposure}: it must be above 0")
        self._targets = PortfolioTargetCollection()

    def manage_risk(self, algorithm: QCAlgorithm, targets: list[PortfolioTarget]) -> list[PortfolioTarget]:
        allowed = algorithm.portfolio.decimal_total_portfolio_value * self._limit
        self._targets.add_range(targets)
        result = []
        for members in _by_sector(algorithm).values():
            wanted = {security: self._wanted(security) for security in members}
            exposure = sum((self._exposure(security) for security in members), ZERO)
            ratio = exposure / allowed
            if ratio > 1:
                result += [self._scaled(security, shares, ratio) for security, shares in wanted.items() if shares]
        return result

    def _wanted(self, security: Security) -> Decimal:
        _, target = self._targets.try_get_value(security.symbol)
        return security.holdings.decimal_quantity if target is None else target.decimal_quantity

    def _exposure(self, security: Security) -> Decimal:
        return security.cache.price * abs(self._wanted(security))

    def _scaled(self, security: Security, shares: Decimal, ratio: Decimal) -> PortfolioTarget:
        return PortfolioTarget(security.symbol, shares / ratio)

    def on_securities_changed(self, algorithm: QCAlgorithm, changes: SecurityChanges) -> None:
        """Raises ValueError when no security of the universes has fundamental data, as no sector is known then."""
        if not _by_sector(algorithm):
            raise ValueError(
                "MaximumSectorExposureRiskManagementModel needs securities with fundamental data: "
                "set a universe selection model that selects by it"
            )


def _by_sector(algorithm: QCAlgorithm) -> dict[str, list[Security]]:
    """Securities of the universes by industry template code; those without fundamental data are left out."""
    groups: dict[str, list[Security]] = {}
    for security in algorithm.active_securities.values():
        fundamentals = security.fundamentals
        if fundamentals.has_fundamental_data:
            groups.setdefault(fundamentals.company_reference.industry_template_code, []).append(security)
    return groups
