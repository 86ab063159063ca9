"""Turnout: summary, forecast and its calibration."""
