"""Pieces of HTML of the page Personel; all is escaped."""

from __future__ import annotations

from markupsafe import Markup


def of(value: str | Markup, whole: str) -> Markup:
    """A number and the whole it is part of: '298 dari 331', the whole smaller."""
    return Markup('{} <small class="pe-of">{}</small>').format(value, whole)


def estimate(text: str) -> Markup:
    """An estimated value, in italics."""
    return Markup("<em>{}</em>").format(text)


def of_estimate(value: str, before: str, whole: str) -> Markup:
    """The same where the whole is an estimate."""
    return Markup('{} <small class="pe-of">{} <em>{}</em></small>').format(value, before, whole)
