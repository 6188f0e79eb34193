"""What the results need to see of the engine's portfolio and of the current bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from pylean.securities.symbol import Symbol

__all__ = ["CapacityBar", "Holding", "PortfolioTotals", "PortfolioView"]


@dataclass(frozen=True, slots=True)
class Holding:
    """One security of the portfolio in USD; ``value`` is signed, ``margin_used`` its maintenance margin."""

    symbol: Symbol
    value: Decimal
    sale_volume: Decimal
    margin_used: Decimal


@dataclass(frozen=True, slots=True)
class PortfolioTotals:
    """Sums over the portfolio in USD."""

    fees: Decimal
    net_profit: Decimal
    unrealized_profit: Decimal
    holdings_value: Decimal
    sale_volume: Decimal


class CapacityBar(NamedTuple):
    """A bar: when it ended (UTC), its closing price, its volume in shares and its length."""

    utc: datetime
    close: Decimal
    volume: Decimal
    period: timedelta


class PortfolioView(Protocol):
    """Read access to the portfolio, in decimals; asked only at samples, snapshots and the end."""

    def equity(self) -> Decimal:
        """Total portfolio value, scale kept."""

    def holding(self, symbol: Symbol) -> Holding: ...

    def leveraged_margin(self, symbol: Symbol) -> Decimal:
        """Margin that a position reserves times its leverage: its absolute value, unless a model says otherwise."""

    def holdings(self) -> Iterable[Holding]:
        """Every security, those without a position too."""

    def totals(self) -> PortfolioTotals: ...
