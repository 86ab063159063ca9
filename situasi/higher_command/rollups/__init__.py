"""The summary of a kabupaten for the higher command, read from the rows of its store."""
