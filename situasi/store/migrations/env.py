"""Alembic's way in: run by `migrating.upgrade`, on its connection and in its transaction."""

from alembic import context

told = context.config.attributes
context.configure(connection=told["connection"], version_table_schema=told["schema"])
context.run_migrations()
