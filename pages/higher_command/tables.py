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

_ROW = "wilayah"


def table_panel(every: list[UnitSummary]) -> None:
    """All that is told of each."""
    chosen = table_view.render_table(
        _drawn(every), _ROW, wording.each(), visible_rows=len(every), on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    table_view.render_explanation(_ROW)
    for row in chosen["selection"]["rows"]:
        if row < len(every) and every[row].opens:
            go(every[row])


def _drawn(every: list[UnitSummary]) -> Table:
    return render_cache.get_or_build(_ROW, tuple(map(repr, every)), (), lambda: whole(every))


def go(line: UnitSummary) -> None:
    """Go there as the menu would."""
    address = {tenant.URL_PARAMETER: line.code}
    for name in ("lang", "saat"):
        if name in st.query_params and (name != "saat" or line.zone == tenant.get_info().zone):
            address[name] = st.query_params[name]
    name = "" if line.is_aggregate else "situasi"
    there = st.Page(lambda: None, title=line.name, url_path=name, default=not name)
    st.switch_page(there, query_params=address)


def whole(every: list[UnitSummary]) -> Table:
    """Everything of each, one line."""
    return _table(
        every,
        {
            _("keadaan"): [_heard(one) for one in every],
            _("salinan"): time_column(one.copied_at for one in every),
            _("situasi"): [_state(one) for one in every],
            **_stations(every),
            **_turnout(every),
            **_incidents(every),
            _("kec. merah"): _numbers(every, "situasi_merah"),
            _("kec. kuning"): _numbers(every, "situasi_kuning"),
            **_officers(every),
            _("laporan terakhir"): time_column(one.reported_at for one in every),
        },
    )


def heard(every: list[UnitSummary]) -> Table:
    """From whom anything comes."""
    return _table(
        every,
        {
            _("keadaan"): [_heard(one) for one in every],
            _("salinan"): time_column(one.copied_at for one in every),
            _("laporan terakhir"): time_column(one.reported_at for one in every),
        },
    )


def incidents(every: list[UnitSummary]) -> Table:
    """Open cases of the day."""
    return _table(
        every, {**_incidents(every), _("kejadian hari ini"): _numbers(every, "incidents_day")}
    )


def states(every: list[UnitSummary]) -> Table:
    """How many kecamatan are in each situasi."""
    cells = {label("situasi", state): _numbers(every, f"situasi_{state}")
             for state in ("merah", "kuning", "hijau")}  # fmt: skip
    return _table(every, {_("situasi"): [_state(one) for one in every], **cells})


def stations(every: list[UnitSummary]) -> Table:
    """How far the TPS are."""
    return _table(
        every,
        {
            **_stations(every),
            _("TPS buka"): _numbers(every, "tps_opened"),
            _("TPS tutup"): _numbers(every, "tps_closed"),
            _("TPS selesai hitung"): _numbers(every, "tps_done"),
        },
    )


def turnout(every: list[UnitSummary]) -> Table:
    """Heads counted."""
    return _table(every, {**_turnout(every), _("pemilih hadir"): _numbers(every, "heads")})


def officers(every: list[UnitSummary]) -> Table:
    """Officers present of those posted."""
    return _table(every, _officers(every))


def _table(every: list[UnitSummary], columns: dict[str, Cells]) -> Table:
    names = {_("wilayah"): [one.name for one in every]}
    return make_table({**names, **columns}, [one.rehearsal for one in every])


def _stations(every: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("TPS lapor"): ratio_column(
            (one.counts["tps_reported"] for one in every),
            (one.tps for one in every),
            _("TPS"),
            unknown_total=_("belum diketahui"),
        )
    }


def _turnout(every: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("partisipasi"): percent_column(
            (one.rate for one in every), estimated=[one.rate_estimated for one in every]
        ),
        _("TPS dihitung"): ratio_column(
            (one.counts["tps_counted"] for one in every),
            (one.tps for one in every),
            _("TPS dari"),
            unknown_total=_("belum diketahui"),
        ),
    }


def _incidents(every: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("kejadian terbuka"): _numbers(every, "incidents_open"),
        _("serius"): _numbers(every, "serious_open"),
    }


def _officers(every: list[UnitSummary]) -> dict[str, Cells]:
    return {
        _("personel hadir"): ratio_column(
            (one.counts["officers_present"] for one in every),
            (one.counts["officers_posted"] for one in every),
            _("personel diplot"),
        )
    }


def _numbers(every: list[UnitSummary], count: str) -> Any:
    return number_column(one.counts[count] for one in every)


def _heard(one: UnitSummary) -> str:
    if not one.reporting_count:
        return _("belum ada laporan")
    return wording.silent(one) or _("melapor")


def _state(one: UnitSummary) -> str:
    return label("situasi", one.state) if one.state else _("belum dinyatakan")
