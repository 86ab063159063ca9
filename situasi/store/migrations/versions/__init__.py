"""One file for each schema that stores had, from `v0001_...` on; see operations.py."""
