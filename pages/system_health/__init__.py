"""Kesehatan papan: the state of the server and its jobs."""
