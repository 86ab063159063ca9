"""Checks of the rows of a table; every refusal has a reason in words."""
