"""Situasi: key figures, map and timeline of the whole."""
