"""Files that were read, kept to be mapped by hand and read again in place of what was read."""
