"""Kinds of securities, and markets by name."""

from __future__ import annotations

from pylean.naming import LeanEnum

__all__ = ["Market", "SecurityType"]


class Market:
    """Names of markets; only the US market has data here."""

    USA = "usa"


class SecurityType(LeanEnum):
    BASE = 0
    EQUITY = 1
    OPTION = 2
    COMMODITY = 3
    FOREX = 4
    FUTURE = 5
    CFD = 6
    CRYPTO = 7
    FUTURE_OPTION = 8
    INDEX = 9
    INDEX_OPTION = 10
    CRYPTO_FUTURE = 11
