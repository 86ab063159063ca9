"""Tahapan dan giat: the stages, the SOP, what was planned and what was done."""

from __future__ import annotations

from situasi.labels import label
from situasi.screen import page


def show() -> None:
    page.opened(label("screen", "tahapan"))
