"""One alert: why, since when, whose, its life, its rule with the rows behind, and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from pages.alerts import tables as alerts_tables
from pages.alerts import wording as say
from pages.alerts.actions import acts_bar
from pages.alerts.data import Shown
from pages.alerts.panels import NAME
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.presentation import alerts as telling
from situasi.ui import page_layout, url_state
from situasi.ui.components import history, markup
from situasi.ui.components.history import Told
from situasi.ui.page_layout import View
from situasi.ui.tables import selectable, table_view
from situasi.ui.wording import incidents


def detail_panel(found: Shown, view: View) -> None:
    """The alert that the address names, else the first that is open."""
    page_layout.section(_("Rincian"))
    row = _chosen(found)
    if row is None:
        asked = selectable.picked(NAME)
        markup.empty(
            _("Peringatan ini tidak ada pada saat dan pilihan yang ditampilkan.")
            if asked
            else _("Pilih satu peringatan di daftar untuk melihat rinciannya.")
        )
        return
    _head(row, found, view)
    acts_bar(row, view)
    with st.container(horizontal=True, key="peringatan_bawah"):
        _rule(row)
        _members(row, found, view)
    if row.deeds:
        history.history([_told(deed, view) for deed in reversed(row.deeds)])


def _chosen(found: Shown) -> Any:
    asked = selectable.picked(NAME)
    some = found.open.head(1) if asked is None else found.lives[found.lives["key"] == asked]
    return next(some.itertuples(), None)


def _head(row: Any, found: Shown, view: View) -> None:
    rules, at = board().register.election.alerts, view.at.at
    title = telling.sign(rules, row.level)
    if row.latihan:
        title = f"{title} · " + _("LATIHAN")
    alert(title, say.cause(row, found.raised, at), row.level, _facts(row, view))


def _facts(row: Any, view: View) -> list[tuple[str, str]]:
    at = view.at.at
    said = telling.life(row.life)
    if row.open and row.fading:
        said = _("{life}, mereda").format(life=said)
    facts = [
        (_("Status"), said),
        (_("Pemilik"), say.owner(row)),
        (_("Di mana"), say.where(row)),
        (_("Sebab mulai"), incidents.moment(row.since, at)),
        (_("Derajat ini sejak"), incidents.moment(row.raised, at)),
    ]
    if isinstance(row.ended, str):
        facts.append((_("Sebab hilang"), incidents.moment(row.until, at)))
    if row.most > row.n:
        facts.append((_("Paling banyak"), i18n.format_number(row.most)))
    for name, span in ((_("Sampai dilihat"), row.to_seen), (_("Sampai ditindak"), row.to_acted)):
        if span == span:
            facts.append((name, i18n.format_duration(span.to_pytimedelta())))
    return facts


def _rule(row: Any) -> None:
    """The rule that raised it, with its thresholds."""
    election = board().register.election
    opened = st.popover(_("Aturan"), key="peringatan_aturan", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.markdown("**" + markup.plain(telling.rule(election.alerts, row.rule)) + "**")
        st.markdown(markup.plain(telling.watched(election, row.rule)))
        numbers(telling.thresholds(election, row.rule))
        st.caption(_("Ambang dan kata: alerts.toml, usulan yang dapat diubah Polres."))


def _members(row: Any, found: Shown, view: View) -> None:
    """Whom it concerns and concerned, with the reports behind."""
    some = found.raised.members_of(row.key)
    title = _("{n} baris di baliknya").format(n=i18n.format_number(len(some)))
    table_view.opens(
        title,
        lambda: alerts_tables.members(row.rule, some, found.raised, view.at.at),
        "peringatan_baris",
    )


def _told(deed: Any, view: View) -> Told:
    """What somebody did."""
    local = deed.at.astimezone(view.at.at.tzinfo)
    when = i18n.format_time(local)
    if local.date() != view.at.at.date():
        when = f"{i18n.format_date(local)} {when}"
    owner = _("pemilik {owner}").format(owner=deed.owner) if deed.owner else ""
    who = "" if url_state.is_bound() else deed.by
    return Told(when=when, status=telling.life(deed.what), who=who, text=deed.text, note=owner)


def alert(level: str, cause: str, rank: int, facts: Sequence[tuple[str, str]]) -> None:
    """One alert: how grave (word with bars, rank from 0), why, and what is known of it."""
    known = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in facts
    )
    markup.render(
        Markup(
            '<div class="kj-case pr-alert pr-{}"><small>{}</small><h3>{}</h3>'
            '<dl class="kj-facts">{}</dl></div>'
        ).format(rank, level, cause, known)
    )


def numbers(rows: Sequence[tuple[str, str]]) -> None:
    """The thresholds of a rule."""
    lines = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in rows
    )
    markup.render(Markup('<dl class="kj-facts">{}</dl>').format(lines))
