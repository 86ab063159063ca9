"""Hotspots: rates, exposure and the scan statistic."""
