"""Incidents: rows, cases, merging, duplicates and milestones."""
