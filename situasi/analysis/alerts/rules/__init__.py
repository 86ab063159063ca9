"""The alert rules, one module a subject."""
