"""Cancelled, killed, stopped: what is complete stays, what is not leaves no trace, and the next download goes on."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest

from pylean.storage import LeanPaths, Resolution, StorageError, decode_trades, read_entry
from services.common.client import open_channel, stream_events
from services.common.errors import ServiceError
from services.downloader.sim import FaultRule, MarketSimulator, SimConfig
from zac.data.v1 import downloader_service_pb2, downloader_service_pb2_grpc

from .conftest import KEY, Harness, StartHarness, files_below, need

OCT1, OCT10 = date(2025, 10, 1), date(2025, 10, 10)
NOW = datetime(2026, 2, 2, tzinfo=UTC)
CANCEL_LIMIT_S = 2.0


def day_files(root: Path) -> list[Path]:
    return sorted((root / "equity").rglob("*.zip"))


@pytest.mark.parametrize("action", ["stall", "slow_headers", "500"])
async def test_ending_the_call_ends_everything_within_two_seconds(
    harness: Harness, action: str, eventually: Any
) -> None:
    # The first pack gets through; the others hang in headers, in a body, or between retries.
    harness.simulator.set_faults(
        FaultRule(action, match="/second/2025-10-0[3-9]", argument="60" if action != "500" else "")
    )
    request = downloader_service_pb2.DownloadRequest(requirements=[need("THIN", "second", OCT1, OCT10)])
    call = harness.stub.Download(request)
    async for message in call:
        if message.progress.days_done >= 2:
            break
    started_at = time.monotonic()
    call.cancel()
    journal = harness.simulator.vendor.journal
    await eventually.wait(lambda: _download_tasks() == 0, timeout_s=CANCEL_LIMIT_S)
    assert time.monotonic() - started_at < CANCEL_LIMIT_S
    asked = len(journal.records)
    assert [path.name[:8] for path in day_files(harness.root)] == ["20251001", "20251002"]
    await asyncio.sleep(0.3)
    assert len(journal.records) == asked
    harness.simulator.set_faults()
    harness.forget_requests()
    done = await harness.download(need("THIN", "second", OCT1, OCT10))
    assert not done.summary.uncovered
    assert len(harness.asked()) == 1  # by now it is known how few rows a day has


def _download_tasks() -> int:
    return sum("DownloadJob" in repr(task.get_coro()) for task in asyncio.all_tasks())


async def test_a_draining_server_ends_downloads_with_a_word(harness: Harness) -> None:
    harness.simulator.set_faults(FaultRule("stall", match="/v2/aggs", argument="60"))
    download = asyncio.create_task(harness.download(need("THIN", "second", OCT1, OCT10)))
    await asyncio.sleep(0.3)
    stopping = asyncio.create_task(harness.server.stop(2.0, harness.servicer.drain))
    with pytest.raises(ServiceError) as caught:
        await asyncio.wait_for(download, CANCEL_LIMIT_S)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVER_DRAINING")
    await stopping


@asynccontextmanager
async def downloader_process(root: Path, state: Path, url: str, **environment: str) -> AsyncIterator[tuple[int, str]]:
    """A downloader of its own: process id and address. Killed at the end, if it still runs."""
    values = {
        **os.environ,
        "ZAC_STATE_DIR": str(state),
        "ZAC_DATA_ROOT": str(root),
        "ZAC_DOWNLOADER_ADDRESS": "127.0.0.1:0",
        "ZAC_PROVIDER": "simulator",
        "ZAC_PROVIDER_URL": url,
        "ZAC_LOG_FILE": str(state / "log.jsonl"),
        **environment,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.downloader", stdout=asyncio.subprocess.PIPE, env=values
    )
    assert process.stdout is not None
    try:
        line = json.loads(await process.stdout.readline())
        assert (line["service"], line["pid"]) == ("downloader", process.pid)
        yield process.pid, line["address"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _download(address: str, *needs: object) -> str:
    """Run a download to its end; gives the last status' name."""
    async with open_channel(address) as channel:
        stub = downloader_service_pb2_grpc.DownloaderServiceStub(channel)
        request = downloader_service_pb2.DownloadRequest(requirements=needs)
        try:
            async with stream_events(stub.Download(request)) as messages:
                async for _ in messages:
                    pass
        except grpc.aio.AioRpcError as error:
            return error.code().name
    return "OK"


@pytest.mark.parametrize("seed", range(3))
async def test_kill_leaves_whole_files_only_and_the_rest_is_fetched_later(
    tmp_path: Path, seed: int, eventually: Any
) -> None:
    root, state = tmp_path / "data", tmp_path / "state"
    needs = (need("DIVD SPLT FRAC SUBP", "second", OCT1, OCT10), need("DIVD SPLT", "daily", OCT1, OCT10, history=60))
    chance = random.Random(seed)
    async with MarketSimulator(SimConfig(now=NOW, latency_s=0.02)) as simulator:
        for _ in range(2):
            async with downloader_process(root, state, simulator.url) as (pid, address):
                running = asyncio.create_task(_download(address, *needs))
                before = len(simulator.vendor.journal.records)
                wanted = chance.randint(3, 12)
                await eventually.wait(_has_records(simulator, before + wanted, running), timeout_s=20)
                await asyncio.sleep(chance.uniform(0, 0.1))
                os.kill(pid, signal.SIGKILL)
                assert await running in {"UNAVAILABLE", "OK"}
            for path in day_files(root):
                assert _is_readable(path), path
        async with downloader_process(root, state, simulator.url) as (_, address):
            assert await _download(address, *needs) == "OK"
        assert len(day_files(root)) == 4 * 8 + 2
        assert list((root / ".staging").iterdir()) == []
        simulator.vendor.journal.clear()
        async with downloader_process(root, state, simulator.url) as (_, address):
            assert await _download(address, *needs) == "OK"
        assert simulator.vendor.journal.records == []


def _has_records(simulator: MarketSimulator, count: int, running: asyncio.Task[str]) -> Callable[[], bool]:
    return lambda: len(simulator.vendor.journal.records) >= count or running.done()


def _is_readable(path: Path) -> bool:
    is_daily = path.parent.name == "daily"
    day = None if is_daily else datetime.strptime(path.name[:8], "%Y%m%d").date()
    try:
        rows = decode_trades(read_entry(path), Resolution.DAILY if is_daily else Resolution.SECOND, day, path)
    except StorageError:
        return False
    return len(rows) > 0


async def test_the_key_is_in_no_log_error_file_or_address(tmp_path: Path) -> None:
    root, state = tmp_path / "data", tmp_path / "state"
    secret = {"ZAC_PROVIDER": "polygon", "POLYGON_API_KEY": KEY, "ZAC_LOG_LEVEL": "DEBUG"}
    async with MarketSimulator(SimConfig(now=NOW, keys=frozenset({KEY}))) as simulator:
        async with downloader_process(root, state, simulator.url, **secret) as (pid, address):
            assert await _download(address, need("THIN", "second", OCT1, OCT10)) == "OK"
            simulator.set_faults(
                FaultRule("503", match="/v2", times=2), FaultRule("reset_in_body", match="/v2", times=1)
            )
            assert await _download(address, need("DIVD", "second", OCT1, OCT1)) == "OK"
            simulator.configure(keys=frozenset({"another"}))
            async with open_channel(address) as channel:
                stub = downloader_service_pb2_grpc.DownloaderServiceStub(channel)
                request = downloader_service_pb2.DownloadRequest(requirements=[need("SPLT", "second", OCT1, OCT1)])
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    async for _ in stub.Download(request):
                        pass
            assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
            assert KEY not in repr(caught.value)
            os.kill(pid, signal.SIGTERM)
        assert simulator.vendor.journal.stats()["authorized"] > 0
    files = [path for path in files_below(tmp_path) if path.is_file()]
    assert any(path.name == "log.jsonl" for path in files)
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []


async def test_without_a_key_nothing_is_tried_and_the_setting_is_named(start: StartHarness) -> None:
    harness = await start(provider="polygon")
    assert not (await harness.check(need("THIN", "second", OCT1, OCT1))).can_download
    with pytest.raises(ServiceError) as caught:
        await harness.download(need("THIN", "second", OCT1, OCT1))
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "PROVIDER_KEY_MISSING")
    assert "ZAC_POLYGON_API_KEY" in caught.value.message
    assert harness.simulator.vendor.journal.records == []


async def test_the_simulator_never_sees_a_real_key(start: StartHarness) -> None:
    harness = await start(config=SimConfig(now=NOW, keys=frozenset({"simulator"})), ZAC_POLYGON_API_KEY=KEY)
    assert not (await harness.download(need("THIN", "second", OCT1, OCT1))).summary.uncovered


async def test_a_folder_that_cannot_be_written_is_named(harness: Harness) -> None:
    target = LeanPaths(harness.root).ticker_folder(Resolution.SECOND, "THIN")
    target.parent.mkdir(parents=True)
    target.write_text("a file where a folder should be")
    with pytest.raises(ServiceError) as caught:
        await harness.download(need("THIN", "second", OCT1, OCT1))
    assert caught.value.reason == "DATA_ROOT_NOT_WRITABLE"
    assert str(harness.root) in caught.value.message
