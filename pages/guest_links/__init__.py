"""Tautan tamu: makes and ends guest links."""
