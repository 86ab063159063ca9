"""The filter line of Kejadian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from situasi.analysis.incidents.cases import Selection
from situasi.ui import filters, page_layout, session
from situasi.ui.page_layout import View


def opened(title: str) -> tuple[View, Selection]:
    """Draw heading and filters; the view, and what of it was asked for."""
    picked: dict[str, Any] = {}

    def kept(name: str, draw: Callable[[Any], Any]) -> Callable[[Any], None]:
        return lambda place: picked.update({name: draw(place)})

    view = page_layout.opened(
        title,
        kept("jenis", filters.jenis),
        kept("tingkat", filters.tingkat),
        kept("status", filters.status),
        kept("window", filters.window),
    )
    wanted = Selection(
        kecamatan=view.kecamatan,
        jenis=tuple(picked["jenis"]),
        tingkat=tuple(picked["tingkat"]),
        status=tuple(picked["status"]),
    )
    # To the minute, so that viewers of the same minute share what is computed.
    minute = replace(view.at, at=session.reckoned(view.at))
    return view, filters.within(wanted, picked["window"], minute)
