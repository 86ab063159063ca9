"""The base map of a Polres from its own map files."""
