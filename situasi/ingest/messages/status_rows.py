"""Rows of what is told in words: phases of a TPS, contact with it, check-ins of officers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from situasi.ingest.messages.entities import Scene
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.phrase_matcher import Said
from situasi.ingest.messages.place_mentions import Tps, several
from situasi.ingest.messages.proposal import Draft

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


def phases_of(scene: Scene) -> list[Said]:
    """Every phase told as having come."""
    text = scene.passage.text
    return [
        said
        for said in scene.said
        if said.column == "fase"
        and said.told
        and not _NOT_A_TPS.search(text[max(0, said.span.start - 40) : said.span.start])
    ]


def phase_rows(scene: Scene) -> Iterator[Draft]:
    """A row for each phase and each TPS that goes with it."""
    phases = phases_of(scene)
    for at, said in enumerate(phases):
        until = phases[at + 1].span.start if at + 1 < len(phases) else None
        for tps, number in _each(scene.stations_at(said.span)):
            draft = Draft("tps")
            draft.put("fase", said.code, scene.passage.words(said.span))
            _station(scene, draft, tps, number, said.span)
            scene.timing.event(draft, said.span, until)
            line = scene.passage.line(said.span.start)
            escort = _ESCORT.search(scene.passage.text[slice(*line)])
            if escort and said.code.startswith("kotak"):
                here = Span(line.start + escort.start(), line.start + escort.end())
                draft.put("pengawal", escort[1].strip(), escort[0], here)
            yield draft


def contact_rows(scene: Scene) -> Iterator[Draft]:
    """A row for each TPS that cannot be reached."""
    for said in scene.said:
        if said.column == "kontak" and said.told:
            for tps, number in _each(scene.stations_at(said.span)):
                draft = Draft("tps")
                draft.put("kontak", said.code, scene.passage.words(said.span))
                _station(scene, draft, tps, number, said.span)
                scene.timing.state(draft, said.span, [])
                yield draft


def checkin_rows(scene: Scene) -> Iterator[Draft]:
    """A row for each TPS at which officers say they are; who they are is always asked."""
    told = [said for said in scene.said if said.column == "checkin" and _of_officers(scene, said)]
    kinds = dict.fromkeys(said.code for said in told)
    if not told:
        return
    said = told[-1]
    number = _NUMBER.search(scene.passage.text)
    for tps, station in _each(scene.stations_at(said.span)):
        draft = Draft("personnel")
        if len(kinds) == 1:
            draft.put("checkin", said.code, scene.passage.words(said.span))
        else:
            labels = ", ".join(code.replace("_", " ") for code in kinds)
            draft.ask("checkin", f"beberapa lapor diri disebut ({labels}): yang mana?")
        if number:
            draft.put("petugas", number[1], number[0], Span(*number.span()))
        else:
            draft.ask("petugas", "nomor petugas tidak disebut")
        scene.place(draft, said.span, tps)
        if tps and station:
            draft.put("tps", station, scene.passage.words(tps.span), tps.span)
        scene.timing.state(draft, said.span, [phase.span for phase in phases_of(scene)])
        yield draft


def _of_officers(scene: Scene, said: Said) -> bool:
    line = scene.passage.words(scene.passage.clause(said.span.start))
    before = scene.passage.text[max(0, said.span.start - 20) : said.span.start]
    return (
        said.told
        and bool(_OFFICERS.search(line))
        and not _THINGS.search(line)
        and not _ACTIVITY.search(before)
    )


def _station(scene: Scene, draft: Draft, tps: Tps | None, number: str | None, span: Span) -> None:
    """Put the TPS, which the row cannot do without, and its place."""
    if tps and number:
        draft.put("tps", number, scene.passage.words(tps.span), tps.span)
    elif tps:
        why = tps.doubt or "nomor TPS tidak terbaca"
        draft.ask("tps", why, scene.passage.words(tps.span), tps.span)
    else:
        many = len(scene.stations) > 1
        why = several(scene.passage, scene.stations) if many else "nomor TPS tidak disebut"
        draft.ask("tps", why, "", *(one.span for one in scene.stations))
    scene.place(draft, span, tps)


def _each(stations: Sequence[Tps]) -> Iterator[tuple[Tps | None, str | None]]:
    """Every TPS by its number; one without any where none is told."""
    if not stations:
        yield None, None
    for tps in stations:
        for number in tps.numbers or (None,):
            yield tps, number
