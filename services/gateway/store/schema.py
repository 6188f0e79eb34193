"""The schema's version: checked at every start, migrated when it is not the newest."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from services.common.settings import StartupError

__all__ = ["HEAD", "ensure_schema"]

# The newest revision below migrations/versions. Known here so that a start with a current schema, which is every start
# but the first, does without importing Alembic (0.5 s).
HEAD = "0001"

_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))


def ensure_schema(engine: sa.Engine) -> None:
    """Brings the database to the newest schema; raises StartupError for a database of a newer release."""
    if _version(engine) == HEAD:
        return
    from alembic import command, util  # noqa: PLC0415 # see HEAD
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except util.CommandError as error:
        raise StartupError(f"the database has a schema this release does not know ({error}); is it newer?") from error


def _version(engine: sa.Engine) -> str | None:
    try:
        with engine.begin() as connection:
            version: str | None = connection.scalar(sa.select(_VERSION.c.version_num))
            return version
    except (sa.exc.OperationalError, sa.exc.ProgrammingError):  # no such table: a new database
        return None
