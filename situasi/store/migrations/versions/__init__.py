"""One file for each schema that stores had, `v0001_...` on; see steps.py."""
