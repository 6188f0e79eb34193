"""The client's unary calls, over grpcio-testing's channel: what is sent, what comes back, what is raised."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc
import grpc_testing
import pytest

from services.cli.client import LIVE_STATES, Client
from services.common.errors import FieldViolation, ServiceError
from zac.gateway.v1 import backtest_service_pb2, run_pb2, strategy_service_pb2
from zac.run.v1 import strategy_pb2

BACKTESTS = backtest_service_pb2.DESCRIPTOR.services_by_name["BacktestService"].methods_by_name
STRATEGIES = strategy_service_pb2.DESCRIPTOR.services_by_name["StrategyService"].methods_by_name


class Wire:
    """A client and the other end of its channel."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        descriptors = [
            backtest_service_pb2.DESCRIPTOR.services_by_name["BacktestService"],
            strategy_service_pb2.DESCRIPTOR.services_by_name["StrategyService"],
        ]
        self._channel = grpc_testing.channel(descriptors, grpc_testing.strict_real_time())
        self._pool = pool
        self.client = Client("testing:1", channel=self._channel)

    def call(self, function: Callable[[Client], Any]) -> Future[Any]:
        """Run a blocking call of the client beside the test."""
        return self._pool.submit(function, self.client)

    def take(self, method: Any) -> tuple[Any, Callable[[Any], None]]:
        """The next request of a method and the way to answer it."""
        _, request, call = self._channel.take_unary_unary(method)
        call.send_initial_metadata(())
        return request, lambda answer: call.terminate(answer, (), grpc.StatusCode.OK, "")

    def refuse(self, method: Any, code: grpc.StatusCode, details: str, error: ServiceError | None = None) -> None:
        _, _, call = self._channel.take_unary_unary(method)
        call.send_initial_metadata(())
        trailer = () if error is None else (("grpc-status-details-bin", error.to_status().SerializeToString()),)
        call.terminate(None, trailer, code, details)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with ThreadPoolExecutor(1) as pool:
        yield Wire(pool)


def test_create_run_sends_everything_under_an_id_of_its_own(wire: Wire) -> None:
    configuration = strategy_pb2.RunConfiguration(strategy="ZacQC", symbols=["AAPL"])
    called = wire.call(lambda client: client.create_run(configuration, name="n", again=True, keep_partial_results=True))
    request, answer = wire.take(BACKTESTS["CreateRun"])
    assert uuid.UUID(request.run.request_id).version == 4
    assert request.run.configuration == configuration
    assert (request.run.name, request.run.again, request.run.keep_partial_results) == ("n", True, True)
    answer(backtest_service_pb2.CreateRunResponse(run=run_pb2.Run(run_id="r1"), existing=True))
    assert (called.result(5).run.run_id, called.result().existing) == ("r1", True)


def test_a_request_id_can_be_given(wire: Wire) -> None:
    called = wire.call(lambda client: client.create_run(strategy_pb2.RunConfiguration(), request_id="mine"))
    request, answer = wire.take(BACKTESTS["CreateRun"])
    answer(backtest_service_pb2.CreateRunResponse())
    called.result(5)
    assert request.run.request_id == "mine"


def test_errors_come_whole(wire: Wire) -> None:
    sent = ServiceError.invalid_argument("INVALID_CONFIGURATION", "bad", fields=[FieldViolation("cash", "too small")])
    called = wire.call(lambda client: client.create_run(strategy_pb2.RunConfiguration()))
    wire.refuse(BACKTESTS["CreateRun"], grpc.StatusCode.INVALID_ARGUMENT, "bad", sent)
    with pytest.raises(ServiceError) as caught:
        called.result(5)
    assert caught.value.reason == "INVALID_CONFIGURATION"
    assert caught.value.fields == sent.fields


def test_a_gateway_that_is_away_is_named(wire: Wire) -> None:
    called = wire.call(lambda client: client.get_run("r1"))
    wire.refuse(BACKTESTS["GetRun"], grpc.StatusCode.UNAVAILABLE, "connection refused")
    with pytest.raises(ServiceError, match="gateway at testing:1") as caught:
        called.result(5)
    assert caught.value.reason == "SERVICE_UNREACHABLE"


def test_cancel(wire: Wire) -> None:
    called = wire.call(lambda client: client.cancel("r1", keep_partial_results=True))
    request, answer = wire.take(BACKTESTS["Cancel"])
    assert (request.run_id, request.keep_partial_results) == ("r1", True)
    answer(backtest_service_pb2.CancelResponse(already_ended=True))
    assert called.result(5).already_ended


def test_list_runs_asks_for_pages_until_it_has_enough(wire: Wire) -> None:
    called = wire.call(lambda client: list(client.list_runs(states=LIVE_STATES, strategy="ZacQC", limit=3)))
    first, answer = wire.take(BACKTESTS["ListRuns"])
    assert (first.page_size, first.page_token, first.strategy) == (3, "", "ZacQC")
    assert tuple(first.states) == LIVE_STATES
    runs = [run_pb2.Run(run_id=f"r{number}") for number in range(3)]
    answer(backtest_service_pb2.ListRunsResponse(runs=runs[:2], next_page_token="more"))
    second, answer = wire.take(BACKTESTS["ListRuns"])
    assert (second.page_size, second.page_token) == (1, "more")
    answer(backtest_service_pb2.ListRunsResponse(runs=runs[2:], next_page_token="even more"))
    assert called.result(5) == runs


def test_list_runs_without_a_limit_ends_with_the_last_page(wire: Wire) -> None:
    called = wire.call(lambda client: list(client.list_runs()))
    request, answer = wire.take(BACKTESTS["ListRuns"])
    assert request.page_size == 200
    answer(backtest_service_pb2.ListRunsResponse())
    assert called.result(5) == []


def test_strategies(wire: Wire) -> None:
    strategy = strategy_pb2.Strategy(name="ZacQC")
    called = wire.call(lambda client: client.strategies())
    _, answer = wire.take(STRATEGIES["ListStrategies"])
    answer(strategy_service_pb2.ListStrategiesResponse(strategies=[strategy]))
    assert called.result(5) == [strategy]
    called = wire.call(lambda client: client.describe_strategy("ZacQC"))
    request, answer = wire.take(STRATEGIES["DescribeStrategy"])
    assert request.name == "ZacQC"
    answer(strategy_service_pb2.DescribeStrategyResponse(strategy=strategy))
    assert called.result(5) == strategy
