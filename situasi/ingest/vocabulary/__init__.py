"""Headings and words as people write them, from lists that a person can extend."""
