"""Runs and their event logs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(36), primary_key=True),
        sa.Column("request_id", sa.String(36), unique=True),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("strategy", sa.String(255), nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("phase", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("cancel_requested", sa.Boolean, nullable=False),
        sa.Column("keep_partial", sa.Boolean, nullable=False),
        sa.Column("fencing_token", sa.BigInteger, nullable=False),
        sa.Column("runner_sequence", sa.BigInteger, nullable=False),
        sa.Column("latest_sequence", sa.BigInteger, nullable=False),
        sa.Column("configuration_digest", sa.String(64), nullable=False),
        sa.Column("config_hash", sa.String(64), nullable=False),
        sa.Column("phase_since", sa.LargeBinary, nullable=False),
        sa.Column("snapshot", sa.LargeBinary, nullable=False),
        sa.Column("execution", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_runs_state", "runs", ["state", "run_id"])
    op.create_index("ix_runs_strategy", "runs", ["strategy", "run_id"])
    op.create_index("ix_runs_config_hash", "runs", ["config_hash"])
    op.create_table(
        "run_events",
        sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("run_events")
    op.drop_table("runs")
