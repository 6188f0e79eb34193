"""What an insight predicts, and in which way."""

from __future__ import annotations

from pylean.naming import LeanEnum

__all__ = ["InsightDirection", "InsightScoreType", "InsightType", "PortfolioBias"]


class InsightType(LeanEnum):
    PRICE = 0
    VOLATILITY = 1


class InsightDirection(LeanEnum):
    DOWN = -1
    FLAT = 0
    UP = 1


class InsightScoreType(LeanEnum):
    DIRECTION = 0
    MAGNITUDE = 1


class PortfolioBias(LeanEnum):
    """Which positions a portfolio construction model may take."""

    SHORT = -1
    LONG_SHORT = 0
    LONG = 1
