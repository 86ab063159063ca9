"""Tables of cases, and the columns that several of them have."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from situasi.analysis.incidents.cases import list_newest, sort_gravest_first
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.domain.labels import label
from situasi.ingest.validation.time_check import compute_latest_moment
from situasi.ui.tables import table_view
from situasi.ui.tables.columns import Cells, Column, imprecise_time_column, text_column
from situasi.ui.tables.table_view import Table, make_table
from situasi.ui.wording import incidents

PLACE_WIDTH_PX = 296  # kecamatan, desa and TPS, of the longest names too


def build_incidents_table(rows: pd.DataFrame) -> Table:
    """Build the table of cases with the headings of our feed files."""
    register = board().register
    columns: dict[str, Cells] = {
        _("waktu"): imprecise_time_column(rows["occurred_at"], rows["precision"]),
        _("tingkat"): [label("tingkat", code) for code in rows["tingkat"]],
        _("jenis"): [label("jenis", code) for code in rows["jenis"]],
        _("kecamatan"): [register.name_of(code) for code in rows["kecamatan"]],
        _("desa"): rows["desa_text"],
        _("TPS"): rows["tps"],
        _("status"): [label("status", code) for code in rows["status"]],
        _("ditugaskan"): build_unit_column(rows),
        _("uraian"): rows["uraian"],
        _("catatan periksa"): rows["flags"],
        _("sumber"): rows["sumber"],
        _("id"): rows["id"],
    }
    return make_table(columns, rows["latihan"], rows["case"])


def render_incidents_popover(title: str, rows: pd.DataFrame, key: str) -> None:
    """Draw a popover with the cases behind a number, newest first, sent only when opened.

    title: with {n} for their number.
    """

    def build() -> Table:
        return build_incidents_table(list_newest(rows, len(rows)))

    table_view.render_table_popover(format_counts(title, n=len(rows)), build, key)


def build_tingkat_column(levels: Iterable[object]) -> Column:
    """Return the column of tingkat, on the screen with its sign."""
    codes = [level if isinstance(level, str) else None for level in levels]
    return text_column(
        [label("tingkat", code) for code in codes],
        [incidents.format_tingkat(code) for code in codes],
    )


def build_known_time_column(cases: pd.DataFrame, name: str) -> Column:
    """Return the column of when cases became known; name: "known_at" or "first_known".

    Of an old report without an hour it is the last minute of its day (compute_known_at): such a
    minute is not shown as one that somebody reported.
    """
    precisions = [
        precision if at == compute_latest_moment(occurred_at, precision) else "menit"
        for at, occurred_at, precision in zip(
            cases[name], cases["occurred_at"], cases["precision"], strict=True
        )
    ]
    return imprecise_time_column(cases[name], precisions)


def build_unit_column(rows: pd.DataFrame) -> list[str]:
    """Return who has each case; for one that is closed and never had anybody nothing."""
    is_closed = rows["status"].isin(STATUS_CLOSED)
    return [
        "" if closed and not isinstance(unit, str) else incidents.format_unit(unit)
        for unit, closed in zip(rows["ditugaskan"], is_closed, strict=True)
    ]


def build_open_cases_table(cases: pd.DataFrame) -> Table:
    """Build the table of open cases, the gravest first, and who has each."""
    return build_incidents_table(sort_gravest_first(cases))


def build_place_column(rows: pd.DataFrame, max_width_px: int = PLACE_WIDTH_PX) -> Column:
    """Return the column of kecamatan, desa and TPS of each case; in a file each in its own."""
    register = board().register
    texts = text_column(
        [incidents.format_place(row) for row in rows.itertuples()], max_width_px=max_width_px
    )
    names = rows["kecamatan"].map(register.name_of, na_action="ignore")
    headings = {
        "kecamatan": _("kode kecamatan"), "desa": _("kode desa"), "desa_text": _("desa"),
        "tps": _("TPS"), "lat": _("lintang"), "lon": _("bujur"),
    }  # fmt: skip
    parts = {
        heading: rows[name].reset_index(drop=True)
        for name, heading in headings.items()
        if name in rows
    }
    parts = {_("kecamatan"): names.reset_index(drop=True), **parts}
    return replace(texts, build_file_columns=lambda _heading: parts)
