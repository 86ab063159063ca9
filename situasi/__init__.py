"""Situasi: the election-day situation dashboard of a district police command."""

__version__ = "0.1.0"
