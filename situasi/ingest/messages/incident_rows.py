"""Rows of incidents: what happened, and that nothing did."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.phrase_matcher import PhraseMatch
from situasi.ingest.messages.place_mentions import TpsMention, format_tps_question
from situasi.ingest.messages.proposal import RowDraft
from situasi.ingest.messages.status_rows import find_phases

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
_DETAIL_COLUMNS = ("status", "situasi", "tingkat")

PhraseGroup = list[PhraseMatch]


def build_incident_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """A row for each thing that happened; only where nothing did, one of nihil for each place."""
    kinds = [
        said for said in entities.phrase_matches if said.column == "jenis" and said.is_asserted
    ]
    happened = [said for said in kinds if said.code != "nihil"]
    if happened:
        groups = _group_by_place(entities, happened)
        for group in groups:
            yield _build_incident(entities, group, is_only=len(groups) == 1)
        return
    calm = [said for said in kinds if said.code == "nihil"]
    stirred = [
        said
        for said in entities.phrase_matches
        if said.column == "situasi" and said.code != "hijau"
    ]
    if calm and not stirred:
        yield from _build_nihil_rows(entities, calm)
    elif stirred or _mentions_unnamed_incident(entities):
        yield _build_unknown_incident(entities, stirred[0].span if stirred else None)


def _group_by_place(
    entities: MessageEntities, happened: Sequence[PhraseMatch]
) -> list[PhraseGroup]:
    """Kinds told of places of their own; all that is told of one place is one incident."""
    groups: dict[object, PhraseGroup] = {}
    for said in happened:
        line = entities.passage.line_at(said.span.start)
        spans = [tps.span for tps in entities.stations] + [area.span for area in entities.desa]
        placed = [span for span in spans if line.contains(span.start)]
        groups.setdefault(line if placed else None, []).append(said)
    loose = groups.pop(None, [])
    found = list(groups.values())
    if loose and len(found) == 1:
        found[0] += loose
    elif loose:
        found.append(loose)
    return found


def _build_incident(entities: MessageEntities, group: PhraseGroup, *, is_only: bool) -> RowDraft:
    draft, first = RowDraft("incidents"), group[0]
    codes = list(dict.fromkeys(said.code for said in group))
    if len(codes) == 1:
        draft.fill("jenis", codes[0], entities.passage.excerpt(first.span), first.span)
    else:
        names = " atau ".join(code.replace("_", " ") for code in codes)
        draft.ask("jenis", f"bisa berarti {names}: pilih yang utama")
    _fill_place(entities, draft, first.span)
    entities.timing.fill_event_time(draft, first.span)
    draft.description_spans += [entities.passage.clause_at(said.span.start) for said in group]
    if is_only:
        _fill_point(entities, draft)
    lines = {entities.passage.line_at(said.span.start) for said in group}
    _fill_details(entities, draft, None if is_only else lines)
    return draft


def _fill_details(
    entities: MessageEntities, draft: RowDraft, lines: Collection[Span] | None = None
) -> None:
    """Put status, situasi and tingkat where one of each is told: in these lines, or at all."""
    told = [
        said for said in entities.phrase_matches if said.feed == "incidents" and said.is_asserted
    ]
    if lines is not None:
        told = [said for said in told if entities.passage.line_at(said.span.start) in lines]
    for column in _DETAIL_COLUMNS:
        found = [said for said in told if said.column == column]
        codes = dict.fromkeys(said.code for said in found)
        if len(codes) == 1:
            draft.fill(
                column, found[0].code, entities.passage.excerpt(found[0].span), found[0].span
            )
        elif codes:
            names = ", ".join(code.replace("_", " ") for code in codes)
            draft.ask(column, f"{column} disebut: {names}")


def _fill_point(entities: MessageEntities, draft: RowDraft) -> None:
    """Put the point, where the message tells one and only one."""
    points = list(_POINT.finditer(entities.passage.text))
    if len(points) == 1:
        for group, heading in enumerate(("lat", "lon"), start=1):
            draft.fill(heading, points[0][group], points[0][0], Span(*points[0].span()))


def _fill_place(entities: MessageEntities, draft: RowDraft, span: Span) -> TpsMention | None:
    """Put the place; of several TPS none is picked."""
    stations = entities.stations_at(span)
    numbers = [number for tps in stations for number in tps.numbers]
    tps = stations[0] if stations else None
    entities.fill_place(draft, span, tps)
    if tps and len(numbers) == 1:
        draft.fill("tps", numbers[0], entities.passage.excerpt(tps.span), tps.span)
    elif stations:
        draft.ask(
            "tps",
            format_tps_question(entities.passage, stations),
            "",
            *(one.span for one in stations),
        )
    return tps


def _build_nihil_rows(
    entities: MessageEntities, nihil_matches: Sequence[PhraseMatch]
) -> Iterator[RowDraft]:
    """Nihil of every TPS named with it; of the desa or kecamatan where none is."""
    seen: set[tuple[str, ...]] = set()
    phases = [phase.span for phase in find_phases(entities)]
    for said in nihil_matches:
        stations = entities.stations_at(said.span)
        every = [(tps, number) for tps in stations for number in tps.numbers]
        places: list[tuple[TpsMention | None, str | None]] = [*every] or [(None, None)]
        for tps, number in places:
            draft = RowDraft("incidents")
            draft.fill("jenis", "nihil", entities.passage.excerpt(said.span))
            entities.fill_place(draft, said.span, tps)
            if tps and number:
                draft.fill("tps", number, entities.passage.excerpt(tps.span), tps.span)
            entities.timing.fill_state_time(draft, said.span, phases)
            told = tuple(draft.cells.get(h, "") for h in ("kecamatan", "desa", "tps", "waktu"))
            if told not in seen:
                seen.add(told)
                yield draft


def _mentions_unnamed_incident(entities: MessageEntities) -> bool:
    """Whether something is told to have happened, in no word that names a kind."""
    for found in _SOMETHING.finditer(entities.passage.text):
        clause = entities.passage.excerpt(entities.passage.clause_at(found.start()))
        opens = found[0].strip(" :\n").lower().startswith("info")
        if not _NOTHING.search(clause) and not (
            opens and (find_phases(entities) or entities.mentions_turnout)
        ):
            return True
    return False


def _build_unknown_incident(entities: MessageEntities, span: Span | None) -> RowDraft:
    draft, here = RowDraft("incidents"), span or Span(0, 0)
    draft.ask("jenis", "jenis kejadian tidak dikenali")
    _fill_place(entities, draft, here)
    entities.timing.fill_event_time(draft, here)
    _fill_details(entities, draft)
    return draft
