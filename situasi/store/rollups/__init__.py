"""The summary of a kabupaten for the higher command, computed in SQL."""
