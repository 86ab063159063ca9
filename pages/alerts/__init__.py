"""Peringatan: alerts and what was done about them."""
