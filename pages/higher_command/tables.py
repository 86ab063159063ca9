"""The kabupaten side by side as tables; a click on a row of the first opens its board."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.higher_command import wording
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.higher_command.comparison import UnitSummary
from situasi.ui import render_cache, tenant
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import (
    Cells,
    number_column,
    percent_column,
    ratio_column,
    time_column,
)
from situasi.ui.tables.table_view import Table, make_table

_TABLE_KEY = "wilayah"


def render_table_panel(units: list[UnitSummary]) -> None:
    """All that is told of each."""
    chosen = table_view.render_table(
        _get_cached_table(units),
        _TABLE_KEY,
        wording.format_unit_kind(),
        visible_rows=len(units),
        on_select="rerun",
        selection_mode="single-row",
    )
    table_view.render_explanation(_TABLE_KEY)
    for row in chosen["selection"]["rows"]:
        if row < len(units) and units[row].opens:
            open_unit(units[row])


def _get_cached_table(units: list[UnitSummary]) -> Table:
    return render_cache.get_or_build(
        _TABLE_KEY, tuple(map(repr, units)), (), lambda: build_full_table(units)
    )


def open_unit(unit: UnitSummary) -> None:
    """Go there as the menu would."""
    address = {tenant.URL_PARAMETER: unit.code}
    for name in ("lang", "saat"):
        if name in st.query_params and (name != "saat" or unit.zone == tenant.get_info().zone):
            address[name] = st.query_params[name]
    name = "" if unit.is_aggregate else "situasi"
    there = st.Page(lambda: None, title=unit.name, url_path=name, default=not name)
    st.switch_page(there, query_params=address)


def build_full_table(units: list[UnitSummary]) -> Table:
    """Everything of each, one line."""
    return _build_table(
        units,
        {
            _("keadaan"): [_format_reporting(one) for one in units],
            _("salinan"): time_column(one.copied_at for one in units),
            _("situasi"): [_format_state(one) for one in units],
            **_build_station_columns(units),
            **_build_turnout_columns(units),
            **_build_incident_columns(units),
            _("kec. merah"): _build_count_column(units, "situasi_merah"),
            _("kec. kuning"): _build_count_column(units, "situasi_kuning"),
            **_build_officer_columns(units),
            _("laporan terakhir"): time_column(one.reported_at for one in units),
        },
    )


def build_reporting_table(units: list[UnitSummary]) -> Table:
    """From whom anything comes."""
    return _build_table(
        units,
        {
            _("keadaan"): [_format_reporting(one) for one in units],
            _("salinan"): time_column(one.copied_at for one in units),
            _("laporan terakhir"): time_column(one.reported_at for one in units),
        },
    )


def build_incident_table(units: list[UnitSummary]) -> Table:
    """Open cases of the day."""
    return _build_table(
        units,
        {
            **_build_incident_columns(units),
            _("kejadian hari ini"): _build_count_column(units, "incidents_day"),
        },
    )


def build_situasi_table(units: list[UnitSummary]) -> Table:
    """How many kecamatan are in each situasi."""
    cells = {label("situasi", state): _build_count_column(units, f"situasi_{state}")
             for state in ("merah", "kuning", "hijau")}  # fmt: skip
    return _build_table(units, {_("situasi"): [_format_state(one) for one in units], **cells})


def build_station_table(units: list[UnitSummary]) -> Table:
    """How far the TPS are."""
    return _build_table(
        units,
        {
            **_build_station_columns(units),
            _("TPS buka"): _build_count_column(units, "tps_opened"),
            _("TPS tutup"): _build_count_column(units, "tps_closed"),
            _("TPS selesai hitung"): _build_count_column(units, "tps_done"),
        },
    )


def build_turnout_table(units: list[UnitSummary]) -> Table:
    """Heads counted."""
    return _build_table(
        units,
        {**_build_turnout_columns(units), _("pemilih hadir"): _build_count_column(units, "heads")},
    )


def build_officer_table(units: list[UnitSummary]) -> Table:
    """Officers present of those posted."""
    return _build_table(units, _build_officer_columns(units))


def _build_table(units: list[UnitSummary], columns: dict[str, Cells]) -> Table:
    names = {_("wilayah"): [one.name for one in units]}
    return make_table({**names, **columns}, [one.rehearsal for one in units])


def _build_station_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("TPS lapor"): ratio_column(
            (one.counts["tps_reported"] for one in units),
            (one.tps for one in units),
            _("TPS"),
            unknown_total=_("belum diketahui"),
        )
    }


def _build_turnout_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("partisipasi"): percent_column(
            (one.rate for one in units), estimated=[one.rate_estimated for one in units]
        ),
        _("TPS dihitung"): ratio_column(
            (one.counts["tps_counted"] for one in units),
            (one.tps for one in units),
            _("TPS dari"),
            unknown_total=_("belum diketahui"),
        ),
    }


def _build_incident_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("kejadian terbuka"): _build_count_column(units, "incidents_open"),
        _("serius"): _build_count_column(units, "serious_open"),
    }


def _build_officer_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("personel hadir"): ratio_column(
            (one.counts["officers_present"] for one in units),
            (one.counts["officers_posted"] for one in units),
            _("personel diplot"),
        )
    }


def _build_count_column(units: list[UnitSummary], count_name: str) -> Any:
    return number_column(one.counts[count_name] for one in units)


def _format_reporting(unit: UnitSummary) -> str:
    if not unit.reporting_count:
        return _("belum ada laporan")
    return wording.format_silence(unit) or _("melapor")


def _format_state(unit: UnitSummary) -> str:
    return label("situasi", unit.state) if unit.state else _("belum dinyatakan")
