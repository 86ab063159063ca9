"""Lapor: forms and pasted messages become rows."""
