"""The frame of every page: style, language, bands, navigation. Streamlit runs this file."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.roles import Bound
from situasi.screen import filters, parts, session
from situasi.screen.heartbeat import heartbeat
from situasi.screen.menu import menu
from situasi.screen.session import Moment
from situasi.snapshot import Picture
from situasi.words import _

ICON = Path(__file__).with_name("icon.png")


def main() -> None:
    election = board().register.election
    st.set_page_config(
        page_title=f"Situasi · {election.kabupaten}", page_icon=str(ICON), layout="wide"
    )
    language = session.speak()
    parts.style(session.viewer_theme())
    parts.scripts()
    if not session.viewer().role.screens:
        parts.empty(_("Papan ini tidak dibuka untuk Anda. Masuk lebih dahulu."))
        return
    filters.recall_moment()
    shown = session.picture()
    parts.bands(_bands(shown, session.moment(filters.past_moment(), shown)))
    if shown.trouble and not shown.snapshot.version:
        # What was never read is neither empty nor calm: nothing may be drawn as if it were.
        parts.empty(_("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka."))
    else:
        menu().run()
    heartbeat(shown, language)


def _until(link: Bound) -> str:
    """What a guest must know of the link."""
    election = board().register.election
    ends = link.ends.astimezone(election.zone)
    said = _("Tamu: hanya tampilan ini, sampai {day} {time} {zone}")
    return said.format(day=words.day(ends), time=words.clock(ends), zone=election.zone_label)


def _bands(shown: Picture, at: Moment) -> list[tuple[str, str]]:
    """What must not be overlooked: made-up data, a past moment, a broken store."""
    election = board().register.election
    said = []
    if shown.snapshot.rehearsal:
        said.append(("latihan", _("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya")))
    if not at.live:
        past = _("Keadaan sebagaimana diketahui {time} {zone}, bukan keadaan sekarang")
        zone = election.zone_label
        said.append(("past", past.format(time=words.clock(at.at), zone=zone)))
    if (link := session.viewer().link) is not None:
        said.append(("guest", _until(link)))
    if shown.trouble:
        said.append(("broken", _("Penyimpanan tidak terbaca: {why}").format(why=shown.trouble)))
    return said


main()
