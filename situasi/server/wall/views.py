"""The views of the wall: for each its figures, its map, and one list of at most six lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.actions.acknowledgements import Acknowledgement
from situasi.actions.alert_list import AlertList
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.situation.priority_score import PARTS
from situasi.analysis.turnout import summary
from situasi.analysis.view_time import ViewTime
from situasi.common.formats import format_counts, format_number, format_ratio
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.figures.theme import Theme
from situasi.presentation import kpis, map_measures
from situasi.presentation.alerts import format_open_alerts
from situasi.presentation.model import KpiText
from situasi.presentation.numbers import format_percent

MAX_LINES = 6
MAX_KPIS = 4


@dataclass(frozen=True)
class ViewData:
    """What the views show of the selection.

    acknowledged: by case. alerts: None if the viewer may not see them. with_names: show names.
    """

    overview: Overview
    day: AreaSummary
    critical_cases: pd.DataFrame
    acknowledged: Mapping[str, Acknowledgement]
    alerts: AlertList | None
    with_names: bool
    register: Register
    view_time: ViewTime
    theme: Theme

    @property
    def codes(self) -> list[str]:
        """Return the kecamatan of the selection."""
        return list(self.overview.crowd_states["kecamatan"])

    @property
    def rates(self) -> pd.Series:
        """Return the turnout of the selection."""
        return summary.compute_total(self.day.turnout.loc[self.codes])

    @property
    def tps(self) -> pd.DataFrame:
        """Return the polling stations of the selection."""
        return self.day.stations[self.day.stations["kecamatan"].isin(self.codes)]


@dataclass(frozen=True)
class ListLine:
    """One line of a list: main text, text at its end, and a second row."""

    title: str
    end: str = ""
    note: str = ""


@dataclass(frozen=True)
class WallView:
    """One view. kpis: at most MAX_KPIS; lines: None: critical cases; empty_text: if it is empty."""

    title: str
    kpis: Sequence[KpiText]
    measure: str
    heading: str
    lines: Sequence[ListLine] | None = None
    empty_text: str = ""


def build_view(name: str, data: ViewData) -> WallView:
    """Build the view of this name (query.VIEW_NAMES)."""
    return _VIEW_BUILDERS[name](data)


def _build_situation(data: ViewData) -> WallView:
    overview = data.overview
    zone = data.register.election.zone_label
    return WallView(
        _("Situasi"),
        [
            kpis.format_open_incidents(overview),
            kpis.format_situasi(overview),
            kpis.format_last_report(overview, data.view_time.at, zone),
            kpis.format_silent_feeds(
                overview,
                None,
                data.day.select_silent_places(data.codes),
                data.register.name_of,
            ),
        ],
        "situasi",
        _("Laporan berat yang masih terbuka"),
        empty_text=_("Tidak ada laporan berat yang terbuka.")
        if overview.newest_time is not None
        else _("Belum ada laporan kejadian."),
    )


def _build_turnout(data: ViewData) -> WallView:
    codes = data.codes
    everywhere = data.register.is_complete and len(codes) == len(data.day.turnout)
    rates = summary.mark_official_list(data.rates, everywhere)
    rows = data.day.turnout.loc[codes]
    # Like hour with like hour: an old count is never the lowest.
    rows = rows[rows["common_rate"].notna()].sort_values("common_rate", kind="stable")
    rows = rows.head(MAX_LINES)
    worst_rows: list[Any] = list(rows.itertuples())
    lines = [
        ListLine(
            data.register.name_of(str(row.Index)),
            format_percent(row.common_rate, is_estimated=bool(row.rate_estimated)),
            format_counts(_("{n} dari {all} TPS melapor"), n=row.tps_counted, all=row.tps),
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
    )


def _build_stations(data: ViewData) -> WallView:
    tps = data.tps
    states, total_text = tps["state"].value_counts(), _format_total(len(tps))
    titles = {"terlambat": _("TPS terlambat melapor"), "tak_terjangkau": _("TPS tak terjangkau")}
    counts = {state: int(states.get(state, 0)) for state in titles}
    overdue = [
        KpiText(state, titles[state], format_number(count), total_text, alarm=bool(count))
        for state, count in counts.items()
    ]
    rows = data.day.phases.loc[data.codes]
    rows = rows.assign(behind=rows["terlambat"] + rows["tak_terjangkau"])
    worst = rows[rows["behind"] > 0].sort_values("behind", ascending=False, kind="stable")
    worst_rows: list[Any] = list(worst.head(MAX_LINES).itertuples())
    lines = [
        ListLine(
            data.register.name_of(str(row.Index)),
            format_ratio(row.behind, row.tps),
            _format_states(row),
        )
        for row in worst_rows
    ]
    return WallView(
        _("TPS"),
        [kpis.format_stations(tps), *overdue],
        "fase",
        _("TPS terlambat atau tak terjangkau"),
        lines,
        _("Tidak ada TPS yang terlambat melapor."),
    )


def _format_total(tps_count: int) -> str:
    return format_counts(_("dari {n} TPS"), n=tps_count)


def _format_states(row: Any) -> str:
    counts = [(state, int(getattr(row, state))) for state in ("lapor", "ditunggu", "diragukan")]
    return " · ".join(f"{label('lapor', state)} {format_number(n)}" for state, n in counts if n)


def _build_personnel(data: ViewData) -> WallView:
    rows = data.day.coverage_gaps.loc[data.codes]
    known = rows[rows["known"]]
    kpi_texts = [kpis.format_officers(data.day, data.codes)]
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
    worst = known.sort_values(["share_without", "absent"], ascending=False, kind="stable")
    worst_rows: list[Any] = list(worst[worst["absent"] > 0].head(MAX_LINES).itertuples())
    present = _("{n} hadir dari {all} diplot")
    lines = [
        ListLine(
            data.register.name_of(str(row.Index)),
            format_counts(_("{n} dari {all} TPS"), n=row.absent, all=row.tps),
            format_counts(present, n=row.present, all=row.posted),
        )
        for row in worst_rows
    ]
    return WallView(
        _("Personel"),
        kpi_texts,
        "personel",
        _("TPS tanpa petugas hadir"),
        lines,
        _("Tidak ada TPS tanpa petugas.") if len(known) else _("Belum ada plotting personel."),
    )


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
            kpis.format_situasi(data.overview),
            kpis.format_stations(data.tps),
            *_list_alert_kpis(data),
        ],
        "perhatian",
        _("Nilai perhatian tertinggi, 0–100"),
        lines,
        empty_text,
    )


def _list_alert_kpis(data: ViewData) -> list[KpiText]:
    if data.alerts is None:
        return []
    rules = data.register.election.alerts
    return [format_open_alerts(rules, data.alerts.open, data.alerts.unseen)]


def _format_reasons(row: Any) -> str:
    """Return the two largest parts of the priority score, as text."""
    parts = [(getattr(row, part), part) for part in PARTS]
    shares = sorted(((share, part) for share, part in parts if share > 0), reverse=True)
    return " · ".join(label("perhatian", part) for _share, part in shares[:2])


_VIEW_BUILDERS: dict[str, Callable[[ViewData], WallView]] = {
    "situasi": _build_situation,
    "partisipasi": _build_turnout,
    "tps": _build_stations,
    "personel": _build_personnel,
    "perhatian": _build_attention,
}


def build_measure(data: ViewData, name: str) -> map_measures.MapMeasure:
    """Return the measure that colours the map."""
    return map_measures.build_measure(
        name, data.overview, data.day, data.register.kecamatan, data.theme
    )
