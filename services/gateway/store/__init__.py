"""What the gateway remembers: runs, their event logs, and who owns them."""

from services.gateway.store.changes import Change, Changed, Lease, adopt_run, change_run, lease_next_run
from services.gateway.store.database import Database
from services.gateway.store.run_log import read_life
from services.gateway.store.runs import (
    Created,
    NewRun,
    Page,
    RunFilter,
    create_run,
    find_run,
    find_run_by_request,
    list_runs,
    list_unsettled,
    read_events,
    read_run,
)

__all__ = [
    "Change",
    "Changed",
    "Created",
    "Database",
    "Lease",
    "NewRun",
    "Page",
    "RunFilter",
    "adopt_run",
    "change_run",
    "create_run",
    "find_run",
    "find_run_by_request",
    "lease_next_run",
    "list_runs",
    "list_unsettled",
    "read_events",
    "read_life",
    "read_run",
]
