"""Netralitas: cases against members of the police, by step, class and age."""

from __future__ import annotations

from situasi.labels import label
from situasi.screen import page


def show() -> None:
    page.opened(label("screen", "netralitas"))
