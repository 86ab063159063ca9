"""Netralitas: neutrality cases and their legal basis."""
