"""The heading of every page: whose board, and which moment."""

from __future__ import annotations

from urllib.parse import urlencode

from markupsafe import Markup

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.presentation import view_text as filters
from situasi.screen import address, marking, parts, session, sharing, whose
from situasi.screen.session import Moment


def header(at: Moment, title: str = "Situasi") -> None:
    """Which page of whose board, which moment, and whether that moment is now."""
    desk = whose.desk()
    note = _("jam latihan") if at.exercise else _("langsung") if at.live else _("lampau")
    links = [(code.upper(), _speaking(code), code == i18n.language()) for code in i18n.LANGUAGES]
    beside = _ways()
    # The address that a guest has opens nothing for anybody else.
    if not address.is_bound():
        beside += parts.copy_button(_("Salin tautan"), _("Tersalin"))
    with parts.line("kepala"):
        parts.header(
            title,
            f"{desk.name} · {desk.operation}",
            f"{i18n.long_day(at.at)} · {i18n.clock(at.at)} {desk.zone_label}",
            note,
            links,
            beside,
        )
        if session.viewer().role.acts:
            marking.mark_button(at)
            sharing.guest_link()


def _ways() -> Markup:
    """To the wall and to a frozen copy of it, with the filters of this view; from a kabupaten at
    which a command above looks, back to that.
    """
    viewer, up = session.viewer(), whose.up()
    if up is not None:
        return parts.way(f"◂ {up[0]}", up[1])
    if whose.is_above():
        return Markup()
    if not viewer.opens("situasi"):
        return Markup()
    kept = [*filters.FILTERS, "lang"]
    asked = [pair for pair in address.view() if pair[0] in kept]
    query = f"?{urlencode(asked)}" if asked else ""
    wall = parts.way(_("Layar"), f"/layar{query}")
    if viewer.link is not None:  # a guest takes nothing along
        return wall
    return wall + parts.way(_("Salinan"), f"/layar/salinan{query}")


def _speaking(code: str) -> str:
    """The address of this very view in another language."""
    asked = [pair for pair in address.view() if pair[0] != "lang"]
    return "?" + urlencode([*asked, ("lang", code)])
