"""The frame of every page: style, language, bands, navigation. Streamlit runs this file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from pages import app_higher_command
from pages.navigation import asked, menu
from situasi.common.i18n import _
from situasi.live.snapshot import SnapshotView
from situasi.presentation import view_text
from situasi.ui import filters, playback, session, tenant, url_state
from situasi.ui.auto_refresh import watched
from situasi.ui.components import markup
from situasi.ui.session import ViewTime

ICON = Path(__file__).with_name("icon.png")


def main() -> None:
    tenant.decide(asked())
    if app_higher_command.is_asked():
        app_higher_command.main(ICON)
        return
    st.set_page_config(
        page_title=f"Situasi · {tenant.desk().place}", page_icon=str(ICON), layout="wide"
    )
    url_state.carry(asked(), filters.CARRIED)
    language = session.speak()
    markup.style(session.viewer_theme())
    markup.scripts()
    if not session.viewer().role.screens:
        markup.empty(_("Papan ini tidak dibuka untuk Anda. Masuk lebih dahulu."))
        return
    filters.recall_moment()
    playback.stays_over()
    shown = session.picture()
    markup.bands(_bands(shown, session.moment(filters.past_moment(), shown)))
    watched(partial(_page, shown), shown, language)


def _page(shown: SnapshotView) -> None:
    if shown.trouble and not shown.snapshot.version:
        # What was never read is neither empty nor calm: nothing may be drawn as if it were.
        markup.empty(_("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka."))
        return
    menu().run()
    url_state.know_way(asked(), filters.CARRIED)


def _bands(shown: SnapshotView, at: ViewTime) -> list[tuple[str, str]]:
    """What must not be overlooked."""
    link = session.viewer().link
    return (
        view_text.bands(
            at,
            tenant.desk().zone_label,
            rehearsal=shown.snapshot.rehearsal,
            until=link.expires_at if link else None,
            trouble=shown.trouble,
            register=session.register(),
            replaced_at=shown.replaced_at,
        )
        + app_higher_command.bands_of_looking(at)
        + session.failed_acts()
    )


with session.one_run():
    main()
