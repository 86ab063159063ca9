"""The frame of every page: style, language, bands, navigation. Streamlit runs this file."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages import situation
from situasi.screen import parts, session
from situasi.screen.heartbeat import heartbeat
from situasi.board import current as board
from situasi.words import _

ICON = Path(__file__).with_name("icon.png")


def main() -> None:
    election = board().register.election
    st.set_page_config(
        page_title=f"Situasi · {election.kabupaten}", page_icon=str(ICON), layout="wide"
    )
    language = session.speak()
    parts.style()
    shown = session.picture()
    if shown.snapshot.rehearsal:
        parts.band(_("LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya"))
    if shown.trouble:
        parts.band(_("Penyimpanan tidak terbaca: {why}").format(why=shown.trouble), "broken")
    page = st.navigation(
        [st.Page(situation.show, title="Situasi", url_path="situasi", default=True)],
        position="hidden",
    )
    page.run()
    heartbeat(shown.snapshot.version, language)


main()
