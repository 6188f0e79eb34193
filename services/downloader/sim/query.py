"""What an aggregates request asks for."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode

from services.downloader.exchange import midnight_ms

from .market import STEP_MS, BarSpec, day_of_ms

DEFAULT_LIMIT: Final = 5_000
MAX_LIMIT: Final = 50_000
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NANOSECOND_DIGITS: Final = 16


class BadQueryError(Exception):
    """A request that the vendor refuses with 400; the text is the vendor's ``error``."""


@dataclass(frozen=True, slots=True)
class AggregatesQuery:
    """Bars from ``from_ms`` to ``to_ms``, both inclusive and snapped to bar edges; ``path`` is up to the range."""

    path: str
    spec: BarSpec
    from_ms: int
    to_ms: int
    to_text: str
    ascending: bool
    limit: int

    def next_url(self, base_url: str, start_ms: int) -> str:
        """Address of the page that goes on at ``start_ms``."""
        order = "asc" if self.ascending else "desc"
        words = {"limit": self.limit, "sort": order, "adjusted": str(self.spec.adjusted).lower()}
        cursor = base64.urlsafe_b64encode(urlencode(words).encode()).decode().rstrip("=")
        edge = f"{start_ms}/{self.to_text}" if self.ascending else f"{self.from_ms}/{start_ms}"
        return f"{base_url}{self.path}/{edge}?cursor={cursor}"


def parse_query(
    symbol: str, multiplier: str, timespan: str, edges: tuple[str, str], words: dict[str, str]
) -> AggregatesQuery:
    """Read path parts and query words.

    Raises:
        BadQueryError: a part is malformed.
    """
    if timespan not in STEP_MS:
        raise BadQueryError(f"Invalid timespan: {timespan}. The simulator knows {', '.join(STEP_MS)}")
    times = _number("multiplier", multiplier, 1, 1 if timespan == "day" else 1_440)
    words = {**words, **_cursor_words(words.get("cursor", ""))}
    limit = _number("limit", words.get("limit", str(DEFAULT_LIMIT)), 1, MAX_LIMIT)
    adjusted = words.get("adjusted", "true").lower() != "false"
    order = words.get("sort", "asc").lower()
    if order not in {"asc", "desc"}:
        raise BadQueryError(f"Invalid sort: {order}")
    step_ms = STEP_MS[timespan] * times
    from_ms = _snapped_down(edges[0], step_ms)
    to_ms = _snapped_up(edges[1], step_ms)
    if to_ms < from_ms:
        raise BadQueryError("The parameter 'to' cannot be a time that occurs before 'from'")
    spec = BarSpec(symbol, times, timespan, adjusted)
    path = f"/v2/aggs/ticker/{symbol}/range/{times}/{timespan}"
    return AggregatesQuery(path, spec, from_ms, to_ms, edges[1], order == "asc", limit)


def parse_day(text: str) -> date:
    """A YYYY-MM-DD day.

    Raises:
        BadQueryError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadQueryError(f"Could not parse the time parameter: '{text}'") from error


def _snapped_down(text: str, step_ms: int) -> int:
    if _DAY.fullmatch(text):
        return midnight_ms(parse_day(text))
    time_ms = _unix_ms(text)
    origin = midnight_ms(day_of_ms(time_ms))
    return origin + (time_ms - origin) // step_ms * step_ms


def _snapped_up(text: str, step_ms: int) -> int:
    if _DAY.fullmatch(text):
        return midnight_ms(parse_day(text) + timedelta(days=1)) - 1
    time_ms = _unix_ms(text)
    origin = midnight_ms(day_of_ms(time_ms))
    return origin + ((time_ms - origin) // step_ms + 1) * step_ms - 1


def _unix_ms(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        raise BadQueryError(f"Could not parse the time parameter: '{text}'")
    return int(text) // 1_000_000 if len(text) >= _NANOSECOND_DIGITS else int(text)


def _number(name: str, text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise BadQueryError(f"Invalid {name}: {text}. It must be between {low} and {high}")
    return int(text)


def _cursor_words(cursor: str) -> dict[str, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return dict(parse_qsl(base64.urlsafe_b64decode(padded).decode()))
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadQueryError("Invalid cursor") from error
