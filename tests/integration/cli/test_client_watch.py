"""The client's watches against a scripted gateway: whatever happens to the connection, each event once and in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from services.cli.client import Client
from services.cli.pump import Pump
from services.common.errors import ServiceError
from zac.gateway.v1 import run_pb2
from zac.run.v1.strategy_pb2 import RunConfiguration

Gateway = Any


@pytest.fixture
def client(gateway: Gateway) -> Iterator[Client]:
    with Client(gateway.address) as client:
        yield client


def test_a_healthy_gateway_is_healthy(client: Client) -> None:
    client.check_health()
    with Client("127.0.0.1:1") as nobody, pytest.raises(ServiceError, match="cannot be reached"):
        nobody.check_health()


def test_run_waits_for_the_end(client: Client) -> None:
    run = client.run(RunConfiguration(strategy="Quick"))
    assert run.state == run_pb2.RUN_STATE_SUCCEEDED
    assert run.result.order_list_hash == "0a1b2c"


def test_wait_for_a_run_that_has_ended_returns_at_once(client: Client) -> None:
    created = client.create_run(RunConfiguration(strategy="Failing"))
    assert client.wait(created.run.run_id).error.message == "on_data raised ZeroDivisionError"


@pytest.mark.parametrize("after_sequence", [0, 7, 24])
@pytest.mark.parametrize("break_after", [None, 1, 4])
def test_each_event_once_and_in_order(
    gateway: Gateway, client: Client, break_after: int | None, after_sequence: int
) -> None:
    gateway.break_after = break_after
    run_id = client.create_run(RunConfiguration(strategy="Quick")).run.run_id
    messages = list(client.watch(run_id, after_sequence))
    assert messages[0].snapshot.run_id == run_id
    assert sum(message.HasField("snapshot") for message in messages) == 1
    events = [message.event.sequence for message in messages if message.HasField("event")]
    assert events == list(range(after_sequence + 1, len(gateway.played[0].events) + 1))


def test_bookmarks_pass_through_while_nothing_happens(gateway: Gateway, client: Client) -> None:
    run_id = client.create_run(RunConfiguration(strategy="Endless")).run.run_id
    for message in client.watch(run_id):
        if message.HasField("bookmark"):
            assert message.bookmark.sequence == 3
            client.cancel(run_id)
    assert gateway.played[0].run.state == run_pb2.RUN_STATE_CANCELLED


def test_a_watch_that_cannot_be_taken_up_again_says_so(gateway: Gateway, client: Client) -> None:
    gateway.break_after = 1
    run_id = client.create_run(RunConfiguration(strategy="Endless")).run.run_id
    with Client(gateway.address) as watching:
        stream = watching.watch(run_id, reconnect_timeout_s=0.3)
        assert next(stream).HasField("snapshot")
        gateway.refuse_watches = True
        started = time.monotonic()
        with pytest.raises(ServiceError) as caught:
            list(stream)
    assert caught.value.reason == "SERVICE_UNREACHABLE"
    assert 0.3 <= time.monotonic() - started < 5


def test_a_run_that_is_not_there_is_not_asked_for_again(gateway: Gateway, client: Client) -> None:
    with pytest.raises(ServiceError) as caught:
        next(client.watch("nobody"))
    assert caught.value.reason == "RUN_NOT_FOUND"
    assert len(gateway.watched) == 1


def test_a_closed_client_ends_its_watch(gateway: Gateway) -> None:
    with Client(gateway.address) as client:
        run_id = client.create_run(RunConfiguration(strategy="Endless")).run.run_id
    watching = Client(gateway.address)
    with Pump(watching.watch(run_id), watching.close) as pump:
        message = pump.take(5)
        assert message is not None
        assert message.HasField("snapshot")
    assert not any(thread.name == "watch" and thread.is_alive() for thread in threading.enumerate())


def test_a_pump_gives_everything_and_then_the_error() -> None:
    def source() -> Iterator[int]:
        yield from range(3)
        raise ServiceError.not_found("RUN_NOT_FOUND", "gone")

    with Pump(source(), lambda: None) as pump:
        assert [pump.take(5) for _ in range(3)] == [0, 1, 2]
        with pytest.raises(ServiceError, match="gone"):
            list(iter(lambda: pump.take(0.05), "nothing else"))


def test_a_pump_tells_when_it_is_empty() -> None:
    with Pump(iter(["only"]), lambda: None) as pump:
        assert pump.take(5) == "only"
        while not pump.is_exhausted:
            assert pump.take(0.05) is None
        assert pump.has_ended
