"""The store on a real SQLite file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from google.rpc import status_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.errors import ServiceError
from services.common.settings import StartupError
from services.gateway.projection import Projection
from services.gateway.store import (
    Change,
    Database,
    NewRun,
    adopt_run,
    change_run,
    create_run,
    lease_next_run,
    list_unsettled,
    read_events,
    read_run,
)
from services.gateway.store.database import Transaction
from services.gateway.store.schema import HEAD, ensure_schema
from services.gateway.store.sqlite import SqliteFile, open_sqlite
from services.gateway.store.tables import METADATA
from services.gateway.transition import (
    SETTLED,
    CancelRequested,
    Failed,
    LifeEvent,
    Phase,
    PhaseEntered,
    State,
    Stopped,
    Succeeded,
    WorkerLost,
)
from zac.gateway.v1 import run_pb2
from zac.run.v1 import runner_service_pb2

MIGRATIONS = Path(__file__).resolve().parents[3] / "services/gateway/store/migrations"


class TickingClock:
    """Every look at it is a second later."""

    def __init__(self) -> None:
        self.time = datetime(2025, 10, 3, tzinfo=UTC)

    def now_utc(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


def new_run(number: int, **fields: str) -> NewRun:
    run_id = f"0199aa43-e43b-7800-bfff-{number:012d}"
    values = {"config_hash": f"hash-{number}", "data_manifest_digest": "d"} | fields
    run = run_pb2.Run(run_id=run_id, configuration={"strategy": "ZacQC"}, **values)
    return NewRun(
        run=run,
        execution=runner_service_pb2.ExecuteRequest(run_id=run_id),
        request_id=None,
        request_digest=f"request-{number}",
        configuration_digest=fields.get("config_hash", f"configuration-{number}"),
        keep_partial=False,
    )


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    woken: list[Collection[str]] = []
    made = Database(f"sqlite:///{tmp_path / 'new' / 'runs.sqlite3'}", TickingClock(), woken.append)
    await made.open()
    made.woken = woken  # type: ignore[attr-defined]
    yield made
    await made.close()


async def test_a_change_is_stored_whole_or_not_at_all(database: Database) -> None:
    run = (await database.write(create_run, new_run(1), again=False, max_queued=10)).run

    def half(transaction: Transaction) -> None:
        change_run(transaction, run.run_id, Change(life=[CancelRequested()]))
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await database.write(half)
    assert (await database.read(read_run, run.run_id)).state == run_pb2.RUN_STATE_QUEUED
    assert len(await database.read(read_events, run.run_id, 0, 10)) == 1


async def test_watchers_are_woken_after_the_commit_only(database: Database) -> None:
    run = (await database.write(create_run, new_run(1), again=False, max_queued=10)).run
    await asyncio.sleep(0)
    assert database.woken == [frozenset({run.run_id})]  # type: ignore[attr-defined]


async def test_a_stale_token_is_refused(database: Database) -> None:
    await database.write(create_run, new_run(1), again=False, max_queued=10)
    lease = await database.write(lease_next_run)
    assert lease is not None
    newer = await database.write(adopt_run, lease.run_id)
    assert newer.token == lease.token + 1
    with pytest.raises(ServiceError) as caught:
        await database.write(change_run, lease.run_id, Change(life=[Succeeded()]), lease.token)
    assert (caught.value.code.name, caught.value.reason) == ("ABORTED", "STALE_FENCING_TOKEN")
    changed = await database.write(change_run, lease.run_id, Change(life=[Succeeded()]), newer.token)
    assert changed.life.state is State.SUCCEEDED


async def test_a_settled_run_takes_nothing_more(database: Database) -> None:
    run = (await database.write(create_run, new_run(1), again=False, max_queued=10)).run
    done = await database.write(change_run, run.run_id, Change(life=[CancelRequested()]))
    assert done.life.state is State.CANCELLED
    late = Change(log=[run_pb2.RunEvent(log={"text": "late"})], life=[Succeeded()])
    after = await database.write(change_run, run.run_id, late)
    assert (after.accepted, after.run) == (False, done.run)
    assert len(await database.read(read_events, run.run_id, 0, 10)) == 3


async def test_runs_are_leased_oldest_first_and_once(database: Database) -> None:
    for number in (3, 1, 2):
        await database.write(create_run, new_run(number), again=False, max_queued=10)
    leases = await asyncio.gather(*(database.write(lease_next_run) for _ in range(4)))
    assert [lease and lease.run_id[-1] for lease in leases] == ["1", "2", "3", None]
    assert {lease.token for lease in leases if lease} == {1}
    assert len(await database.read(list_unsettled)) == 3


async def test_a_lost_run_starts_its_runner_log_anew(database: Database) -> None:
    run = (await database.write(create_run, new_run(1), again=False, max_queued=10)).run
    await database.write(lease_next_run)
    await database.write(change_run, run.run_id, Change(runner_sequence=41))
    lost = status_pb2.Status(code=14, message="gone")
    changed = await database.write(change_run, run.run_id, Change(life=[WorkerLost(lost)]))
    assert (changed.life.state, changed.run.attempt) == (State.QUEUED, 2)
    lease = await database.write(lease_next_run)
    assert lease is not None
    assert (lease.runner_sequence, lease.token, lease.life.attempt) == (0, 2, 2)


async def test_live_runs_stand_for_equal_ones_while_their_data_are_unknown(database: Database) -> None:
    first = await database.write(create_run, new_run(1, config_hash=""), again=False, max_queued=10)
    second = new_run(2, config_hash="")
    assert (await database.write(create_run, second, again=True, max_queued=10)).run.run_id == first.run.run_id


EVENTS: list[LifeEvent] = [
    *[PhaseEntered(phase) for phase in Phase],
    CancelRequested(),
    Succeeded(),
    Failed(status_pb2.Status(code=13)),
    Stopped(),
    WorkerLost(status_pb2.Status(code=14)),
]
STEPS = st.lists(
    st.one_of(st.sampled_from([*EVENTS, "lease"]), st.floats(0, 99), st.text(max_size=5)), min_size=1, max_size=25
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> SqliteFile:
    opened = open_sqlite(sa.make_url(f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite3'}"), readers=1)
    ensure_schema(opened.writer)
    return opened


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, number=st.integers(1, 10**11))
def test_a_stored_run_is_the_sum_of_its_log(file: SqliteFile, steps: list[object], number: int) -> None:
    clock = TickingClock()
    with file.writer.connect() as connection, connection.begin() as whole:
        run_id = create_run(
            Transaction(connection, clock.now_utc()), new_run(number), again=False, max_queued=10
        ).run.run_id
        for step in steps:
            transaction = Transaction(connection, clock.now_utc())
            if step == "lease":
                lease_next_run(transaction)
            elif isinstance(step, float):
                change_run(transaction, run_id, Change(log=[run_pb2.RunEvent(progress={"percent": step})]))
            elif isinstance(step, str):
                change_run(transaction, run_id, Change(log=[run_pb2.RunEvent(log={"text": step})]))
            else:
                change_run(transaction, run_id, Change(life=[step]))
        run = read_run(transaction, run_id)
        events = read_events(transaction, run_id, 0, 1000)
        whole.rollback()
    assert [event.sequence for event in events] == list(range(1, run.latest_sequence + 1))
    folded = Projection(new_run(number).run, events[0].event_time)
    folded.run.create_time.CopyFrom(events[0].event_time)
    folded.run.attempt = 1
    for event in events:
        folded.fold(event)
    folded.run.queue_position = run.queue_position
    assert folded.run == run
    terminal = [event for event in events if State(event.state_changed.state or 1) in SETTLED]
    assert terminal in ([], events[-1:])


def test_the_newest_migration_is_the_head_and_makes_the_tables(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]
    opened = open_sqlite(sa.make_url(f"sqlite:///{tmp_path / 'runs.sqlite3'}"), readers=1)
    ensure_schema(opened.writer)
    ensure_schema(opened.writer)
    with opened.writer.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    opened.close()


def test_a_database_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    opened = open_sqlite(sa.make_url(f"sqlite:///{tmp_path / 'runs.sqlite3'}"), readers=1)
    ensure_schema(opened.writer)
    with opened.writer.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StartupError, match="is it newer"):
        ensure_schema(opened.writer)
    opened.close()


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "sqlite:////proc/nowhere/x.sqlite3"])
async def test_databases_that_cannot_be_had_are_named(url: str) -> None:
    with pytest.raises(StartupError, match=r"database|ZAC_DATABASE_URL"):
        Database(url, TickingClock(), lambda _: None)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, and long enough to have a header of its own")
    database = Database(f"sqlite:///{tmp_path / 'text'}", TickingClock(), lambda _: None)
    with pytest.raises(StartupError, match="not a database"):
        await database.open()
    await database.close()


def test_a_usual_start_imports_neither_alembic_nor_the_orm(tmp_path: Path, project: Path) -> None:
    script = f"""
import asyncio, sys
from services.common.clock import SystemClock
from services.gateway.application import Gateway
from services.gateway.config import GatewaySettings
async def main():
    gateway = Gateway(GatewaySettings(state_dir={str(tmp_path)!r}), SystemClock())
    await gateway.open()
    await gateway.close()
asyncio.run(main())
print(sorted({{"alembic", "sqlalchemy.orm", "rich", "pandas"}} & set(sys.modules)))
"""
    for expected in ("['alembic']", "[]"):
        done = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=True)
        assert expected in (done.stdout.strip(), "['alembic']")
    assert done.stdout.strip() == "[]"
