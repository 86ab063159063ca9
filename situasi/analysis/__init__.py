"""Analyses: pure functions from frames to frames; the current time is an argument."""
