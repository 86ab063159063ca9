"""The views of the wall: for each its figures, its map, and one list of at most six lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from situasi.actions.acknowledgements import Acknowledgement
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.situation.priority_score import PARTS
from situasi.analysis.turnout import summary
from situasi.analysis.view_time import ViewTime
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.figures.theme import Theme
from situasi.presentation import kpis as presentation_kpis
from situasi.presentation import map_measures
from situasi.presentation.model import KpiText
from situasi.presentation.numbers import format_percent

MAX_LINES = 6
MAX_KPIS = 4


@dataclass(frozen=True)
class ViewData:
    """What the views tell of. alarms: analysis.alarms, those of the selection. codes: the
    kecamatan of the selection. heeded: acknowledgements by case. named: whether with names."""

    overview: Overview
    day: AreaSummary
    critical_cases: pd.DataFrame
    acknowledged: Mapping[str, Acknowledgement]
    with_names: bool
    register: Register
    view_time: ViewTime
    theme: Theme

    @property
    def codes(self) -> list[str]:
        return list(self.overview.crowd_states["kecamatan"])

    @property
    def rates(self) -> pd.Series:
        return summary.compute_total(self.day.turnout.loc[self.codes])

    @property
    def tps(self) -> pd.DataFrame:
        return self.day.stations[self.day.stations["kecamatan"].isin(self.codes)]


@dataclass(frozen=True)
class ListLine:
    """One line of a list: main words, what stands at its end, and a second row."""

    title: str
    end: str = ""
    note: str = ""
    mark: str | None = None


@dataclass(frozen=True)
class WallView:
    """figures: at most FIGURES. measure: by which the map is coloured. lines: None where the
    list is that of the grave reports. nothing: what an empty list says."""

    title: str
    kpis: Sequence[KpiText]
    measure: str
    heading: str
    lines: Sequence[ListLine] | None = None
    empty_text: str = ""


def build_view(name: str, data: ViewData) -> WallView:
    """The view of this name (asked.VIEWS)."""
    return _VIEW_BUILDERS[name](data)


def _build_situation(data: ViewData) -> WallView:
    found = data.overview
    zone = data.register.election.zone_label
    return WallView(
        _("Situasi"),
        [
            presentation_kpis.format_open_incidents(found),
            presentation_kpis.format_situasi(found),
            presentation_kpis.format_last_report(found, data.view_time.at, zone),
            presentation_kpis.format_silent_feeds(found, None),
        ],
        "situasi",
        _("Laporan berat yang masih terbuka"),
        empty_text=_("Tidak ada laporan berat yang terbuka.")
        if found.newest_time is not None
        else _("Belum ada laporan kejadian."),
    )


def _build_turnout(data: ViewData) -> WallView:
    codes = data.codes
    everywhere = data.register.is_complete and len(codes) == len(data.day.turnout)
    rates = summary.mark_official_list(data.rates, everywhere)
    rows = data.day.turnout.loc[codes]
    rows = rows[rows["rate"].notna()].sort_values("rate", kind="stable").head(MAX_LINES)
    every: list[Any] = list(rows.itertuples())
    lines = [
        ListLine(
            data.register.name_of(str(one.Index)),
            format_percent(one.rate, is_estimated=bool(one.told_estimated)),
            _("{n} dari {all} TPS melapor").format(
                n=i18n.format_number(int(one.told)), all=i18n.format_number(int(one.tps))
            ),
        )
        for one in every
    ]
    return WallView(
        _("Partisipasi"),
        [
            presentation_kpis.format_turnout(rates),
            presentation_kpis.format_voters_present(rates),
            presentation_kpis.format_turnout_bounds(rates),
        ],
        "partisipasi",
        _("Partisipasi terendah"),
        lines,
        _("Belum ada hitungan pemilih."),
    )


def _build_stations(data: ViewData) -> WallView:
    tps = data.tps
    states = tps["state"].value_counts()
    silent = KpiText(
        "tak_terjangkau",
        _("TPS tak terjangkau"),
        i18n.format_number(int(states.get("tak_terjangkau", 0))),
        _("dari {n} TPS").format(n=i18n.format_number(len(tps))),
        alarm=bool(states.get("tak_terjangkau", 0)),
    )
    late = KpiText(
        "terlambat",
        _("TPS terlambat melapor"),
        i18n.format_number(int(states.get("terlambat", 0))),
        _("dari {n} TPS").format(n=i18n.format_number(len(tps))),
        alarm=bool(states.get("terlambat", 0)),
    )
    rows = data.day.phases.loc[data.codes]
    rows = rows.assign(behind=rows["terlambat"] + rows["tak_terjangkau"])
    worst = rows[rows["behind"] > 0].sort_values("behind", ascending=False, kind="stable")
    every: list[Any] = list(worst.head(MAX_LINES).itertuples())
    lines = [
        ListLine(
            data.register.name_of(str(one.Index)),
            _("{n} dari {all}").format(
                n=i18n.format_number(one.behind), all=i18n.format_number(one.tps)
            ),
            _format_states(one),
        )
        for one in every
    ]
    return WallView(
        _("TPS"),
        [presentation_kpis.format_stations(tps), late, silent],
        "fase",
        _("TPS terlambat atau tak terjangkau"),
        lines,
        _("Tidak ada TPS yang terlambat melapor."),
    )


def _format_states(row: Any) -> str:
    told = [(state, int(getattr(row, state))) for state in ("lapor", "ditunggu", "diragukan")]
    return " · ".join(f"{label('lapor', state)} {i18n.format_number(n)}" for state, n in told if n)


def _build_personnel(data: ViewData) -> WallView:
    rows = data.day.coverage_gaps.loc[data.codes]
    known = rows[rows["known"]]
    figures = [presentation_kpis.format_officers(data.day, data.codes)]
    if len(known):
        of_all = _("dari {n} TPS").format(n=i18n.format_number(int(known["tps"].sum())))
        absent, empty = int(known["absent"].sum()), int(known["tps_uncovered"].sum())
        figures += [
            KpiText(
                "tanpa",
                _("TPS tanpa petugas hadir"),
                i18n.format_number(absent),
                of_all,
                absent > 0,
            ),
            KpiText(
                "kosong", _("TPS tanpa plotting"), i18n.format_number(empty), of_all, empty > 0
            ),
        ]
    worst = known.sort_values(["share_without", "absent"], ascending=False, kind="stable")
    every: list[Any] = list(worst[worst["absent"] > 0].head(MAX_LINES).itertuples())
    lines = [
        ListLine(
            data.register.name_of(str(one.Index)),
            _("{n} dari {all} TPS").format(
                n=i18n.format_number(int(one.absent)), all=i18n.format_number(int(one.tps))
            ),
            _("{n} hadir dari {all} diplot").format(
                n=i18n.format_number(int(one.present)), all=i18n.format_number(int(one.posted))
            ),
        )
        for one in every
    ]
    return WallView(
        _("Personel"),
        figures,
        "personel",
        _("TPS tanpa petugas hadir"),
        lines,
        _("Tidak ada TPS tanpa petugas.") if len(known) else _("Belum ada plotting personel."),
    )


def _build_attention(data: ViewData) -> WallView:
    scores = data.day.priority_scores[data.day.priority_scores["kecamatan"].isin(data.codes)]
    every: list[Any] = list(scores[scores["score"] > 0].head(MAX_LINES).itertuples())
    lines = [
        ListLine(
            data.register.name_of(one.kecamatan),
            i18n.format_number(round(one.score)),
            _format_reasons(one),
        )
        for one in every
    ]
    judged = bool(scores["score"].notna().any())
    nothing = _("tidak ada") if judged else _("belum ada yang dapat dinilai")
    return WallView(
        _("Perlu perhatian"),
        [
            presentation_kpis.format_open_incidents(data.overview),
            presentation_kpis.format_situasi(data.overview),
            presentation_kpis.format_stations(data.tps),
        ],
        "perhatian",
        _("Nilai perhatian tertinggi, 0–100"),
        lines,
        nothing,
    )


def _format_reasons(row: Any) -> str:
    """The parts of the score, the gravest first."""
    parts = [(getattr(row, part), part) for part in PARTS]
    found = sorted(((s, part) for s, part in parts if s > 0), reverse=True)
    return " · ".join(label("perhatian", part) for _share, part in found[:2])


_VIEW_BUILDERS: dict[str, Callable[[ViewData], WallView]] = {
    "situasi": _build_situation,
    "partisipasi": _build_turnout,
    "tps": _build_stations,
    "personel": _build_personnel,
    "perhatian": _build_attention,
}


def build_measure(data: ViewData, name: str) -> map_measures.MapMeasure:
    """How the map of this measure is coloured."""
    return map_measures.build_measure(
        name, data.overview, data.day, data.register.kecamatan, data.theme
    )
