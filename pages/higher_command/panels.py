"""The newest grave cases of all kabupaten, newest first."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from pages.higher_command import markup as higher_command_markup
from pages.higher_command import wording
from pages.higher_command.markup import Tile
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.higher_command import app
from situasi.higher_command.comparison import UnitSummary
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.presentation.incident_item import Item, short
from situasi.store.rollups.queries import CriticalCase
from situasi.ui import filters, higher_command_session, tenant
from situasi.ui.components import markup
from situasi.ui.session import ViewTime
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import time_column
from situasi.ui.tables.table_view import Table, make_table

LISTED = 12


def serious_panel(found: HigherCommandOverview, part: str) -> None:
    """What is open and tinggi or merah."""
    cases = found.critical_cases(part, LISTED)
    with markup.row():
        st.markdown("**" + _("Kejadian serius terbaru") + "**", width="content")
        if cases:
            title = _("{n} kejadian serius").format(n=i18n.format_number(len(cases)))
            table_view.render_table_popover(title, lambda: _table(found, cases), "serius")
    with st.container(key="serius_terbaru"):
        if cases:
            items = [_item(found, one) for one in cases]
            markup.render(markup.build_report_list(items, _("LATIHAN")))
        elif found.total(part).counts["serious_open"] is None:
            markup.render_empty_state(_("Belum ada laporan kejadian dari kabupaten mana pun."))
        else:
            markup.render_empty_state(
                _("Tidak ada kejadian serius yang terbuka pada yang melapor.")
            )


def _item(found: HigherCommandOverview, one: CriticalCase) -> Item:
    at, now = (moment.astimezone(found.command.zone) for moment in (one.known_at, _now(found, one)))
    heard = i18n.format_relative_time(at, now)
    return Item(
        tingkat=one.tingkat,
        tingkat_name=label("tingkat", one.tingkat),
        title=label("jenis", one.jenis),
        place=_place(found, one),
        text=short(one.uraian or ""),
        status=label("status", one.status),
        when=heard,
        heard=heard,
        happened="",
        rehearsal=one.rehearsal,
    )


def _now(found: HigherCommandOverview, one: CriticalCase) -> datetime:
    rollup = found.rollups[one.kabupaten]
    return rollup.at if rollup.exercise else found.at


def _place(found: HigherCommandOverview, one: CriticalCase) -> str:
    there = app.current_higher_command()
    known = there.kecamatan if there else {}
    parts_of = (
        found.command.member(one.kabupaten).name,
        known.get(one.kecamatan or "", one.kecamatan or ""),
        one.desa_text or "",
        f"TPS {one.tps}" if one.tps else "",
    )
    return " · ".join(filter(None, parts_of))


def _table(found: HigherCommandOverview, cases: list[CriticalCase]) -> Table:
    return make_table(
        {
            _("diketahui"): time_column(one.known_at for one in cases),
            _("terjadi"): time_column(one.occurred_at for one in cases),
            _("tempat"): [_place(found, one) for one in cases],
            _("jenis"): [label("jenis", one.jenis) for one in cases],
            _("tingkat"): [label("tingkat", one.tingkat) for one in cases],
            _("situasi"): [label("situasi", one.situasi) if one.situasi else "" for one in cases],
            _("status"): [label("status", one.status) for one in cases],
            _("uraian"): [one.uraian for one in cases],
        },
        [one.rehearsal for one in cases],
    )


def title(part: str) -> str:
    """What stands side by side here."""
    return higher_command_session.get_command().subdivisions[part] if part else _("Wilayah")


def controls(at: ViewTime) -> None:
    """The moment that is shown, behind one button."""
    zone = tenant.get_info().zone_label
    said = _("Langsung") if at.live else f"{i18n.format_time(at.at)} {zone}"
    with markup.row():
        st.markdown(f"**{wording.each()}**", width="content")
        with st.popover(said, key="pilih_saat"):
            st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
            filters.render_time_slider()
            if not at.live:
                st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)


def tiles(every: list[UnitSummary]) -> None:
    """One for each; a click on it opens what it is of."""
    higher_command_markup.tiles([_tile(line) for line in every])


def _tile(line: UnitSummary) -> Tile:
    return Tile(
        title=line.name,
        to=tenant.url_of(line.code) if line.is_openable else "",
        closed="" if line.is_openable else _("papan tidak ada di sini"),
        state=line.state,
        state_name=_state(line),
        lines=tuple(wording.facts(line)),
        grave=wording.grave(line),
        share=wording.share(line),
        copied=wording.copied(line),
        silent=wording.silent(line),
        made_up=_("LATIHAN") if line.rehearsal else "",
    )


def _state(line: UnitSummary) -> str:
    if line.state is None:
        return _("situasi belum dinyatakan") if line.reporting_count else ""
    return label("situasi", line.state)
