"""The picture of the wall as one value of JSON: every word and number as it is shown."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import Any

from situasi.access.roles import Viewer
from situasi.actions.acknowledgements import Acknowledgement
from situasi.analysis.as_of import AsOfView
from situasi.analysis.incidents import cases
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import Analysis
from situasi.analysis.situation import area_summary
from situasi.analysis.situation.critical import find_critical_cases
from situasi.analysis.situation.overview import Overview
from situasi.analysis.view_time import ViewTime, apply_window, cache_minute
from situasi.board import Board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.theme import DARK, LIGHT, Theme, is_ink_readable
from situasi.live import access_scope
from situasi.live.access_scope import AccessScope
from situasi.live.analysis_cache import AnalysisCache
from situasi.live.snapshot import Snapshot, SnapshotView
from situasi.presentation import incident_item, map_measures
from situasi.presentation.model import Counted, Mark, Said, Told
from situasi.presentation.view_text import bands, filters_in_words
from situasi.server.wall import svg_map, views
from situasi.server.wall.query import Asked
from situasi.server.wall.views import LINES, Line, Shown, View

# More grave cases than this, all open at once, are counted and not named.
MOST_ALARMS = 40
# What was known so long before it was stored is history that somebody brought in: it is
# shown, and interrupts nobody.
_HISTORY = timedelta(hours=1)
_NUMBER = re.compile(r"((?:≈ )?[+−±]?\d[\d.,]*(?:–\d[\d.,]*)?(?: %)?) ?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Sources:
    """From what a picture is made."""

    board: Board
    picture: SnapshotView
    heeded: dict[str, Acknowledgement]
    at: ViewTime


def register_of(board: Board, viewer: Viewer) -> Any:
    """The register of what this viewer may see."""
    return access_scope.filter_register(board.register, access_scope.scope_of(viewer))


def compose(of: Sources, viewer: Viewer, asked: Asked) -> dict[str, Any]:
    """Everything that the wall of this viewer shows."""
    i18n.set_language(asked.language)
    snapshot, register = of.picture.snapshot, register_of(of.board, viewer)
    election = register.election
    said: dict[str, Any] = {
        "bands": bands(
            of.at,
            election.zone_label,
            rehearsal=snapshot.rehearsal,
            until=viewer.link.expires_at if viewer.link else None,
            trouble=of.picture.trouble,
            register=register,
            replaced_at=of.picture.replaced_at,
        ),
        "filter": _filter(asked, register),
        "moment": _moment(of.at),
        "trouble": of.picture.trouble,
    }
    if of.picture.trouble and not snapshot.version:
        # What was never read is neither empty nor calm.
        never = _("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka.")
        return {**said, "nothing": never, "views": [], "alarms": [], "last": None}
    return {**said, **_figures(of, looked_at(of, viewer), viewer, asked)}


def looked_at(of: Sources, viewer: Viewer) -> Looked:
    """These sources, as far as this viewer may see."""
    register = register_of(of.board, viewer)
    return Looked(
        of.board.analysis_cache, of.picture.snapshot, of.at, access_scope.scope_of(viewer), register
    )


def selection_of(asked: Asked, looked: Looked) -> Selection:
    """What was asked for, with its times."""
    return apply_window(
        asked.selection, asked.window, cache_minute(looked.at), looked.register.election
    )


def _figures(of: Sources, looked: Looked, viewer: Viewer, asked: Asked) -> dict[str, Any]:
    wanted = selection_of(asked, looked)
    every = compute(find_critical_cases, looked)
    # Whatever its weight was said to be, or when it was: it is grave now. A shared link opens
    # what its filters leave, and no more.
    chosen = Selection(kecamatan=wanted.kecamatan, jenis=wanted.jenis)
    if viewer.link is not None:
        chosen = wanted if viewer.link.filter_values("rentang") else asked.selection
    mine = cases.select(every, chosen)
    shown = Shown(
        found=situation(looked, wanted),
        day=compute(area_summary.compute_area_summary, looked),
        alarms=mine,
        heeded=of.heeded,
        named=viewer.role.may_see("personel"),
        register=looked.register,
        at=replace(of.at, at=cache_minute(of.at)),
        theme=DARK if asked.dark else LIGHT,
    )
    drawn = svg_map.of_register(of.board.boundaries, of.board.register)
    return {
        "views": [_view(name, views.view(name, shown), shown) for name in asked.views],
        "alarms": [_alarm(row, shown, drawn) for row in mine.head(MOST_ALARMS).itertuples()],
        "alarm_count": len(mine),
        "table": _table(shown, _columns(viewer)),
        "newest": [_report(row, shown) for row in _newest(shown)],
        "last": _last(looked),
    }


def _filter(asked: Asked, register: Any) -> str:
    said = filters_in_words(register, [pair for pair in asked.query if pair[0] != "saat"])
    return said or _("tanpa saringan")


def _moment(at: ViewTime) -> dict[str, Any]:
    note = _("jam latihan") if at.is_exercise else _("langsung") if at.live else _("lampau")
    return {
        "at": _epoch(at.at),
        "ticks": at.live and not at.is_exercise,
        "live": at.live,
        "note": note,
        "day": i18n.format_long_date(at.at),
    }


def _last(looked: Looked) -> list[Any] | None:
    """When the newest row of any feed became known that this viewer may see: [moment, day]."""
    until = looked.at.at + timedelta(minutes=1)  # an exercise knows rows of its days to come
    rows = known(looked)
    every = [rows.columns(feed, ["known_at"])["known_at"] for feed in rows]
    told = [known[known <= until].max() for known in every]
    newest = max((at for at in told if at == at), default=None)  # not NaT
    if newest is None:
        return None
    return [_epoch(newest), i18n.format_date(newest.astimezone(looked.at.at.tzinfo))]


def _epoch(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _view(name: str, view: View, of: Shown) -> dict[str, Any]:
    measure = views.painted(of, view.measure)
    chosen = set(of.codes)
    areas = {
        code: _area(measure.paint(place), of.theme)
        for code, place in of.register.kecamatan.items()
        if code in chosen
    }
    marks = [[_mark(mark), word] for mark, word in measure.marks]
    if measure.nothing:
        marks.append([["silent", ""], measure.nothing])
    return {
        "name": name,
        "title": view.title,
        "figures": [_figure(one) for one in view.figures],
        "areas": areas,
        "legend": marks,
        "heading": view.heading,
        "lines": None if view.lines is None else [_line(one) for one in view.lines],
        "nothing": view.nothing,
    }


def _area(area: AreaStyle, theme: Theme) -> list[Any]:
    """[value, fill, opacity, whether letters on it have the colour of the paper]."""
    if area.fill is None:
        return [area.value, None, 1, 0]
    paper = not is_ink_readable(area.fill, area.fill_alpha, theme)
    return [area.value, area.fill, round(area.fill_alpha / 255, 2), int(paper)]


def _figure(told: Told) -> dict[str, Any]:
    value, unit = told.value, told.aside
    if isinstance(value, str) and (parts := _NUMBER.fullmatch(value)):
        # The number is read from afar; what it is of may be smaller.
        value, unit = parts[1], " ".join(filter(None, (parts[2], told.aside)))
    return {
        "key": told.key,
        "title": told.title,
        "value": _said(value),
        "unit": unit,
        "note": _said(told.note),
        "alarm": told.alarm,
    }


def _said(said: Said) -> Any:
    if isinstance(said, str):
        return said
    return [_counted(one) for one in said]


def _counted(one: Counted) -> list[Any]:
    return [_mark(one.mark), one.number, one.word]


def _mark(mark: Mark) -> list[str]:
    """[scale, code]: the style sheet knows how each is drawn."""
    if mark.code is None:
        return ["silent" if mark.scale == "situasi" else mark.scale, "belum"]
    return [mark.scale, mark.code]


def _line(line: Line) -> dict[str, Any]:
    return {"title": line.title, "end": line.end, "note": line.note}


def _alarm(row: Any, of: Shown, drawn: svg_map.Drawing) -> dict[str, Any]:
    zone = of.register.election.zone
    item = incident_item.item(row, of.register, of.at.at)
    state = row.situasi if isinstance(row.situasi, str) else None
    return {
        "id": number_of(row.case),
        "seq": int(row.grave_seq),
        "code": row.kecamatan if isinstance(row.kecamatan, str) else None,
        "spot": drawn.spot(row.kecamatan, row.lon, row.lat),
        "tingkat": item.tingkat or "belum",
        "weight": _("tingkat {level}").format(level=item.tingkat_name),
        "situasi": state and [state, _("situasi {state}").format(state=label("situasi", state))],
        "title": item.title,
        "place": item.place,
        "text": incident_item.short(item.text),
        "status": item.status,
        "when": item.heard,
        "happened": _happened(item),
        "came": i18n.format_time(row.grave_at.astimezone(zone)),
        "latihan": item.rehearsal,
        "old": not item.rehearsal and row.came_at - row.grave_at > _HISTORY,
        "heeded": _heeded(row, of, zone),
    }


def _happened(item: incident_item.Item) -> str:
    return _("terjadi {time}").format(time=item.happened) if item.happened else ""


def number_of(case: str) -> str:
    """What a browser calls a case by."""
    return blake2b(case.encode(), digest_size=9).hexdigest()


def _heeded(row: Any, of: Shown, zone: tzinfo) -> str | None:
    """Who took note first, in words; of a past moment nothing is told."""
    said = [of.heeded[case] for case in row.members if case in of.heeded]
    if not said or not of.at.live:
        return None
    return heeded_in_words(min(said, key=lambda one: one.at), zone, named=of.named)


def heeded_in_words(said: Acknowledgement, zone: tzinfo, *, named: bool) -> str:
    """'dipahami Iptu X 12.31, setelah 40 detik'; the name for those who see officers."""
    seconds = said.response_time_s
    time = i18n.format_time(said.at.astimezone(zone))
    if seconds < 120:
        after = _("{n} detik").format(n=i18n.format_number(seconds))
    else:
        after = i18n.format_duration(said.at - said.since)
    if not named:
        return _("dipahami {time}, setelah {after}").format(time=time, after=after)
    return _("dipahami {who} {time}, setelah {after}").format(who=said.by, time=time, after=after)


def _newest(of: Shown) -> list[Any]:
    return list(cases.list_newest(of.found.selected_cases, LINES).itertuples())


def _report(row: Any, of: Shown) -> dict[str, Any]:
    item = incident_item.item(row, of.register, of.at.at)
    return {
        "id": number_of(row.case),
        "tingkat": item.tingkat or "belum",
        "weight": item.tingkat_name,
        "title": item.title,
        "place": item.place,
        "text": incident_item.short(item.text),
        "status": item.status,
        "when": item.heard,
        "happened": _happened(item),
        "latihan": item.rehearsal,
    }


def _columns(viewer: Viewer) -> list[str]:
    """The measures of the table: of a shared link those of its page alone."""
    if viewer.link is not None:
        return ["situasi", "terbuka"]
    personnel = ["personel"] if viewer.role.may_see("personel") else []
    return ["situasi", "terbuka", "partisipasi", "fase", *personnel]


def _table(of: Shown, columns: Sequence[str]) -> dict[str, Any]:
    """Each kecamatan by the measures of the views, for who reads at a desk or on a phone."""
    names = [map_measures.name_of(name) for name in columns]
    painted = {name: views.painted(of, name) for name in columns}
    states = dict(
        zip(of.found.crowd_states["kecamatan"], of.found.crowd_states["situasi"], strict=True)
    )
    rows = []
    for code in of.codes:
        place = of.register.kecamatan[code]
        state = states[code]
        cells = [label("situasi", state) if isinstance(state, str) else "–"]
        for name in columns[1:]:
            cells.append(painted[name].paint(place).value or "–")
        rows.append([place.name, *cells])
    return {"head": [_("kecamatan"), *names], "rows": rows}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Looked:
    """Which rows are looked at, when, and as far as whom. register: of what they may see."""

    findings: AnalysisCache
    snapshot: Snapshot
    at: ViewTime
    reach: AccessScope
    register: Register


def compute(work: Analysis, looked: Looked, *asked: Hashable) -> Any:
    """What this work finds; nobody may change it."""
    return looked.findings.compute(work, looked.snapshot, looked.at, looked.reach, *asked)


def situation(looked: Looked, wanted: Selection) -> Overview:
    """The overview of this selection, as the page Situasi shows it."""
    return looked.findings.compute_overview(looked.snapshot, looked.at, looked.reach, wanted)


def known(looked: Looked) -> AsOfView:
    """The rows known at the moment, by feed."""
    return looked.findings.known_rows(looked.snapshot, looked.at, looked.reach)
