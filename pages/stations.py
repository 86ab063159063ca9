"""TPS: all stations at once, by phase and by whether they report."""

from __future__ import annotations

from situasi.labels import label
from situasi.screen import page


def show() -> None:
    page.opened(label("screen", "tps"))
