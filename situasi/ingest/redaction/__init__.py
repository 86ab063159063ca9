"""Takes out what the board must not keep: names, numbers of people, votes."""
