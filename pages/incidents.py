"""Kejadian: every report, its life, what is overdue, and which are one."""

from __future__ import annotations

from situasi.labels import label
from situasi.screen import page


def show() -> None:
    page.opened(label("screen", "kejadian"))
