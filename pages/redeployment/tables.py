"""Tables of the page Pergeseran: shortfalls, available officers, moves and decisions."""

from collections.abc import Iterable, Sequence

import pandas as pd

from situasi.actions.redeployment_orders import PlanDecision
from situasi.analysis.redeployment.candidates import Candidate
from situasi.analysis.redeployment.plan import Move, Plan
from situasi.analysis.redeployment.shortfalls import StationGroup
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import KERAWANAN
from situasi.domain.labels import label
from situasi.domain.officer_marks import shorten_mark
from situasi.ui.tables.columns import (
    Cells,
    machine_time_column,
    number_column,
    rank_column,
    ratio_column,
    text_column,
    time_column,
)
from situasi.ui.tables.personnel import kecamatan_name
from situasi.ui.tables.table_view import Table, make_table

# To which TPS an officer goes is in view beside the map on a screen 1366 px wide, in three lines.
_PLACE_WIDTH_PX, _STATIONS_WIDTH_PX = 100, 145


def build_area_table(rows: pd.DataFrame, is_exercise: bool) -> Table:
    """Build shortfalls.count_by_kecamatan as a table; empty where no posting is known."""
    is_known = rows["known"]
    columns: dict[str, Cells] = {
        _("kecamatan"): [kecamatan_name(str(code)) for code in rows.index],
        _("TPS"): number_column(rows["tps"]),
        _("tanpa petugas"): number_column(rows["empty"].where(is_known)),
        _("kurang dari pola"): number_column(rows["short"].where(is_known), estimated=True),
    }
    return make_table(columns, is_exercise)


def build_station_table(rows: pd.DataFrame, is_exercise: bool) -> Table:
    """Build the table of short TPS: what they have and what they need.

    rows: of shortfalls.rank_shortfalls.
    """
    columns: dict[str, Cells] = {
        _("kecamatan"): [kecamatan_name(code) for code in rows["kecamatan"]],
        _("desa"): [kecamatan_name(code) for code in rows["desa"]],
        _("TPS"): [f"{nomor:03d}" for nomor in rows["nomor"]],
        _("peringkat"): rank_column(rows),
        _("keadaan"): [label("kehadiran", state) for state in rows["state"]],
        _("kerawanan"): [label("kerawanan", level) for level in rows["kerawanan"]],
        _("perlu"): number_column(rows["need"], 2, estimated=True),
        _("kekuatan"): number_column(rows["held"], 2),
        _("kejadian berat di sekitarnya"): [_("ya") if hit else "" for hit in rows["watched"]],
    }
    return make_table(columns, is_exercise)


def build_station_group_table(groups: Sequence[StationGroup], is_exercise: bool) -> Table:
    """Build the table of TPS groups that one or more officers can share."""
    columns: dict[str, Cells] = {
        _("kecamatan"): [kecamatan_name(group.kecamatan) for group in groups],
        _("TPS"): [format_stations(group.tps_codes) for group in groups],
        _("petugas diperlukan"): number_column(
            [group.officers_needed for group in groups], estimated=True
        ),
        _("tanpa petugas"): number_column([len(group.empty_points) for group in groups]),
        _("kurang dari pola"): number_column(
            [len(group.short_points) for group in groups], estimated=True
        ),
    }
    return make_table(columns, is_exercise)


def build_officer_table(candidates: Sequence[Candidate]) -> Table:
    """Build the table of the officers who could move, and their present places."""
    columns: dict[str, Cells] = {
        _("petugas"): [shorten_mark(row.petugas) for row in candidates],
        _("penugasan"): [label("penugasan", row.duty) for row in candidates],
        _("di"): [format_place(row.place_code) for row in candidates],
        _("tempat"): [row.lokasi for row in candidates],
        _("TPS"): [format_stations(code for code, _ in row.coverage_removed) for row in candidates],
    }
    return make_table(columns, [row.latihan for row in candidates])


def build_move_table(moves: Sequence[Move], validity: Sequence[bool]) -> Table:
    """Build the table of the moves of a plan. validity: whether each is still valid."""
    speed = board().register.election.rules.redeployment.speed_kmh
    completed_counts = [len(row.completed_tps) for row in moves]
    routes = [_("lewat jalan dan sungai") if row.is_by_road else _("garis lurus") for row in moves]
    states = [_("masih berlaku") if valid else _("tidak berlaku lagi") for valid in validity]
    columns: dict[str, Cells] = {
        _("petugas"): [shorten_mark(row.candidate.petugas) for row in moves],
        _("dari"): [label("penugasan", row.candidate.duty) for row in moves],
        _("berada di"): text_column(
            [format_place(row.candidate.place_code) for row in moves], max_width_px=_PLACE_WIDTH_PX
        ),
        _("ke kecamatan"): text_column(
            [kecamatan_name(row.destination.kecamatan) for row in moves],
            max_width_px=_PLACE_WIDTH_PX,
        ),
        _("km"): number_column([row.km for row in moves], 1, estimated=True),
        _("menit"): number_column([round(60 * row.km / speed) for row in moves], estimated=True),
        _("ke TPS"): text_column(
            [format_stations(row.destination.tps_codes) for row in moves],
            max_width_px=_STATIONS_WIDTH_PX,
        ),
        _("TPS kosong terisi"): number_column([len(row.filled_tps) for row in moves]),
        _("TPS mencapai pola"): number_column(completed_counts, estimated=True),
        _("jarak"): routes,
        _("keadaan"): states,
    }
    return make_table(columns, [row.candidate.latihan for row in moves], row_lines=3)


def build_comparison_table(plan: Plan, ranked: pd.DataFrame, is_exercise: bool) -> Table:
    """Build the table of shortfalls by severity: now, after the plan, after the greedy method.

    ranked: of shortfalls.rank_shortfalls, from which the plan was made.
    """
    by_points = ranked.groupby("points")
    ranks = pd.DataFrame(
        {
            "rank": by_points["rank"].first(),
            "rank_first": by_points["rank_first"].min(),
            "rank_last": by_points["rank_last"].max(),
        }
    )
    before, fixed, greedy = plan.shortfalls_before, plan.shortfalls_removed, plan.greedy_result[0]
    columns: dict[str, Cells] = {
        _("kekurangan, yang terberat dahulu"): [format_points(points) for points in plan.tiers],
        _("peringkat"): rank_column(ranks.loc[list(plan.tiers)]),
        _("sekarang"): number_column(before),
        _("sesudah rencana"): number_column(b - r for b, r in zip(before, fixed, strict=True)),
        _("sesudah cara terdekat dahulu"): number_column(
            b - r for b, r in zip(before, greedy, strict=True)
        ),
    }
    return make_table(columns, is_exercise)


def build_decision_table(decisions: Sequence[PlanDecision]) -> Table:
    """Build the table of accepted and refused plans, the newest first."""
    columns: dict[str, Cells] = {
        _("diputuskan"): machine_time_column(row.recorded_at for row in decisions),
        _("keputusan"): [_format_decision(row) for row in decisions],
        _("oleh"): [row.by for row in decisions],
        _("langkah"): ratio_column(
            [len(row.moves) for row in decisions],
            [len(row.moves) + row.left_out for row in decisions],
            _("langkah rencana"),
        ),
        _("km"): number_column([row.km for row in decisions], 1, estimated=True),
        _("alasan"): [row.reason for row in decisions],
        _("keadaan pada"): time_column(row.at for row in decisions),
        _("petugas"): [
            ", ".join(shorten_mark(move["petugas"]) for move in row.moves) for row in decisions
        ],
        _("nomor"): [row.id for row in decisions],
    }
    return make_table(columns, [row.exercise for row in decisions])


def _format_decision(decision: PlanDecision) -> str:
    if decision.is_undone:
        return _("dibatalkan")
    return _("disetujui") if decision.accepted else _("ditolak")


def format_place(code: str) -> str:
    """Return the name of a place: kecamatan, desa with kecamatan, or the command for ""."""
    register = board().register
    if not code:
        return register.election.command
    if code in register.desa:
        return f"{register.name_of(code)}, {register.name_of(register.desa[code].kecamatan)}"
    return register.name_of(code)


def format_stations(codes: Iterable[str]) -> str:
    """Return TPS by desa, such as "Pipa Putih 001, 002; Sejaro 001"."""
    by_desa: dict[str, list[str]] = {}
    for code in sorted(codes):
        desa, _dot, nomor = code.rpartition(".")
        by_desa.setdefault(desa, []).append(nomor)
    return "; ".join(f"{kecamatan_name(d)} {', '.join(n)}" for d, n in by_desa.items())


def format_points(points: int) -> str:
    """Return what a shortfall of so many points is; only the points if no rule gives them."""
    rule = board().register.election.rules.redeployment.shortfall_points
    for empty in (True, False):
        for near in (True, False):
            for level in KERAWANAN:
                if points == rule["empty"] * empty + rule["incident"] * near + rule.get(level, 0):
                    return " · ".join(_list_signs(level if rule.get(level) else "", empty, near))
    return str(points)


def _list_signs(level: str, empty: bool, near_incident: bool) -> list[str]:
    return list(
        filter(
            None,
            [
                _("tanpa petugas") if empty else _("kurang dari pola"),
                _("dekat kejadian berat") if near_incident else "",
                label("kerawanan", level) if level else "",
            ],
        )
    )
