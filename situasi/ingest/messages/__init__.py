"""Reports as field officers write them: chat text becomes messages, messages proposed rows."""
