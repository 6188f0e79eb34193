"""What the downloader asks of Polygon (now Massive), or of anything with its contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from services.downloader.calendar import day_end_ms
from services.downloader.exchange import midnight_ms

from .body import Body
from .errors import DamagedAnswerError, NotFoundError, RefusedError
from .pages import PAGE_LIMIT, PageQuestion, VendorPage, read_page
from .transport import Meter, Transport
from .wire import DAYS_DECODER, DETAILS_DECODER

#: Length of the bars that can be asked for, in ms; day bars start at New York midnights, which second marks contain.
STEP_MS: Final = {"second": 1_000, "minute": 60_000, "day": 1_000}
_MOST_BARS_A_DAY: Final = {"second": 86_400, "minute": 1_440, "day": 1}
_OWN_WORDS: Final = f"adjusted=false&sort=asc&limit={PAGE_LIMIT}"

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class BarRange:
    """Bars of one valid ticker over New York days, both included; ``timespan`` is a key of :data:`STEP_MS`."""

    ticker: str
    timespan: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Listing:
    """First and last day of a ticker, as far as the provider knows them."""

    first: date | None
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether the ticker can have traded on a day."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


class Polygon:
    """Typed questions over one transport. An answer that breaks the contract is asked for once more, then refused.

    Pages are decoded on ``threads``. All methods raise the errors of :mod:`.errors`.
    """

    def __init__(self, transport: Transport, threads: Executor) -> None:
        self._transport = transport
        self._threads = threads

    @property
    def host(self) -> str:
        """Host and port of the provider."""
        return self._transport.host

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def pages(self, wanted: BarRange, meter: Meter) -> AsyncGenerator[VendorPage, None]:
        """Every page of a range in order; each has passed all checks. The last one ends the range for certain."""
        endpoint = f"/v2/aggs/ticker/{wanted.ticker}/range/1/{wanted.timespan}"
        question = PageQuestion(
            host=self.host,
            scheme=urlsplit(self._transport.base_url).scheme,
            path=endpoint,
            ticker=wanted.ticker,
            step_ms=STEP_MS[wanted.timespan],
            from_ms=midnight_ms(wanted.first),
            end_ms=day_end_ms(wanted.last),
            to_text=wanted.last.isoformat(),
        )
        path = f"{endpoint}/{wanted.first}/{wanted.last}?{_OWN_WORDS}"
        days = (wanted.last - wanted.first).days + 1
        most_pages = days * _MOST_BARS_A_DAY[wanted.timespan] // PAGE_LIMIT + 3
        for _ in range(most_pages):
            page = await self._asked(path, meter, partial(read_page, question))
            yield page
            if page.next_from_ms is None:
                return
            question = replace(question, from_ms=page.next_from_ms)
            path = page.next_path or f"{endpoint}/{page.next_from_ms}/{wanted.last}?{_OWN_WORDS}"
        raise DamagedAnswerError(
            f"more than {most_pages} pages, which {days} days of {wanted.timespan} bars cannot fill"
        )

    async def trades_by_ticker(self, day: date, meter: Meter) -> dict[str, int] | None:
        """Number of trades of every ticker that traded on a day; None if the plan does not tell."""
        path = f"/v2/aggs/grouped/locale/us/market/stocks/{day}?adjusted=false"
        try:
            return await self._asked(path, meter, _read_trades)
        except RefusedError:
            return None

    async def listing(self, ticker: str, meter: Meter) -> Listing | None:
        """When a ticker was listed; None if the provider has never heard of it."""
        try:
            return await self._asked(f"/v3/reference/tickers/{ticker}", meter, _read_listing)
        except NotFoundError:
            return None

    async def _asked(self, path: str, meter: Meter, read: Callable[[Body], AnswerT]) -> AnswerT:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, read, await self._transport.get(path, meter))
        except DamagedAnswerError:
            meter.retries += 1
        try:
            return await loop.run_in_executor(self._threads, read, await self._transport.get(path, meter))
        except DamagedAnswerError as error:
            text = f"{self.host} sent a damaged answer twice (HTTP {error.status}): {error}"
            raise DamagedAnswerError(text, error.status) from error


def _read_trades(body: Body) -> dict[str, int]:
    try:
        answer = DAYS_DECODER.decode(body.unpacked())
    except msgspec.DecodeError as error:
        raise DamagedAnswerError(f"the answer is no list of tickers ({error})") from error
    if answer.status == "NOT_AUTHORIZED":
        raise RefusedError("grouped daily bars are not part of the plan")
    return {row.ticker: row.trades for row in answer.results or []}


def _read_listing(body: Body) -> Listing:
    try:
        details = DETAILS_DECODER.decode(body.unpacked()).results
    except msgspec.DecodeError as error:
        raise DamagedAnswerError(f"the answer is no ticker ({error})") from error
    return Listing(details.list_date, None if details.delisted_utc is None else details.delisted_utc.date())
