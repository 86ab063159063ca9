"""Partisipasi: turnout now and its forecast."""
