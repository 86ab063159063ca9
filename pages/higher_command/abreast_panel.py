"""The kabupaten as tiles, each the way to its board; and the moment that is shown."""

from __future__ import annotations

import streamlit as st

from pages.higher_command import markup as higher_command_markup
from pages.higher_command import wording
from pages.higher_command.markup import Tile
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.higher_command.comparison import Line
from situasi.ui import filters, higher_command_session, tenant
from situasi.ui.components import markup
from situasi.ui.session import Moment


def title(part: str) -> str:
    """What stands side by side here."""
    return higher_command_session.command().parts[part] if part else _("Wilayah")


def controls(at: Moment) -> None:
    """The moment that is shown, behind one button."""
    zone = tenant.desk().zone_label
    said = _("Langsung") if at.live else f"{i18n.clock(at.at)} {zone}"
    with markup.bar():
        st.markdown(f"**{wording.each()}**", width="content")
        with st.popover(said, key="pilih_saat"):
            st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
            filters.time_slider()
            if not at.live:
                st.button(_("Kembali ke langsung"), on_click=filters.back_to_present)


def tiles(every: list[Line]) -> None:
    """One for each; a click on it opens what it is of."""
    higher_command_markup.tiles([_tile(line) for line in every])


def _tile(line: Line) -> Tile:
    return Tile(
        title=line.name,
        to=tenant.way(line.code) if line.opens else "",
        closed="" if line.opens else _("papan tidak ada di sini"),
        state=line.state,
        state_name=_state(line),
        lines=tuple(wording.facts(line)),
        grave=wording.grave(line),
        share=wording.share(line),
        copied=wording.copied(line),
        silent=wording.silent(line),
        made_up=_("LATIHAN") if line.rehearsal else "",
    )


def _state(line: Line) -> str:
    if line.state is None:
        return _("situasi belum dinyatakan") if line.reporting else ""
    return label("situasi", line.state)
