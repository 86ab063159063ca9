"""Latihan: scenarios played into an exercise, and how soon the staff reacted."""

from __future__ import annotations

from pages.exercises import page as exercises_page
from pages.exercises.data import drilled
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_layout
from situasi.ui.components import markup


def show() -> None:
    view = page_layout.opened(label("screen", "latihan"))
    done = drilled(view)
    exercises_page.starting(done, view)
    if done.found.empty:
        markup.empty(_("Belum ada skenario yang dimulai."))
        return
    exercises_page.figures(done)
    exercises_page.whole(done)
    exercises_page.better(done)
