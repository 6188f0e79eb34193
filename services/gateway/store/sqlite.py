"""SQLite as the database: the only module that knows it."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event

from services.common.settings import StartupError

__all__ = ["SqliteFile", "open_sqlite"]

_BUSY_TIMEOUT_MS = 5_000


@dataclass(frozen=True)
class SqliteFile:
    """An opened database file: one connection that writes, some that read, and the lock that makes it ours."""

    writer: sa.Engine
    reader: sa.Engine
    lock: int

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()
        os.close(self.lock)


def open_sqlite(url: sa.URL, readers: int) -> SqliteFile:
    """Opens the file, made with its folder when absent, in WAL mode.

    Raises StartupError when it cannot be had or another process has it: runs have one owner.
    """
    if not url.database or url.database == ":memory:":
        raise StartupError("the database must be a file: ZAC_DATABASE_URL=sqlite:///path/to/gateway.sqlite3")
    path = Path(url.database).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _lock(path)
    except OSError as error:
        raise StartupError(f"the database {path} cannot be opened: {error}") from error
    url = sa.URL.create("sqlite", database=str(path))
    writer = sa.create_engine(url, pool_size=1, max_overflow=0)
    reader = sa.create_engine(url, pool_size=readers, max_overflow=0)
    event.listen(writer, "connect", _prepare_writer)
    event.listen(writer, "begin", _begin_writing)
    event.listen(reader, "connect", _prepare_reader)
    event.listen(reader, "begin", _begin_reading)
    return SqliteFile(writer, reader, lock)


def _lock(path: Path) -> int:
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise StartupError(f"the database {path} is in use by another gateway; stop it first") from error
    return lock


def _prepare_writer(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    # The driver's own transaction control commits behind our back around some statements; ours begins explicitly.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _prepare_reader(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _begin_writing(connection: sa.Connection) -> None:
    # State changes survive a power cut (FULL: one sync, 3 ms); progress between them survives a crash of ours (NORMAL),
    # and the next state change makes it as safe.
    durable = connection.get_execution_options().get("durable", True)
    connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_reading(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
