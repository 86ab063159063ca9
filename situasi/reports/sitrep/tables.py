"""The tables of a laporan: by kecamatan, incidents, steps, phases, and the period before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import milestones
from situasi.analysis.situation import sla_compliance
from situasi.analysis.situation.area_summary import find_phases_reached
from situasi.common import i18n
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.presentation import incident_item
from situasi.presentation.numbers import percent
from situasi.reports.sitrep.data import Gathered, Period
from situasi.reports.sitrep.key_figures import STEP_NAMES
from situasi.reports.sitrep.model import Cell, Column, Table

NOTHING = "–"
_DASH = Cell(NOTHING, None)
SILENT = Cell("belum ada laporan", None)
_ESTIMATED = "≈ perkiraan: DPT kecamatan ini bukan angka resmi."


def counted(value: Any) -> Cell:
    """A whole number; a dash where nobody told it."""
    return (
        _DASH
        if value is None or pd.isna(value)
        else Cell(i18n.format_number(int(value)), int(value))
    )


def by_kecamatan(of: Gathered) -> Table:
    """Each kecamatan in one line."""
    columns = [
        Column("no", "No", True), Column("nama", "Kecamatan"), Column("situasi", "Situasi"),
        Column("terbuka", "Kejadian terbuka", True), Column("melapor", "TPS melapor", True),
        Column("jumlah", "TPS", True), Column("hadir", "Pemilih hadir", True),
        Column("partisipasi", "Partisipasi (%)", True), Column("fase", "Fase TPS"),
        Column("terlambat", "TPS terlambat", True),
    ]  # fmt: skip
    if of.coverage is not None:
        columns += [Column("personel", "Personel hadir", True), Column("diplot", "Diplot", True),
                    Column("kosong", "TPS tanpa plotting", True)]  # fmt: skip
    furthest = find_phases_reached(of.day.phases)
    rows = [_kecamatan(of, at, code, furthest.loc[code])
            for at, code in enumerate(of.codes, start=1)]  # fmt: skip
    estimated = any(row[7].said.startswith("≈") for row in rows)
    notes = ["– : belum ada laporan, bukan nol.", _ESTIMATED if estimated else ""]
    return Table("Keadaan menurut kecamatan", tuple(columns), tuple(rows), " ".join(notes).strip())


def _kecamatan(of: Gathered, at: int, code: str, phase: Any) -> tuple[Cell, ...]:
    found, day = of.overview, of.day
    states = dict(zip(found.crowd_states["kecamatan"], found.crowd_states["situasi"], strict=True))
    opened = incidents_cases.count_by_kecamatan(found.open_cases).get(code, 0)
    spoken = opened or code in found.reporting_kecamatan
    one = day.turnout.loc[code]
    mine = day.phases.loc[code]
    state = states[code] if isinstance(states[code], str) else None
    cells = [
        Cell(str(at), at),
        Cell(of.register.name_of(code), of.register.name_of(code)),
        Cell(label("situasi", state), label("situasi", state)) if state else _DASH,
        counted(opened) if spoken else _DASH,
        counted(one["told"]),
        counted(one["tps"]),
        counted(one["heads"] if one["told"] else None),
        Cell(percent(float(day.turnout["rate"][code]), estimated=bool(one["told_estimated"])),
             None if pd.isna(one["rate"]) else round(float(one["rate"]), 1)),
        _phase(phase),
        counted(mine["terlambat"] + mine["tak_terjangkau"]),
    ]  # fmt: skip
    if of.coverage is not None:
        gap = day.coverage_gaps.loc[code]
        names = ("present", "posted", "tps_uncovered")
        cells += [counted(gap[name] if gap["known"] else None) for name in names]
    return tuple(cells)


def _phase(one: Any) -> Cell:
    if not isinstance(one["fase"], str):
        return _DASH
    said = f"{label('fase', one['fase'])} {i18n.format_number(one['by'])}/{i18n.format_number(one['tps'])}"
    return Cell(said, said)


_CASE = (
    Column("no", "No", True), Column("waktu", "Waktu"), Column("tingkat", "Tingkat"),
    Column("jenis", "Jenis"), Column("tempat", "Tempat"), Column("uraian", "Uraian"),
    Column("status", "Status"),
)  # fmt: skip


def cases(of: Gathered, shown: pd.DataFrame, title: str, most: int) -> Table:
    """The gravest of these cases first, the newest of a weight first; at most so many."""
    rank = shown["tingkat"].map({level: at for at, level in enumerate(TINGKAT, 1)}).fillna(0)
    order = shown.assign(_rank=rank).sort_values(["_rank", "occurred_at", "seq"], ascending=False)
    rows = [_case(row, at, of.register, of.at.at)
            for at, row in enumerate(order.head(most).itertuples(), start=1)]  # fmt: skip
    note = ""
    if len(shown) > most:
        note = f"{i18n.format_number(most)} dari {i18n.format_number(len(shown))} kejadian; selebihnya di papan."
    return Table(title, _CASE, tuple(rows), note)


def _case(row: Any, no: int, register: Register, at: datetime) -> tuple[Cell, ...]:
    item = incident_item.item(row, register, at)
    local = row.occurred_at.tz_convert(at.tzinfo)
    when = i18n.format_time_by_precision(local, row.precision)
    if row.precision == "menit" and local.date() == at.date():
        when = i18n.format_time(local)
    text = incident_item.short(item.text)
    if item.rehearsal:
        text = f"[LATIHAN] {text}"
    place = item.place
    said = [item.tingkat_name, item.title, place, text, item.status]
    moment = local.to_pydatetime() if row.precision == "menit" else when
    return (Cell(str(no), no), Cell(when, moment), *(Cell(one, one) for one in said))


def steps(of: Gathered) -> Table:
    """How long the steps took, and which came too late."""
    work, service = of.period.work, of.register.election.rules.service_levels
    counts = sla_compliance.build_step_table(
        work.selected_cases, work.case_milestones, service, of.period.at
    )
    rows = []
    for step in milestones.STEPS:
        one, kept = work.durations[step], counts.loc[step]
        rows.append((
            Cell(STEP_NAMES[step], STEP_NAMES[step]),
            _span(one.median, "belum separuh" if one.done_count + one.waiting_count else NOTHING),
            _span(one.longest),
            *(counted(kept[name]) for name in ("in_time", "late", "waiting", "overdue")),
        ))  # fmt: skip
    columns = (
        Column("langkah", "Langkah"), Column("median", "Median", True, "menit"),
        Column("terlama", "Terlama", True, "menit"), Column("tepat", "Tepat waktu", True),
        Column("lambat", "Terlambat", True), Column("menunggu", "Menunggu", True),
        Column("lewat", "Menunggu, lewat batas", True),
    )  # fmt: skip
    note = "Dihitung sejak laporan pertama; batas menurut aturan layanan (rules.toml)."
    return Table("Waktu penanganan kejadian", columns, tuple(rows), note)


def _span(time: timedelta | None, otherwise: str = NOTHING) -> Cell:
    if time is None:
        return Cell(otherwise, None)
    return Cell(i18n.format_duration(time), round(time / timedelta(minutes=1), 1))


def overdue(of: Gathered, most: int) -> Table:
    """Open cases whose next step is late, the latest first."""
    late = of.period.work.overdue_cases
    rows = []
    every: list[Any] = list(late.head(most).itertuples())
    for at, row in enumerate(every, start=1):
        item = incident_item.item(row, of.register, of.at.at)
        texts = (item.title, item.place, item.tingkat_name, STEP_NAMES[row.step])
        late_by = row.late.to_pytimedelta()
        rows.append((Cell(str(at), at), *(Cell(one, one) for one in texts), _span(late_by)))
    columns = (
        Column("no", "No", True), Column("jenis", "Jenis"), Column("tempat", "Tempat"),
        Column("tingkat", "Tingkat"), Column("langkah", "Menunggu"),
        Column("lewat", "Lewat", True, "menit"),
    )  # fmt: skip
    note = (
        f"{i18n.format_number(most)} dari {i18n.format_number(len(late))}."
        if len(late) > most
        else ""
    )
    return Table("Kejadian lewat waktu", columns, tuple(rows), note)


def phases(of: Gathered, codes: Sequence[str]) -> Table:
    """The phases that were due: by how many TPS reached, in time or late."""
    tps = of.day.stations
    kept = sla_compliance.build_phase_table(
        tps[tps["kecamatan"].isin(list(codes))], of.register, of.period.at
    )
    rows: list[tuple[Cell, ...]] = []
    for fase, row in kept.iterrows():
        name, due = label("fase", str(fase)), f"{row['due']:%H.%M}"
        each = ("in_time", "late", "untimed", "missing")
        rows.append((Cell(name, name), Cell(due, due), *(counted(row[one]) for one in each)))
    columns = (
        Column("fase", "Fase"), Column("batas", "Batas"), Column("tepat", "Tepat waktu", True),
        Column("lambat", "Terlambat", True), Column("tanpa_jam", "Jam tidak disebut", True),
        Column("belum", "Belum dilaporkan", True),
    )  # fmt: skip
    return Table(
        "Ketepatan fase TPS", columns, tuple(rows), "" if rows else "Belum ada yang jatuh tempo."
    )


def compared(of: Gathered) -> Table:
    """This period beside the one before it."""
    before = of.before
    assert before is not None, "gathered with the period before"
    now, then = _sums(of.period), _sums(before)
    rows = []
    for name, (word, minutes) in _COMPARED.items():
        one, other = now[name], then[name]
        change = _DASH
        if one is not None and other is not None:
            change = _change(one - other, minutes=minutes)
        rows.append((Cell(word, word), _sum(one, minutes), _sum(other, minutes), change))
    columns = (
        Column("uraian", "Uraian"), Column("kini", "Kurun ini", True),
        Column("lalu", "Kurun sebelumnya", True), Column("ubah", "Perubahan", True),
    )  # fmt: skip
    note = f"Kurun sebelumnya sebagaimana diketahui {moment(before.at, of)}."
    return Table("Perbandingan dengan kurun sebelumnya", columns, tuple(rows), note)


def moment(at: datetime, of: Gathered) -> str:
    """'27 Nov 2024 12.30 WIB'."""
    local = at.astimezone(of.register.election.zone)
    return f"{i18n.format_date(local)} {i18n.format_time(local)} {of.register.election.zone_label}"


_COMPARED = {
    "kejadian": ("Kejadian", False),
    "tinggi": ("– tingkat tinggi", False),
    "sedang": ("– tingkat sedang", False),
    "terbuka": ("Masih terbuka", False),
    "lewat": ("Terbuka, lewat waktu", False),
    "diverifikasi": ("Median waktu verifikasi", True),
    "ditangani": ("Median waktu penanganan", True),
    "selesai": ("Median waktu penyelesaian", True),
    "giat": ("Giat terlaksana", False),
}


def _sums(one: Period) -> dict[str, float | None]:
    work, levels = one.work, incidents_cases.count_by_tingkat(one.work.selected_cases)
    told = {
        "kejadian": len(work.selected_cases),
        "tinggi": levels.get("tinggi", 0),
        "sedang": levels.get("sedang", 0),
        "terbuka": len(work.open_cases),
        "lewat": len(work.overdue_cases),
    }
    found: dict[str, float | None] = {n: v if one.heard else None for n, v in told.items()}
    for step in milestones.STEPS:
        median = work.durations[step].median
        found[step] = None if median is None else median / timedelta(minutes=1)
    done = int((one.activities["state"] == "terlaksana").sum())
    found["giat"] = done if len(one.activities) else None
    return found


def _sum(value: float | None, minutes: bool) -> Cell:
    if value is None:
        return _DASH
    return _span(timedelta(minutes=value)) if minutes else counted(value)


def _change(by: float, *, minutes: bool) -> Cell:
    if not minutes:
        return Cell(i18n.format_signed(int(by)), int(by))
    if abs(by) < 1:
        return Cell("±0", round(by, 1))
    sign = "+" if by > 0 else "−"
    return Cell(sign + i18n.format_duration(timedelta(minutes=abs(by))), round(by, 1))


def late_stations(of: Gathered, code: str, most: int) -> Table:
    """TPS of a kecamatan that owe a report, the latest first."""
    tps = of.day.stations
    mine = tps[(tps["kecamatan"] == code) & tps["late_min"].notna()]
    late = mine.sort_values("late_min", ascending=False)
    every: list[Any] = list(late.head(most).itertuples())
    rows = []
    for row in every:
        owed = "jumlah hadir" if row.owed == "hadir" else label("fase", row.owed)
        texts = (of.register.name_of(row.desa), f"{row.nomor:03d}", owed)
        by = _span(timedelta(minutes=float(row.late_min)))
        rows.append((*(Cell(one, one) for one in texts), by))
    columns = (
        Column("desa", "Desa/kelurahan"), Column("tps", "TPS"), Column("utang", "Belum melapor"),
        Column("lewat", "Terlambat", True, "menit"),
    )  # fmt: skip
    note = (
        f"{i18n.format_number(most)} dari {i18n.format_number(len(late))} TPS."
        if len(late) > most
        else ""
    )
    return Table("TPS terlambat melapor", columns, tuple(rows), note)
