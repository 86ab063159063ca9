"""One officer: where posted, the last word, all check-ins and orders."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from situasi.analysis.personnel import coverage as coverage_analysis
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import reads
from situasi.common.i18n import _
from situasi.domain.feed_schemas import PERSONNEL, POSTINGS
from situasi.domain.labels import label
from situasi.domain.officer_marks import shorten_mark
from situasi.domain.register import Register
from situasi.presentation.numbers import format_moment
from situasi.ui import filters, page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import personnel, table_view

_VISIBLE_ROWS = 6


class OfficerRows(NamedTuple):
    """The rows of one officer in the order of the store."""

    checkins: pd.DataFrame
    orders: pd.DataFrame


@reads(PERSONNEL, POSTINGS)
def select_officer_rows(
    frames: Mapping[str, pd.DataFrame],
    register: Register,  # noqa: ARG001
    at: datetime,  # noqa: ARG001
    petugas: str,
) -> OfficerRows:
    """Return all check-ins and orders of one officer."""
    checkins, orders = frames[PERSONNEL.name], frames[POSTINGS.name]
    return OfficerRows(
        checkins[checkins["petugas"] == petugas], orders[orders["petugas"] == petugas]
    )


def render_officer_filter(context: PageContext, container: Any) -> str:
    """Draw the choice of one officer by number; "" where none is chosen."""
    coverage = context.compute(coverage_analysis.compute_coverage)
    names = render_cache.get_or_build("petugas", None, (coverage,), _build_names)
    return filters.render_single_filter(
        container.selectbox, "petugas", _("Petugas"), list(names), lambda code: _name(names, code)
    )


def _build_names(coverage: Coverage) -> dict[str, str]:
    officers = coverage.officers
    names = {"": ""}
    for petugas, rank, unit in zip(
        officers.index, officers["pangkat"], officers["satuan"], strict=True
    ):
        known = (part for part in (shorten_mark(petugas), rank, unit) if isinstance(part, str))
        names[petugas] = " · ".join(known)
    return names


def _name(names: Mapping[str, str], code: str) -> str:
    return names.get(code, code) if code else _("cari satu petugas")


def render_officer_panel(context: PageContext, petugas: str) -> None:
    """Draw the facts, check-ins and orders of one officer."""
    coverage = context.compute(coverage_analysis.compute_coverage)
    if petugas not in coverage.officers.index:
        return
    row: Any = coverage.officers.loc[petugas]
    rows = context.compute(select_officer_rows, petugas)
    number = shorten_mark(petugas)
    markup.render_facts(
        _("Petugas {number}").format(number=number),
        _list_facts(petugas, row, coverage.postings, context.view_time.at),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        table = personnel.build_checkins_of_officer_table(rows.checkins)
        title = _("Lapor diri {number}").format(number=number)
        page_layout.render_section_title(title)
        table_view.render_table(table, "lapor_petugas", title, visible_rows=_VISIBLE_ROWS)
    with right:
        table = personnel.build_orders_of_officer_table(rows.orders)
        title = _("Perintah {number}").format(number=number)
        page_layout.render_section_title(title)
        table_view.render_table(table, "perintah_petugas", title, visible_rows=_VISIBLE_ROWS)


def _list_facts(
    petugas: str, row: Any, postings: pd.DataFrame, at: datetime
) -> list[tuple[str, str]]:
    """Return state, duty, place and last word of an officer, those that are known."""
    place = personnel.find_posting_places(postings).get(petugas) or row["lokasi"]
    checkin = _("belum lapor diri")
    if isinstance(row["checkin"], str):
        is_timed = pd.notna(row["checkin_at"])  # else only the day is known
        time = format_moment(row["checkin_at"], at) if is_timed else _("jam tidak diketahui")
        checkin = f"{label('checkin', row['checkin'])}, {time}"
    areas = ", ".join(map(personnel.kecamatan_name, sorted(row["areas"])))
    facts = [
        (_("keadaan"), label("kehadiran", row["state"])),
        (_("penugasan"), personnel.duty_name(row["duty"])),
        (_("tempat"), place),
        (_("kecamatan"), areas),
        (_("kabar terakhir"), checkin),
        (_("instansi"), personnel.agency_name(row["instansi"])),
        (_("pangkat"), row["pangkat"]),
        (_("satuan"), row["satuan"]),
    ]
    return [(name, value) for name, value in facts if isinstance(value, str) and value]
