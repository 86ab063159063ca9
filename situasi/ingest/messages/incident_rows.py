"""Rows of incidents: what happened, and that nothing did."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from situasi.ingest.messages.entities import Scene
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.phrase_matcher import Said
from situasi.ingest.messages.place_mentions import Tps, several
from situasi.ingest.messages.proposal import Draft
from situasi.ingest.messages.status_rows import phases_of

# Something is told, though in no word of the vocabulary.
_SOMETHING = re.compile(
    r"^\W{0,3}info(?:rmasi)?\b[ :]|\b(?:insiden|kejadian|kendala|permasalahan)\b|\bgangguan\b",
    re.IGNORECASE | re.MULTILINE,
)
_NOTHING = re.compile(
    r"\b(?:nihil|(?:tidak|tdk|tak|belum|blm) (?:ada|terdapat|terjadi)|tanpa|zero)\b", re.IGNORECASE
)
# `-3.25,104.65`: a point of Indonesia, with as many places as a telephone tells.
_POINT = re.compile(
    r"(?<![\w.,-])(-?[0-9]{1,2}\.[0-9]{2,15}) ?[,;] ?(1[0-4][0-9]\.[0-9]{2,15}|9[5-9]\.[0-9]{2,15})"
    r"(?![\w,]|\.[0-9])"
)
_MORE = ("status", "situasi", "tingkat")

Group = list[Said]


def incident_rows(scene: Scene) -> Iterator[Draft]:
    """A row for each thing that happened; only where nothing did, one of nihil for each place."""
    kinds = [said for said in scene.said if said.column == "jenis" and said.told]
    happened = [said for said in kinds if said.code != "nihil"]
    if happened:
        groups = _apart(scene, happened)
        for group in groups:
            yield _incident(scene, group, alone=len(groups) == 1)
        return
    calm = [said for said in kinds if said.code == "nihil"]
    stirred = [said for said in scene.said if said.column == "situasi" and said.code != "hijau"]
    if calm and not stirred:
        yield from _nihil(scene, calm)
    elif stirred or _unnamed(scene):
        yield _unknown(scene, stirred[0].span if stirred else None)


def _apart(scene: Scene, happened: Sequence[Said]) -> list[Group]:
    """Kinds told of places of their own; all that is told of one place is one incident."""
    groups: dict[object, Group] = {}
    for said in happened:
        line = scene.passage.line(said.span.start)
        spans = [tps.span for tps in scene.stations] + [area.span for area in scene.desa]
        placed = [span for span in spans if line.holds(span.start)]
        groups.setdefault(line if placed else None, []).append(said)
    loose = groups.pop(None, [])
    found = list(groups.values())
    if loose and len(found) == 1:
        found[0] += loose
    elif loose:
        found.append(loose)
    return found


def _incident(scene: Scene, group: Group, *, alone: bool) -> Draft:
    draft, first = Draft("incidents"), group[0]
    codes = list(dict.fromkeys(said.code for said in group))
    if len(codes) == 1:
        draft.put("jenis", codes[0], scene.passage.words(first.span), first.span)
    else:
        names = " atau ".join(code.replace("_", " ") for code in codes)
        draft.ask("jenis", f"bisa berarti {names}: pilih yang utama")
    _place(scene, draft, first.span)
    scene.timing.event(draft, first.span)
    draft.about += [scene.passage.clause(said.span.start) for said in group]
    if alone:
        _point(scene, draft)
    lines = {scene.passage.line(said.span.start) for said in group}
    _more(scene, draft, None if alone else lines)
    return draft


def _more(scene: Scene, draft: Draft, lines: Collection[Span] | None = None) -> None:
    """Put status, situasi and tingkat where one of each is told: in these lines, or at all."""
    told = [said for said in scene.said if said.feed == "incidents" and said.told]
    if lines is not None:
        told = [said for said in told if scene.passage.line(said.span.start) in lines]
    for column in _MORE:
        found = [said for said in told if said.column == column]
        codes = dict.fromkeys(said.code for said in found)
        if len(codes) == 1:
            draft.put(column, found[0].code, scene.passage.words(found[0].span), found[0].span)
        elif codes:
            names = ", ".join(code.replace("_", " ") for code in codes)
            draft.ask(column, f"{column} disebut: {names}")


def _point(scene: Scene, draft: Draft) -> None:
    """Put the point, where the message tells one and only one."""
    points = list(_POINT.finditer(scene.passage.text))
    if len(points) == 1:
        for group, heading in enumerate(("lat", "lon"), start=1):
            draft.put(heading, points[0][group], points[0][0], Span(*points[0].span()))


def _place(scene: Scene, draft: Draft, span: Span) -> Tps | None:
    """Put the place; of several TPS none is picked."""
    stations = scene.stations_at(span)
    numbers = [number for tps in stations for number in tps.numbers]
    tps = stations[0] if stations else None
    scene.place(draft, span, tps)
    if tps and len(numbers) == 1:
        draft.put("tps", numbers[0], scene.passage.words(tps.span), tps.span)
    elif stations:
        draft.ask("tps", several(scene.passage, stations), "", *(one.span for one in stations))
    return tps


def _nihil(scene: Scene, calm: Sequence[Said]) -> Iterator[Draft]:
    """Nihil of every TPS named with it; of the desa or kecamatan where none is."""
    seen: set[tuple[str, ...]] = set()
    phases = [phase.span for phase in phases_of(scene)]
    for said in calm:
        stations = scene.stations_at(said.span)
        every = [(tps, number) for tps in stations for number in tps.numbers]
        places: list[tuple[Tps | None, str | None]] = [*every] or [(None, None)]
        for tps, number in places:
            draft = Draft("incidents")
            draft.put("jenis", "nihil", scene.passage.words(said.span))
            scene.place(draft, said.span, tps)
            if tps and number:
                draft.put("tps", number, scene.passage.words(tps.span), tps.span)
            scene.timing.state(draft, said.span, phases)
            told = tuple(draft.cells.get(h, "") for h in ("kecamatan", "desa", "tps", "waktu"))
            if told not in seen:
                seen.add(told)
                yield draft


def _unnamed(scene: Scene) -> bool:
    """Whether something is told to have happened, in no word that names a kind."""
    for found in _SOMETHING.finditer(scene.passage.text):
        clause = scene.passage.words(scene.passage.clause(found.start()))
        opens = found[0].strip(" :\n").lower().startswith("info")
        if not _NOTHING.search(clause) and not (opens and (phases_of(scene) or scene.counted)):
            return True
    return False


def _unknown(scene: Scene, span: Span | None) -> Draft:
    draft, here = Draft("incidents"), span or Span(0, 0)
    draft.ask("jenis", "jenis kejadian tidak dikenali")
    _place(scene, draft, here)
    scene.timing.event(draft, here)
    _more(scene, draft)
    return draft
