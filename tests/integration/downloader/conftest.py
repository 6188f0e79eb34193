"""A real downloader on a real port against a real simulator, with a data folder of its own."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from pylean.storage import LeanDataStore, Resolution, TradeColumns
from services.common.client import open_channel, stream_events
from services.common.dates import to_date
from services.common.errors import peer_errors
from services.common.server import RunningServer, start_server
from services.downloader.config import DownloaderSettings
from services.downloader.provider import RetryPolicy
from services.downloader.service import DownloaderServicer
from services.downloader.sim import MarketSimulator, SimConfig
from zac.data.v1 import coverage_pb2, download_pb2, downloader_service_pb2, downloader_service_pb2_grpc

RESOLUTIONS = {
    "second": coverage_pb2.RESOLUTION_SECOND,
    "minute": coverage_pb2.RESOLUTION_MINUTE,
    "hour": coverage_pb2.RESOLUTION_HOUR,
    "daily": coverage_pb2.RESOLUTION_DAILY,
}
Requirement = coverage_pb2.DataRequirement
QUICK_RETRIES = RetryPolicy(attempts=4, first_wait_s=0.01, rate_limit_wait_s=0.02, longest_wait_s=5.0)
KEY = "pk-Planted-7f3b91"


@dataclass
class AdjustableClock:
    """Wall time by hand; durations are real."""

    now: datetime

    def now_utc(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class Downloaded:
    """What a Download call streamed."""

    progress: list[download_pb2.DownloadProgress] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    summary: download_pb2.DownloadSummary = field(default_factory=download_pb2.DownloadSummary)


def need(
    symbols: str, resolution: str, first: date, last: date | None = None, history: int = 0
) -> coverage_pb2.DataRequirement:
    """A requirement; symbols are separated by spaces."""
    return coverage_pb2.DataRequirement(
        symbols=symbols.split(),
        resolution=RESOLUTIONS[resolution],
        start_date=to_date(first),
        end_date=None if last is None else to_date(last),
        history_days=history,
    )


@dataclass
class Harness:
    """A downloader, the simulator it asks, and its data folder."""

    simulator: MarketSimulator
    clock: AdjustableClock
    settings: DownloaderSettings
    server: RunningServer
    channel: grpc.aio.Channel
    stub: downloader_service_pb2_grpc.DownloaderServiceAsyncStub
    servicer: DownloaderServicer

    @property
    def root(self) -> Path:
        return self.settings.data_root

    async def check(
        self, *needs: coverage_pb2.DataRequirement, root: str = ""
    ) -> downloader_service_pb2.CheckCoverageResponse:
        request = downloader_service_pb2.CheckCoverageRequest(requirements=needs, data_root=root)
        with peer_errors("downloader"):
            return await self.stub.CheckCoverage(request, timeout=20)

    async def plan(self, *needs: coverage_pb2.DataRequirement) -> downloader_service_pb2.PlanDownloadResponse:
        with peer_errors("downloader"):
            return await self.stub.PlanDownload(
                downloader_service_pb2.PlanDownloadRequest(requirements=needs), timeout=20
            )

    async def download(self, *needs: Requirement, root: str = "") -> Downloaded:
        request = downloader_service_pb2.DownloadRequest(requirements=needs, data_root=root)
        result = Downloaded()
        with peer_errors("downloader"):
            async with stream_events(self.stub.Download(request)) as messages:
                async for message in messages:
                    kind = message.WhichOneof("message")
                    if kind == "progress":
                        result.progress.append(message.progress)
                    elif kind == "log":
                        result.lines.append(message.log.text)
                    else:
                        result.summary = message.summary
        return result

    def asked(self, kind: str = "aggregates") -> list[str]:
        """Paths of the requests so far, without the endpoint's constant parts."""
        paths = [record.path for record in self.simulator.vendor.journal.records if record.kind == kind]
        return [path.replace("/v2/aggs/ticker/", "").replace("/range/1", "") for path in paths]

    def forget_requests(self) -> None:
        self.simulator.vendor.journal.clear()

    def bars(self, symbol: str, resolution: Resolution, day: date | None = None) -> TradeColumns:
        return LeanDataStore(self.root).trade_bars(resolution, symbol, day)


StartHarness = Callable[..., Awaitable[Harness]]


@pytest.fixture
async def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StartHarness]:
    """Starts a downloader: `await start(config=SimConfig(...), provider="polygon", ZAC_POLYGON_API_KEY=...)`."""
    for name in ("ZAC_POLYGON_API_KEY", "POLYGON_API_KEY", "MASSIVE_API_KEY", "ZAC_DATA_ROOT", "BACKTEST_DATA_ROOT"):
        monkeypatch.delenv(name, raising=False)
    async with AsyncExitStack() as stack:

        async def begin(
            config: SimConfig | None = None, now: datetime = datetime(2026, 2, 2, 15, tzinfo=UTC), **settings: Any
        ) -> Harness:
            simulator = await stack.enter_async_context(MarketSimulator(config or SimConfig(now=now)))
            values = {
                "state_dir": tmp_path / "state",
                "ZAC_DATA_ROOT": tmp_path / "data",
                "lean_config": tmp_path / "none.json",
                "provider": "simulator",
                "provider_url": simulator.url,
                **settings,
            }
            chosen = DownloaderSettings(**values)
            clock = AdjustableClock(now)
            servicer = DownloaderServicer(chosen, clock, QUICK_RETRIES)

            def add(server: grpc.aio.Server) -> None:
                downloader_service_pb2_grpc.add_DownloaderServiceServicer_to_server(servicer, server)

            server = await start_server("downloader", "127.0.0.1:0", add)
            stack.push_async_callback(server.stop, 0, servicer.drain)
            channel = await stack.enter_async_context(open_channel(server.address))
            stub = downloader_service_pb2_grpc.DownloaderServiceStub(channel)
            return Harness(simulator, clock, chosen, server, channel, stub, servicer)

        yield begin


def files_below(folder: Path) -> list[Path]:
    """Every file and folder below a folder, in order."""
    return sorted(folder.rglob("*"))


@pytest.fixture
async def harness(start: StartHarness) -> Harness:
    """A downloader with the simulator as its provider, on an afternoon in February 2026."""
    return await start()
