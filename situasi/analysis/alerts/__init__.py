"""Alerts: what the command post must be alerted to, since when and until when."""
