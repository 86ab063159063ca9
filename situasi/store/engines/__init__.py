"""The differences between SQLite and PostgreSQL."""
