"""Alembic's entry: migrates on the connection that `ensure_schema` hands over."""

from alembic import context

from services.gateway.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
