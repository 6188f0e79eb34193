"""Kinds of securities, and markets by name."""

from __future__ import annotations

from pylean.naming import LeanEnum

__all__ = ["Market", "SecurityType"]


class Market:
    """Names of markets; only the US market has data here, the others are named by brokerage models."""

    USA = "usa"
    BINANCE = "binance"
    CME = "cme"
    COINBASE = "coinbase"
    INTERACTIVE_BROKERS = "interactivebrokers"
    OANDA = "oanda"
    Binance = BINANCE
    Coinbase = COINBASE
    InteractiveBrokers = INTERACTIVE_BROKERS
    Oanda = OANDA


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
