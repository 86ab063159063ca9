"""Latihan: starting and evaluating an exercise."""
