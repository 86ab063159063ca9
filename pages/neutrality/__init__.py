"""Netralitas: cases of neutrality and their legal basis."""
