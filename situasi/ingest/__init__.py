"""Ingest: from a file, a form or a message to accepted rows."""
