"""Peringatan: alerts and the actions on them."""
