"""Removes what the board must not store: names, personal numbers and votes."""
