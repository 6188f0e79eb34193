"""Answers of the provider: which are believed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from isal import isal_zlib

from services.downloader.provider import DamagedAnswerError, RefusedError
from services.downloader.provider.body import MAX_BODY_BYTES, Body
from services.downloader.provider.pages import PAGE_LIMIT, PageQuestion, read_page

START = 1_759_470_000_000  # 2025-10-03 01:40 in New York
PATH = "/v2/aggs/ticker/ABC/range/1/second"
QUESTION = PageQuestion("api.example", "https", PATH, "ABC", 1000, START - 6_000_000, START + 80_000_000, "2025-10-03")


def bar(second: int = 0, **changes: Any) -> dict[str, Any]:
    return {"t": START + second * 1000, "o": 10.0, "h": 10.5, "l": 9.5, "c": 10.25, "v": 100, **changes}


def page(*bars: dict[str, Any], **changes: Any) -> dict[str, Any]:
    counts = {"resultsCount": len(bars), "count": len(bars)}
    body = {"ticker": "ABC", **counts, "adjusted": False, "results": list(bars), "status": "OK", "request_id": "ab12"}
    return {**body, **changes}


def read(body: dict[str, Any] | str) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return read_page(QUESTION, Body(text.encode(), "", is_simulated=False))


def test_a_good_page_becomes_columns() -> None:
    found = read(page(bar(0), bar(3, v=4.976399e6, o=9.9999), unknown_field=1))
    assert found.bars.time_ms.tolist() == [START, START + 3000]
    assert found.bars.volume.tolist() == [100.0, 4_976_399.0]
    assert (found.request_id, found.next_from_ms, found.status) == ("ab12", None, "OK")


@pytest.mark.parametrize(
    "body", [page(results=None, resultsCount=0, count=0), page(resultsCount=0), page(status="DELAYED")]
)
def test_nothing_is_an_answer(body: dict[str, Any]) -> None:
    if body["results"] is None:
        del body["results"]
    assert len(read(body).bars) == 0


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("ticker 'XYZ'", page(bar(), ticker="XYZ")),
        ("ticker 'None'", page(bar(), ticker=None)),
        ("ticker 'abc'", page(bar(), ticker="abc")),
        ("adjusted", page(bar(), adjusted=True)),
        ("adjusted", page(bar(), adjusted=None)),
        ("counts", page(bar(), resultsCount=2)),
        ("counts", page(bar(), count=0)),
        ("counts", page(bar(), resultsCount=None)),
        ("status is 'ERROR'", page(bar(), status="ERROR")),
        ("status is 'ok'", page(bar(), status="ok")),
        ("not after", page(bar(1), bar(1))),
        ("not after", page(bar(2), bar(1))),
        ("outside the range", page(bar(-6_001))),
        ("outside the range", page(bar(80_000))),
        ("no multiple", page(bar(t=START + 1))),
        ("low is not above zero", page(bar(l=0))),
        ("low is above", page(bar(l=10.1))),
        ("high is below", page(bar(h=10.2))),
        ("volume is negative", page(bar(v=-1))),
        ("too large", page(bar(h=1e13))),
        ("no page of bars", page({**bar(), "c": None})),
        ("no page of bars", page({**bar(), "c": "10"})),
        ("no page of bars", page({key: value for key, value in bar().items() if key != "v"})),
        ("no page of bars", page(bar(t=float(START) + 0.5))),
        ("no page of bars", json.dumps(page(bar())).replace("10.25", "NaN")),
        ("no page of bars", json.dumps(page(bar())).replace("10.25", "1e400")),
        ("no page of bars", json.dumps(page(bar()))[:-1]),
        ("no page of bars", json.dumps(page(bar())) + "x"),
        ("no page of bars", "[]"),
        ("no page of bars", ""),
        ("limit", page(*(bar(second) for second in range(PAGE_LIMIT + 1)))),
    ],
)
def test_what_cannot_be_true_is_refused(words: str, body: dict[str, Any] | str) -> None:
    with pytest.raises(DamagedAnswerError) as caught:
        read(body)
    assert words in str(caught.value)


def test_a_refusal_with_status_200_is_a_refusal() -> None:
    with pytest.raises(RefusedError) as caught:
        read(page(status="NOT_AUTHORIZED", message="You are not entitled to this data."))
    assert "not entitled" in str(caught.value)


def test_the_next_page_goes_on_where_this_one_ends() -> None:
    later = START + 5000
    found = read(page(bar(), next_url=f"https://api.example{PATH}/{later}/2025-10-03?cursor=bGlt&apiKey=secret&x=1"))
    assert (found.next_from_ms, found.next_path) == (later, f"{PATH}/{later}/2025-10-03?cursor=bGlt&x=1")


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("another host", f"https://evil.example{PATH}/{START + 5000}/2025-10-03"),
        ("another host", f"http://api.example{PATH}/{START + 5000}/2025-10-03"),
        ("another host", f"https://api.example@evil.example{PATH}/{START + 5000}/2025-10-03"),
        ("another host", f"//evil.example{PATH}/{START + 5000}/2025-10-03"),
        ("another host", ""),
        ("another question", f"https://api.example/v2/aggs/ticker/XYZ/range/1/second/{START + 5000}/2025-10-03"),
        ("another question", f"https://api.example/x{PATH}/{START + 5000}/2025-10-03"),
        ("another question", f"https://api.example{PATH}/{START + 5000}/2025-10-04"),
        ("another question", f"https://api.example{PATH}/2025-10-03/2025-10-03"),
        ("another question", f"https://api.example{PATH}/{START + 5000}/2025-10-03/../../../x"),
        ("get ahead", f"https://api.example{PATH}/{START}/2025-10-03"),
        ("get ahead", f"https://api.example{PATH}/{START - 1000}/2025-10-03"),
        ("get ahead", f"https://api.example{PATH}/{START + 80_000_000}/2025-10-03"),
    ],
)
def test_next_pages_that_lead_elsewhere_are_refused(words: str, url: str) -> None:
    with pytest.raises(DamagedAnswerError) as caught:
        read(page(bar(), next_url=url))
    assert words in str(caught.value)


def test_a_full_page_without_a_next_one_is_asked_for_more() -> None:
    found = read(page(*(bar(second) for second in range(PAGE_LIMIT))))
    assert (found.next_from_ms, found.next_path) == (START + PAGE_LIMIT * 1000, "")


@pytest.mark.parametrize(
    ("words", "content", "encoding"),
    [
        ("damaged gzip", b"no gzip at all", "gzip"),
        ("cut short", isal_zlib.compress(b"x" * 1000, 1, wbits=31)[:-9], "gzip"),
        ("cut short", isal_zlib.compress(b"{}", 1, wbits=31) + b"more", "gzip"),
        ("larger than", isal_zlib.compress(bytes(MAX_BODY_BYTES + 1), 1, wbits=31), "gzip"),
        ("was not asked for", b"{}", "br"),
    ],
)
def test_bodies_are_unpacked_within_bounds(words: str, content: bytes, encoding: str) -> None:
    with pytest.raises(DamagedAnswerError) as caught:
        Body(content, encoding, is_simulated=False).unpacked()
    assert words in str(caught.value)


def test_a_wrong_checksum_is_noticed() -> None:
    packed = isal_zlib.compress(b'{"status":"OK"}', 1, wbits=31)
    assert Body(packed, "gzip", is_simulated=False).unpacked() == b'{"status":"OK"}'
    with pytest.raises(DamagedAnswerError):
        Body(packed[:-8] + bytes(8), "gzip", is_simulated=False).unpacked()
