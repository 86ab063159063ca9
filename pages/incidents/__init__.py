"""Kejadian: incidents, their cases, duplicates and hotspots."""
