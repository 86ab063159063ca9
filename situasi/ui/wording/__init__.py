"""Sentences that pages share."""
