"""Parsers of times, numbers and coordinates as people write them."""
