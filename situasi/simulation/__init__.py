"""A made-up election day, marked LATIHAN, and its playing back in time."""
