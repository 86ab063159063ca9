"""Checks of the rows of a table; every rejection has a reason in words."""
