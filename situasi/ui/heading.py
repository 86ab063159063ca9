"""The heading of every page: whose board, and which moment."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.presentation import view_text as filters
from situasi.ui import briefings, guest_link_form, session, tenant, url_state
from situasi.ui.components import markup
from situasi.ui.session import Moment


def header(at: Moment, title: str = "Situasi") -> None:
    """Which page of whose board, which moment, and whether that moment is now."""
    desk = tenant.desk()
    note = _("jam latihan") if at.exercise else _("langsung") if at.live else _("lampau")
    links = [(code.upper(), _speaking(code), code == i18n.language()) for code in i18n.LANGUAGES]
    beside = _ways()
    # The address that a guest has opens nothing for anybody else.
    if not url_state.is_bound():
        beside += markup.copy_button(_("Salin tautan"), _("Tersalin"))
    with markup.line("kepala"):
        markup.header(
            title,
            f"{desk.name} · {desk.operation}",
            f"{i18n.long_day(at.at)} · {i18n.clock(at.at)} {desk.zone_label}",
            note,
            links,
            beside,
        )
        if session.viewer().role.acts:
            briefings.mark_button(at)
            guest_link_form.guest_link()


def _ways() -> Markup:
    """To the wall and to a frozen copy of it, with the filters of this view; from a kabupaten at
    which a command above looks, back to that.
    """
    viewer, up = session.viewer(), tenant.up()
    if up is not None:
        return markup.way(f"◂ {up[0]}", up[1])
    if tenant.is_above():
        return Markup()
    if not viewer.opens("situasi"):
        return Markup()
    kept = [*filters.FILTERS, "lang"]
    asked = [pair for pair in url_state.view() if pair[0] in kept]
    query = f"?{urlencode(asked)}" if asked else ""
    wall = markup.way(_("Layar"), f"/layar{query}")
    if viewer.link is not None:  # a guest takes nothing along
        return wall
    return wall + markup.way(_("Salinan"), f"/layar/salinan{query}")


def _speaking(code: str) -> str:
    """The address of this very view in another language."""
    asked = [pair for pair in url_state.view() if pair[0] != "lang"]
    return "?" + urlencode([*asked, ("lang", code)])
