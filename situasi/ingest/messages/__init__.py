"""Message ingest: chat text is split into messages, and messages become proposed rows."""
