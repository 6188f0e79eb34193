"""The data phase: checked at the creation and again before the engine, downloaded when that helps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest

from services.common.errors import ServiceError
from zac.data.v1 import coverage_pb2, downloader_service_pb2
from zac.gateway.v1 import backtest_service_pb2, run_pb2

Response = downloader_service_pb2.DownloadResponse


def day(number: int, state: int = coverage_pb2.COVERAGE_STATE_ABSENT, **fields: Any) -> coverage_pb2.SymbolDay:
    return coverage_pb2.SymbolDay(
        symbol=fields.pop("symbol", "MCD"),
        resolution=coverage_pb2.RESOLUTION_SECOND,
        day={"year": 2025, "month": 10, "day": number},
        state=state,
        **fields,
    )


def summary(**fields: Any) -> Response:
    second = {
        "resolution": coverage_pb2.RESOLUTION_SECOND,
        "elapsed": {"seconds": 2},
        "days_downloaded": 1,
        "cache_hits": 4,
        "requests": 3,
        "retries": 1,
        "bytes_received": 12_345,
    }
    values = {"elapsed": {"seconds": 2}, "data_manifest_digest": "f" * 64, "resolutions": [second]} | fields
    return Response(summary=values)


def log_texts(events: list[run_pb2.RunEvent]) -> list[str]:
    return [event.log.text for event in events if event.log.phase == "data_download"]


async def test_missing_data_are_downloaded_first(platform: Any, scripts: Any, eventually: Any) -> None:
    async def download(request: Any) -> AsyncIterator[Response]:
        assert [list(item.symbols) for item in request.requirements] == [["MCD"]]
        assert request.data_root == "/data"
        yield Response(progress={"units": [{"symbol": "MCD", "days_done": 0, "days_needed": 1}], "days_needed": 1})
        yield Response(log={"text": "asking the provider"})
        yield Response(progress={"units": [{"symbol": "MCD", "days_done": 1, "days_needed": 1}], "days_done": 1})
        yield summary(simulated_data=True)

    platform.downloader.coverage = scripts.covered(uncovered=[day(3), day(6)], can_download=True)
    platform.downloader.expect(download)
    platform.runner.expect(scripts.quick)
    created = await platform.create()
    assert created.config_hash == ""
    events = await platform.events(created.run_id)
    assert log_texts(events) == [
        "asking the provider",
        "All required Seconds data is available",
    ]
    texts = [event.state_changed.status_text for event in events if event.HasField("state_changed")]
    assert texts[:4] == ["Queued", "Checking Data", "Downloading Data", "Starting Engine"]
    assert any(event.HasField("download_progress") for event in events)
    run = await platform.get(created.run_id)
    assert run.simulated_data
    assert run.data_manifest_digest == "f" * 64
    assert len(run.config_hash) == 64
    assert (run.download_progress.days_done, run.download_progress.units[0].days_done) == (1, 1)
    assert platform.runner.executions[run.run_id, 1].request.simulated_data


async def test_the_hash_after_a_download_is_that_of_the_same_data_found(
    platform: Any, scripts: Any, eventually: Any
) -> None:
    async def download(request: Any) -> AsyncIterator[Response]:
        yield summary()

    platform.downloader.coverage = scripts.covered(uncovered=[day(3)], can_download=True)
    platform.downloader.expect(download)
    platform.runner.expect(scripts.quick)
    request = platform.request()
    first = await platform.settled((await platform.create(request)).run_id, eventually)
    platform.downloader.coverage = scripts.covered(data_manifest_digest="f" * 64)
    assert (await platform.create(request)).run_id == first.run_id


@pytest.mark.parametrize("why", ["no key", "no_download"])
async def test_data_that_cannot_be_had_refuse_the_run(platform: Any, scripts: Any, why: str) -> None:
    uncovered = [day(3), day(6, coverage_pb2.COVERAGE_STATE_QUARANTINED, reason="bad CRC"), *[day(7)] * 400]
    platform.downloader.coverage = scripts.covered(uncovered=uncovered, can_download=why != "no key")
    with pytest.raises(ServiceError) as caught:
        await platform.create(configuration={"no_download": why == "no_download"})
    error = caught.value
    assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "DATA_MISSING")
    assert [(item.type, item.subject) for item in error.preconditions[:2]] == [
        ("DATA_MISSING", "MCD second 2025-10-03"),
        ("DATA_UNREADABLE", "MCD second 2025-10-06"),
    ]
    assert error.preconditions[1].description == "bad CRC"
    assert 20 < len(error.preconditions) <= 200
    assert error.metadata["total"] == "402"
    assert "MCD second 2025-10-03" in error.message
    assert ("ZAC_POLYGON_API_KEY" if why == "no key" else "no_download") in error.message
    listed = await platform.backtests.ListRuns(backtest_service_pb2.ListRunsRequest())
    assert not listed.runs


async def test_missing_data_may_be_allowed(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.downloader.coverage = scripts.covered(uncovered=[day(3), day(6)], can_download=True)
    platform.runner.expect(scripts.quick)
    run = await platform.create(configuration={"allow_missing_data": True})
    await platform.settled(run.run_id, eventually)
    warnings = platform.runner.executions[run.run_id, 1].request.warnings
    assert [(item.code, item.symbol_day.day.day) for item in warnings] == [("MISSING_DATA", 3), ("MISSING_DATA", 6)]
    assert platform.downloader.calls == ["CheckCoverage", "CheckCoverage"]


async def test_what_the_provider_does_not_deliver_fails_the_run(platform: Any, scripts: Any, eventually: Any) -> None:
    async def partial(request: Any) -> AsyncIterator[Response]:
        yield summary(uncovered=[day(6, coverage_pb2.COVERAGE_STATE_REFUSED, reason="not in your plan")])

    platform.downloader.coverage = scripts.covered(uncovered=[day(3), day(6)], can_download=True)
    platform.downloader.expect(partial)
    run = await platform.settled((await platform.create()).run_id, eventually)
    error = ServiceError.from_status(run.error)
    assert (run.state, error.reason) == (run_pb2.RUN_STATE_FAILED, "DATA_MISSING")
    assert error.preconditions[0].description == "not in your plan"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, "PROVIDER_KEY_REJECTED"),
        (grpc.StatusCode.UNAVAILABLE, "PROVIDER_UNREACHABLE"),
        (grpc.StatusCode.PERMISSION_DENIED, "PROVIDER_REFUSED"),
    ],
)
async def test_a_failed_download_fails_the_run_with_its_reason(
    platform: Any, scripts: Any, eventually: Any, code: grpc.StatusCode, reason: str
) -> None:
    async def failing(request: Any) -> AsyncIterator[Response]:
        yield Response(progress={"days_needed": 1})
        raise ServiceError(code, reason, "the provider says no", metadata={"symbol": "MCD"})

    platform.downloader.coverage = scripts.covered(uncovered=[day(3)], can_download=True)
    platform.downloader.expect(failing)
    run = await platform.settled((await platform.create()).run_id, eventually)
    error = ServiceError.from_status(run.error)
    assert (error.code, error.reason, error.metadata) == (code, reason, {"symbol": "MCD"})


async def test_a_download_outlives_its_downloader(platform: Any, scripts: Any, eventually: Any) -> None:
    async def cut_off(request: Any) -> AsyncIterator[Response]:
        yield Response(log={"text": "first try"})
        await asyncio.Event().wait()

    async def second(request: Any) -> AsyncIterator[Response]:
        yield Response(log={"text": "second try"})
        yield summary()

    platform.downloader.coverage = scripts.covered(uncovered=[day(3)], can_download=True)
    platform.downloader.expect(cut_off, second)
    platform.runner.expect(scripts.quick)
    run = await platform.create()
    await eventually.wait(lambda: platform.downloader.active_downloads == 1)
    await platform.restart_downloader()
    done = await platform.settled(run.run_id, eventually)
    assert done.state == run_pb2.RUN_STATE_SUCCEEDED
    assert "second try" in log_texts(await platform.events(run.run_id))


async def test_a_large_download_keeps_its_events_small(platform: Any, scripts: Any, eventually: Any) -> None:
    units = [{"symbol": f"SYMBOL{number:04d}", "days_needed": 250, "resolution": 1} for number in range(1200)]

    async def download(request: Any) -> AsyncIterator[Response]:
        yield Response(progress={"units": units, "days_needed": 300_000})
        yield Response(progress={"units": [units[0] | {"days_done": 7}], "days_done": 7, "days_needed": 300_000})
        yield summary()

    platform.downloader.coverage = scripts.covered(uncovered=[day(3)], can_download=True)
    platform.downloader.expect(download)
    platform.runner.expect(scripts.quick)
    run = await platform.settled((await platform.create()).run_id, eventually)
    events = await platform.events(run.run_id)
    assert max(event.ByteSize() for event in events) <= 16_384
    assert len(run.download_progress.units) == 1200
    done = {unit.symbol: unit.days_done for unit in run.download_progress.units}
    assert (done["SYMBOL0000"], done["SYMBOL0001"]) == (7, 0)
