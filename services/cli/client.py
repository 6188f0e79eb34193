"""The gateway as Python calls: synchronous, with watches that survive broken connections.

    with Client("127.0.0.1:50050") as client:
        run = client.run(RunConfiguration(strategy="ZacQC", symbols=["AAPL"]))
        print(run.result.statistics)

Answers are the protobuf messages of `zac.gateway.v1`. Every call raises `services.common.errors.ServiceError`: its
`reason` says what happened, SERVICE_UNREACHABLE that no gateway answered.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.client import CHANNEL_OPTIONS, stream_events_sync
from services.common.errors import ServiceError, peer_errors
from zac.gateway.v1 import backtest_service_pb2, run_pb2, strategy_service_pb2
from zac.gateway.v1.backtest_service_pb2_grpc import BacktestServiceStub
from zac.gateway.v1.strategy_service_pb2_grpc import StrategyServiceStub
from zac.run.v1 import strategy_pb2

__all__ = ["LIVE_STATES", "TERMINAL_STATES", "Client", "is_terminal"]

# Creating a run may load the strategy and look at every needed file first.
CREATE_TIMEOUT_S = 60.0
CALL_TIMEOUT_S = 15.0
RECONNECT_TIMEOUT_S = 30.0
RECONNECT_DELAY_S = 0.05
MAX_RECONNECT_DELAY_S = 1.0
PAGE_SIZE = 200

LIVE_STATES = (
    run_pb2.RUN_STATE_QUEUED,
    run_pb2.RUN_STATE_RUNNING,
    run_pb2.RUN_STATE_CANCELLING,
    run_pb2.RUN_STATE_LOST,
)
TERMINAL_STATES = (run_pb2.RUN_STATE_SUCCEEDED, run_pb2.RUN_STATE_FAILED, run_pb2.RUN_STATE_CANCELLED)

# What gRPC itself says when a connection breaks; with an ErrorInfo of ours they would be answers.
_BROKEN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)


class Client:
    """A gateway at `address` ("host:port"). Connects with the first call; close it, or use it in `with`."""

    def __init__(self, address: str, *, channel: grpc.Channel | None = None) -> None:
        self.address = address
        self._peer = f"the gateway at {address}"
        self._channel = channel or grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._backtests = BacktestServiceStub(self._channel)
        self._strategies = StrategyServiceStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._channel.close()

    def check_health(self, timeout_s: float = 2.0) -> None:
        """Raises ServiceError unless the gateway answers within `timeout_s` and serves."""
        health: Any = health_pb2_grpc.HealthStub(self._channel)  # its stub file forgets the methods
        with peer_errors(self._peer):
            answer = health.Check(health_pb2.HealthCheckRequest(), timeout=timeout_s)
        if answer.status != health_pb2.HealthCheckResponse.SERVING:
            name = health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)
            raise ServiceError.unavailable("SERVICE_UNREACHABLE", f"{self._peer} says {name}")

    def create_run(
        self,
        configuration: strategy_pb2.RunConfiguration,
        *,
        name: str = "",
        again: bool = False,
        keep_partial_results: bool = False,
        request_id: str | None = None,
    ) -> backtest_service_pb2.CreateRunResponse:
        """Create a run and return before its engine starts; sent twice with one `request_id` it is one run.

        An equal run that is live, or has succeeded, is returned instead unless `again`.
        """
        request = backtest_service_pb2.RunRequest(
            request_id=request_id or str(uuid.uuid4()),
            configuration=configuration,
            name=name,
            again=again,
            keep_partial_results=keep_partial_results,
        )
        with peer_errors(self._peer):
            return self._backtests.CreateRun(
                backtest_service_pb2.CreateRunRequest(run=request), timeout=CREATE_TIMEOUT_S
            )

    def run(
        self,
        configuration: strategy_pb2.RunConfiguration,
        *,
        name: str = "",
        again: bool = False,
        keep_partial_results: bool = False,
    ) -> run_pb2.Run:
        """Create a run, wait for its end and return it, whatever its end was."""
        created = self.create_run(configuration, name=name, again=again, keep_partial_results=keep_partial_results)
        return self.wait(created.run.run_id)

    def wait(self, run_id: str) -> run_pb2.Run:
        """Wait until a run has ended and return it."""
        run = self.get_run(run_id)
        for _ in self.watch(run.run_id, run.latest_sequence):
            pass
        return self.get_run(run.run_id)

    def watch(
        self, run_id: str, after_sequence: int = 0, *, reconnect_timeout_s: float = RECONNECT_TIMEOUT_S
    ) -> Iterator[backtest_service_pb2.WatchRunResponse]:
        """A snapshot, then each event above `after_sequence` once and in order, with bookmarks while nothing happens.

        Ends after the terminal event. A broken connection is taken up again where it was; the error is raised when
        that does not succeed for `reconnect_timeout_s`.
        """
        last, snapshot_seen = after_sequence, False
        heard = time.monotonic()
        delay_s = RECONNECT_DELAY_S
        while True:
            request = backtest_service_pb2.WatchRunRequest(
                run_id=run_id, after_sequence=last, skip_snapshot=snapshot_seen
            )
            failure = ServiceError.unavailable("SERVICE_UNREACHABLE", f"{self._peer} ended the watch of {run_id}")
            try:
                with stream_events_sync(self._backtests.WatchRun(request)) as messages:
                    for message in messages:
                        heard, delay_s = time.monotonic(), RECONNECT_DELAY_S
                        if message.HasField("event"):
                            if message.event.sequence <= last:
                                continue
                            last = message.event.sequence
                        yield message
                        snapshot_seen |= message.HasField("snapshot")
                        if _is_last(message, last):
                            return
            except grpc.RpcError as error:
                failure = ServiceError.from_rpc_error(error, self._peer)
                if not _is_broken(failure):
                    raise failure from error
            if time.monotonic() - heard > reconnect_timeout_s:
                raise failure
            time.sleep(delay_s)
            delay_s = min(2 * delay_s, MAX_RECONNECT_DELAY_S)

    def cancel(self, run_id: str, *, keep_partial_results: bool = False) -> backtest_service_pb2.CancelResponse:
        """Stop a run; the answer may come before it has ended."""
        request = backtest_service_pb2.CancelRequest(run_id=run_id, keep_partial_results=keep_partial_results)
        with peer_errors(self._peer):
            return self._backtests.Cancel(request, timeout=CALL_TIMEOUT_S)

    def get_run(self, run_id: str) -> run_pb2.Run:
        """The run with this id or this unique beginning of one."""
        with peer_errors(self._peer):
            answer = self._backtests.GetRun(backtest_service_pb2.GetRunRequest(run_id=run_id), timeout=CALL_TIMEOUT_S)
        return answer.run

    def list_runs(
        self, *, states: Sequence[run_pb2.RunState.ValueType] = (), strategy: str = "", limit: int | None = None
    ) -> Iterator[run_pb2.Run]:
        """Runs, newest first, at most `limit`; pages are fetched as they are needed."""
        token, wanted = "", limit
        while wanted is None or wanted > 0:
            request = backtest_service_pb2.ListRunsRequest(
                page_size=PAGE_SIZE if wanted is None else min(wanted, PAGE_SIZE),
                page_token=token,
                states=states,
                strategy=strategy,
            )
            with peer_errors(self._peer):
                page = self._backtests.ListRuns(request, timeout=CALL_TIMEOUT_S)
            yield from page.runs
            token = page.next_page_token
            if not token:
                return
            if wanted is not None:
                wanted -= len(page.runs)

    def strategies(self) -> list[strategy_pb2.Strategy]:
        """Every strategy the gateway can run."""
        with peer_errors(self._peer):
            answer = self._strategies.ListStrategies(
                strategy_service_pb2.ListStrategiesRequest(), timeout=CREATE_TIMEOUT_S
            )
        return list(answer.strategies)

    def describe_strategy(self, name: str) -> strategy_pb2.Strategy:
        """One strategy with its parameter schema."""
        request = strategy_service_pb2.DescribeStrategyRequest(name=name)
        with peer_errors(self._peer):
            return self._strategies.DescribeStrategy(request, timeout=CREATE_TIMEOUT_S).strategy


def is_terminal(event: run_pb2.RunEvent) -> bool:
    """The event after which a run has no other."""
    return event.HasField("state_changed") and event.state_changed.state in TERMINAL_STATES


def _is_last(message: backtest_service_pb2.WatchRunResponse, last: int) -> bool:
    if message.HasField("snapshot"):
        return message.snapshot.state in TERMINAL_STATES and message.snapshot.latest_sequence <= last
    return message.HasField("event") and is_terminal(message.event)


def _is_broken(failure: ServiceError) -> bool:
    # An error with a request id was answered by our server: its bug stays one, however often it is asked.
    return failure.code in _BROKEN and failure.request_id is None
