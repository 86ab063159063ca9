"""Giat: activities, stages of the election and the SOP checklist."""
