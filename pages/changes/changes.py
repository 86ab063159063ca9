"""Sejak taklimat: only what is new, worse, closed and still silent since a marked moment."""

from __future__ import annotations

from pages.changes import page as panel
from situasi.domain.labels import label
from situasi.ui import briefings, markers, page_layout


def show() -> None:
    view = page_layout.opened(label("screen", "perubahan"), panel.marker_filter)
    one = markers.chosen(view.shown, view.at)
    if one is None:
        panel.no_marker(view)
        return
    briefings.told(view.at)  # the button of the empty page is no more
    found = panel.found_since(view, one)
    panel.key_figures(found)
    panel.lists(found, markers.name(one, view.at))
