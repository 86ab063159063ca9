"""Simulated officers of the rehearsal day: roster, orders, check-ins."""
