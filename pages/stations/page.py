"""TPS: all polling stations, by phase and by reporting state."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from markupsafe import Markup

from pages.stations import markup as stations_markup
from pages.stations.kpis import build_kpis
from pages.stations.markup import StationBlock, StationCell
from situasi.analysis.queries import reads
from situasi.analysis.stations import ballot_boxes
from situasi.analysis.stations.places import compute_station_places
from situasi.analysis.stations.reporting_status import STATES
from situasi.analysis.stations.reports import find_unmatched_reports
from situasi.analysis.stations.status import NO_PHASE, SILENT_STATES, build_station_table
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.figures.theme import Theme
from situasi.presentation import text_tables
from situasi.presentation.station_cells import format_place_source
from situasi.ui import comparison, filters, page_layout, render_cache, url_state
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import stations, table_view
from situasi.ui.wording import stations as wording

COLOUR_MODES = ("fase", "pelaporan")
# As many as stand beside the cells of all TPS.
_LATE_ROWS = 14
# Columns that a cell needs; iterating over fewer is faster.
_CELL_COLUMNS = [
    "code", "kecamatan", "desa", "nomor", "fase", "state", "owed", "owed_hour", "late_min",
]  # fmt: skip
# In this mode reporting TPS have calm colours; problems are shown by a sign.
_COLOUR_INDEX_BY_STATE = {"lapor": 4, "diragukan": 4, "ditunggu": 1}


def show(context: PageContext) -> None:
    """Draw the page TPS."""
    context, (colour_mode, selected_code) = page_layout.begin_filtered_page(
        context,
        label("screen", "tps"),
        render_colour_filter,
        partial(render_station_filter, context.register),
    )
    station_table = context.compute(build_station_table)

    def select_tps(tps: pd.DataFrame) -> pd.DataFrame:
        return tps[tps["kecamatan"].isin(context.selected_kecamatan())]

    selected = render_cache.get_or_build(
        "tps", tuple(context.selected_kecamatan()), (station_table,), select_tps
    )
    if station_table["last_at"].isna().all():
        page_layout.render_missing_data(_("Belum ada laporan TPS."), context)
        if context.register.is_complete:  # the source is missing: no TPS is late by itself
            return
    comparison.render_kpis(
        context, "tps", station_table, lambda tps: build_kpis(select_tps(tps)), build_station_table
    )
    if selected_code:
        render_detail_panel(context, station_table, selected_code)

    left, right = st.columns([9, 11], gap="medium")
    with left:
        render_grid_panel(selected, colour_mode, selected_code, context.theme)
    with right:
        render_late_panel(selected)
        render_box_panel(selected)
        table_view.render_table_popover(
            _("Semua TPS"), lambda: stations.build_stations_table(selected), "semua_tps"
        )
        unmatched = context.compute(find_unmatched_reports)
        if len(unmatched):
            title = format_counts(_("{n} laporan di luar daftar TPS"), n=len(unmatched))
            table_view.render_table_popover(
                title, lambda: stations.build_reports_table(unmatched), "di_luar_daftar"
            )


def render_colour_filter(container: Any) -> str:
    """Draw the switch of phase and state."""
    names = {"fase": _("Fase"), "pelaporan": _("Pelaporan")}
    return filters.render_single_filter(
        container.segmented_control, "warna", _("Warna"), COLOUR_MODES, names.__getitem__,
        required=True,
    )  # fmt: skip


def render_station_filter(register: Register, container: Any) -> str:
    """Draw the choice of one TPS; "" where none is chosen."""
    names = {"": _("pilih satu TPS"), **_names_by_code()}
    codes = ["", *register.tps["code"]]
    return filters.render_single_filter(
        container.selectbox, "tps", _("TPS"), codes, lambda code: names.get(code, code)
    )


def _names_by_code() -> dict[str, str]:
    register = board().register
    return {code: wording.format_name(code) for code in register.tps["code"]}


def render_grid_panel(
    tps: pd.DataFrame, colour_mode: str, selected_code: str, theme: Theme
) -> None:
    """Draw a cell for every TPS, and a legend whose counts add up to all TPS."""
    _render_legend(tps, colour_mode, theme)
    options = (colour_mode, selected_code, _build_link_prefix())
    stations_markup.render_grid(
        render_cache.get_or_build("petak", options, (tps,), partial(_build_blocks, options)), theme
    )


def _build_blocks(cell_options: tuple[str, str, str], tps: pd.DataFrame) -> Markup:
    groups = [
        StationBlock(
            board().register.name_of(str(code)),
            format_number(len(rows)),
            [_build_cell(row, *cell_options) for row in rows.itertuples()],
        )
        for code, rows in tps[_CELL_COLUMNS].groupby("kecamatan", sort=False)
    ]
    return stations_markup.build_blocks(groups)


def _build_cell(row: Any, colour_mode: str, selected_code: str, link_prefix: str) -> StationCell:
    texts = [text_tables.format_phase(row.fase), label("lapor", row.state)]
    if row.owed:
        texts[1] += ": " + wording.format_owed_report(row.owed, row.owed_hour)
    if not pd.isna(row.late_min):
        texts.append(format_counts(_("{n} menit"), n=int(row.late_min)))
    title = f"TPS {row.nomor:03d} {board().register.name_of(row.desa)} · " + " · ".join(texts)
    return StationCell(
        title,
        link_prefix + row.code,
        _choose_colour_index(row, colour_mode),
        row.state,
        row.code == selected_code,
    )


def _choose_colour_index(row: Any, colour_mode: str) -> int | None:
    if colour_mode == "fase":
        return FASE.index(row.fase) if isinstance(row.fase, str) else None
    return _COLOUR_INDEX_BY_STATE.get(row.state)


def _build_link_prefix() -> str:
    """Return the URL of this view up to the code of a TPS, encoded once for all cells."""
    pairs = [pair for pair in url_state.get_parameters() if pair[0] != "tps"]
    return "?" + urlencode([*pairs, ("tps", "")])


def _render_legend(tps: pd.DataFrame, colour_mode: str, theme: Theme) -> None:
    if colour_mode == "fase":
        counts = tps["fase"].fillna(NO_PHASE).value_counts()
        marks = [
            (
                colour_index,
                "",
                f"{text_tables.format_phase(code)} {format_number(int(counts.get(code, 0)))}",
            )
            for colour_index, code in [(None, NO_PHASE), *enumerate(FASE)]
        ]
    else:
        counts = tps["state"].value_counts()
        marks = [
            (
                _COLOUR_INDEX_BY_STATE.get(code),
                code,
                f"{label('lapor', code)} {format_number(counts.get(code, 0))}",
            )
            for code in STATES
        ]
    total = format_counts(_("jumlah {n} TPS"), n=len(tps))
    if colour_mode == "fase":
        total += " · " + _("tepi merah: terlambat, arsir: tak terjangkau, titik: diragukan")
    stations_markup.render_legend(marks, theme, total)


def render_late_panel(tps: pd.DataFrame) -> None:
    """Draw the TPS that are late or unreachable, the longest overdue first."""
    table = render_cache.get_or_build(
        "terlambat", None, (tps,),
        lambda tps: stations.build_late_reports_table(
            tps[tps["state"].isin(SILENT_STATES)], is_half=True
        ),
    )  # fmt: skip
    late, unreachable = (int((tps["state"] == state).sum()) for state in SILENT_STATES)
    title = format_counts(_("Terlambat melapor: {n} TPS"), n=late)
    if unreachable:
        title += " · " + format_counts(_("{n} tak terjangkau"), n=unreachable)
    page_layout.render_section_title(title)
    if not len(table):
        markup.render_empty_state(_("Tidak ada TPS yang terlambat melapor pada saat ini."))
        return
    table_view.render_table(table, "terlambat", _("TPS terlambat melapor"), visible_rows=_LATE_ROWS)
    st.caption(_("Batas waktu dan giliran menagih adalah usulan yang dapat diubah Polres."))


def render_box_panel(tps: pd.DataFrame) -> None:
    """Draw the boxes not yet at the PPK, once any has left; the longest on the way first."""
    if tps["box"].isna().all():
        return
    table = render_cache.get_or_build(
        "kotak_jalan", None, (tps,),
        lambda tps: stations.build_ballot_boxes_table(ballot_boxes.build_outstanding_table(tps)),
    )  # fmt: skip
    if len(table):
        page_layout.render_section_title(
            format_counts(_("Kotak belum sampai PPK: {n}"), n=len(table))
        )
        table_view.render_table(table, "kotak_jalan", _("Kotak belum sampai PPK"), visible_rows=8)


@reads(TPS)
def select_reports(
    frames: Mapping[str, pd.DataFrame],
    register: Register,  # noqa: ARG001
    at: datetime,  # noqa: ARG001
    code: str,
) -> pd.DataFrame:
    """Return all reports of one TPS."""
    rows = frames["tps"]
    desa, _dot, number = code.rpartition(".")
    return rows[(rows["desa"] == desa) & (rows["tps"] == number)]


def render_detail_panel(context: PageContext, tps: pd.DataFrame, code: str) -> None:
    """Draw the facts and all reports of one TPS."""
    row: Any = next(tps[tps["code"] == code].itertuples(), None)
    if row is None:
        return
    name = wording.format_name(code)
    places = context.compute(compute_station_places)
    place: Any = next(places[places["code"] == code].itertuples())
    facts = [*_list_facts(row), (_("letak"), format_place_source(place))]
    markup.render_facts(name, facts)
    reports = stations.build_reports_table(context.compute(select_reports, code))
    title = _("Riwayat {tps}").format(tps=name)
    table_view.render_table(reports, "riwayat", title, visible_rows=8)


def _list_facts(row: Any) -> list[tuple[str, str]]:
    present = _("belum ada hitungan") if pd.isna(row.hadir) else format_number(int(row.hadir))
    pairs = [
        (_("pelaporan"), label("lapor", row.state)),
        (_("fase"), text_tables.format_phase(row.fase)),
        (_("hadir dari DPT"), f"{present} / {wording.format_dpt(row.dpt, row.estimated) or '–'}"),
        (_("kerawanan"), label("kerawanan", row.kerawanan)),
        (_("polsek"), board().register.kecamatan[row.kecamatan].polsek),
    ]
    if row.owed:
        pairs.append((_("ditagih"), wording.format_owed_report(row.owed, row.owed_hour)))
    if row.doubts:
        pairs.append((_("diragukan karena"), wording.format_anomalies(row.doubts)))
    return pairs
