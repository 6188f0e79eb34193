"""The provider's JSON, as far as it is read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec


class WireBar(msgspec.Struct, gc=False):
    """One bar; volumes are written as floats from a million shares on, and can be fractional."""

    t: int
    o: float
    h: float
    l: float  # noqa: E741 - the provider's name
    c: float
    v: float


class WirePage(msgspec.Struct, kw_only=True):
    """Body of an aggregates answer; ``results`` is left out when there are none."""

    status: str
    ticker: str | None = None
    adjusted: bool | None = None
    results_count: int | None = msgspec.field(name="resultsCount", default=None)
    count: int | None = None
    results: list[WireBar] | None = None
    next_url: str | None = None
    request_id: str = ""
    error: str = ""
    message: str = ""


class WireDay(msgspec.Struct, rename={"ticker": "T", "trades": "n"}, gc=False):
    """One ticker of a grouped-daily answer."""

    ticker: str
    trades: int = 0


class WireDays(msgspec.Struct):
    """Body of a grouped-daily answer."""

    status: str
    results: list[WireDay] | None = None


class WireDetails(msgspec.Struct):
    """Listing dates of a ticker."""

    list_date: date | None = None
    delisted_utc: datetime | None = None


class WireTicker(msgspec.Struct):
    """Body of a ticker's details."""

    results: WireDetails


class WireError(msgspec.Struct):
    """Body of an error; its text is under either name."""

    error: str = ""
    message: str = ""


PAGE_DECODER: Final = msgspec.json.Decoder(WirePage)
DAYS_DECODER: Final = msgspec.json.Decoder(WireDays)
DETAILS_DECODER: Final = msgspec.json.Decoder(WireTicker)
ERROR_DECODER: Final = msgspec.json.Decoder(WireError)
