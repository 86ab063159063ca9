"""Tables of Kejadian."""

import pandas as pd

from situasi.analysis.hotspots.counts import LEAST_SHOWN
from situasi.analysis.situation.worklist import Worklist
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.tables.columns import (
    Cells,
    duration_column,
    imprecise_time_column,
    number_column,
    text_column,
    time_column,
)
from situasi.ui.tables.incidents import (
    build_known_time_column,
    build_place_column,
    build_tingkat_column,
    build_unit_column,
)
from situasi.ui.tables.table_view import Table, make_table
from situasi.ui.wording import incidents

# Of the list beside that of all cases, in lines.
_NARROW_PLACE_PX, _NARROW_UNIT_PX = 130, 90
# Of the list of all cases, in two lines: who has a case is in view on a screen 1366 px wide.
_KIND_WIDTH_PX, _PLACE_WIDTH_PX, _STATUS_WIDTH_PX, _UNIT_WIDTH_PX = 112, 200, 86, 100


def build_cases_table(cases: pd.DataFrame, overdue: pd.DataFrame) -> Table:
    """Build the table of cases; overdue: Worklist.overdue_cases."""
    late = overdue.set_index("case").reindex(cases["case"])
    columns: dict[str, Cells] = {
        _("tingkat"): build_tingkat_column(cases["tingkat"]),
        _("kabar"): build_known_time_column(cases, "known_at"),
        _("jenis"): text_column(
            [label("jenis", code) for code in cases["jenis"]], max_width_px=_KIND_WIDTH_PX
        ),
        _("tempat"): build_place_column(cases, _PLACE_WIDTH_PX),
        _("status"): text_column(
            [label("status", code) for code in cases["status"]], max_width_px=_STATUS_WIDTH_PX
        ),
        _("ditugaskan"): text_column(build_unit_column(cases), max_width_px=_UNIT_WIDTH_PX),
        _("terjadi"): imprecise_time_column(cases["occurred_at"], cases["precision"]),
        _("lewat waktu"): duration_column(late["late"]),
        _("menunggu"): [
            incidents.format_step(step) if isinstance(step, str) else "" for step in late["step"]
        ],
        _("laporan"): number_column(cases["gabungan"]),
        _("uraian"): cases["uraian"],
        _("id"): cases["id"],
    }
    return make_table(columns, cases["latihan"], row_lines=2)


def build_overdue_table(rows: pd.DataFrame) -> Table:
    """Build the table of overdue cases: which step, by how long, and who handles it."""
    columns: dict[str, Cells] = {
        _("lewat"): duration_column(rows["late"]),
        _("menunggu"): [incidents.format_step(step) for step in rows["step"]],
        _("tempat"): build_place_column(rows, _NARROW_PLACE_PX),
        _("ditugaskan"): text_column(
            [incidents.format_unit(unit) for unit in rows["ditugaskan"]],
            max_width_px=_NARROW_UNIT_PX,
        ),
        _("jenis"): list(map(incidents.format_kind, rows.itertuples())),
        _("tingkat"): build_tingkat_column(rows["tingkat"]),
        _("batas"): time_column(rows["due_at"]),
        _("id"): rows["id"],
    }
    return make_table(columns, rows["latihan"], row_lines=3)


def build_durations_table(worklist: Worklist, step: str) -> Table:
    """Build the table of how long a step took or has been waited for, longest first."""
    milestones = worklist.case_milestones.reindex(worklist.selected_cases["case"]).reset_index()
    durations = milestones[step].fillna(pd.Timestamp(worklist.at)) - milestones["start"]
    order = durations.sort_values(ascending=False, kind="stable").index
    milestones = milestones.loc[order]
    cases = worklist.selected_cases.reset_index(drop=True).loc[order]
    columns: dict[str, Cells] = {
        _("lama"): duration_column(durations.loc[order]),
        _("keadaan"): list(map(_format_step_state, milestones["start"], milestones[step])),
        _("dilaporkan"): time_column(milestones["start"]),
        _("tingkat"): build_tingkat_column(cases["tingkat"]),
        _("jenis"): list(map(incidents.format_kind, cases.itertuples())),
        _("tempat"): build_place_column(cases),
        _("status"): [label("status", code) for code in cases["status"]],
        _("id"): cases["id"],
    }
    return make_table(columns, cases["latihan"])


def _format_step_state(start: pd.Timestamp, end: pd.Timestamp) -> str:
    if pd.isna(end):
        return _("belum")
    return _("sejak laporan pertama") if end <= start else _("tercapai")


def build_duplicates_table(worklist: Worklist) -> Table:
    """Build the table of probable duplicates with their reasons."""
    by_case = worklist.cases.set_index("case")
    first, second = (by_case.loc[[getattr(pair, side) for pair in worklist.duplicate_candidates]]
                  for side in ("first", "second"))  # fmt: skip
    columns: dict[str, Cells] = {
        _("nilai"): number_column(round(pair.score) for pair in worklist.duplicate_candidates),
        _("laporan pertama"): first["id"],
        _("laporan kedua"): second["id"],
        _("jenis"): list(map(incidents.format_kind, first.itertuples())),
        _("tempat"): build_place_column(first),
        _("alasan"): [
            ", ".join(incidents.format_duplicate_reasons(pair))
            for pair in worklist.duplicate_candidates
        ],
    }
    return make_table(columns, first["latihan"].to_numpy() | second["latihan"].to_numpy())


def build_kinds_table(worklist: Worklist) -> Table:
    """Build the table of kinds by kecamatan with sums; missing where nobody reported."""
    register = board().register
    names = {
        area: register.name_of(str(area)) if area else _("seluruh kabupaten")
        for area in worklist.kind_counts
    }
    columns: dict[str, Cells] = {
        _("jenis"): [label("jenis", code) for code in worklist.kind_counts.index],
        _("jumlah"): number_column(worklist.kind_counts.sum(axis=1)),
        **{name: number_column(worklist.kind_counts[area]) for area, name in names.items()},
    }
    return make_table(columns, bool(worklist.selected_cases["latihan"].any()))


def build_cells_table(cells: pd.DataFrame, is_exercise: bool) -> Table:
    """Build the table of Hotspots.cells, what chance gives most rarely first."""
    values = [
        (e.usual, max(e.per_day, LEAST_SHOWN)) if e else (None, None) for e in cells["excess"]
    ]
    excesses = pd.DataFrame(values, cells.index, columns=["usual", "per_day"], dtype="float64")
    order = cells.join(excesses).sort_values(["per_day", "hour"], kind="stable")
    columns: dict[str, Cells] = {
        _("kecamatan"): [board().register.name_of(code) for code in order["kecamatan"]],
        _("jam"): time_column(order["hour"]),
        _("dilaporkan"): number_column(order["count"]),
        _("biasanya"): number_column(order["usual"], 1, estimated=True),
        _("kebetulan, kali sehari"): number_column(order["per_day"], 3, estimated=True),
        _("keterangan"): [
            _("belum ada kabar") if is_silent else "" for is_silent in order["count"].isna()
        ],
    }  # fmt: skip
    return make_table(columns, is_exercise)


def build_dangling_merges_table(worklist: Worklist) -> Table:
    """Build the table of merges that name an unknown case."""
    merges = worklist.orphan_merges
    columns: dict[str, Cells] = {
        _("waktu"): time_column(merges["occurred_at"]),
        _("tindakan"): merges["tindakan"],
        _("kasus"): merges["kasus"],
        _("ke"): merges["ke"],
        _("alasan"): merges["alasan_gabung"],
        _("pelapor"): merges["pelapor"],
    }
    return make_table(columns, merges["latihan"])
