"""The drawings of a laporan, drawn when a file needs them."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from situasi.analysis.incidents import placement, timeline
from situasi.analysis.stations.status import NO_PHASE
from situasi.analysis.turnout import summary
from situasi.common.formats import format_number, format_ratio, format_time
from situasi.domain.feed_schemas import FASE
from situasi.domain.labels import label
from situasi.figures.print import charts
from situasi.figures.print import map as printed_map
from situasi.figures.theme import SITUASI, TINGKAT, UNRATED
from situasi.presentation.numbers import format_percent
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.model import Drawing

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
# A longer period is drawn by day, not by hour.
_MAX_HOURLY_PERIOD = timedelta(hours=48)


def build_drawings(data: SitrepData) -> dict[str, Drawing]:
    """Return the drawings by name. One without any reported data is left out."""
    builders: dict[str, Callable[[SitrepData], Drawing | None]] = {
        "peta": _build_map,
        "waktu": _build_incident_chart,
        "kurva": _build_turnout_chart,
        "fase": _build_phase_chart,
    }
    drawings = {name: build(data) for name, build in builders.items()}
    return {name: drawing for name, drawing in drawings.items() if drawing is not None}


def _build_map(data: SitrepData) -> Drawing:
    boundaries, crowd = data.board.boundaries, data.overview.crowd_states
    pairs = zip(crowd["kecamatan"], crowd["situasi"], strict=True)
    states = {code: state if isinstance(state, str) else None for code, state in pairs}
    legend = {
        **{state: f"situasi {label('situasi', state)}" for state in SITUASI},
        "": "belum ada kabar situasi",
        printed_map.ESTIMATE: "letak perkiraan",
        printed_map.SILENT: "separuhnya senyap",
        **{level: f"kejadian {label('tingkat', _get_tingkat_code(level))}" for level in TINGKAT},
    }
    numbers = {code: number for number, code in enumerate(data.codes, start=1)}
    cases = placement.place_cases(
        data.overview.open_cases, data.board.geography.points, boundaries.label_points
    )[["lat", "lon", "placed_by", "tingkat"]]
    places = data.area_summary.select_silent_places(data.codes)
    draw = partial(printed_map.draw_situation_map, silent=frozenset(places["kecamatan"]))
    return Drawing(
        "Situasi menurut kecamatan dan letak kejadian terbuka",
        f"Peta {len(data.codes)} kecamatan dengan {len(cases)} kejadian terbuka; "
        "angka menunjuk nomor dalam tabel. " + boundaries.credit_line,
        partial(draw, boundaries, numbers, states, cases, legend),
    )


def _build_incident_chart(data: SitrepData) -> Drawing | None:
    if not data.period.has_reports:
        return None
    election, request = data.register.election, data.request
    begin, end = (moment.astimezone(election.zone) for moment in (request.since, request.until))
    slot_length = _HOUR if end - begin <= _MAX_HOURLY_PERIOD else _DAY
    slots = timeline.count_by_slot(data.period.worklist.selected_cases, begin, end, slot_length)
    without_hour = timeline.count_without_hour(data.period.worklist.selected_cases, begin, end)
    moments = [(election.local_time(moment.at), moment.label) for moment in election.timeline_marks]
    marks = [(at, text) for at, text in moments if begin <= at < end and slot_length == _HOUR]
    names = {level: label("tingkat", _get_tingkat_code(level)) for level in map(str, slots)}
    if begin < data.view_time.at < end and slot_length == _HOUR:
        marks.append((data.view_time.at, f"laporan {format_time(data.view_time.at)}"))
    title = "Kejadian per jam" if slot_length == _HOUR else "Kejadian per hari"
    if without_hour:
        title += f"; {format_number(without_hour)} tanpa jam tidak digambar"
    draw = partial(charts.draw_incident_chart, slots, names, marks)
    return Drawing(title, f"Diagram batang: {title}", draw)


def _get_tingkat_code(level: str) -> str | None:
    return None if level == UNRATED else level


def _build_turnout_chart(data: SitrepData) -> Drawing | None:
    total = summary.compute_total(data.area_summary.turnout.loc[data.codes])
    if not total["tps_counted"] or data.turnout_curve["rate"].isna().all():
        return None
    rules = data.register.election.rules.turnout
    references = [
        (f"{reference.label}: {format_percent(reference.percent)}", reference.percent)
        for reference in rules.references
    ]
    reporting_text = format_ratio(total["tps_counted"], total["tps"]) + " TPS melapor"
    # The curve ends with the voting: later counts are only in the key figures.
    names = (f"TPS yang melapor ({reporting_text})", f"laju {rules.reference_label}, andaian")
    title = f"Partisipasi TPS yang melapor; {reporting_text}"
    draw = partial(charts.draw_turnout_chart, data.turnout_curve, references, names)
    return Drawing(title, f"Kurva: {title}", draw)


def _build_phase_chart(data: SitrepData) -> Drawing | None:
    rows = data.area_summary.phases.loc[data.codes, [NO_PHASE, *FASE]]
    if not rows[list(FASE)].to_numpy().any():
        return None
    names = {NO_PHASE: "belum ada fase", **{fase: label("fase", fase) for fase in FASE}}
    places = [data.register.name_of(code) for code in data.codes]
    title = "TPS menurut fase terakhir"
    draw = partial(charts.draw_phase_chart, rows, places, names)
    return Drawing(title, f"Diagram batang: {title}", draw)
