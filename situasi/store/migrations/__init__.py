"""Migrations of an older store to the current schema: one file for each schema change, in order.

`runner` runs them, `operations` holds the steps they use, `versions/` the files. A released file is
never changed: its meaning must not depend on the current feed_schemas.py.
"""
