"""Simulated election day, marked LATIHAN, and its replay in real time."""
