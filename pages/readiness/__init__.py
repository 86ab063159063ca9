"""Kesiapan: what a board needs before the day, and what of it is there."""
