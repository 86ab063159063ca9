"""The lists of the page Personel: TPS, officers and postings with problems, by URL code."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import POLICE_GROUPS
from situasi.common.formats import format_number
from situasi.common.i18n import _
from situasi.domain.labels import N_
from situasi.ui import filters, render_cache
from situasi.ui.components import markup
from situasi.ui.tables import personnel, table_view
from situasi.ui.tables.table_view import Table

# URL code, and name of each list.
_LIST_NAMES = {
    "tanpa_petugas": N_("TPS tanpa petugas"),
    "bawah_pola": N_("TPS di bawah pola"),
    "belum_lapor": N_("belum lapor diri, semua instansi"),
    "tanpa_kabar": N_("tanpa kabar, semua instansi"),
    "cadangan": N_("cadangan dan patroli"),
    "tanpa_plotting": N_("lapor diri tanpa plotting"),
    "luar_daftar": N_("di luar daftar dan plotting"),
    "tps_asing": N_("TPS tidak dikenal"),
}
_CHECKIN_LISTS = ("luar_daftar", "tanpa_plotting", "cadangan")
_STATION_LISTS = ("tanpa_petugas", "bawah_pola")


def select_rows(coverage: Coverage, code: str) -> pd.DataFrame:
    """Return the rows of the list: TPS, officers or postings."""
    return _SELECTORS[code](coverage)


def build_list_table(coverage: Coverage, code: str) -> Table:
    """Build the table of the list."""
    rows = select_rows(coverage, code)
    if code in _STATION_LISTS:
        return personnel.build_tps_table(rows, coverage.postings)
    return (
        personnel.build_unknown_tps_table(rows)
        if code == "tps_asing"
        else personnel.build_officers_table(rows, coverage.postings)
    )


def render_lists_panel(coverage: Coverage) -> None:
    """Draw one list at a time; the options show how many rows each has."""
    # Without postings nobody can be missing: only officers who checked in are listed.
    name, lists = (
        ("daftar", _LIST_NAMES) if coverage.has_postings else ("daftar_lapor", _CHECKIN_LISTS)
    )
    codes = list(lists)
    counts = render_cache.get_or_build(
        "isi daftar", tuple(codes), (coverage,), partial(_count_rows, codes)
    )
    code = filters.render_single_filter(
        st.segmented_control, name, _("Daftar"), codes, partial(_format_option, counts),
        required=True,
    )  # fmt: skip
    if not counts[code]:
        markup.render_empty_state(_("Tidak ada: {list}.").format(list=_(_LIST_NAMES[code])))
        return
    build_table = partial(build_list_table, code=code)
    table = render_cache.get_or_build("daftar", code, (coverage,), build_table)
    table_view.render_table(table, f"daftar_{code}", _(_LIST_NAMES[code]))


def _count_rows(codes: Sequence[str], coverage: Coverage) -> dict[str, int]:
    return {code: len(select_rows(coverage, code)) for code in codes}


def _format_option(counts: dict[str, int], code: str) -> str:
    name = _(_LIST_NAMES[code])
    return f"{name} · {format_number(counts[code])}"


def _make_officer_selector(
    condition: Callable[[pd.DataFrame], pd.Series],
) -> Callable[[Coverage], pd.DataFrame]:
    return lambda coverage: coverage.officers[condition(coverage.officers)]


_SELECTORS: dict[str, Callable[[Coverage], pd.DataFrame]] = {
    "tanpa_petugas": lambda coverage: coverage.tps[coverage.tps["absent"]],
    "bawah_pola": lambda coverage: coverage.tps[coverage.tps["below"]],
    "belum_lapor": _make_officer_selector(lambda o: o["posted"] & o["checkin"].isna()),
    "tanpa_kabar": _make_officer_selector(lambda o: o["posted"] & (o["state"] == "tanpa_kabar")),
    "cadangan": _make_officer_selector(lambda o: o["duty"].isin(["cadangan", "patroli"])),
    "tanpa_plotting": _make_officer_selector(
        lambda o: ~o["posted"] & o["on_roster"] & o["checkin"].notna()
    ),
    "luar_daftar": _make_officer_selector(lambda o: ~o["posted"] & ~o["on_roster"]),
    "tps_asing": lambda coverage: coverage.postings[coverage.postings["code"].isna()],
}


def select_police_at_tps(coverage: Coverage) -> pd.DataFrame:
    """Return the police posted to TPS."""
    officers = coverage.officers
    return officers[
        officers["group"].isin(POLICE_GROUPS) & officers.index.isin(coverage.postings["petugas"])
    ]
