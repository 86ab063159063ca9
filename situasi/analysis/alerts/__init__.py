"""Alerts: what the command post must be called for, since when, and until when."""
