"""Rows of what is told in words: phases of a TPS, contact with it, check-ins of officers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.phrase_matcher import PhraseMatch
from situasi.ingest.messages.place_mentions import TpsMention, format_tps_question
from situasi.ingest.messages.proposal import RowDraft

# `jalan ditutup` is no polling station.
_NOT_A_TPS = re.compile(
    r"\b(?:jalan|akses|jembatan|toko|pasar|kotak(?: suara)?|gerbang|pintu|posko|rapat|acara)"
    r"(?: [a-z]+)?(?: telah| sudah)? ?\Z",
    re.IGNORECASE,
)
_ESCORT = re.compile(
    r"\b(?:di)?kawal(?:an)?(?: oleh| dari)? *:? *"
    r"((?:(?! ?\b(?:jam|jm|pukul|pkl|pk)\b)[^,;.\n]){3,80})",
    re.IGNORECASE,
)
_OFFICERS = re.compile(
    r"\b(?:pers|personel|personil|anggota|petugas pam|padal|pam|bko|brimob|serpas|kami)\b", re.I
)
_THINGS = re.compile(r"\b(?:logistik|kotak|surat suara|bilik)\b", re.IGNORECASE)
_ACTIVITY = re.compile(r"\b(?:giat|kegiatan|dalam rangka|laporan|lap\.?|apel) *\Z", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b(?:no(?:mor)?\.? ?petugas|petugas no(?:mor)?\.?|petugas)[ :.]{1,3}"
    r"([A-Z]{0,3}-?[0-9]{1,6})\b",
    re.IGNORECASE,
)


def find_phases(entities: MessageEntities) -> list[PhraseMatch]:
    """Every phase told as having come."""
    text = entities.passage.text
    return [
        said
        for said in entities.phrase_matches
        if said.column == "fase"
        and said.is_asserted
        and not _NOT_A_TPS.search(text[max(0, said.span.start - 40) : said.span.start])
    ]


def build_phase_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """A row for each phase and each TPS that goes with it."""
    phases = find_phases(entities)
    for at, said in enumerate(phases):
        until = phases[at + 1].span.start if at + 1 < len(phases) else None
        for tps, number in _each_tps_number(entities.stations_at(said.span)):
            draft = RowDraft("tps")
            draft.fill("fase", said.code, entities.passage.excerpt(said.span))
            _fill_station(entities, draft, tps, number, said.span)
            entities.timing.fill_event_time(draft, said.span, until)
            line = entities.passage.line_at(said.span.start)
            escort = _ESCORT.search(entities.passage.text[slice(*line)])
            if escort and said.code.startswith("kotak"):
                here = Span(line.start + escort.start(), line.start + escort.end())
                draft.fill("pengawal", escort[1].strip(), escort[0], here)
            yield draft


def build_contact_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """A row for each TPS that cannot be reached."""
    for said in entities.phrase_matches:
        if said.column == "kontak" and said.is_asserted:
            for tps, number in _each_tps_number(entities.stations_at(said.span)):
                draft = RowDraft("tps")
                draft.fill("kontak", said.code, entities.passage.excerpt(said.span))
                _fill_station(entities, draft, tps, number, said.span)
                entities.timing.fill_state_time(draft, said.span, [])
                yield draft


def build_checkin_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """A row for each TPS at which officers say they are; who they are is always asked."""
    told = [
        said
        for said in entities.phrase_matches
        if said.column == "checkin" and _is_by_officers(entities, said)
    ]
    kinds = dict.fromkeys(said.code for said in told)
    if not told:
        return
    said = told[-1]
    number = _NUMBER.search(entities.passage.text)
    for tps, station in _each_tps_number(entities.stations_at(said.span)):
        draft = RowDraft("personnel")
        if len(kinds) == 1:
            draft.fill("checkin", said.code, entities.passage.excerpt(said.span))
        else:
            labels = ", ".join(code.replace("_", " ") for code in kinds)
            draft.ask("checkin", f"beberapa lapor diri disebut ({labels}): yang mana?")
        if number:
            draft.fill("petugas", number[1], number[0], Span(*number.span()))
        else:
            draft.ask("petugas", "nomor petugas tidak disebut")
        entities.fill_place(draft, said.span, tps)
        if tps and station:
            draft.fill("tps", station, entities.passage.excerpt(tps.span), tps.span)
        entities.timing.fill_state_time(
            draft, said.span, [phase.span for phase in find_phases(entities)]
        )
        yield draft


def _is_by_officers(entities: MessageEntities, phrase_match: PhraseMatch) -> bool:
    line = entities.passage.excerpt(entities.passage.clause_at(phrase_match.span.start))
    before = entities.passage.text[max(0, phrase_match.span.start - 20) : phrase_match.span.start]
    return (
        phrase_match.is_asserted
        and bool(_OFFICERS.search(line))
        and not _THINGS.search(line)
        and not _ACTIVITY.search(before)
    )


def _fill_station(
    entities: MessageEntities,
    draft: RowDraft,
    tps: TpsMention | None,
    number: str | None,
    span: Span,
) -> None:
    """Put the TPS, which the row cannot do without, and its place."""
    if tps and number:
        draft.fill("tps", number, entities.passage.excerpt(tps.span), tps.span)
    elif tps:
        why = tps.doubt or "nomor TPS tidak terbaca"
        draft.ask("tps", why, entities.passage.excerpt(tps.span), tps.span)
    else:
        many = len(entities.stations) > 1
        why = (
            format_tps_question(entities.passage, entities.stations)
            if many
            else "nomor TPS tidak disebut"
        )
        draft.ask("tps", why, "", *(one.span for one in entities.stations))
    entities.fill_place(draft, span, tps)


def _each_tps_number(
    stations: Sequence[TpsMention],
) -> Iterator[tuple[TpsMention | None, str | None]]:
    """Every TPS by its number; one without any where none is told."""
    if not stations:
        yield None, None
    for tps in stations:
        for number in tps.numbers or (None,):
            yield tps, number
