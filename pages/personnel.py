"""Personel: who is required, posted and present, and where nobody is."""

from __future__ import annotations

from situasi.labels import label
from situasi.screen import page


def show() -> None:
    page.opened(label("screen", "personel"))
