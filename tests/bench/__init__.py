"""Benchmarks: how fast and how small, always beside a plain way of doing the same."""
