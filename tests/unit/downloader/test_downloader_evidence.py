"""Evidence in zip comments: read back, merged, not confused with other comments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.downloader.evidence import SIMULATOR, Span, decode_evidence, encode_evidence, merged_spans

MONDAY = date(2025, 10, 6)
DAYS = [MONDAY + timedelta(days=offset) for offset in range(30) if (MONDAY + timedelta(days=offset)).weekday() < 5]


def span(first: date, last: date, source: str = "api.example", request: str = "r", **traits: object) -> Span:
    values = {"as_of": datetime(2025, 12, 1, tzinfo=UTC), "settled": True, "status": "OK", **traits}
    return Span(first, last, source, requests=(request,), **values)  # type: ignore[arg-type]


def test_what_is_written_is_read() -> None:
    spans = [span(MONDAY, MONDAY, SIMULATOR), span(DAYS[3], DAYS[4], settled=False, note="why")]
    evidence = decode_evidence(encode_evidence("BRK.B", "daily", b"text", 3, spans))
    assert evidence is not None
    assert (evidence.symbol, evidence.resolution, evidence.rows, evidence.adjusted) == ("BRK.B", "daily", 3, False)
    assert evidence.spans == tuple(spans)
    assert evidence.is_simulated
    assert evidence.span_of(DAYS[4]) == spans[1]
    assert evidence.span_of(DAYS[2]) is None


@pytest.mark.parametrize("comment", [b"", b"made by hand", b"{}", b"[]", b'{"v":1}', b"\xff\xfe", b'{"v":"1"}'])
def test_other_comments_are_no_evidence(comment: bytes) -> None:
    assert decode_evidence(comment) is None


def test_evidence_of_a_later_version_is_not_guessed_at() -> None:
    fields = msgspec.json.decode(encode_evidence("A", "daily", b"", 0, []))
    assert decode_evidence(msgspec.json.encode({**fields, "v": 2})) is None


def test_neighbours_that_are_alike_become_one() -> None:
    merged = merged_spans([span(DAYS[0], DAYS[4], request="a")], [span(DAYS[5], DAYS[5], request="b")], DAYS[:6])
    assert [(item.first, item.last, item.requests) for item in merged] == [(DAYS[0], DAYS[5], ("a", "b"))]
    apart = merged_spans([span(DAYS[0], DAYS[1])], [span(DAYS[3], DAYS[3])], DAYS[:4])
    assert [(item.first, item.last) for item in apart] == [(DAYS[0], DAYS[1]), (DAYS[3], DAYS[3])]
    unlike = merged_spans([span(DAYS[0], DAYS[1])], [span(DAYS[2], DAYS[2], SIMULATOR)], DAYS[:3])
    assert [item.source for item in unlike] == ["api.example", SIMULATOR]


def test_a_new_span_cuts_an_old_one() -> None:
    merged = merged_spans([span(DAYS[0], DAYS[9])], [span(DAYS[4], DAYS[5], settled=False)], DAYS[:10])
    assert [(item.first, item.last, item.settled) for item in merged] == [
        (DAYS[0], DAYS[3], True),
        (DAYS[4], DAYS[5], False),
        (DAYS[6], DAYS[9], True),
    ]


@given(st.lists(st.tuples(st.integers(0, 21), st.integers(0, 5), st.booleans()), min_size=1, max_size=8))
def test_every_day_keeps_the_traits_of_its_newest_span(pieces: list[tuple[int, int, bool]]) -> None:
    merged: list[Span] = []
    newest: dict[date, bool] = {}
    for first, length, settled in pieces:
        last = min(first + length, len(DAYS) - 1)
        merged = merged_spans(merged, [span(DAYS[first], DAYS[last], settled=settled)], DAYS)
        newest |= dict.fromkeys(DAYS[first : last + 1], settled)
    held = {day: item.settled for day in DAYS for item in merged if item.holds(day)}
    assert held == newest
    assert sum(item.holds(day) for day in DAYS for item in merged) == len(newest)
