"""Tahapan dan giat: stages of the election and activities."""
