"""What a viewer saw and takes along is told to the trail; no page waits for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st

from situasi.board import current as board
from situasi.screen import filters, session
from situasi.words import _


class TooOften(Exception):
    """This viewer takes more files than a person does; none leaves untold, so none leaves."""


def saw(feeds: Collection[str], page: str) -> None:
    """Rows of these feeds are on this page before the viewer."""
    board().deeds.saw(session.viewer(), feeds, page)


def refused(page: str) -> None:
    """A page that is not the viewer's was asked for by its address."""
    board().deeds.refused(session.viewer().name, {"page": page})


def download(
    label: str,
    make: Callable[[], bytes],
    what: dict[str, str],
    form: str,
    rows: int | Callable[[], int],
    **options: Any,
) -> None:
    """A button that gives a file: made, and told to the trail, when somebody clicks.

    Nothing of it lies anywhere before. what: the table that the rows are of. rows: how many, or
    what counts them then.
    """
    deeds, viewer, chosen = board().deeds, session.viewer(), filters.in_codes()

    def made() -> bytes:
        if not deeds.may_take(viewer):
            raise TooOften(_("Terlalu banyak berkas diambil. Coba lagi sebentar."))
        count = rows() if callable(rows) else rows
        deeds.exported(viewer, what, form, count, chosen)
        return make()

    st.download_button(label, made, on_click="ignore", **options)
