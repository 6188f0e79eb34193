"""The tables: what is searched has a column, the rest of a run is its message."""

from __future__ import annotations

import sqlalchemy as sa

__all__ = ["METADATA", "RUNS", "RUN_EVENTS"]

METADATA = sa.MetaData()

RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("run_id", sa.String(36), primary_key=True),
    sa.Column("request_id", sa.String(36), unique=True),
    sa.Column("request_digest", sa.String(64), nullable=False),
    sa.Column("strategy", sa.String(255), nullable=False),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("phase", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("keep_partial", sa.Boolean, nullable=False),
    # Grows with every lease; whoever writes under an older one is refused.
    sa.Column("fencing_token", sa.BigInteger, nullable=False),
    # The runner's events of this attempt up to here are in the log.
    sa.Column("runner_sequence", sa.BigInteger, nullable=False),
    sa.Column("latest_sequence", sa.BigInteger, nullable=False),
    # Hash of everything but the data, and of everything; the latter is empty until the data are known.
    sa.Column("configuration_digest", sa.String(64), nullable=False),
    sa.Column("config_hash", sa.String(64), nullable=False),
    sa.Column("phase_since", sa.LargeBinary, nullable=False),  # google.protobuf.Timestamp
    sa.Column("snapshot", sa.LargeBinary, nullable=False),  # zac.gateway.v1.Run
    sa.Column("execution", sa.LargeBinary, nullable=False),  # zac.run.v1.ExecuteRequest
    sa.Index("ix_runs_state", "state", "run_id"),
    sa.Index("ix_runs_strategy", "strategy", "run_id"),
    sa.Index("ix_runs_config_hash", "config_hash"),
)

RUN_EVENTS = sa.Table(
    "run_events",
    METADATA,
    sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event", sa.LargeBinary, nullable=False),  # zac.gateway.v1.RunEvent
    sqlite_with_rowid=False,
)
