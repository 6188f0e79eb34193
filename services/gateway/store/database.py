"""Transactions off the event loop.

A transaction is a plain function of a `Transaction`, run whole in a thread: one hop there and back, however many
statements it has. SQLAlchemy's asyncio layer would add a hop for each statement, and half to the time the gateway takes
to start, since it brings the ORM along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from services.common.clock import Clock
from services.common.settings import StartupError
from services.gateway.store.schema import ensure_schema
from services.gateway.store.sqlite import SqliteFile, open_sqlite

__all__ = ["Database", "Transaction"]

P = ParamSpec("P")
T = TypeVar("T")

_READERS = 4


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a transaction function works with; `changed` collects the ids of runs whose watchers are to be woken."""

    connection: sa.Connection
    now: datetime
    changed: set[str] = field(default_factory=set)


class Database:
    """The gateway's database, opened by the one process that owns its runs."""

    def __init__(self, url: str, clock: Clock, on_change: Callable[[Collection[str]], None]) -> None:
        """`on_change` is called on the event loop after each commit, with the ids of the changed runs."""
        self._clock = clock
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise StartupError(
                "ZAC_DATABASE_URL is no database URL; an example: sqlite:////data/gateway.sqlite3"
            ) from error
        self._file: SqliteFile | None = None
        if parsed.get_backend_name() == "sqlite":
            self._file = open_sqlite(parsed, readers=_READERS)
            self._write_engine, self._read_engine = self._file.writer, self._file.reader
        else:
            self._write_engine = self._read_engine = sa.create_engine(parsed, pool_pre_ping=True)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="db-write")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="db-read")

    async def open(self) -> None:
        """Connects and brings the schema up to date; raises StartupError."""
        try:
            await self._loop.run_in_executor(self._writer, ensure_schema, self._write_engine)
        except sa.exc.DBAPIError as error:
            raise StartupError(f"the database cannot be used: {error.orig}") from error

    async def close(self) -> None:
        """Waits for what is being written, then closes."""
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        if self._file is not None:
            self._file.close()
        else:
            self._write_engine.dispose()

    async def write(self, body: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a transaction that survives a power cut once it is through; one that raises changes nothing.

        A caller that is cancelled does not learn whether it was run.
        """
        return await self._loop.run_in_executor(self._writer, lambda: self._transact(True, body, *args, **kwargs))

    async def write_progress(
        self, body: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same, a hundred times cheaper: a power cut may undo it, until the next `write` is through."""
        return await self._loop.run_in_executor(self._writer, lambda: self._transact(False, body, *args, **kwargs))

    async def read(self, body: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a transaction that only reads; it sees one state of the database throughout."""

        def run() -> T:
            with self._read_engine.begin() as connection:
                return body(Transaction(connection, self._clock.now_utc()), *args, **kwargs)

        return await self._loop.run_in_executor(self._readers, run)

    def _transact(
        self, durable: bool, body: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self._write_engine.connect().execution_options(durable=durable) as connection, connection.begin():
            transaction = Transaction(connection, self._clock.now_utc())
            outcome = body(transaction, *args, **kwargs)
        if transaction.changed:
            self._loop.call_soon_threadsafe(self._on_change, frozenset(transaction.changed))
        return outcome
