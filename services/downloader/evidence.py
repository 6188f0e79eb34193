"""Proof of what a file holds: JSON in the zip's comment, replaced together with the bars."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import msgspec

SIMULATOR: Final = "simulator"
TOOL: Final = "zac downloader 1"
VENDOR_DAY: Final = "vendor-day"
FROM_MINUTES: Final = "minute"
_VERSION: Final = 1
_REQUESTS_KEPT: Final = 8


class Span(msgspec.Struct, frozen=True, omit_defaults=True):
    """Trading days, ``first`` to ``last``, that were asked for in full.

    ``source`` is the provider's host or :data:`SIMULATOR`; ``status`` what the provider called its answer; ``settled``
    tells that late prints were in; ``derived`` how bars came about that are not the provider's own of that length;
    ``note`` why it is believed that there are no bars.
    """

    first: date
    last: date
    source: str
    as_of: datetime
    settled: bool
    status: str
    requests: tuple[str, ...] = ()
    derived: str = ""
    note: str = ""

    def holds(self, day: date) -> bool:
        """Whether the day is one of the span's."""
        return self.first <= day <= self.last


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one zip holds; ``sha256`` is of its CSV text, ``rows`` counts its lines."""

    v: int
    symbol: str
    resolution: str
    adjusted: bool
    rows: int
    sha256: str
    spans: tuple[Span, ...]
    tool: str = TOOL

    def span_of(self, day: date) -> Span | None:
        """The span that holds a day."""
        return next((span for span in self.spans if span.holds(day)), None)

    @property
    def is_simulated(self) -> bool:
        """Whether any bar comes from the market simulator."""
        return any(span.source == SIMULATOR for span in self.spans)


def encode_evidence(symbol: str, resolution: str, text: bytes, rows: int, spans: Iterable[Span]) -> bytes:
    """The comment of a zip whose entry is ``text``."""
    digest = hashlib.sha256(text).hexdigest()
    return msgspec.json.encode(Evidence(_VERSION, symbol, resolution, False, rows, digest, tuple(spans)))


def decode_evidence(comment: bytes) -> Evidence | None:
    """The evidence in a zip's comment; None if the comment is something else, as in files of other programs."""
    try:
        evidence = msgspec.json.decode(comment, type=Evidence)
    except msgspec.DecodeError:
        return None
    return evidence if evidence.v == _VERSION else None


def merged_spans(old: Iterable[Span], new: Iterable[Span], trading_days: list[date]) -> list[Span]:
    """Both, where new spans win, ascending; equal neighbours become one, so that a daily habit leaves no long list.

    ``trading_days`` are all trading days that any span touches, ascending.
    """
    owner: dict[date, Span] = {}
    for span in (*old, *new):
        owner |= {day: span for day in trading_days if span.holds(day)}
    merged: list[Span] = []
    follows = False
    for day in trading_days:
        found = owner.get(day)
        if found is not None and follows and _is_alike(merged[-1], found):
            merged[-1] = _extended(merged[-1], found, day)
        elif found is not None:
            merged.append(msgspec.structs.replace(found, first=day, last=day))
        follows = found is not None
    return merged


def _is_alike(one: Span, other: Span) -> bool:
    shared = ("source", "settled", "status", "derived", "note")
    return all(getattr(one, name) == getattr(other, name) for name in shared)


def _extended(span: Span, other: Span, day: date) -> Span:
    requests = tuple(dict.fromkeys((*span.requests, *other.requests)))[-_REQUESTS_KEPT:]
    return msgspec.structs.replace(span, last=day, as_of=min(span.as_of, other.as_of), requests=requests)
