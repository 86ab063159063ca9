"""Neutrality cases as tables, on the page and as files: no names, only units and codes."""

from datetime import timedelta
from typing import Any

import pandas as pd

from situasi.analysis import neutrality
from situasi.analysis.neutrality import NeutralitySummary
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.tables.columns import Cells, date_column, number_column
from situasi.ui.tables.table_view import Table, make_table

_DAY = timedelta(days=1)


def build_class_table(overview: NeutralitySummary) -> Table:
    """Build the table of cases by step and class."""
    rows: list[Any] = list(neutrality.build_class_table(overview).itertuples())
    columns: dict[str, Cells] = {
        _("langkah"): [label("langkah", row.langkah) for row in rows],
        _("kelas"): [label("kelas", row.kelas) for row in rows],
        _("kasus"): number_column(row.cases for row in rows),
    }
    return make_table(columns, bool(overview.cases["latihan"].any()))


def build_case_table(cases: pd.DataFrame) -> Table:
    """Build the table of these cases, with the headings of our files."""
    register = board().register
    rows: list[Any] = list(cases.itertuples())
    since = cases["since"].dt.tz_convert(register.election.zone)
    columns: dict[str, Cells] = {
        _("id"): cases["id"],
        _("pelanggaran"): [_format_violation(row.pelanggaran) for row in rows],
        _("langkah"): [label("langkah", row.langkah) for row in rows],
        _("kelas"): [label("kelas", row.kelas) for row in rows],
        _("umur, hari"): number_column(row.age // _DAY for row in rows),
        _("keadaan"): [_format_deadline_state(row) for row in rows],
        _("dihitung sejak"): date_column(since.dt.tz_localize(None).dt.normalize()),
        _("yaitu"): [
            _("LP") if row.since_what == neutrality.REPORTED_STEP else _("kabar pertama")
            for row in rows
        ],
        _("satuan"): cases["satuan"],
        _("kecamatan"): [register.name_of(row.kecamatan) for row in rows],
        _("asal"): [label("asal", row.asal) for row in rows],
        _("sanksi"): [", ".join(label("sanksi", code) for code in row.sanctions)
                      for row in rows],
        _("uraian"): cases["uraian"],
        _("satuan berbeda"): cases["conflicting_units"],
        _("catatan periksa"): cases["flags"],
        _("pelapor"): cases["pelapor"],
        _("sumber"): cases["sumber"],
    }  # fmt: skip
    return make_table(columns, cases["latihan"])


def _format_violation(code: str | None) -> str:
    return f"{code} {label('pelanggaran', code)}" if isinstance(code, str) else _("tanpa kode")


def _format_deadline_state(row: Any) -> str:
    if not row.open:
        return _("berakhir")
    return _("lewat target") if row.overdue else _("dalam target")
