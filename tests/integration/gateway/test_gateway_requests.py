"""What is refused and how, and what is listed."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import grpc
import pytest

from services.common.errors import FieldViolation, ServiceError, peer_errors
from zac.gateway.v1 import backtest_service_pb2, run_pb2, strategy_service_pb2
from zac.run.v1 import strategy_pb2


def detail_names(error: ServiceError) -> list[str]:
    return [detail.type_url.rpartition(".")[2] for detail in error.to_status().details]


@pytest.mark.parametrize(
    ("fields", "violated"),
    [
        ({"request_id": "not-a-uuid"}, "request_id"),
        ({"request_id": "0199aa43e43b7800bfff0123456789ab"}, "request_id"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"configuration": {"strategy": ""}}, "configuration.strategy"),
        ({"configuration": {"parameters": {"Huge": "x" * 300_000}}}, "configuration"),
    ],
)
async def test_bad_fields_are_named(platform: Any, fields: dict[str, Any], violated: str) -> None:
    with pytest.raises(ServiceError) as caught:
        await platform.create(**fields)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_RUN_REQUEST")
    assert [violation.field for violation in caught.value.fields] == [violated]
    assert detail_names(caught.value) == ["ErrorInfo", "BadRequest"]
    assert violated in caught.value.message


async def test_violations_of_gateway_and_runner_are_told_together(platform: Any) -> None:
    def refuse(configuration: Any) -> Any:
        field = FieldViolation("configuration.parameters.Foo", "is unknown; did you mean Food?")
        raise ServiceError.invalid_argument("INVALID_CONFIGURATION", "Foo is unknown", fields=[field])

    platform.runner.validation = refuse
    with pytest.raises(ServiceError) as caught:
        await platform.create(name="x" * 201, request_id="?")
    fields = [violation.field for violation in caught.value.fields]
    assert fields == ["request_id", "name", "configuration.parameters.Foo"]
    with pytest.raises(ServiceError) as alone:
        await platform.create()
    assert alone.value.reason == "INVALID_CONFIGURATION"
    assert [violation.field for violation in alone.value.fields] == ["configuration.parameters.Foo"]


@pytest.mark.parametrize(
    "error",
    [
        ServiceError.not_found("STRATEGY_NOT_FOUND", "no strategy X; there are: ZacQC", resource=("strategy", "X")),
        ServiceError.failed_precondition("NO_ENTRY_CONDITION", "enable one of A, B"),
        ServiceError.failed_precondition("STRATEGY_INVALID", "main.py line 3"),
    ],
    ids=lambda error: error.reason,
)
async def test_what_the_runner_refuses_is_passed_on(platform: Any, error: ServiceError) -> None:
    def refuse(configuration: Any) -> Any:
        raise error

    platform.runner.validation = refuse
    with pytest.raises(ServiceError) as caught:
        await platform.create()
    assert vars(caught.value) == vars(error)
    listed = await platform.backtests.ListRuns(backtest_service_pb2.ListRunsRequest())
    assert not listed.runs


@pytest.mark.parametrize("away", ["runner", "downloader"])
async def test_a_service_that_is_away_is_named(platform: Any, scripts: Any, eventually: Any, away: str) -> None:
    server = getattr(platform, f"{away}_server")
    await server.down()
    with pytest.raises(ServiceError) as caught:
        await platform.create()
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.UNAVAILABLE, "SERVICE_UNREACHABLE")
    assert f"{away} at {server.address}" in caught.value.message
    await server.up()
    platform.runner.expect(scripts.quick)

    async def created() -> Any:
        with contextlib.suppress(ServiceError):  # the channel waits a little before it tries again
            return await platform.create()

    run = await eventually.wait(created)
    await platform.settled(run.run_id, eventually)


async def test_a_bug_shows_no_text_of_ours(platform: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("internals in /srv/zac")

    monkeypatch.setattr("services.gateway.creation.request_digest", broken)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await platform.backtests.CreateRun(backtest_service_pb2.CreateRunRequest(run=platform.request()))
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert caught.value.details() == "internal error"
    error = ServiceError.from_rpc_error(caught.value)
    assert detail_names(error) == ["ErrorInfo", "RequestInfo"]
    assert re.fullmatch(r"[0-9a-f-]{36}", error.request_id or "")
    assert b"internals" not in b"".join(
        value if isinstance(value, bytes) else value.encode() for _, value in caught.value.trailing_metadata()
    )


async def test_a_bug_in_a_driver_fails_the_run_and_shows_no_text(
    platform: Any, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> Any:
        raise KeyError("internals")

    monkeypatch.setattr("services.gateway.driver.prepare_data", broken)
    run = await platform.settled((await platform.create()).run_id, eventually)
    error = ServiceError.from_status(run.error)
    assert (run.state, error.reason, error.message) == (run_pb2.RUN_STATE_FAILED, "INTERNAL", "internal error")


async def test_a_run_is_found_by_any_unique_beginning(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick, scripts.quick)
    first = await platform.settled((await platform.create()).run_id, eventually)
    assert (await platform.get(first.run_id[:6])).run_id == first.run_id
    assert (await platform.get(first.run_id.upper())).run_id == first.run_id
    second = await platform.settled((await platform.create()).run_id, eventually)
    assert (await platform.get(second.run_id)).run_id == second.run_id
    for beginning in ("", first.run_id[:6], "ffff", "%", "_", "x' OR 1=1", first.run_id + "0", "\x00", "é" * 5000):
        with pytest.raises(ServiceError) as caught:
            await platform.get(beginning)
        assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.NOT_FOUND, "RUN_NOT_FOUND")
        assert detail_names(caught.value) == ["ErrorInfo", "ResourceInfo"]


async def test_runs_are_listed_newest_first_page_by_page(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(*[scripts.quick] * 7)
    made = []
    for number in range(7):
        strategy = "Other" if number % 3 == 0 else "ZacQC"
        run = await platform.create(configuration={"strategy": strategy})
        made.insert(0, (await platform.settled(run.run_id, eventually)).run_id)
    pages = []
    token = ""
    while True:
        request = backtest_service_pb2.ListRunsRequest(page_size=3, page_token=token)
        page = await platform.backtests.ListRuns(request)
        pages.append([run.run_id for run in page.runs])
        token = page.next_page_token
        if not token:
            break
    assert pages == [made[:3], made[3:6], made[6:]]
    others = await platform.backtests.ListRuns(backtest_service_pb2.ListRunsRequest(strategy="Other"))
    assert [run.configuration.strategy for run in others.runs] == ["Other"] * 3
    failed = backtest_service_pb2.ListRunsRequest(states=[run_pb2.RUN_STATE_FAILED])
    assert not (await platform.backtests.ListRuns(failed)).runs
    done = backtest_service_pb2.ListRunsRequest(states=[run_pb2.RUN_STATE_FAILED, run_pb2.RUN_STATE_SUCCEEDED])
    assert len((await platform.backtests.ListRuns(done)).runs) == 7


@pytest.mark.parametrize(
    ("fields", "violated"),
    [
        ({"page_size": -1}, "page_size"),
        ({"page_token": "garbage!"}, "page_token"),
        ({"page_token": "W10="}, "page_token"),
        ({"page_token": "bnVsbA=="}, "page_token"),
        ({"states": [99]}, "states"),
        ({"states": [0]}, "states"),
    ],
)
async def test_bad_lists_are_refused(platform: Any, fields: dict[str, Any], violated: str) -> None:
    with pytest.raises(ServiceError) as caught, peer_errors("gateway"):
        await platform.backtests.ListRuns(backtest_service_pb2.ListRunsRequest(**fields))
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert [violation.field for violation in caught.value.fields] == [violated]


async def test_a_page_token_is_bound_to_its_filter(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(scripts.quick, scripts.quick)
    for _ in range(2):
        await platform.settled((await platform.create()).run_id, eventually)
    first = await platform.backtests.ListRuns(backtest_service_pb2.ListRunsRequest(page_size=1))
    request = backtest_service_pb2.ListRunsRequest(page_size=1, page_token=first.next_page_token, strategy="ZacQC")
    with pytest.raises(ServiceError) as caught, peer_errors("gateway"):
        await platform.backtests.ListRuns(request)
    assert [violation.field for violation in caught.value.fields] == ["page_token"]


async def test_a_page_never_outgrows_a_message(platform: Any, scripts: Any, eventually: Any) -> None:
    platform.runner.expect(*[scripts.quick] * 20)
    for number in range(20):
        parameters = {"Number": str(number), "Long": "x" * 250_000}
        run = await platform.create(configuration={"parameters": parameters})
        await platform.settled(run.run_id, eventually)
    first = await platform.backtests.ListRuns(backtest_service_pb2.ListRunsRequest(page_size=1000))
    assert 5 < len(first.runs) < 20
    request = backtest_service_pb2.ListRunsRequest(page_size=1000, page_token=first.next_page_token)
    second = await platform.backtests.ListRuns(request)
    assert len(first.runs) + len(second.runs) == 20


async def test_strategies_are_those_of_the_runner(platform: Any) -> None:
    strategy = strategy_pb2.Strategy(name="ZacQC", title="A strategy", source_digest="s" * 64)
    strategy.parameter_schema.update({"type": "object"})
    platform.runner.strategies = [strategy]
    listed = await platform.strategies.ListStrategies(strategy_service_pb2.ListStrategiesRequest())
    assert list(listed.strategies) == [strategy]
    described = await platform.strategies.DescribeStrategy(strategy_service_pb2.DescribeStrategyRequest(name="ZacQC"))
    assert described.strategy == strategy
    with pytest.raises(ServiceError) as caught, peer_errors("gateway"):
        await platform.strategies.DescribeStrategy(strategy_service_pb2.DescribeStrategyRequest(name="Nope"))
    assert (caught.value.reason, caught.value.resource) == ("STRATEGY_NOT_FOUND", ("strategy", "Nope"))
