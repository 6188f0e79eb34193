"""Runs as people name them: an id, a unique beginning of one, @last, @running."""

from __future__ import annotations

from services.cli.client import LIVE_STATES, Client
from services.cli.exits import ExitCode
from services.cli.failures import CliError
from zac.gateway.v1.run_pb2 import Run

__all__ = ["find_run"]


def find_run(client: Client, named: str) -> Run:
    """The run meant by `named`. Raises CliError or ServiceError with RUN_NOT_FOUND."""
    if not named.startswith("@"):
        return client.get_run(named)
    if named not in ("@last", "@running"):
        raise CliError("USAGE", f"{named} is unknown; say @last, @running or a run's id", ExitCode.USAGE)
    run = next(client.list_runs(states=LIVE_STATES if named == "@running" else (), limit=1), None)
    if run is None:
        text = "no run is under way" if named == "@running" else "there is no run yet"
        raise CliError("RUN_NOT_FOUND", text, ExitCode.NOT_FOUND)
    return run
