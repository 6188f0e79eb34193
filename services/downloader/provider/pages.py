"""Pages of bars: decoded, and refused unless they can be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import numpy as np
from numpy.typing import NDArray

from .body import Body
from .errors import DamagedAnswerError, RefusedError
from .wire import PAGE_DECODER, WireBar, WirePage

PAGE_LIMIT: Final = 50_000
_DATA_STATUSES: Final = frozenset({"OK", "DELAYED"})
_LARGEST_VALUE: Final = 1e12
_REFUSALS: Final = frozenset({"NOT_AUTHORIZED"})

Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class VendorBars:
    """Bars as the provider sends them: start in Unix ms, prices in USD, volume in shares; ascending."""

    time_ms: Int64s
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.time_ms)

    def columns(self) -> tuple[NDArray[Any], ...]:
        """The six arrays in the order of the fields."""
        return (self.time_ms, self.open, self.high, self.low, self.close, self.volume)

    def slice(self, start: int, stop: int) -> VendorBars:
        """Rows ``start`` to ``stop`` (exclusive) as views."""
        return VendorBars(*(column[start:stop] for column in self.columns()))


def joined(parts: list[VendorBars]) -> VendorBars:
    """The rows of all parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    columns = [np.concatenate(column) for column in zip(*(part.columns() for part in parts), strict=True)]
    return VendorBars(*columns) if columns else no_bars()


def no_bars() -> VendorBars:
    """Bars without a row."""
    times, values = np.empty(0, np.int64), np.empty(0)
    return VendorBars(times, values, values, values, values, values)


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """What a page must answer: bars of ``ticker`` whose start lies in [``from_ms``, ``end_ms``).

    ``path`` is the endpoint up to the range, ``to_text`` the range's end as it was asked for.
    """

    host: str
    scheme: str
    path: str
    ticker: str
    step_ms: int
    from_ms: int
    end_ms: int
    to_text: str


@dataclass(frozen=True, slots=True)
class VendorPage:
    """A page that passed every check; ``next_path`` asks for the rest, if there is more."""

    bars: VendorBars
    status: str
    request_id: str
    is_simulated: bool
    next_from_ms: int | None
    next_path: str


def read_page(question: PageQuestion, body: Body) -> VendorPage:
    """Decode and check one answer.

    Raises:
        DamagedAnswerError: it breaks the contract; the text names the rule.
        RefusedError: it says, with HTTP 200, that the plan does not include the data.
    """
    try:
        page = PAGE_DECODER.decode(body.unpacked())
    except msgspec.DecodeError as error:
        raise DamagedAnswerError(f"the answer is no page of bars ({error})") from error
    _check_head(page, question)
    bars = _columns(page.results or [])
    _check_bars(bars, question)
    next_from_ms, next_path = _next(page, bars, question)
    return VendorPage(bars, page.status, page.request_id, body.is_simulated, next_from_ms, next_path)


def _check_head(page: WirePage, question: PageQuestion) -> None:
    if page.status in _REFUSALS:
        text = page.message or page.error or "the plan does not include these data"
        raise RefusedError(f"{question.host} refuses bars of {question.ticker} (HTTP 200 {page.status}: {text[:200]})")
    if page.status not in _DATA_STATUSES:
        raise DamagedAnswerError(f"status is {page.status[:40]!r}, not OK or DELAYED")
    if page.ticker != question.ticker:
        raise DamagedAnswerError(f"bars are of ticker {str(page.ticker)[:20]!r}, not {question.ticker!r}")
    if page.adjusted is not False:
        raise DamagedAnswerError("prices are adjusted for splits though unadjusted ones were asked for")
    rows = len(page.results or [])
    counts = {page.results_count, rows if page.count is None else page.count}
    if counts != {rows}:
        raise DamagedAnswerError(f"counts say {page.results_count} and {page.count} bars, but there are {rows}")
    if rows > PAGE_LIMIT:
        raise DamagedAnswerError(f"{rows} bars are more than the limit of {PAGE_LIMIT}")


def _columns(rows: list[WireBar]) -> VendorBars:
    def column(name: str, kind: type[Any]) -> NDArray[Any]:
        return np.fromiter(map(attrgetter(name), rows), kind, len(rows))

    times = column("t", np.int64)
    return VendorBars(times, *(column(name, np.float64) for name in ("o", "h", "l", "c", "v")))


def _check_bars(bars: VendorBars, question: PageQuestion) -> None:
    if len(bars) == 0:
        return
    times = bars.time_ms
    lowest, highest = np.minimum(bars.open, bars.close), np.maximum(bars.open, bars.close)
    finite = np.logical_and.reduce([np.abs(column) < _LARGEST_VALUE for column in bars.columns()[1:]])
    rules: list[tuple[str, Callable[[], Any]]] = [
        ("time is not after the bar before", lambda: np.concatenate(([True], times[1:] > times[:-1]))),
        ("time is outside the range asked for", lambda: (times >= question.from_ms) & (times < question.end_ms)),
        (f"time is no multiple of {question.step_ms} ms", lambda: times % question.step_ms == 0),
        ("a value is too large to be true", lambda: finite),
        ("low is not above zero", lambda: bars.low > 0),
        ("low is above open or close", lambda: bars.low <= lowest),
        ("high is below open or close", lambda: bars.high >= highest),
        ("volume is negative", lambda: bars.volume >= 0),
    ]
    for rule, check in rules:
        holds = check()
        if not holds.all():
            row = int(np.flatnonzero(~holds)[0])
            raise DamagedAnswerError(f"bar {row} of {len(bars)}, at {times[row]}: {rule}")


def _next(page: WirePage, bars: VendorBars, question: PageQuestion) -> tuple[int | None, str]:
    """Where the next page starts, and its path. Only an address on the same endpoint that gets ahead is believed."""
    if page.next_url is None:
        if len(bars) < PAGE_LIMIT:
            return None, ""
        # A page filled to the last row that claims to be the end: ask once more rather than lose the rest.
        start = int(bars.time_ms[-1]) + question.step_ms
        return (start, "") if start < question.end_ms else (None, "")
    parts = urlsplit(page.next_url)
    if (parts.scheme, parts.netloc) != (question.scheme, question.host):
        raise DamagedAnswerError(f"the next page is on another host ({parts.netloc[:60]!r})")
    folder, _, edges = parts.path.partition(f"{question.path}/")
    start_text, _, to_text = edges.partition("/")
    if folder or to_text != question.to_text or not (start_text.isascii() and start_text.isdigit()):
        raise DamagedAnswerError("the next page is another question")
    start = int(start_text)
    last = int(bars.time_ms[-1]) if len(bars) else question.from_ms
    if not last < start < question.end_ms:
        raise DamagedAnswerError("the next page does not get ahead")
    words = [word for word in parts.query.split("&") if not word.startswith("apiKey=")]
    return start, f"{parts.path}?{'&'.join(words)}"
