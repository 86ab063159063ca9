"""Partisipasi: who has come to vote, of whom, and who has not told."""

from __future__ import annotations

from situasi.labels import label
from situasi.screen import page


def show() -> None:
    page.opened(label("screen", "partisipasi"))
