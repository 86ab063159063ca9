"""The lists of the page Personel: who and what is missing, by a code kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import POLICE_GROUPS
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import N_
from situasi.ui import filters, render_cache
from situasi.ui.components import markup
from situasi.ui.tables import personnel as readable
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table

# Code in the address, and the words for it.
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
    """The rows of the list: TPS, officers or postings."""
    return _SELECTORS[code](coverage)


def build_list_table(coverage: Coverage, code: str) -> Table:
    """The same as a table to read."""
    rows = select_rows(coverage, code)
    if code in _STATION_LISTS:
        return readable.build_tps_table(rows, coverage.postings)
    return (
        readable.build_unknown_tps_table(rows)
        if code == "tps_asing"
        else readable.build_officers_table(rows, coverage.postings)
    )


def render_lists_panel(coverage: Coverage) -> None:
    """One list at a time, each with how many it holds."""
    # Without postings nobody can be missed: only who spoke is listed.
    name, codes = (
        ("daftar", list(_LIST_NAMES))
        if coverage.has_postings
        else ("daftar_lapor", list(_CHECKIN_LISTS))
    )
    counts = render_cache.get_or_build(
        "isi daftar", tuple(codes), (coverage,), partial(_count_rows, codes)
    )
    chosen = filters.render_single_filter(
        st.segmented_control, name, _("Daftar"), codes, partial(_format_option, counts),
        required=True,
    )  # fmt: skip
    if not counts[chosen]:
        markup.render_empty_state(_("Tidak ada: {list}.").format(list=_(_LIST_NAMES[chosen])))
        return
    table = render_cache.get_or_build(
        "daftar", chosen, (coverage,), partial(build_list_table, code=chosen)
    )
    table_view.render_table(table, f"daftar_{chosen}", _(_LIST_NAMES[chosen]))


def _count_rows(codes: Sequence[str], coverage: Coverage) -> dict[str, int]:
    return {code: len(select_rows(coverage, code)) for code in codes}


def _format_option(counts: dict[str, int], code: str) -> str:
    name = _(_LIST_NAMES[code])
    return f"{name} · {i18n.format_number(counts[code])}"


def _make_officer_selector(
    condition: Callable[[pd.DataFrame], pd.Series],
) -> Callable[[Coverage], pd.DataFrame]:
    return lambda found: found.officers[condition(found.officers)]


_SELECTORS: dict[str, Callable[[Coverage], pd.DataFrame]] = {
    "tanpa_petugas": lambda found: found.tps[found.tps["absent"]],
    "bawah_pola": lambda found: found.tps[found.tps["below"]],
    "belum_lapor": _make_officer_selector(lambda o: o["posted"] & o["checkin"].isna()),
    "tanpa_kabar": _make_officer_selector(lambda o: o["posted"] & (o["state"] == "tanpa_kabar")),
    "cadangan": _make_officer_selector(lambda o: o["duty"].isin(["cadangan", "patroli"])),
    "tanpa_plotting": _make_officer_selector(
        lambda o: ~o["posted"] & o["on_roster"] & o["checkin"].notna()
    ),
    "luar_daftar": _make_officer_selector(lambda o: ~o["posted"] & ~o["on_roster"]),
    "tps_asing": lambda found: found.postings[found.postings["code"].isna()],
}


def select_police_at_tps(coverage: Coverage) -> pd.DataFrame:
    """The police posted to TPS."""
    every = coverage.officers
    return every[
        every["group"].isin(POLICE_GROUPS) & every.index.isin(coverage.postings["petugas"])
    ]
