"""How an older store becomes one of today: a file for each change of its schema, in order.

`migrating` runs them, `steps` is what they are written in, `versions/` holds them. A file that
was once released is never changed: what it means must not depend on today's records.py.
"""
