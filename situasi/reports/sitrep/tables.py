"""The tables of a laporan: by kecamatan, incidents, steps, phases, and comparison of periods."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents import milestones
from situasi.analysis.situation import sla_compliance
from situasi.analysis.situation.area_summary import find_phases_reached
from situasi.analysis.stations.status import SILENT_STATES
from situasi.common.formats import (
    format_date,
    format_duration,
    format_number,
    format_ratio,
    format_signed,
    format_time,
    format_time_by_precision,
)
from situasi.domain.feed_schemas import STATUS_CLOSED, TINGKAT
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.presentation import alert_causes, alerts, incident_item, numbers
from situasi.presentation.numbers import format_percent
from situasi.reports.sitrep.data import Period, SitrepData
from situasi.reports.sitrep.key_figures import STEP_NAMES
from situasi.reports.sitrep.model import Cell, Column, Table

NO_VALUE = "–"
_EMPTY_CELL = Cell(NO_VALUE, None)
_ESTIMATE_NOTE = "≈ perkiraan: DPT kecamatan ini bukan angka resmi."


def build_count_cell(value: Any) -> Cell:
    """Return a cell with a whole number; a dash if nothing was reported."""
    if value is None or pd.isna(value):
        return _EMPTY_CELL
    return Cell(format_number(int(value)), int(value))


def _build_text_cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text, text) for text in texts)


def _format_cut(max_rows: int, total: int, rest: str = ".") -> str:
    """Return the note below a table that lists only some rows; empty if it lists all."""
    return format_ratio(max_rows, total) + rest if total > max_rows else ""


def build_kecamatan_table(data: SitrepData) -> Table:
    """Build the table with one row for each kecamatan."""
    columns = [
        Column("no", "No", True), Column("nama", "Kecamatan"), Column("situasi", "Situasi"),
        Column("terbuka", "Kejadian terbuka", True), Column("melapor", "TPS melapor", True),
        Column("jumlah", "TPS", True), Column("hadir", "Pemilih hadir", True),
        Column("partisipasi", "Partisipasi (%)", True), Column("fase", "Fase TPS"),
        Column("terlambat", "TPS terlambat, tak terjangkau", True),
    ]  # fmt: skip
    if data.coverage is not None:
        columns += [Column("personel", "Personel hadir", True), Column("diplot", "Diplot", True),
                    Column("kosong", "TPS tanpa plotting", True)]  # fmt: skip
    phases_reached = find_phases_reached(data.area_summary.phases)
    rows = [_build_kecamatan_row(data, n, code, phases_reached.loc[code])
            for n, code in enumerate(data.codes, start=1)]  # fmt: skip
    has_estimate = any(row[7].text.startswith("≈") for row in rows)
    notes = ["– : belum ada laporan, bukan nol.", _ESTIMATE_NOTE if has_estimate else ""]
    hours = data.area_summary.turnout["common_hour"].dropna()
    if len(hours):
        notes.append(f"Partisipasi menurut hitungan {format_time(hours.iloc[0])}.")
    return Table("Keadaan menurut kecamatan", tuple(columns), tuple(rows), " ".join(notes).strip())


def _build_kecamatan_row(data: SitrepData, number: int, code: str, phase: Any) -> tuple[Cell, ...]:
    view, day = data.overview, data.area_summary
    states = dict(zip(view.crowd_states["kecamatan"], view.crowd_states["situasi"], strict=True))
    open_count = incidents_cases.count_by_kecamatan(view.open_cases).get(code, 0)
    has_report = open_count or code in view.reporting_kecamatan
    turnout, phases = day.turnout.loc[code], day.phases.loc[code]
    # As on the map: at the common hour, an old count with its own.
    rate: Any = turnout["rate" if pd.isna(turnout["common_rate"]) else "common_rate"]
    rate_text = format_percent(float(rate), is_estimated=bool(turnout["rate_estimated"]))
    if turnout["is_stale"]:
        hour: Any = turnout["count_hour"]
        rate_text += f" ({format_time(hour)})"
    state = states[code] if isinstance(states[code], str) else None
    cells = [
        Cell(str(number), number),
        *_build_text_cells(data.register.name_of(code)),
        *(_build_text_cells(label("situasi", state)) if state else (_EMPTY_CELL,)),
        build_count_cell(open_count) if has_report else _EMPTY_CELL,
        build_count_cell(turnout["tps_counted"]),
        build_count_cell(turnout["tps"]),
        build_count_cell(turnout["voters_present"] if turnout["tps_counted"] else None),
        Cell(rate_text, None if pd.isna(rate) else round(float(rate), 1)),
        _build_phase_cell(phase),
        build_count_cell(phases[list(SILENT_STATES)].sum()),
    ]
    if data.coverage is not None:
        gap = day.coverage_gaps.loc[code]
        names = ("present", "posted", "tps_uncovered")
        cells += [build_count_cell(gap[name] if gap["known"] else None) for name in names]
    return tuple(cells)


def _build_phase_cell(row: Any) -> Cell:
    if not isinstance(row["fase"], str):
        return _EMPTY_CELL
    reached = f"{format_number(row['reached'])}/{format_number(row['tps'])}"
    text = f"{label('fase', row['fase'])} {reached}"
    return Cell(text, text)


_CASE_COLUMNS = (
    Column("no", "No", True), Column("waktu", "Waktu"), Column("tingkat", "Tingkat"),
    Column("jenis", "Jenis"), Column("tempat", "Tempat"), Column("uraian", "Uraian"),
    Column("status", "Status"),
)  # fmt: skip


def build_case_table(data: SitrepData, cases: pd.DataFrame, title: str, max_rows: int) -> Table:
    """Build a table of at most max_rows cases: critical first, then by tingkat, then the newest."""
    rank = cases["tingkat"].map({level: n for n, level in enumerate(TINGKAT, 1)}).fillna(0)
    is_open = ~cases["status"].isin(STATUS_CLOSED)
    critical = is_open & incidents_cases.is_critical(cases, data.register.election.rules.critical)
    order = cases.assign(_rank=rank + len(TINGKAT) * critical).sort_values(
        ["_rank", "occurred_at", "seq"], ascending=False
    )
    rows = [_build_case_row(row, n, data.register, data.view_time.at)
            for n, row in enumerate(order.head(max_rows).itertuples(), start=1)]  # fmt: skip
    note = _format_cut(max_rows, len(cases), " kejadian; selebihnya di papan.")
    return Table(title, _CASE_COLUMNS, tuple(rows), note)


def _build_case_row(row: Any, number: int, register: Register, at: datetime) -> tuple[Cell, ...]:
    item = incident_item.build_item(row, register, at)
    local = row.occurred_at.tz_convert(at.tzinfo)
    time_text = format_time_by_precision(local, row.precision)
    if row.precision == "menit" and local.date() == at.date():
        time_text = format_time(local)
    text = incident_item.shorten_text(item.text)
    if item.is_exercise:
        text = f"[LATIHAN] {text}"
    moment = local.to_pydatetime() if row.precision == "menit" else time_text
    return (
        Cell(str(number), number),
        Cell(time_text, moment),
        *_build_text_cells(item.tingkat_label, item.title, item.place, text, item.status),
    )


def build_step_table(data: SitrepData) -> Table:
    """Build the table of the time that each step took, and how many steps were late."""
    work, service = data.period.worklist, data.register.election.rules.service_levels
    counts = sla_compliance.build_step_table(
        work.selected_cases, work.case_milestones, service, data.period.at
    )
    rows: list[tuple[Cell, ...]] = []
    for step in milestones.STEPS:
        duration, row = work.durations[step], counts.loc[step]
        has_cases = duration.done_count + duration.waiting_count
        median = _build_duration_cell(duration.median, "belum separuh" if has_cases else NO_VALUE)
        numbers = [build_count_cell(row[key]) for key in ("in_time", "late", "waiting", "overdue")]
        name = _build_text_cells(STEP_NAMES[step])
        rows.append((*name, median, _build_duration_cell(duration.longest), *numbers))
    columns = (
        Column("langkah", "Langkah"), Column("median", "Median", True, "menit"),
        Column("terlama", "Terlama", True, "menit"), Column("tepat", "Tepat waktu", True),
        Column("lambat", "Terlambat", True), Column("menunggu", "Menunggu", True),
        Column("lewat", "Menunggu, lewat batas", True),
    )  # fmt: skip
    note = "Dihitung sejak laporan pertama; batas menurut aturan layanan (rules.toml)."
    return Table("Waktu penanganan kejadian", columns, tuple(rows), note)


def _build_duration_cell(duration: timedelta | None, placeholder: str = NO_VALUE) -> Cell:
    if duration is None:
        return Cell(placeholder, None)
    return Cell(format_duration(duration), round(duration / timedelta(minutes=1), 1))


_ALERT_COLUMNS = (
    Column("no", "No", True), Column("derajat", "Derajat"), Column("sebab", "Sebab"),
    Column("tempat", "Kecamatan"), Column("sejak", "Sejak"), Column("pemilik", "Pemilik"),
    Column("keadaan", "Keadaan"),
)  # fmt: skip


def format_alert_cause(row: Any, data: SitrepData) -> str:
    """Return why an alert was raised; row: of AlertList.table."""
    assert data.alerts is not None
    cause = alert_causes.format_cause(row, data.alerts.alert_set, data.register, data.view_time.at)
    return f"LATIHAN: {cause}" if row.latihan else cause


def build_alert_table(data: SitrepData, max_rows: int) -> Table:
    """Build the table of open alerts, the gravest first, then the newest."""
    assert data.alerts is not None
    open_alerts, rules = data.alerts.open, data.register.election.alerts
    alert_rows: list[Any] = list(open_alerts.head(max_rows).itertuples())
    rows = tuple(
        (
            Cell(str(n), n),
            *_build_text_cells(
                alerts.format_level(rules, row.level),
                format_alert_cause(row, data),
                data.register.name_of(row.kecamatan),
                numbers.format_moment(row.raised, data.view_time.at),
                alert_causes.format_owner(row, data.register),
                alerts.format_status(row.life),
            ),
        )
        for n, row in enumerate(alert_rows, start=1)
    )
    note = _format_cut(max_rows, len(open_alerts), " peringatan; selebihnya di papan.")
    return Table("Peringatan terbuka", _ALERT_COLUMNS, rows, note)


def build_overdue_table(data: SitrepData, max_rows: int) -> Table:
    """Build the table of open cases whose next step is overdue, the most overdue first."""
    late = data.period.worklist.overdue_cases
    rows: list[tuple[Cell, ...]] = []
    case_rows: list[Any] = list(late.head(max_rows).itertuples())
    for n, row in enumerate(case_rows, start=1):
        item = incident_item.build_item(row, data.register, data.view_time.at)
        texts = (item.title, item.place, item.tingkat_label, STEP_NAMES[row.step])
        late_by = _build_duration_cell(row.late.to_pytimedelta())
        rows.append((Cell(str(n), n), *_build_text_cells(*texts), late_by))
    columns = (
        Column("no", "No", True), Column("jenis", "Jenis"), Column("tempat", "Tempat"),
        Column("tingkat", "Tingkat"), Column("langkah", "Menunggu"),
        Column("lewat", "Lewat", True, "menit"),
    )  # fmt: skip
    note = _format_cut(max_rows, len(late))
    return Table("Kejadian lewat waktu", columns, tuple(rows), note)


def build_phase_table(data: SitrepData, codes: Sequence[str]) -> Table:
    """Build the table of the phases that are due: how many TPS reached them in time or late."""
    tps = data.area_summary.stations
    compliance = sla_compliance.build_phase_table(
        tps[tps["kecamatan"].isin(list(codes))], data.register, data.period.at
    )
    rows: list[tuple[Cell, ...]] = []
    for fase, row in compliance.iterrows():
        texts = _build_text_cells(label("fase", str(fase)), f"{row['due']:%H.%M}")
        keys = ("in_time", "late", "untimed", "missing")
        rows.append((*texts, *(build_count_cell(row[key]) for key in keys)))
    columns = (
        Column("fase", "Fase"), Column("batas", "Batas"), Column("tepat", "Tepat waktu", True),
        Column("lambat", "Terlambat", True), Column("tanpa_jam", "Jam tidak disebut", True),
        Column("belum", "Belum dilaporkan", True),
    )  # fmt: skip
    note = "" if rows else "Belum ada yang jatuh tempo."
    return Table("Ketepatan fase TPS", columns, tuple(rows), note)


def build_comparison_table(data: SitrepData) -> Table:
    """Build the table that compares this period with the previous one."""
    previous = data.previous_period
    assert previous is not None, "gathered with the period before"
    now, past = _summarize_period(data.period), _summarize_period(previous)
    rows: list[tuple[Cell, ...]] = []
    for name, (title, minutes) in _COMPARISON_ROWS.items():
        value, past_value = now[name], past[name]
        change = _EMPTY_CELL
        if value is not None and past_value is not None:
            change = _build_change_cell(value - past_value, is_minutes=minutes)
        sums = [_build_sum_cell(number, minutes) for number in (value, past_value)]
        rows.append((*_build_text_cells(title), *sums, change))
    columns = (
        Column("uraian", "Uraian"), Column("kini", "Kurun ini", True),
        Column("lalu", "Kurun sebelumnya", True), Column("ubah", "Perubahan", True),
    )  # fmt: skip
    note = f"Kurun sebelumnya sebagaimana diketahui {format_moment(previous.at, data)}."
    return Table("Perbandingan dengan kurun sebelumnya", columns, tuple(rows), note)


def format_moment(at: datetime, data: SitrepData) -> str:
    """Return a time such as "27 Nov 2024 12.30 WIB"."""
    election = data.register.election
    local = at.astimezone(election.zone)
    return f"{format_date(local)} {format_time(local)} {election.zone_label}"


_COMPARISON_ROWS = {
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


def _summarize_period(period: Period) -> dict[str, float | None]:
    work, levels = period.worklist, incidents_cases.count_by_tingkat(period.worklist.selected_cases)
    counts = {
        "kejadian": len(work.selected_cases),
        "tinggi": levels.get("tinggi", 0),
        "sedang": levels.get("sedang", 0),
        "terbuka": len(work.open_cases),
        "lewat": len(work.overdue_cases),
    }
    values: dict[str, float | None] = {
        name: count if period.has_reports else None for name, count in counts.items()
    }
    for step in milestones.STEPS:
        median = work.durations[step].median
        values[step] = None if median is None else median / timedelta(minutes=1)
    done = int((period.activities["state"] == "terlaksana").sum())
    values["giat"] = done if len(period.activities) else None
    return values


def _build_sum_cell(value: float | None, is_minutes: bool) -> Cell:
    if value is None:
        return _EMPTY_CELL
    return _build_duration_cell(timedelta(minutes=value)) if is_minutes else build_count_cell(value)


def _build_change_cell(difference: float, *, is_minutes: bool) -> Cell:
    if not is_minutes:
        return Cell(format_signed(int(difference)), int(difference))
    if abs(difference) < 1:
        return Cell("±0", round(difference, 1))
    text = format_duration(timedelta(minutes=abs(difference)))
    return Cell(("+" if difference > 0 else "−") + text, round(difference, 1))


def build_late_station_table(data: SitrepData, code: str, max_rows: int) -> Table:
    """Build the table of TPS of a kecamatan with overdue reports, the most overdue first."""
    tps = data.area_summary.stations
    late_tps = tps[(tps["kecamatan"] == code) & tps["state"].isin(SILENT_STATES)]
    late = late_tps.sort_values("late_min", ascending=False)
    station_rows: list[Any] = list(late.head(max_rows).itertuples())
    rows = []
    for row in station_rows:
        owed = "jumlah hadir" if row.owed == "hadir" else label("fase", row.owed)
        is_late = not pd.isna(row.late_min)
        texts = (data.register.name_of(row.desa), f"{row.nomor:03d}", owed)
        late_cell = (
            _build_duration_cell(timedelta(minutes=float(row.late_min))) if is_late else _EMPTY_CELL
        )
        rows.append((*_build_text_cells(*texts), late_cell))
    columns = (
        Column("desa", "Desa/kelurahan"), Column("tps", "TPS"), Column("utang", "Belum melapor"),
        Column("lewat", "Terlambat", True, "menit"),
    )  # fmt: skip
    note = _format_cut(max_rows, len(late), " TPS.")
    return Table("TPS terlambat atau tak terjangkau", columns, tuple(rows), note)
