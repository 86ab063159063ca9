"""The views of the wall: for each its figures, its map, and one list of at most six lines."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from situasi.analysis.personnel import coverage
from situasi.analysis.situation.overview import Overview
from situasi.analysis.situation.priority_score import PARTS
from situasi.analysis.stations import current_task
from situasi.analysis.stations.current_task import CurrentTask
from situasi.common.formats import format_counts, format_number, format_ratio, format_time
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
from situasi.presentation import kpis, map_measures
from situasi.presentation.alerts import format_open_alerts
from situasi.presentation.model import KpiText
from situasi.presentation.numbers import format_percent
from situasi.server.wall import list_views
from situasi.server.wall.view_model import MAX_LINES, ListLine, Measure, ViewData, WallView


def build_view(name: str, data: ViewData) -> WallView:
    """Build the view of this name (query.VIEW_NAMES, LIST_SCREENS)."""
    return _VIEW_BUILDERS[name](data)


def _build_situation(data: ViewData) -> WallView:
    overview = data.overview
    zone = data.register.election.zone_label
    kpi_texts = [
        kpis.format_open_incidents(overview),
        _format_situasi(overview),
        kpis.format_last_report(overview, data.view_time.at, zone),
        _format_silence(data),
    ]
    if data.days_left:  # no source is due before the day
        kpi_texts = [data.stations_kpi, *kpi_texts[:-1]]
    return WallView(
        _("Situasi"),
        kpi_texts,
        "situasi",
        _("Laporan berat yang masih terbuka"),
        empty_text=_("Tidak ada laporan berat yang terbuka.")
        if overview.newest_time is not None
        else _("Belum ada laporan kejadian."),
    )


def _format_situasi(overview: Overview) -> KpiText:
    """Return the number of kecamatan in each situasi; letters in the marks tell which is which."""
    kpi_text = kpis.format_situasi(overview)
    return kpi_text if overview.kabupaten_state else replace(kpi_text, note="")


def _format_silence(data: ViewData) -> KpiText:
    """Return the silent feeds and kecamatan, as on the page."""
    places = data.day.select_silent_places(data.codes)
    return kpis.format_silent_feeds(data.overview, None, places, data.register.name_of)


def _build_decisions(data: ViewData) -> WallView:
    lines = [
        ListLine(one.what, one.elapsed, one.state, one.place, one.act, one.tingkat)
        for one in data.decisions
    ]
    return WallView(
        _("Putuskan"),
        # No figures: what they warn of is among the matters, which need the space.
        [],
        "situasi",
        _("Menunggu keputusan"),
        lines,
        _("Tidak ada yang menunggu keputusan."),
        is_quiet=not lines,
    )


def _build_turnout(data: ViewData) -> WallView:
    codes = data.codes
    rates = data.rates
    rows = data.day.turnout.loc[codes]
    # Like hour with like hour: an old count is never the lowest.
    rows = rows[rows["common_rate"].notna()].sort_values("common_rate", kind="stable")
    rows = rows.head(MAX_LINES)
    worst_rows: list[Any] = list(rows.itertuples())
    lines = [
        ListLine(
            data.register.name_of(str(row.Index)),
            format_percent(row.common_rate, is_estimated=bool(row.rate_estimated)),
            _format_compared(row, rates),
        )
        for row in worst_rows
    ]
    return WallView(
        _("Partisipasi"),
        [
            kpis.format_turnout(rates),
            kpis.format_voters_present(rates),
            kpis.format_turnout_bounds(rates),
        ],
        "partisipasi",
        _("Partisipasi terendah"),
        lines,
        _("Belum ada hitungan pemilih."),
        is_quiet=not lines,
    )


def _format_compared(row: Any, rates: pd.Series) -> str:
    """Return of how many TPS a rate is; where old counts are left out, of which hour."""
    if not rates["is_common"]:
        return format_counts(_("{n} dari {all} TPS melapor"), n=row.tps_counted, all=row.tps)
    return _("{n} dari {all} TPS pukul {hour}").format(
        n=format_number(row.common_tps),
        all=format_number(row.tps),
        hour=format_time(rates["common_hour"]),
    )


def _build_stations(data: ViewData) -> WallView:
    tps, is_unknown = data.tps, data.day.lacks_station_reports
    states, total_text = tps["state"].value_counts(), _format_total(len(tps))
    titles = {"terlambat": _("TPS terlambat melapor"), "tak_terjangkau": _("TPS tak terjangkau")}
    counts = {state: int(states.get(state, 0)) for state in titles}
    overdue = [
        # Where the source is missing nothing is known of any TPS, not even that it is late.
        KpiText(state, titles[state], "–" if is_unknown else format_number(count), total_text,
                alarm=bool(count) and not is_unknown)
        for state, count in counts.items()
    ]  # fmt: skip
    if is_unknown:
        return WallView(_("TPS"), [data.stations_kpi, *overdue], "fase", _("TPS"), [],
                        _("Belum ada laporan TPS."), is_quiet=True)  # fmt: skip
    task = current_task.find_current_task(tps, data.register.election, data.view_time.at)
    heading, empty_text = (_(text) for text in _TASK_TEXTS[task.name])
    is_boxes = task.name == current_task.BOXES
    line_count = len(task.stations) if is_boxes else task.stations["kecamatan"].nunique()
    is_quiet = bool(tps["last_at"].isna().all())
    # How many are late stands beside it.
    phase = kpis.format_stations(tps, days_left=data.days_left, with_silent=False)
    return WallView(
        _("TPS"),
        [phase, *overdue],
        "fase",
        heading,
        _list_boxes(task, data) if is_boxes else _list_task(task, data),
        empty_text,
        is_quiet=is_quiet,
        line_count=line_count,
    )


# Heading of what is owed, and the text where nobody owes it any more.
_TASK_TEXTS = {
    current_task.SUPPLIES: (N_("Logistik belum tiba"), N_("Logistik sudah di semua TPS.")),
    current_task.OPENING: (N_("Belum dikabarkan dibuka"), N_("Semua TPS sudah dibuka.")),
    current_task.COUNTS: (
        N_("TPS terlambat atau tak terjangkau"),
        N_("Tidak ada TPS yang terlambat melapor."),
    ),
    current_task.CLOSING: (N_("Belum dikabarkan ditutup"), N_("Semua TPS sudah ditutup.")),
    current_task.COUNTING: (
        N_("Penghitungan belum selesai"),
        N_("Penghitungan selesai di semua TPS."),
    ),
    current_task.BOXES: (N_("Kotak menuju PPK, terlama dahulu"), N_("Tidak ada kotak menuju PPK.")),
    current_task.HOME: (N_("Kotak belum di PPK"), N_("Semua kotak sudah di PPK.")),
}


def _list_task(task: CurrentTask, data: ViewData) -> list[ListLine]:
    """Return by kecamatan how many TPS owe it, the most first."""
    counts = current_task.count_by_area(task.stations, data.tps)
    phases = data.day.phases
    rows: list[Any] = list(counts.head(MAX_LINES).itertuples())
    return [
        ListLine(
            data.register.name_of(str(row.Index)),
            format_ratio(row.waiting, row.tps),
            _format_states(phases.loc[row.Index], is_about_late=task.name == current_task.COUNTS),
        )
        for row in rows
    ]


def _list_boxes(task: CurrentTask, data: ViewData) -> list[ListLine]:
    """Return the boxes on their way, the longest first, with their escort."""
    at = data.view_time.at
    rows: list[Any] = list(task.stations.head(MAX_LINES).itertuples())
    lines = []
    for row in rows:
        since = "–" if pd.isna(row.box_at) else format_time(row.box_at.astimezone(at.tzinfo))
        escort = _("pengawal tidak disebut")
        if isinstance(row.escort, str) and row.escort:
            who = row.escort if data.with_names else _("ada")
            escort = _("pengawal {who}").format(who=who)
        lines.append(
            ListLine(
                f"TPS {row.code.rpartition('.')[2]} · {data.register.name_of(row.desa)}",
                _("sejak {time}").format(time=since),
                f"{label('fase', row.fase)} · {escort}",
                data.register.name_of(row.kecamatan),
            )
        )
    return lines


def _format_total(tps_count: int) -> str:
    return format_counts(_("dari {n} TPS"), n=tps_count)


def _format_states(row: Any, *, is_about_late: bool) -> str:
    """Return how many TPS are in each state, the silent first unless the list itself counts them.

    is_about_late: then only which of them cannot be reached.
    """
    states = ("tak_terjangkau", "terlambat", "diragukan", "ditunggu", "lapor")
    counts = [
        (state, int(getattr(row, state)))
        for state in states
        if not (is_about_late and state == "terlambat")
    ]
    owing = [(state, n) for state, n in counts if n]
    if [state for state, _n in owing] == ["lapor"]:  # all report: that says nothing of what is owed
        return ""
    return " · ".join(f"{label('lapor', state)} {format_number(n)}" for state, n in owing)


def _build_personnel(data: ViewData) -> WallView:
    rows = data.day.coverage_gaps.loc[data.codes]
    known = rows[rows["known"]]
    # How many TPS have no officer stands beside it.
    kpi_texts = [kpis.format_officers(data.day, data.codes, with_absent=known.empty)]
    if len(known):
        total_text = _format_total(int(known["tps"].sum()))
        counts = (
            ("tanpa", _("TPS tanpa petugas hadir"), int(known["absent"].sum())),
            ("kosong", _("TPS tanpa plotting"), int(known["tps_uncovered"].sum())),
        )
        kpi_texts += [
            KpiText(key, title, format_number(count), total_text, count > 0)
            for key, title, count in counts
        ]
    if len(known) and coverage.is_end_of_duty(known.sum(numeric_only=True)):
        heading, lines, empty_text = _list_not_returned(data, known)
    else:
        heading, lines, empty_text = _list_without_officer(data, known)
    return WallView(
        _("Personel"),
        kpi_texts,
        "personel",
        heading,
        lines[:MAX_LINES],
        empty_text,
        is_quiet=known.empty,
        line_count=len(lines),
    )


def _list_without_officer(data: ViewData, known: pd.DataFrame) -> tuple[str, list[ListLine], str]:
    """Return a heading, the kecamatan with TPS without an officer, and what an empty list says.

    The most TPS first, as Putuskan and Pergeseran count them.
    """
    worst = known.sort_values(["absent", "share_without"], ascending=False, kind="stable")
    rows: list[Any] = list(worst[worst["absent"] > 0].itertuples())
    present = _("{n} hadir dari {all} diplot")
    lines = [
        ListLine(
            data.register.name_of(str(row.Index)),
            format_counts(_("{n} dari {all} TPS"), n=row.absent, all=row.tps),
            format_counts(present, n=row.present, all=row.posted),
        )
        for row in rows
    ]
    empty_text = (
        _("Tidak ada TPS tanpa petugas.") if len(known) else _("Belum ada plotting personel.")
    )
    return _("TPS tanpa petugas hadir"), lines, empty_text


def _list_not_returned(data: ViewData, known: pd.DataFrame) -> tuple[str, list[ListLine], str]:
    """Return the same of the end of duty: the kecamatan with officers who have not returned."""
    missing = known["posted"] - known["kembali"]
    rows: list[Any] = list(
        known.assign(missing=missing)[missing > 0]
        .sort_values("missing", ascending=False, kind="stable")
        .itertuples()
    )
    lines = [
        ListLine(
            data.register.name_of(str(row.Index)),
            format_counts(_("{n} dari {all} diplot"), n=row.missing, all=row.posted),
            kpis.format_not_returned(known.loc[row.Index]),
        )
        for row in rows
    ]
    return _("Personel belum kembali"), lines, _("semua sudah kembali")


def _build_attention(data: ViewData) -> WallView:
    scores = data.day.priority_scores[data.day.priority_scores["kecamatan"].isin(data.codes)]
    top_rows: list[Any] = list(scores[scores["score"] > 0].head(MAX_LINES).itertuples())
    lines = [
        ListLine(
            data.register.name_of(row.kecamatan),
            format_number(round(row.score)),
            _format_reasons(row),
        )
        for row in top_rows
    ]
    is_scored = bool(scores["score"].notna().any())
    empty_text = _("tidak ada") if is_scored else _("belum ada yang dapat dinilai")
    return WallView(
        _("Perlu perhatian"),
        [
            kpis.format_open_incidents(data.overview),
            _format_situasi(data.overview),
            data.stations_kpi,
            *_list_alert_kpis(data),
        ],
        "perhatian",
        _("Nilai perhatian tertinggi, 0–100"),
        lines,
        empty_text,
        is_quiet=not lines,
    )


def _list_alert_kpis(data: ViewData) -> list[KpiText]:
    if data.alerts is None:
        return []
    rules = data.register.election.alerts
    kpi_text = format_open_alerts(rules, data.alerts.open, data.alerts.unseen)
    # Its line is narrow: whether anybody saw them stands behind how grave they are.
    note = " · ".join(filter(None, (str(kpi_text.note), kpi_text.side_note)))
    return [replace(kpi_text, note=note, side_note="")]


def _format_reasons(row: Any) -> str:
    """Return the two largest parts of the priority score, as text."""
    parts = [(getattr(row, part), part) for part in PARTS]
    shares = sorted(((share, part) for share, part in parts if share > 0), reverse=True)
    return " · ".join(label("perhatian", part) for _share, part in shares[:2])


_VIEW_BUILDERS: dict[str, Callable[[ViewData], WallView]] = {
    "situasi": _build_situation,
    "putuskan": _build_decisions,
    "partisipasi": _build_turnout,
    "tps": _build_stations,
    "personel": _build_personnel,
    "perhatian": _build_attention,
    "kejadian": list_views.build_incidents,
    "perubahan": list_views.build_changes,
    "tahapan": list_views.build_activities,
}


def build_measure(data: ViewData, measure: Measure) -> map_measures.MapMeasure:
    """Return the measure that colours the map."""
    if not isinstance(measure, str):
        return measure[1]
    return map_measures.build_measure(
        measure, data.overview, data.day, data.register.kecamatan, data.theme
    )


def build_table(data: ViewData, columns: Sequence[Measure]) -> dict[str, Any]:
    """Return a table of the kecamatan by measure, for reading at a desk or on a phone."""
    names = [map_measures.format_name(one) if isinstance(one, str) else one[0] for one in columns]
    measures = [build_measure(data, one) for one in columns]
    states = data.overview.crowd_states.set_index("kecamatan")["situasi"]
    rows = []
    for code in data.codes:
        place, state = data.register.kecamatan[code], states[code]
        cells = [measure.build_area(place).value for measure in measures]
        if "situasi" in columns:
            stated = label("situasi", state) if isinstance(state, str) else ""
            cells[columns.index("situasi")] = stated
        rows.append([place.name, *(cell or "–" for cell in cells)])
    return {"head": [_("kecamatan"), *names], "rows": rows}
