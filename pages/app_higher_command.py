"""The frame of the page of a command above; what a kabupaten's pages say seen from there."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pages import navigation
from pages.higher_command import page
from situasi.access import roles
from situasi.access.roles import SCREENS
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.higher_command import app, comparison
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.presentation import view_text
from situasi.ui import audit, filters, higher_command_session, session, tenant, url_state
from situasi.ui.auto_refresh import watched
from situasi.ui.components import markup


def is_asked() -> bool:
    """Whether it is the page of a command above, or there is no board to show below it."""
    return app.current_higher_command() is not None and (tenant.is_above() or bool(_refusal()))


def main(icon: Path) -> None:
    """Draw it."""
    name = higher_command_session.command().name
    st.set_page_config(page_title=f"Situasi · {name}", page_icon=str(icon), layout="wide")
    language = session.speak()
    markup.style(session.viewer_theme())
    markup.scripts()
    if not roles.may_open_higher_command(session.account()):
        markup.empty(_("Papan ini tidak dibuka untuk Anda. Masuk lebih dahulu."))
        return
    if not tenant.is_above():
        _refused()
    else:
        _page(language)


def _page(language: str) -> None:
    filters.recall_moment()
    found = higher_command_session.overview()
    markup.bands(
        view_text.bands(
            higher_command_session.moment(),
            tenant.desk().zone_label,
            rehearsal=higher_command_session.rehearsal(),
            until=None,
            trouble=found.trouble,
        )
        + session.failed_acts()
    )
    watched(partial(_draw, found), None, language)


def _draw(found: HigherCommandOverview) -> None:
    if found.trouble and not found.rollups:
        # What was never read is neither empty nor calm: nothing may be drawn as if it were.
        markup.empty(_("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka."))
        return
    _menu().run()


def _menu() -> StreamlitPage:
    """One page, whatever the address says: those of a kabupaten are of none without its code."""
    home = st.Page(
        page.show, title=higher_command_session.command().name, url_path="", default=True
    )
    others = [
        st.Page(page.show, title=name, url_path=name, visibility="hidden")
        for name in (tenant.NAME, *SCREENS)
    ]
    chosen = st.navigation([home, *others])
    url_state.know_page(tenant.NAME)
    with st.sidebar:
        navigation.way_up()
        navigation.who(session.account())
    return chosen


def _refusal() -> str:
    return session.of_run("refusal", lambda: tenant.refusal(session.account()))


def _refused() -> None:
    """Why this kabupaten is not shown, and the way back."""
    audit.refused_kabupaten(tenant.code())
    markup.empty(_refusal())
    up = tenant.up()
    if up is not None:
        markup.way_up(f"◂ {up[0]}", up[1])


def bands_of_looking(at: session.Moment) -> list[tuple[str, str]]:
    """What must not be overlooked before the board of a kabupaten, where one looks from above."""
    above, there = board().parent, app.current_higher_command()
    if above is None or there is None:
        return []
    own = board().register.election
    said = _("Dilihat dari {name}: papan {polres}, hanya baca")
    bands = [("guest", said.format(name=above.name, polres=own.command))]
    found = there.rollup_cache.current_overview()
    silent = board().kabupaten_code in {
        one.code for one in found.silent_members(board().kabupaten_code)
    }
    if at.live and silent:
        (line,) = [
            one
            for one in comparison.build_unit_summaries(found, board().kabupaten_code[:2])
            if one.code == board().kabupaten_code
        ]
        bands.append(("broken", _silent(line, own.command)))
    return bands


def _silent(line: comparison.UnitSummary, polres: str) -> str:
    if line.exercise_at is not None:
        said = _("Tidak ada yang baru dari {polres} pada jam latihan")
        return said.format(polres=polres)
    if line.copied_at is None:
        return _("Belum pernah ada yang datang dari {polres}").format(polres=polres)
    last, now = (at.astimezone(line.zone) for at in (line.copied_at, line.now))
    return _("Tidak ada yang baru dari {polres}: ini salinan {age}, bukan keadaan sekarang").format(
        polres=polres, age=i18n.format_relative_time(last, now)
    )
