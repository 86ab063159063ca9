"""Facts that no column of a table holds: from its titles, its own words, or where it came from."""
