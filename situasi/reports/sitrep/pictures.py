"""The pictures of a laporan, drawn when a file asks for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from situasi.analysis.incidents import timeline
from situasi.analysis.stations.status import NO_PHASE
from situasi.analysis.turnout import summary
from situasi.common import i18n
from situasi.domain.feed_schemas import FASE
from situasi.domain.labels import label
from situasi.figures.print import charts
from situasi.figures.print import map as printed_map
from situasi.figures.theme import SITUASI, TINGKAT, UNRATED
from situasi.presentation.numbers import format_percent
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.model import Drawing

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
# A longer period is drawn by day.
_MAX_HOURLY_PERIOD = timedelta(hours=48)


def build_drawings(data: SitrepData) -> dict[str, Drawing]:
    """By name. What nobody told anything of is not drawn."""
    made: dict[str, Callable[[SitrepData], Drawing | None]] = {
        "peta": _build_map,
        "waktu": _build_incident_chart,
        "kurva": _build_turnout_chart,
        "fase": _build_phase_chart,
    }
    found = {name: make(data) for name, make in made.items()}
    return {name: one for name, one in found.items() if one is not None}


def _build_map(data: SitrepData) -> Drawing:
    found = data.overview
    states = {code: state if isinstance(state, str) else None
              for code, state in zip(found.crowd_states["kecamatan"], found.crowd_states["situasi"],
                                     strict=True)}  # fmt: skip
    said = {
        **{state: f"situasi {label('situasi', state)}" for state in SITUASI},
        "": "belum ada kabar situasi",
        **{level: f"kejadian {label('tingkat', _get_tingkat_code(level))}" for level in TINGKAT},
    }
    return Drawing(
        "Situasi menurut kecamatan dan letak kejadian terbuka",
        f"Peta {len(data.codes)} kecamatan dengan {len(found.located_cases)} kejadian terbuka; angka "
        "menunjuk nomor dalam tabel. " + data.board.boundaries.credit,
        partial(
            printed_map.draw_situation_map,
            data.board.boundaries,
            {code: at for at, code in enumerate(data.codes, start=1)},
            states,
            found.located_cases[["lat", "lon", "tingkat"]],
            said,
        ),
    )


def _build_incident_chart(data: SitrepData) -> Drawing | None:
    if not data.period.has_reports:
        return None
    election, asked = data.register.election, data.request
    begin, end = (one.astimezone(election.zone) for one in (asked.since, asked.until))
    by = _HOUR if end - begin <= _MAX_HOURLY_PERIOD else _DAY
    slots = timeline.count_by_slot(data.period.worklist.selected_cases, begin, end, by)
    without = timeline.count_without_hour(data.period.worklist.selected_cases, begin, end)
    moments = [(election.local_time(one.at), one.label) for one in election.timeline_marks]
    inside = [(at, word) for at, word in moments if begin <= at < end and by == _HOUR]
    names = {level: label("tingkat", _get_tingkat_code(level)) for level in map(str, slots)}
    if begin < data.view_time.at < end and by == _HOUR:
        inside.append((data.view_time.at, f"laporan {i18n.format_time(data.view_time.at)}"))
    said = "Kejadian per jam" if by == _HOUR else "Kejadian per hari"
    if without:
        said += f"; {i18n.format_number(without)} tanpa jam tidak digambar"
    return Drawing(
        said, f"Diagram batang: {said}", partial(charts.draw_incident_chart, slots, names, inside)
    )


def _get_tingkat_code(level: str) -> str | None:
    return None if level == UNRATED else level


def _build_turnout_chart(data: SitrepData) -> Drawing | None:
    whole = summary.compute_total(data.area_summary.turnout.loc[data.codes])
    if not whole["told"] or data.turnout_curve["rate"].isna().all():
        return None
    rules = data.register.election.rules.turnout
    references = [
        (f"{one.label}: {format_percent(one.percent)}", one.percent) for one in rules.references
    ]
    told = f"{i18n.format_number(int(whole['told']))} dari {i18n.format_number(int(whole['tps']))} TPS melapor"
    # The curve stops with the voting: what is told later is in the figures alone.
    names = (f"TPS yang melapor ({told})", f"perkiraan menurut {rules.reference_label}")
    said = f"Partisipasi TPS yang melapor; {told}"
    return Drawing(
        said,
        f"Kurva: {said}",
        partial(charts.draw_turnout_chart, data.turnout_curve, references, names),
    )


def _build_phase_chart(data: SitrepData) -> Drawing | None:
    rows = data.area_summary.phases.loc[data.codes, [NO_PHASE, *FASE]]
    if not rows[list(FASE)].to_numpy().any():
        return None
    names = {NO_PHASE: "belum ada fase", **{fase: label("fase", fase) for fase in FASE}}
    places = [data.register.name_of(code) for code in data.codes]
    said = "TPS menurut fase terakhir"
    return Drawing(
        said, f"Diagram batang: {said}", partial(charts.draw_phase_chart, rows, places, names)
    )
