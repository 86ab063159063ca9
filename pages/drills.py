"""Latihan: scenarios played into an exercise, and how soon the staff reacted."""

from __future__ import annotations

from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.screen import drills_panel, page, parts
from situasi.screen.drills_work import drilled


def show() -> None:
    view = page.opened(label("screen", "latihan"))
    done = drilled(view)
    drills_panel.starting(done, view)
    if done.found.empty:
        parts.empty(_("Belum ada skenario yang dimulai."))
        return
    drills_panel.figures(done)
    drills_panel.whole(done)
    drills_panel.better(done)
