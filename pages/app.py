"""The Streamlit script of every page: style, language, banners, navigation."""

from functools import partial
from pathlib import Path

import streamlit as st

from pages import app_higher_command
from pages.navigation import build_navigation, get_requested_page
from situasi.common.i18n import _
from situasi.presentation import view_text
from situasi.ui import filters, page_context, playback, session, tenant, url_state
from situasi.ui.auto_refresh import render_with_auto_refresh
from situasi.ui.components import case_links, markup
from situasi.ui.page_context import PageContext

ICON = Path(__file__).with_name("icon.png")


def main() -> None:
    """Draw the requested page with style sheet, banners and navigation."""
    tenant.bind_session(get_requested_page())
    if app_higher_command.is_requested():
        app_higher_command.main(ICON)
        return
    title = f"Situasi · {tenant.get_info().place}"
    st.set_page_config(page_title=title, page_icon=str(ICON), layout="wide")
    url_state.carry_over(get_requested_page(), filters.CARRIED_PARAMETERS)
    language = session.use_url_language()
    markup.render_stylesheet(session.get_theme())
    if not session.viewer().role.screens:
        markup.render_empty_state(_("Papan ini tidak dibuka untuk Anda. Masuk lebih dahulu."))
        return
    filters.load_view_time()
    playback.discard_stale_slider()
    context = page_context.get_current()
    markup.render_banners(_build_banners(context))
    render_with_auto_refresh(partial(_render_page, context), context.snapshot_view, language)


def _render_page(context: PageContext) -> None:
    if context.snapshot_view.trouble and not context.snapshot.version:
        # Without data nothing may look empty or calm.
        markup.render_empty_state(
            _("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka.")
        )
        return
    page = build_navigation(context)
    case_links.follow_request()
    page.run()
    url_state.set_carry_over(get_requested_page(), filters.CARRIED_PARAMETERS)


def _build_banners(context: PageContext) -> list[tuple[str, str]]:
    """Return the banners that must not be overlooked."""
    link = context.viewer.link
    return (
        view_text.list_banners(
            context.view_time,
            tenant.get_info().zone_label,
            has_exercise_rows=context.has_exercise_rows,
            link_ends_at=link.expires_at if link else None,
            store_error=context.snapshot_view.trouble,
            register=context.register,
            replaced_at=context.snapshot_view.replaced_at,
            is_exercise=context.exercise_at is not None,
            unshown_time=filters.describe_unshown_time(context.view_time),
        )
        + app_higher_command.build_viewing_banners(context.view_time)
        + session.pop_action_banners()
    )


with session.run_cache():
    main()
