"""Tables of the kabupaten side by side; a click on a row of the main table opens its board."""

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
    """Draw the table with all values of each unit."""
    event = table_view.render_table(
        _get_cached_table(units),
        _TABLE_KEY,
        wording.format_unit_kind(),
        visible_rows=len(units),
        on_select="rerun",
        selection_mode="single-row",
    )
    table_view.render_explanation(_TABLE_KEY)
    for row in event["selection"]["rows"]:
        if row < len(units) and units[row].is_openable:
            open_unit(units[row])


def _get_cached_table(units: list[UnitSummary]) -> Table:
    return render_cache.get_or_build(
        _TABLE_KEY, tuple(map(repr, units)), (), lambda: build_full_table(units)
    )


def open_unit(unit: UnitSummary) -> None:
    """Open the board of a unit, as the menu would."""
    parameters = {tenant.URL_PARAMETER: unit.code}
    for name in ("lang", "saat"):
        if name in st.query_params and (name != "saat" or unit.zone == tenant.get_info().zone):
            parameters[name] = st.query_params[name]
    name = "" if unit.is_aggregate else "situasi"
    page = st.Page(lambda: None, title=unit.name, url_path=name, default=not name)
    st.switch_page(page, query_params=parameters)


def build_full_table(units: list[UnitSummary]) -> Table:
    """Build the table with all values, one row for each unit."""
    return _build_table(
        units,
        {
            _("keadaan"): [_format_reporting(unit) for unit in units],
            _("salinan"): time_column(unit.copied_at for unit in units),
            _("situasi"): [_format_state(unit) for unit in units],
            **_build_station_columns(units),
            **_build_turnout_columns(units),
            **_build_incident_columns(units),
            _("kec. merah"): _build_count_column(units, "situasi_merah"),
            _("kec. kuning"): _build_count_column(units, "situasi_kuning"),
            **_build_officer_columns(units),
            _("laporan terakhir"): time_column(unit.reported_at for unit in units),
        },
    )


def build_reporting_table(units: list[UnitSummary]) -> Table:
    """Build the table of which units report."""
    return _build_table(
        units,
        {
            _("keadaan"): [_format_reporting(unit) for unit in units],
            _("salinan"): time_column(unit.copied_at for unit in units),
            _("laporan terakhir"): time_column(unit.reported_at for unit in units),
        },
    )


def build_incident_table(units: list[UnitSummary]) -> Table:
    """Build the table of the open cases of the day."""
    return _build_table(
        units,
        {
            **_build_incident_columns(units),
            _("kejadian hari ini"): _build_count_column(units, "incidents_day"),
        },
    )


def build_situasi_table(units: list[UnitSummary]) -> Table:
    """Build the table of the number of kecamatan in each situasi."""
    cells = {label("situasi", state): _build_count_column(units, f"situasi_{state}")
             for state in ("merah", "kuning", "hijau")}  # fmt: skip
    return _build_table(units, {_("situasi"): [_format_state(unit) for unit in units], **cells})


def build_station_table(units: list[UnitSummary]) -> Table:
    """Build the table of the progress of the TPS."""
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
    """Build the table of the voters counted."""
    return _build_table(
        units,
        {**_build_turnout_columns(units), _("pemilih hadir"): _build_count_column(units, "heads")},
    )


def build_officer_table(units: list[UnitSummary]) -> Table:
    """Build the table of officers present, of those posted."""
    return _build_table(units, _build_officer_columns(units))


def _build_table(units: list[UnitSummary], columns: dict[str, Cells]) -> Table:
    names = {_("wilayah"): [unit.name for unit in units]}
    return make_table({**names, **columns}, [unit.rehearsal for unit in units])


def _build_station_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("TPS lapor"): ratio_column(
            (unit.counts["tps_reported"] for unit in units),
            (unit.tps for unit in units),
            _("TPS"),
            unknown_total=_("belum diketahui"),
        )
    }


def _build_turnout_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("partisipasi"): percent_column(
            (unit.turnout.rate for unit in units), estimated=[unit.rate_estimated for unit in units]
        ),
        **_build_hour_column(units),
        _("TPS dihitung"): ratio_column(
            (unit.counts["tps_counted"] for unit in units),
            (unit.tps for unit in units),
            _("TPS dari"),
            unknown_total=_("belum diketahui"),
        ),
    }


def _build_hour_column(units: list[UnitSummary]) -> dict[str, Cells]:
    """Build the column of the hour of each turnout; none where every newest count is of it."""
    hours = [wording.format_count_hour(unit) for unit in units]
    if not any(hours):
        return {}
    old = _("{hour} (lama)")
    return {
        _("pukul"): [
            old.format(hour=hour) if unit.is_rate_old else hour
            for hour, unit in zip(hours, units, strict=True)
        ]
    }


def _build_incident_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("kejadian terbuka"): _build_count_column(units, "incidents_open"),
        _("serius"): _build_count_column(units, "critical_open"),
    }


def _build_officer_columns(units: list[UnitSummary]) -> dict[str, Cells]:
    columns = {_("personel hadir"): _build_officer_column(units, "officers_present")}
    if any(unit.is_end_of_duty for unit in units):
        columns[_("sudah kembali")] = _build_officer_column(units, "officers_returned")
    return columns


def _build_officer_column(units: list[UnitSummary], count_name: str) -> Any:
    return ratio_column(
        (unit.counts[count_name] for unit in units),
        (unit.counts["officers_posted"] for unit in units),
        _("personel diplot"),
    )


def _build_count_column(units: list[UnitSummary], count_name: str) -> Any:
    return number_column(unit.counts[count_name] for unit in units)


def _format_reporting(unit: UnitSummary) -> str:
    if not unit.reporting_count:
        return _("belum ada laporan")
    return wording.format_silence(unit) or _("melapor")


def _format_state(unit: UnitSummary) -> str:
    return label("situasi", unit.state) if unit.state else _("belum dinyatakan")
