"""Counts in a message: numbers beside words or in lists, the rows of them, and those not read."""
