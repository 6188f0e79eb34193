"""Errors, interceptors, servers and clients of services.common over real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.client import open_channel, stream_events
from services.common.errors import FieldViolation, Precondition, ServiceError, peer_errors
from services.common.interceptors import REQUEST_ID_KEY, request_metadata
from services.common.server import RunningServer, StartupError, start_server
from services.common.status import ERROR_DOMAIN, find_error_info
from zac.gateway.v1 import backtest_service_pb2 as pb
from zac.gateway.v1 import backtest_service_pb2_grpc as pb_grpc

Behaviour = Callable[[], Awaitable[None]]


class Servicer(pb_grpc.BacktestServiceServicer):
    """GetRun and WatchRun do as told."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.ended = asyncio.Event()

    async def GetRun(self, request: pb.GetRunRequest, context: Any) -> pb.GetRunResponse:
        await self.behaviour()
        response = pb.GetRunResponse()
        response.run.name = dict(request_metadata()).get(REQUEST_ID_KEY, "")
        return response

    async def WatchRun(self, request: pb.WatchRunRequest, context: Any) -> AsyncIterator[pb.WatchRunResponse]:
        try:
            for sequence in range(1_000_000):
                yield pb.WatchRunResponse(bookmark={"sequence": sequence})
                await self.behaviour()
        finally:
            self.ended.set()

    async def _unused(self, request: Any, context: Any) -> Any:
        raise AssertionError("not called")

    RunBacktest = Cancel = CreateRun = ListRuns = _unused  # type: ignore[assignment]


@asynccontextmanager
async def serving(
    behaviour: Behaviour,
) -> AsyncIterator[tuple[pb_grpc.BacktestServiceAsyncStub, Servicer, RunningServer]]:
    servicer = Servicer(behaviour)
    running = await start_server(
        "gateway", "127.0.0.1:0", lambda server: pb_grpc.add_BacktestServiceServicer_to_server(servicer, server)
    )
    channel = open_channel(running.address)
    try:
        yield pb_grpc.BacktestServiceStub(channel), servicer, running
    finally:
        await channel.close()
        await running.stop(0)


async def nothing() -> None:
    await asyncio.sleep(0)


async def read_all(call: Any) -> None:
    async with stream_events(call) as events:
        async for _event in events:
            pass


FULL_ERROR = ServiceError.failed_precondition(
    "DATA_MISSING",
    "2 of 3 symbol-days are missing",
    fields=[FieldViolation("configuration.symbols", "x")],
    preconditions=[Precondition("DATA_MISSING", "MCD second 2025-10-03", "no file")],
    resource=("run", "r-1"),
    retry_delay_s=1.5,
    metadata={"total": "2"},
)


async def test_a_service_error_arrives_without_loss() -> None:
    async def fail() -> None:
        raise FULL_ERROR

    async with serving(fail) as (stub, _, _):
        with pytest.raises(ServiceError) as caught, peer_errors("gateway"):
            await stub.GetRun(pb.GetRunRequest())
    assert vars(caught.value) == vars(FULL_ERROR)
    assert str(caught.value) == "2 of 3 symbol-days are missing"


async def test_each_detail_type_is_sent_at_most_once_and_error_info_always() -> None:
    names = [detail.type_url.rpartition(".")[2] for detail in FULL_ERROR.to_status().details]
    assert names == ["ErrorInfo", "BadRequest", "PreconditionFailure", "ResourceInfo", "RetryInfo"]
    info = find_error_info(FULL_ERROR.to_status())
    assert info is not None
    assert (info.reason, info.domain) == ("DATA_MISSING", ERROR_DOMAIN)


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_bug_shows_nothing_but_the_request_id(streaming: bool) -> None:
    async def fail() -> None:
        raise KeyError("secret /home/path")

    async with serving(fail) as (stub, _, _):
        metadata = ((REQUEST_ID_KEY, "abc-1"),)
        if streaming:
            call = read_all(stub.WatchRun(pb.WatchRunRequest(), metadata=metadata))
        else:
            call = stub.GetRun(pb.GetRunRequest(), metadata=metadata)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
    error = ServiceError.from_rpc_error(caught.value)
    assert caught.value.details() == error.message == "internal error"
    assert (error.code, error.reason, error.request_id) == (grpc.StatusCode.INTERNAL, "INTERNAL", "abc-1")
    assert b"secret" not in error.to_status().SerializeToString()


async def test_the_request_id_is_taken_over_when_sound_and_made_otherwise() -> None:
    async with serving(nothing) as (stub, _, _):
        taken = await stub.GetRun(pb.GetRunRequest(), metadata=((REQUEST_ID_KEY, "from-cli"),))
        made = await stub.GetRun(pb.GetRunRequest(), metadata=((REQUEST_ID_KEY, "x" * 65),))
    assert taken.run.name == "from-cli"
    assert len(made.run.name) == 36


async def test_two_hundred_violations_fit_a_default_client() -> None:
    days = [Precondition("DATA_MISSING", f"MCD second 2025-10-{day % 30:02d}", "no file" * 5) for day in range(200)]

    async def fail() -> None:
        raise ServiceError.failed_precondition("DATA_MISSING", "200 symbol-days are missing", preconditions=days)

    async with serving(fail) as (_, _, running), grpc.aio.insecure_channel(running.address) as channel:
        stub: pb_grpc.BacktestServiceAsyncStub = pb_grpc.BacktestServiceStub(channel)
        for _ in range(20):
            with pytest.raises(ServiceError) as caught, peer_errors("gateway"):
                await stub.GetRun(pb.GetRunRequest())
            assert caught.value.reason == "DATA_MISSING"
            assert 40 < len(caught.value.preconditions) < 200
            assert caught.value.metadata["total"] == "200"


async def test_a_stream_left_early_ends_on_the_server(eventually: Any) -> None:
    async with serving(lambda: asyncio.sleep(0.001)) as (stub, servicer, _):
        async with stream_events(stub.WatchRun(pb.WatchRunRequest())) as events:
            async for event in events:
                if event.bookmark.sequence == 3:
                    break
        await eventually.wait(servicer.ended.is_set, timeout_s=2)


async def test_an_absent_server_is_named() -> None:
    async with open_channel("127.0.0.1:1") as channel:
        stub: pb_grpc.BacktestServiceAsyncStub = pb_grpc.BacktestServiceStub(channel)
        with pytest.raises(ServiceError) as caught, peer_errors("runner at 127.0.0.1:1"):
            await stub.GetRun(pb.GetRunRequest(), timeout=5)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNREACHABLE")
    assert "runner at 127.0.0.1:1" in caught.value.message


async def test_an_error_without_details_keeps_its_code() -> None:
    async with serving(lambda: asyncio.sleep(5)) as (stub, _, _):
        with pytest.raises(ServiceError) as caught, peer_errors("gateway"):
            await stub.GetRun(pb.GetRunRequest(), timeout=0.05)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")


async def test_health_and_reflection_know_the_services() -> None:
    async with serving(nothing) as (_, _, running), open_channel(running.address) as channel:
        health: health_pb2_grpc.HealthAsyncStub = health_pb2_grpc.HealthStub(channel)
        for name in ("", "zac.gateway.v1.BacktestService"):
            answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        watch = health.Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        await running.health.enter_graceful_shutdown()
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch.cancel()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "example.org:1", "127.0.0.1", "[::]:50050", "nonsense"])
async def test_other_than_loopback_is_refused(address: str) -> None:
    with pytest.raises(StartupError, match=r"loopback|host:port"):
        await start_server("gateway", address, lambda _: None)


async def test_a_taken_address_is_refused() -> None:
    async with serving(nothing) as (_, _, running):
        with pytest.raises(StartupError, match="cannot listen"):
            await start_server("gateway", running.address, lambda _: None)


SERVICE = """
import asyncio, sys
from services.common.logging import configure_logging
from services.common.server import run_service, serve
from services.common.settings import CommonSettings, load_settings
async def main():
    settings = load_settings(CommonSettings)
    configure_logging("probe", settings.log_level, settings.log_file)
    await serve("probe", "127.0.0.1:0", lambda server: None, settings=settings)
sys.exit(run_service(main))
"""


def start_probe(tmp_path: Path, project: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SERVICE],
        cwd=project,
        env={**os.environ, "ZAC_LOG_FILE": str(tmp_path / "probe.log"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("reason", ["SIGTERM", "SIGINT", "parent"])
def test_a_process_prints_one_line_and_leaves_in_order(tmp_path: Path, project: Path, reason: str) -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as parent:
        with start_probe(tmp_path, project, ZAC_PARENT_PID=str(parent.pid)) as probe:
            assert probe.stdout is not None
            line = json.loads(probe.stdout.readline())
            assert line["service"] == "probe"
            assert line["pid"] == probe.pid
            if reason == "parent":
                parent.kill()
            else:
                probe.send_signal({"SIGTERM": 15, "SIGINT": 2}[reason])
            out, err = probe.communicate(timeout=10)
        parent.kill()
    assert (probe.returncode, out, err) == (0, "", "")
    events = [json.loads(entry)["event"] for entry in (tmp_path / "probe.log").read_text().splitlines()]
    assert events == ["serving", "draining"]


def test_bad_settings_are_named(tmp_path: Path, project: Path) -> None:
    with start_probe(tmp_path, project, ZAC_LOG_LEVEL="LOUD", ZAC_PARENT_PID="-3") as probe:
        _, err = probe.communicate(timeout=10)
    assert probe.returncode == 1
    assert "ZAC_LOG_LEVEL=LOUD" in err
    assert "ZAC_PARENT_PID=-3" in err
    assert "Traceback" not in err
