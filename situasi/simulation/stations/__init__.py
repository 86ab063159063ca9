"""Simulated TPS of the rehearsal day: supplies, counts, outages."""
