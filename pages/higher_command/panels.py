"""The newest grave cases of all kabupaten, newest first."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from pages.higher_command import markup as higher_command_markup
from pages.higher_command import wording
from pages.higher_command.markup import Tile
from situasi.analysis.view_time import ViewTime
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.higher_command import app
from situasi.higher_command.comparison import UnitSummary
from situasi.higher_command.rollup_cache import HigherCommandOverview
from situasi.presentation.incident_item import IncidentItem, shorten_text
from situasi.store.rollups.queries import CriticalCase
from situasi.ui import filters, higher_command_session, tenant
from situasi.ui.components import markup
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import time_column
from situasi.ui.tables.table_view import Table, make_table

MAX_CASES = 12


def render_critical_panel(overview: HigherCommandOverview, part: str) -> None:
    """What is open and tinggi or merah."""
    cases = overview.critical_cases(part, MAX_CASES)
    with markup.row():
        st.markdown("**" + _("Kejadian serius terbaru") + "**", width="content")
        if cases:
            title = _("{n} kejadian serius").format(n=i18n.format_number(len(cases)))
            table_view.render_table_popover(title, lambda: _build_table(overview, cases), "serius")
    with st.container(key="serius_terbaru"):
        if cases:
            items = [_build_item(overview, one) for one in cases]
            markup.render(markup.build_report_list(items, _("LATIHAN")))
        elif overview.total(part).counts["serious_open"] is None:
            markup.render_empty_state(_("Belum ada laporan kejadian dari kabupaten mana pun."))
        else:
            markup.render_empty_state(
                _("Tidak ada kejadian serius yang terbuka pada yang melapor.")
            )


def _build_item(overview: HigherCommandOverview, case: CriticalCase) -> IncidentItem:
    at, now = (
        moment.astimezone(overview.command.zone)
        for moment in (case.known_at, _get_reference_time(overview, case))
    )
    heard = i18n.format_relative_time(at, now)
    return IncidentItem(
        tingkat=case.tingkat,
        tingkat_label=label("tingkat", case.tingkat),
        title=label("jenis", case.jenis),
        place=_format_place(overview, case),
        text=shorten_text(case.uraian or ""),
        status=label("status", case.status),
        time_text=heard,
        last_report=heard,
        occurrence="",
        is_exercise=case.rehearsal,
    )


def _get_reference_time(overview: HigherCommandOverview, case: CriticalCase) -> datetime:
    rollup = overview.rollups[case.kabupaten]
    return rollup.at if rollup.exercise else overview.at


def _format_place(overview: HigherCommandOverview, case: CriticalCase) -> str:
    there = app.current_higher_command()
    known = there.kecamatan if there else {}
    parts_of = (
        overview.command.member(case.kabupaten).name,
        known.get(case.kecamatan or "", case.kecamatan or ""),
        case.desa_text or "",
        f"TPS {case.tps}" if case.tps else "",
    )
    return " · ".join(filter(None, parts_of))


def _build_table(overview: HigherCommandOverview, cases: list[CriticalCase]) -> Table:
    return make_table(
        {
            _("diketahui"): time_column(one.known_at for one in cases),
            _("terjadi"): time_column(one.occurred_at for one in cases),
            _("tempat"): [_format_place(overview, one) for one in cases],
            _("jenis"): [label("jenis", one.jenis) for one in cases],
            _("tingkat"): [label("tingkat", one.tingkat) for one in cases],
            _("situasi"): [label("situasi", one.situasi) if one.situasi else "" for one in cases],
            _("status"): [label("status", one.status) for one in cases],
            _("uraian"): [one.uraian for one in cases],
        },
        [one.rehearsal for one in cases],
    )


def format_title(part: str) -> str:
    """What stands side by side here."""
    return higher_command_session.get_command().subdivisions[part] if part else _("Wilayah")


def render_controls(view_time: ViewTime) -> None:
    """The moment that is shown, behind one button."""
    zone = tenant.get_info().zone_label
    said = _("Langsung") if view_time.live else f"{i18n.format_time(view_time.at)} {zone}"
    with markup.row():
        st.markdown(f"**{wording.format_unit_kind()}**", width="content")
        with st.popover(said, key="pilih_saat"):
            st.caption(_("Papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung."))
            filters.render_time_slider()
            if not view_time.live:
                st.button(_("Kembali ke langsung"), on_click=filters.return_to_present)


def render_tiles(units: list[UnitSummary]) -> None:
    """One for each; a click on it opens what it is of."""
    higher_command_markup.render_tiles([_build_tile(line) for line in units])


def _build_tile(unit: UnitSummary) -> Tile:
    return Tile(
        title=unit.name,
        url=tenant.url_of(unit.code) if unit.is_openable else "",
        closed_reason="" if unit.is_openable else _("papan tidak ada di sini"),
        state=unit.state,
        state_label=_format_state(unit),
        lines=tuple(wording.format_tile_lines(unit)),
        critical_text=wording.format_critical(unit),
        reported_share=wording.compute_reported_share(unit),
        copy_age_text=wording.format_copy_age(unit),
        silence_text=wording.format_silence(unit),
        exercise_label=_("LATIHAN") if unit.rehearsal else "",
    )


def _format_state(unit: UnitSummary) -> str:
    if unit.state is None:
        return _("situasi belum dinyatakan") if unit.reporting_count else ""
    return label("situasi", unit.state)
