"""The alert rules, one module per subject."""
