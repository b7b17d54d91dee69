"""Runs the migrations on the connection that `bot.storage.database.upgrade` hands over."""

from alembic import context

from bot.storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Table.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
