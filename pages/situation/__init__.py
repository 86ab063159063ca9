"""Situasi: KPIs, map and timeline of the whole day."""
