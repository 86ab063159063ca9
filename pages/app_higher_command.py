"""The frame of the page of a command above, and the banners of a kabupaten viewed from it."""

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
from situasi.common.formats import format_relative_time
from situasi.common.i18n import _
from situasi.higher_command import app, comparison
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.presentation import view_text
from situasi.ui import audit, filters, higher_command_session, session, tenant, url_state
from situasi.ui.auto_refresh import render_with_auto_refresh
from situasi.ui.components import markup


def is_requested() -> bool:
    """Return whether to show the page of a command above, or a refusal of a kabupaten."""
    return app.current_higher_command() is not None and (
        tenant.is_higher_command() or bool(_get_refusal())
    )


def main(icon: Path) -> None:
    """Draw the page of the command above, or why the kabupaten is not shown."""
    name = higher_command_session.get_command().name
    st.set_page_config(page_title=f"Situasi · {name}", page_icon=str(icon), layout="wide")
    language = session.use_url_language()
    markup.render_stylesheet(session.get_theme())
    if not roles.may_open_higher_command(session.account()):
        markup.render_empty_state(_("Papan ini tidak dibuka untuk Anda. Masuk lebih dahulu."))
        return
    if not tenant.is_higher_command():
        _render_refusal()
    else:
        _render_page(language)


def _render_page(language: str) -> None:
    filters.load_view_time()
    overview = higher_command_session.get_overview()
    view_time = higher_command_session.get_view_time()
    markup.render_banners(
        view_text.list_banners(
            view_time,
            tenant.get_info().zone_label,
            has_exercise_rows=higher_command_session.has_exercise_data(),
            link_ends_at=None,
            store_error=overview.trouble,
            unshown_time=filters.describe_unshown_time(view_time),
        )
        + session.pop_action_banners()
    )
    render_with_auto_refresh(partial(_render_overview, overview), None, language)


def _render_overview(overview: HigherCommandOverview) -> None:
    if overview.trouble and not overview.rollups:
        # Without data nothing may look empty or calm.
        markup.render_empty_state(
            _("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka.")
        )
        return
    _build_navigation().run()


def _build_navigation() -> StreamlitPage:
    """Return the only page, for any URL: pages of a kabupaten need its code."""
    home = st.Page(
        page.show, title=higher_command_session.get_command().name, url_path="", default=True
    )
    hidden_pages = [
        st.Page(page.show, title=name, url_path=name, visibility="hidden")
        for name in (tenant.URL_PARAMETER, *SCREENS)
    ]
    current = st.navigation([home, *hidden_pages])
    url_state.set_current_page(tenant.URL_PARAMETER)
    with st.sidebar:
        navigation.render_parent_link()
        navigation.render_account(session.account())
    return current


def _get_refusal() -> str:
    return session.per_run("refusal", lambda: tenant.check_access(session.account()))


def _render_refusal() -> None:
    """Draw why this kabupaten is not shown, and the link back."""
    audit.log_refused_kabupaten(tenant.get_code())
    markup.render_empty_state(_get_refusal())
    parent = tenant.parent_link()
    if parent is not None:
        markup.render_parent_link(f"◂ {parent[0]}", parent[1])


def build_viewing_banners(view_time: ViewTime) -> list[tuple[str, str]]:
    """Return the banners of a kabupaten board that is viewed from a command above."""
    parent, command_app = board().parent, app.current_higher_command()
    if parent is None or command_app is None:
        return []
    election = board().register.election
    template = _("Dilihat dari {name}: papan {polres}, hanya baca")
    banners = [("guest", template.format(name=parent.name, polres=election.command))]
    overview = command_app.rollup_cache.current_overview()
    is_silent = board().kabupaten_code in {
        unit.code for unit in overview.silent_members(board().kabupaten_code)
    }
    if view_time.live and is_silent:
        (summary,) = [
            unit
            for unit in comparison.build_unit_summaries(overview, board().kabupaten_code[:2])
            if unit.code == board().kabupaten_code
        ]
        banners.append(("broken", _format_outdated(summary, election.command)))
    return banners


def _format_outdated(summary: comparison.UnitSummary, polres: str) -> str:
    if summary.exercise_at is not None:
        template = _("Tidak ada yang baru dari {polres} pada jam latihan")
        return template.format(polres=polres)
    if summary.copied_at is None:
        return _("Belum pernah ada yang datang dari {polres}").format(polres=polres)
    last, now = (at.astimezone(summary.zone) for at in (summary.copied_at, summary.now))
    return _("Tidak ada yang baru dari {polres}: ini salinan {age}, bukan keadaan sekarang").format(
        polres=polres, age=format_relative_time(last, now)
    )
