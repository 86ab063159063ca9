"""Simulated days, on which the turnout forecast is tried and scored."""
