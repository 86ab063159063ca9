"""Masukan: uploads, deliveries and the quarantine."""
