"""Lapor: forms and pasted messages that become rows."""
