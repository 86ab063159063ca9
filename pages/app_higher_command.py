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
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.higher_command import app, comparison
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.presentation import view_text
from situasi.ui import audit, filters, higher_command_session, session, tenant, url_state
from situasi.ui.auto_refresh import render_with_auto_refresh
from situasi.ui.components import markup


def is_requested() -> bool:
    """Whether it is the page of a command above, or there is no board to show below it."""
    return app.current_higher_command() is not None and (
        tenant.is_higher_command() or bool(_get_refusal())
    )


def main(icon: Path) -> None:
    """Draw it."""
    name = higher_command_session.get_command().name
    st.set_page_config(page_title=f"Situasi · {name}", page_icon=str(icon), layout="wide")
    language = session.use_url_language()
    markup.render_stylesheet(session.get_theme())
    markup.render_scripts()
    if not roles.may_open_higher_command(session.account()):
        markup.render_empty_state(_("Papan ini tidak dibuka untuk Anda. Masuk lebih dahulu."))
        return
    if not tenant.is_higher_command():
        _render_refusal()
    else:
        _render_page(language)


def _render_page(language: str) -> None:
    filters.load_view_time()
    found = higher_command_session.get_overview()
    markup.render_banners(
        view_text.list_banners(
            higher_command_session.get_view_time(),
            tenant.get_info().zone_label,
            has_exercise_rows=higher_command_session.has_exercise_data(),
            link_ends_at=None,
            store_error=found.trouble,
        )
        + session.pop_action_banners()
    )
    render_with_auto_refresh(partial(_render_overview, found), None, language)


def _render_overview(overview: HigherCommandOverview) -> None:
    if overview.trouble and not overview.rollups:
        # What was never read is neither empty nor calm: nothing may be drawn as if it were.
        markup.render_empty_state(
            _("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka.")
        )
        return
    _build_navigation().run()


def _build_navigation() -> StreamlitPage:
    """One page, whatever the address says: those of a kabupaten are of none without its code."""
    home = st.Page(
        page.show, title=higher_command_session.get_command().name, url_path="", default=True
    )
    others = [
        st.Page(page.show, title=name, url_path=name, visibility="hidden")
        for name in (tenant.URL_PARAMETER, *SCREENS)
    ]
    chosen = st.navigation([home, *others])
    url_state.set_current_page(tenant.URL_PARAMETER)
    with st.sidebar:
        navigation.render_parent_link()
        navigation.render_account(session.account())
    return chosen


def _get_refusal() -> str:
    return session.per_run("refusal", lambda: tenant.check_access(session.account()))


def _render_refusal() -> None:
    """Why this kabupaten is not shown, and the way back."""
    audit.log_refused_kabupaten(tenant.get_code())
    markup.render_empty_state(_get_refusal())
    up = tenant.parent_link()
    if up is not None:
        markup.render_parent_link(f"◂ {up[0]}", up[1])


def build_viewing_banners(view_time: ViewTime) -> list[tuple[str, str]]:
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
    if view_time.live and silent:
        (line,) = [
            one
            for one in comparison.build_unit_summaries(found, board().kabupaten_code[:2])
            if one.code == board().kabupaten_code
        ]
        bands.append(("broken", _format_outdated(line, own.command)))
    return bands


def _format_outdated(line: comparison.UnitSummary, polres: str) -> str:
    if line.exercise_at is not None:
        said = _("Tidak ada yang baru dari {polres} pada jam latihan")
        return said.format(polres=polres)
    if line.copied_at is None:
        return _("Belum pernah ada yang datang dari {polres}").format(polres=polres)
    last, now = (at.astimezone(line.zone) for at in (line.copied_at, line.now))
    return _("Tidak ada yang baru dari {polres}: ini salinan {age}, bukan keadaan sekarang").format(
        polres=polres, age=i18n.format_relative_time(last, now)
    )
