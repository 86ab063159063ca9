"""Texts that pages share."""
