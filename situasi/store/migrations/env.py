"""Alembic's entry point: run by `runner.upgrade`, on its connection and in its transaction."""

from alembic import context

attributes = context.config.attributes
context.configure(connection=attributes["connection"], version_table_schema=attributes["schema"])
context.run_migrations()
