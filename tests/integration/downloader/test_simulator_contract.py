"""The simulator speaks the provider's dialect: paths, snapping, pages, numbers, errors, limits, control plane."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from services.downloader.exchange import midnight_ms
from services.downloader.sim import FaultRule, MarketSimulator, SimConfig
from services.downloader.sim.faults import ACTIONS

NOW = datetime(2026, 2, 2, tzinfo=UTC)
DAY = date(2025, 10, 3)
RANGE = "/v2/aggs/ticker/{}/range/{}/{}/{}/{}"


class Client:
    """Asks the simulator with a key; gives decoded bodies."""

    def __init__(self, simulator: MarketSimulator, http: httpx.AsyncClient) -> None:
        self.simulator = simulator
        self.http = http

    async def get(self, path: str, **words: Any) -> httpx.Response:
        return await self.http.get(f"{self.simulator.url}{path}", params=words or None)

    async def bars(self, symbol: str, timespan: str = "second", multiplier: int = 1, **words: Any) -> dict[str, Any]:
        first, last = words.pop("first", DAY), words.pop("last", DAY)
        answer = await self.get(RANGE.format(symbol, multiplier, timespan, first, last), **words)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with (
        MarketSimulator(SimConfig(now=NOW, densities={"FULL": (1.0, 1.0)})) as simulator,
        httpx.AsyncClient(headers={"Authorization": "Bearer any"}, trust_env=False) as http,
    ):
        yield Client(simulator, http)


async def test_body_has_the_vendors_fields_in_the_vendors_order(client: Client) -> None:
    body = await client.bars("THIN", adjusted="false")
    expected = ["ticker", "queryCount", "resultsCount", "adjusted", "results", "status", "request_id", "count"]
    assert list(body) == expected
    assert list(body["results"][0]) == ["v", "vw", "o", "c", "h", "l", "t", "n"]
    assert (body["ticker"], body["status"], body["adjusted"]) == ("THIN", "OK", False)
    assert body["resultsCount"] == body["count"] == body["queryCount"] == len(body["results"]) == 10
    assert len(body["request_id"]) == 32


async def test_nothing_to_tell_has_no_results(client: Client) -> None:
    for symbol, day in (("EMPTY", DAY), ("NOPE", DAY), ("THIN", date(2025, 10, 4)), ("THIN", date(2026, 2, 3))):
        body = await client.bars(symbol, first=day, last=day)
        assert "results" not in body
        assert "next_url" not in body
        assert (body["resultsCount"], body["status"]) == (0, "OK")


async def test_large_volumes_are_written_with_an_exponent_and_whole_prices_without_a_point(client: Client) -> None:
    answer = await client.get(RANGE.format("NVDA", 1, "day", "2025-09-29", "2025-10-03"))
    assert '"v":1.' in answer.text
    assert "e+08" in answer.text
    assert all(isinstance(bar["v"], float) for bar in answer.json()["results"])
    seconds = (await client.get(RANGE.format("AAPL", 1, "second", DAY, DAY))).text
    assert '"o":25' in seconds
    assert ".0," not in seconds


async def test_pages_follow_each_other_without_gap_or_overlap(client: Client) -> None:
    body = await client.bars("FULL", limit=50000, adjusted="false", sort="asc")
    times = [bar["t"] for bar in body["results"]]
    assert len(times) == 50_000
    following = await client.http.get(body["next_url"])
    rest = following.json()
    assert (rest["adjusted"], "next_url" in rest) == (False, False)
    times += [bar["t"] for bar in rest["results"]]
    assert times == list(range(midnight_ms(DAY) + 14_400_000, midnight_ms(DAY) + 72_000_000, 1000))


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_hours_are_limited_by_the_minutes_they_are_made_of(client: Client, order: str) -> None:
    whole = await client.bars("AAPL", "hour", first=date(2025, 10, 1), last=DAY, limit=50000, sort=order)
    collected: list[dict[str, Any]] = []
    page = await client.bars("AAPL", "hour", first=date(2025, 10, 1), last=DAY, limit=200, sort=order)
    pages = 1
    while True:
        assert page["queryCount"] <= 200
        collected += page["results"]
        if "next_url" not in page:
            break
        page = (await client.http.get(page["next_url"])).json()
        pages += 1
    assert collected == whole["results"]
    assert pages > 5


async def test_edges_snap_to_bars_and_days_are_new_york_days(client: Client) -> None:
    noon = midnight_ms(DAY) + 12 * 3_600_000
    minutes = await client.bars("FULL", "minute", first=noon + 1, last=noon + 60_001, limit=10)
    assert [bar["t"] for bar in minutes["results"]] == [noon, noon + 60_000]
    nanoseconds = await client.bars("FULL", "minute", first=noon * 10**6, last=noon * 10**6)
    assert [bar["t"] for bar in nanoseconds["results"]] == [noon]
    winter = await client.bars("AAPL", "day", first=date(2025, 11, 3), last=date(2025, 11, 3))
    assert winter["results"][0]["t"] == int(datetime(2025, 11, 3, 5, tzinfo=UTC).timestamp() * 1000)


async def test_all_lengths_and_the_grouped_list_tell_the_same_story(client: Client) -> None:
    seconds = (await client.bars("UBER", adjusted="false", limit=50000))["results"]
    [day] = (await client.bars("UBER", "day", adjusted="false"))["results"]
    grouped = (await client.get(f"/v2/aggs/grouped/locale/us/market/stocks/{DAY}", adjusted="false")).json()
    [row] = [row for row in grouped["results"] if row["T"] == "UBER"]
    regular = [bar for bar in seconds if 34_200_000 <= bar["t"] - midnight_ms(DAY) < 57_600_000]
    assert (day["o"], day["c"]) == (regular[0]["o"], regular[-1]["c"])
    assert (day["h"], day["l"]) == (max(bar["h"] for bar in regular), min(bar["l"] for bar in regular))
    assert day["v"] == sum(bar["v"] for bar in seconds) == row["v"]
    assert sum(bar["n"] for bar in seconds) <= day["n"] == row["n"]
    minutes = (await client.bars("UBER", "minute", adjusted="false", limit=50000))["results"]
    fives = (await client.bars("UBER", "minute", 5, adjusted="false", limit=50000))["results"]
    assert sum(bar["v"] for bar in minutes) == sum(bar["v"] for bar in fives) == day["v"]
    assert (await client.get("/v2/aggs/grouped/locale/us/market/stocks/2025-12-25")).json()["resultsCount"] == 0


async def test_adjusted_is_the_default_and_differs_across_a_split(client: Client) -> None:
    day = date(2025, 11, 5)
    adjusted = await client.bars("SPLT", "day", first=day, last=day)
    raw = await client.bars("SPLT", "day", first=day, last=day, adjusted="false")
    assert (adjusted["adjusted"], raw["adjusted"]) == (True, False)
    assert raw["results"][0]["c"] / adjusted["results"][0]["c"] == pytest.approx(4, rel=1e-4)
    assert adjusted["results"][0]["v"] == raw["results"][0]["v"] * 4


async def test_gzip_only_when_asked(client: Client) -> None:
    path = RANGE.format("AAPL", 1, "second", DAY, DAY)
    packed = await client.http.get(f"{client.simulator.url}{path}", headers={"Accept-Encoding": "gzip"})
    plain = await client.http.get(f"{client.simulator.url}{path}", headers={"Accept-Encoding": "identity"})
    assert (packed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.json() == plain.json()
    assert packed.headers["x-request-id"] != plain.headers["x-request-id"]


async def test_now_hides_what_has_not_happened(client: Client) -> None:
    noon = midnight_ms(DAY) + 12 * 3_600_000
    client.simulator.configure(now=datetime.fromtimestamp(noon / 1000, UTC))
    times = [bar["t"] for bar in (await client.bars("FULL", limit=50000))["results"]]
    assert times[-1] == noon - 1000
    [partial] = (await client.bars("FULL", "day"))["results"]
    client.simulator.configure(now=NOW)
    [whole] = (await client.bars("FULL", "day"))["results"]
    assert partial["v"] < whole["v"]


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"keys": frozenset({"good"})}, 401, "Unknown API Key"),
        ({"has_seconds": False}, 403, "not entitled"),
        ({"history_floor": date(2025, 10, 4)}, 403, "data timeframe"),
        ({"requests_per_minute": 0, "retry_after_s": 7}, 429, "exceeded the maximum requests"),
        ({"max_in_flight": 0}, 429, "exceeded the maximum requests"),
    ],
)
async def test_refusals_have_the_vendors_words(
    client: Client, changes: dict[str, Any], status: int, words: str
) -> None:
    client.simulator.configure(**changes)
    answer = await client.get(RANGE.format("AAPL", 1, "second", DAY, DAY))
    assert (answer.status_code, words in answer.text) == (status, True)
    assert answer.headers.get("retry-after") == ("7" if "retry_after_s" in changes else None)


@pytest.mark.parametrize(
    "path",
    [
        RANGE.format("AAPL", 0, "second", DAY, DAY),
        RANGE.format("AAPL", 1, "fortnight", DAY, DAY),
        RANGE.format("AAPL", 1, "second", DAY, "2025-10-02"),
        RANGE.format("AAPL", 1, "second", "yesterday", DAY),
        RANGE.format("AAPL", 1, "second", DAY, DAY) + "?limit=50001",
        RANGE.format("AAPL", 1, "second", DAY, DAY) + "?sort=up",
        "/v2/aggs/grouped/locale/us/market/stocks/now",
    ],
)
async def test_malformed_questions_are_refused(client: Client, path: str) -> None:
    answer = await client.http.get(f"{client.simulator.url}{path}")
    assert (answer.status_code, answer.json()["status"]) == (400, "ERROR")


async def test_no_key_is_refused_and_a_key_in_the_address_is_taken_but_not_kept(client: Client) -> None:
    path = RANGE.format("THIN", 1, "second", DAY, DAY)
    async with httpx.AsyncClient(trust_env=False) as bare:
        assert (await bare.get(f"{client.simulator.url}{path}")).status_code == 401
        assert (await bare.get(f"{client.simulator.url}{path}?apiKey=sesame")).status_code == 200
    log = (await client.get("/__sim/log")).text
    assert "sesame" not in log
    assert [record["authorized"] for record in json.loads(log)] == [False, True]


async def test_reference_data(client: Client) -> None:
    assert (await client.get("/v3/reference/tickers/NOPE")).status_code == 404
    details = (await client.get("/v3/reference/tickers/DLST", date="2025-11-06")).json()["results"]
    assert (details["active"], details["delisted_utc"][:10]) == (False, "2025-11-05")
    splits = (await client.get("/v3/reference/splits", ticker="SPLT")).json()["results"]
    assert [(row["execution_date"], row["split_from"], row["split_to"]) for row in splits] == [("2025-11-06", 1, 4)]
    dividends = (await client.get("/v3/reference/dividends", **{"ex_dividend_date.gte": "2025-08-01"})).json()[
        "results"
    ]
    assert [row["ex_dividend_date"] for row in dividends] == ["2025-11-12", "2025-08-13"]
    events = (await client.get("/vX/reference/tickers/META/events", types="ticker_change")).json()["results"]["events"]
    assert [event["ticker_change"]["ticker"] for event in events] == ["META", "FB"]
    listed = (await client.get("/v3/reference/tickers", limit=1000)).json()["results"]
    assert {"AAPL", "EMPTY"} <= {row["ticker"] for row in listed}
    client.simulator.configure(now=datetime(2025, 11, 28, 17, 30, tzinfo=UTC))
    assert (await client.get("/v1/marketstatus/now")).json()["market"] == "open"
    client.simulator.configure(now=datetime(2025, 11, 28, 18, 0, tzinfo=UTC))
    assert (await client.get("/v1/marketstatus/now")).json()["market"] == "extended-hours"
    upcoming = (await client.get("/v1/marketstatus/upcoming")).json()
    assert [(row["date"], row["status"]) for row in upcoming[:2]] == [
        ("2025-12-24", "early-close"),
        ("2025-12-25", "closed"),
    ]


async def test_control_plane_changes_and_tells(client: Client) -> None:
    url = f"{client.simulator.url}/__sim"
    rules = [{"action": "503", "match": "/v2/", "times": 1}]
    assert (await client.http.post(f"{url}/faults", json=rules)).json()[0]["action"] == "503"
    path = RANGE.format("THIN", 1, "second", DAY, DAY)
    assert [(await client.get(path)).status_code for _ in range(2)] == [503, 200]
    assert (await client.http.post(f"{url}/config", json={"delayed": True})).json()["delayed"] is True
    assert (await client.get(path)).json()["status"] == "DELAYED"
    stats = (await client.get("/__sim/stats")).json()
    assert (stats["requests"], stats["by_status"], stats["repeated"]) == (3, {"503": 1, "200": 2}, 2)
    for name, bad in (("faults", [{"action": "explode"}]), ("config", {"nonsense": 1}), ("config", {"seed": "x"})):
        assert (await client.http.post(f"{url}/{name}", json=bad)).status_code == 400
    await client.http.post(f"{url}/reset")
    assert (await client.get("/__sim/stats")).json()["requests"] == 0
    assert (await client.get("/__sim/config")).json()["delayed"] is False


async def test_faults_strike_as_often_as_told(client: Client) -> None:
    path = RANGE.format("THIN", 1, "day", DAY, DAY)
    client.simulator.set_faults(FaultRule("500", every=3, times=2))
    assert [(await client.get(path)).status_code for _ in range(9)] == [200, 200, 500, 200, 200, 500, 200, 200, 200]
    client.simulator.set_faults(FaultRule("500", probability=0.5))
    first = [(await client.get(path)).status_code for _ in range(12)]
    client.simulator.set_faults(FaultRule("500", probability=0.5))
    assert first == [(await client.get(path)).status_code for _ in range(12)]
    assert set(first) == {200, 500}


@pytest.mark.parametrize("action", ACTIONS)
async def test_every_fault_acts_and_the_server_survives_it(client: Client, action: str) -> None:
    path = RANGE.format("THIN", 1, "second", DAY, DAY)
    clean = (await client.get(path, adjusted="false")).text
    argument = {"slow_headers": "0.01", "drip": "0.001", "stall": "0.01", "gzip_bomb": "4096"}.get(action, "")
    client.simulator.set_faults(FaultRule(action, match="/v2/", times=1, argument=argument))
    try:
        answer = await client.get(path, adjusted="false")
        spoiled = answer.status_code != 200 or answer.text != clean
    except httpx.HTTPError:
        spoiled = True
    unchanged = {"slow_headers", "drip", "stall", "missing_next_url"}  # slow, or nothing to lose on a single page
    assert spoiled is (action not in unchanged)
    assert client.simulator.vendor.journal.records[-1].fault == action
    assert (await client.get(path, adjusted="false")).text == clean


def test_as_a_process_it_prints_its_address_and_stops_on_a_signal() -> None:
    command = [sys.executable, "-m", "services.downloader.sim", "--port", "0", "--config", '{"delayed":true}']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        assert (line["service"], line["pid"]) == ("simulator", process.pid)
        assert line["url"].startswith("http://127.0.0.1:")
        assert httpx.get(f"{line['url']}/__sim/config", trust_env=False).json()["delayed"] is True
        process.terminate()
        assert process.wait(10) == 0
