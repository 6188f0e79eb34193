"""Days for which the provider sent no bar: is that the truth?"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from pylean.storage import Resolution

from .provider import Listing, Meter, Polygon
from .units import Unit

#: With so few trades it is likely that none was eligible for a bar.
_FEW_TRADES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """``is_empty`` if the absence of bars is a fact; ``again`` if one more look at the day alone may tell."""

    is_empty: bool
    again: bool
    reason: str


class EmptyDayOracle:
    """Holds empty days against the provider's list of all tickers that traded on a day; asks once a day and ticker."""

    def __init__(self, provider: Polygon) -> None:
        self._provider = provider
        self._trades: dict[date, dict[str, int] | None] = {}
        self._listings: dict[str, Listing | None] = {}
        self._locks: defaultdict[object, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def judge(self, unit: Unit, day: date, meter: Meter, *, looked_alone: bool) -> Verdict:
        """What to make of no bars; ``looked_alone`` if the day had a request of its own."""
        listing = await self._listing(unit.symbol, meter)
        if listing is None:
            text = f"{self._provider.host} knows no ticker {unit.symbol}; check the spelling, which is case-sensitive"
            return Verdict(is_empty=False, again=False, reason=text)
        if not listing.holds(day):
            return Verdict(is_empty=True, again=False, reason="not listed on that day")
        traded = await self._traded(day, meter)
        if traded is None:
            return Verdict(
                is_empty=True, again=False, reason="no bars; the plan has no list of traded tickers to compare"
            )
        trades = traded.get(unit.symbol, 0)
        if trades == 0:
            return Verdict(is_empty=True, again=False, reason="not among the tickers that traded")
        if not looked_alone:
            return Verdict(is_empty=False, again=True, reason="")
        if trades < _FEW_TRADES and unit.resolution is not Resolution.DAILY:
            return Verdict(is_empty=True, again=False, reason=f"none of {trades} trades was eligible for a bar")
        text = (
            f"{self._provider.host} sends no bars though {unit.symbol} traded {trades:,} times on {day}; "
            "the plan's history may not reach that far"
        )
        return Verdict(is_empty=False, again=False, reason=text)

    async def _listing(self, symbol: str, meter: Meter) -> Listing | None:
        async with self._locks[symbol]:
            if symbol not in self._listings:
                self._listings[symbol] = await self._provider.listing(symbol, meter)
            return self._listings[symbol]

    async def _traded(self, day: date, meter: Meter) -> dict[str, int] | None:
        async with self._locks[day]:
            if day not in self._trades:
                self._trades[day] = await self._provider.trades_by_ticker(day, meter)
            return self._trades[day]
