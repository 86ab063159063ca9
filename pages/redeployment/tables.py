"""Tables of the page Pergeseran: what is short, who could go, the moves, and what was decided."""

from __future__ import annotations

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
from situasi.ui import session
from situasi.ui.tables.columns import number_column, ratio_column, time_column
from situasi.ui.tables.personnel import kecamatan_name
from situasi.ui.tables.table_view import Table, make_table


def _has_exercise_rows() -> bool:
    """Whether the board holds made-up rows: sums cannot be parted."""
    return session.get_snapshot_view().snapshot.rehearsal


def build_area_table(rows: pd.DataFrame) -> Table:
    """Kecamatan with what is short there (shortfalls.areas); missing where no posting is known."""
    told = rows["known"]
    return make_table(
        {
            _("kecamatan"): [kecamatan_name(str(code)) for code in rows.index],
            _("TPS"): number_column(rows["tps"]),
            _("tanpa petugas"): number_column(rows["empty"].where(told)),
            _("kurang dari pola"): number_column(rows["short"].where(told), estimated=True),
        },
        _has_exercise_rows(),
    )


def build_station_table(rows: pd.DataFrame) -> Table:
    """TPS of shortfalls.judged with what they have and need."""
    return make_table(
        {
            _("kecamatan"): [kecamatan_name(code) for code in rows["kecamatan"]],
            _("desa"): [kecamatan_name(code) for code in rows["desa"]],
            _("TPS"): [f"{nomor:03d}" for nomor in rows["nomor"]],
            _("keadaan"): [label("kehadiran", state) for state in rows["state"]],
            _("kerawanan"): [label("kerawanan", level) for level in rows["kerawanan"]],
            _("perlu"): number_column(rows["need"], 2, estimated=True),
            _("kekuatan"): number_column(rows["held"], 2),
            _("kejadian berat di sekitarnya"): [_("ya") if one else "" for one in rows["watched"]],
        },
        _has_exercise_rows(),
    )


def build_station_group_table(groups: Sequence[StationGroup]) -> Table:
    """What single officers, or a few together, would take."""
    return make_table(
        {
            _("kecamatan"): [kecamatan_name(one.kecamatan) for one in groups],
            _("TPS"): [format_stations(one.tps_codes) for one in groups],
            _("petugas diperlukan"): number_column(
                [one.officers_needed for one in groups], estimated=True
            ),
            _("tanpa petugas"): number_column([len(one.empty_points) for one in groups]),
            _("kurang dari pola"): number_column(
                [len(one.short_points) for one in groups], estimated=True
            ),
        },
        _has_exercise_rows(),
    )


def build_officer_table(candidates: Sequence[Candidate]) -> Table:
    """Who could be moved, and from where."""
    return make_table(
        {
            _("petugas"): [one.petugas for one in candidates],
            _("penugasan"): [label("penugasan", one.duty) for one in candidates],
            _("di"): [format_place(one.place_code) for one in candidates],
            _("tempat"): [one.lokasi for one in candidates],
            _("TPS"): [
                format_stations(code for code, _ in one.coverage_removed) for one in candidates
            ],
        },
        [one.latihan for one in candidates],
    )


def build_move_table(moves: Sequence[Move], validity: Sequence[bool]) -> Table:
    """The moves of a plan. valid: whether each still holds by what is known now."""
    speed = board().register.election.rules.redeployment.speed_kmh
    return make_table(
        {
            _("petugas"): [one.candidate.petugas for one in moves],
            _("dari"): [label("penugasan", one.candidate.duty) for one in moves],
            _("berada di"): [format_place(one.candidate.place_code) for one in moves],
            _("ke kecamatan"): [kecamatan_name(one.destination.kecamatan) for one in moves],
            _("ke TPS"): [format_stations(one.destination.tps_codes) for one in moves],
            _("km"): number_column([one.km for one in moves], 1, estimated=True),
            _("menit"): number_column(
                [round(60 * one.km / speed) for one in moves], estimated=True
            ),
            _("TPS kosong terisi"): number_column([len(one.filled_tps) for one in moves]),
            _("TPS mencapai pola"): number_column(
                [len(one.completed_tps) for one in moves], estimated=True
            ),
            _("jarak"): [
                _("lewat jalan dan sungai") if one.is_by_road else _("garis lurus") for one in moves
            ],
            _("keadaan"): [
                _("masih berlaku") if one else _("tidak berlaku lagi") for one in validity
            ],
        },
        [one.candidate.latihan for one in moves],
    )


def build_comparison_table(plan: Plan) -> Table:
    """Shortfalls by how grave they are: before, and after the plan and after the plain way."""
    before, ours, plain = plan.shortfalls_before, plan.shortfalls_removed, plan.greedy_result[0]
    return make_table(
        {
            _("kekurangan, yang terberat dahulu"): [format_points(one) for one in plan.tiers],
            _("sekarang"): number_column(before),
            _("sesudah rencana"): number_column(b - r for b, r in zip(before, ours, strict=True)),
            _("sesudah cara terdekat dahulu"): number_column(
                b - r for b, r in zip(before, plain, strict=True)
            ),
        },
        _has_exercise_rows(),
    )


def build_decision_table(decisions: Sequence[PlanDecision]) -> Table:
    """Plans that were accepted or refused, the newest first."""
    return make_table(
        {
            _("diputuskan"): time_column(one.recorded_at for one in decisions),
            _("keputusan"): [_("disetujui") if one.accepted else _("ditolak") for one in decisions],
            _("oleh"): [one.by for one in decisions],
            _("langkah"): ratio_column(
                [len(one.moves) for one in decisions],
                [len(one.moves) + one.left_out for one in decisions],
                _("langkah rencana"),
            ),
            _("km"): number_column([one.km for one in decisions], 1, estimated=True),
            _("alasan"): [one.reason for one in decisions],
            _("keadaan pada"): time_column(one.at for one in decisions),
            _("petugas"): [", ".join(move["petugas"] for move in one.moves) for one in decisions],
            _("nomor"): [one.id for one in decisions],
        },
        [one.exercise for one in decisions],
    )


def format_place(code: str) -> str:
    """The name of a place: kecamatan, desa with its kecamatan, or the seat of the command."""
    register = board().register
    if not code:
        return register.election.command
    if code in register.desa:
        return f"{register.name_of(code)}, {register.name_of(register.desa[code].kecamatan)}"
    return register.name_of(code)


def format_stations(codes: Iterable[str]) -> str:
    """TPS by desa: 'Pipa Putih 001, 002; Sejaro 001'."""
    by_desa: dict[str, list[str]] = {}
    for code in sorted(codes):
        desa, _dot, nomor = code.rpartition(".")
        by_desa.setdefault(desa, []).append(nomor)
    return "; ".join(f"{kecamatan_name(d)} {', '.join(n)}" for d, n in by_desa.items())


def format_points(points: int) -> str:
    """What a shortfall of so many points is; just the points where the rule has another one."""
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
