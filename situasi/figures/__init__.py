"""Figures: functions that turn frames into charts and maps, in the colours of theme.py."""
