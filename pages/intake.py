"""Masukan: every source, its ledger, its silence, and the rows in quarantine."""

from __future__ import annotations

from situasi.labels import label
from situasi.screen import page


def show() -> None:
    page.opened(label("screen", "masukan"))
