"""Simulated incidents of the rehearsal day."""
