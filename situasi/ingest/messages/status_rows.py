"""Builds rows of reported states: phases of a TPS, contact with it, check-ins of officers."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from situasi.domain.labels import N_
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.phrase_matcher import PhraseMatch
from situasi.ingest.messages.proposal import RowDraft
from situasi.ingest.messages.station_mentions import TpsMention, format_tps_question
from situasi.ingest.parsing.box_arrivals import READ_AS_PPK, WHERE_ARRIVED, find_arrival
from situasi.ingest.parsing.phase_days import SUPPLIES

_COUNTED_OFFICERS = re.compile(r"\d ?(?:orang|org|personel|personil|pers|anggota)\b", re.IGNORECASE)
# `jalan ditutup` is not about a TPS.
_NOT_A_TPS = re.compile(
    r"\b(?:jalan|akses|jembatan|toko|pasar|kotak(?: suara)?|gerbang|pintu|posko|rapat|acara)"
    r"(?: [a-z]+)?(?: telah| sudah)? ?\Z",
    re.IGNORECASE,
)
_OF_STATION = frozenset(("dibuka", "ditutup", "hitung_mulai", "hitung_selesai"))
_SOON = re.compile(r"\b(?:menit|mnt|jam|sebentar|bentar) lagi(?: akan)? *\Z", re.IGNORECASE)
_NOT_FINAL = re.compile(r" ?(?:sementara|sebentar|jalan|akses|nanti|ntar|besok)\b", re.IGNORECASE)
# Supplies that are not at the TPS yet.
_ELSEWHERE = re.compile(
    r" ?(?:di |ke |pada )?(?:ppk|pps|kpu|kecamatan|kantor|gudang|kelurahan|balai|aula)\b",
    re.IGNORECASE,
)
# `di PPS` alone is where something is; of a box only where one is named.
_BARE_PLACE = re.compile(r"(?:(?:sudah|sdh|telah|tlh|udah) )?di ", re.IGNORECASE)
_BOX = re.compile(r"\b(?:kotak|ksk|box(?:es)?)\b", re.IGNORECASE)
_ESCORT = re.compile(
    r"\b(?:di)?kawal(?:an)?(?: oleh| dari)? *:? *"
    r"((?:(?! ?\b(?:jam|jm|pukul|pkl|pk|tps|hadir|dari|dr|menuju|ke|di|situasi|aman|dan tiba"
    r"|[0-9]{1,2}[.:][0-9]{2})\b)(?:[^,;.\n]|,(?= ?[0-9]+ (?:pers|polri|tni|linmas"
    r"|anggota|org|orang|babinsa|satpol)))){3,80})",
    re.IGNORECASE,
)
_OFFICERS = re.compile(
    r"\b(?:pers|personel|personil|anggota|petugas pam|padal|pam|bko|brimob|serpas|kami|saya"
    r"|bharada|bharatu|bripda|briptu|brigpol|brigadir|bripka|aipda|aiptu|ipda|iptu)\b",
    re.IGNORECASE,
)
# Things that arrive, and visitors, who are not posted there.
_THINGS = re.compile(
    r"\b(?:logistik|kotak|surat suara|bilik|rombongan|kapolres|wakapolres|kapolda|bupati|gubernur"
    r"|camat|kpu|bawaslu|tamu)\b",
    re.IGNORECASE,
)
# `di TPS 3` alone says where, not that someone came.
_IN_PLACE = re.compile(
    r"\b(?:sudah|sdh|telah|tlh|udah|siaga|standby|stand by|berada|posisi|ready) *\Z", re.I
)
_ACTIVITY = re.compile(r"\b(?:giat|kegiatan|dalam rangka|laporan|lap\.?|apel) *\Z", re.IGNORECASE)
_NUMBER = re.compile(
    r"\b(?:no(?:mor)?\.? ?petugas|petugas no(?:mor)?\.?|petugas)[ :.]{1,3}"
    r"([A-Z]{0,3}-?[0-9]{1,6})\b",
    re.IGNORECASE,
)


# An NRP became a mark when the message was redacted (messages.sender).
_MARK = re.compile(rf"\[({NUMBER_MARK.pattern})\]")


_DAY_AND_CLOCK = re.compile(
    r"([0-9]{2})/([0-9]{2})/([0-9]{4}) ([0-9]{2})\.([0-9]{2})(?:\.[0-9]{2})?"
)
_AT_STATION = re.compile(r"\bdi tps\b", re.IGNORECASE)
# Whoever writes so is there: `86 ndan, sdh di tps 3`.
_ARRIVED = re.compile(
    r"\A\W*(?:(?:86|siap|(?:n?dan|komandan)|izin|ijin|mohon|lapor|melaporkan|kami|saya)\b\W*)*"
    r"(?:(?:sudah|sdh|telah|tlh|lah|la)(?: (?:tiba|sampai|merapat|standby))?|tiba|sampai) di tps\b",
    re.IGNORECASE,
)


def find_phases(entities: MessageEntities) -> list[PhraseMatch]:
    """Return every phase that is asserted to have happened."""
    text = entities.passage.text
    return [
        match
        for match in entities.phrase_matches
        if match.column == "fase"
        and match.is_asserted
        and not (match.code in _OF_STATION and _NOT_A_TPS.search(text[: match.span.start][-40:]))
        and not _SOON.search(text[max(0, match.span.start - 24) : match.span.start])
        and not _NOT_FINAL.match(text, match.span.end)
        and not (match.code == "logistik_tiba" and _ELSEWHERE.match(text, match.span.end))
        and not (_BARE_PLACE.match(text, match.span.start) and not _BOX.search(text))
    ]


def find_dated_phases(entities: MessageEntities) -> list[Span]:
    """Return phases whose time is not that of a count; a closing counts all who came."""
    return [match.span for match in find_phases(entities) if match.code != "ditutup"]


def build_phase_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """Yield a row for each phase and each TPS that belongs to it; what a heading repeats once."""
    phases = find_phases(entities)
    cells: list[dict[str, str]] = []
    for index, phase in enumerate(phases):
        next_start = phases[index + 1].span.start if index + 1 < len(phases) else None
        for tps, number in _each_tps_number(entities.stations_at(phase.span)):
            draft = RowDraft("tps", told=phase.code)
            _fill_station(entities, draft, tps, number, phase.span)
            entities.timing.fill_event_time(draft, phase.span, next_start)
            _fill_phase(entities, draft, phase)
            line = entities.passage.line_at(phase.span.start)
            escort = _ESCORT.search(entities.passage.text[slice(*line)])
            if escort and phase.code.startswith("kotak"):
                escort_span = Span(line.start + escort.start(), line.start + escort.end())
                draft.fill("pengawal", escort[1].strip(), escort[0], escort_span)
            if draft.cells not in cells:
                cells.append(dict(draft.cells))
                yield draft


def _fill_phase(entities: MessageEntities, draft: RowDraft, phase: PhraseMatch) -> None:
    """Fill in the phase; of a box that only arrived, at its TPS or at the PPK, it is asked."""
    words, code = entities.passage.excerpt(phase.span), phase.code
    if code == SUPPLIES and _BOX.search(words) and not _AT_STATION.search(words):
        has_left = any(other.code == "kotak_bergeser" for other in find_phases(entities))
        found = find_arrival(_find_moment(entities, draft), entities.context.election, has_left)
        if found != code:
            draft.ask("fase", READ_AS_PPK if found else WHERE_ARRIVED, found or "")
            return
    draft.fill("fase", code, words)


def _find_moment(entities: MessageEntities, draft: RowDraft) -> datetime | None:
    """Return the time of a row; when the message was sent where it names no hour."""
    if not (day_and_clock := _DAY_AND_CLOCK.fullmatch(draft.cells.get("waktu", ""))):
        return None if entities.clocks else entities.sent_at
    day, month, year, hour, minute = map(int, day_and_clock.groups())
    return datetime(year, month, day, hour, minute, tzinfo=entities.context.election.zone)


def build_contact_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """Yield a row for each TPS that cannot be reached."""
    for match in entities.phrase_matches:
        if match.column == "kontak" and match.is_asserted:
            for tps, number in _each_tps_number(entities.stations_at(match.span)):
                draft = RowDraft("tps")
                draft.fill("kontak", match.code, entities.passage.excerpt(match.span))
                _fill_station(entities, draft, tps, number, match.span)
                entities.timing.fill_state_time(draft, match.span, [], may_be_since=True)
                yield draft


def build_checkin_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """Yield a row for each TPS and officer who checks in; a missing officer is asked."""
    matches = [
        match
        for match in entities.phrase_matches
        if match.column == "checkin" and _is_by_officers(entities, match)
    ]
    if not matches:
        yield from _build_presence_rows(entities)
    for group in _group_checkins(entities, matches):
        codes, latest = dict.fromkeys(match.code for match in group), group[-1]
        for tps, station in _each_tps_number(entities.stations_at(latest.span)):
            officers: list[re.Match[str] | None] = [*_find_officers(entities, tps, latest.span)]
            for officer in officers or [None]:
                draft = RowDraft("personnel")
                if len(codes) == 1:
                    draft.fill("checkin", latest.code, entities.passage.excerpt(latest.span))
                else:
                    labels = ", ".join(code.replace("_", " ") for code in codes)
                    draft.ask(
                        "checkin",
                        N_("beberapa lapor diri disebut ({names}): yang mana?").format(
                            names=labels
                        ),
                    )
                _fill_officer(draft, officer)
                _fill_checkin_place(entities, draft, tps, station, latest.span)
                yield draft


def _build_presence_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """Yield a row where a message only tells that an officer is at a TPS: asked.

    By an NRP, or by whoever writes the message.
    """
    text = entities.passage.text
    officers, place = [*_MARK.finditer(text)], _AT_STATION.search(text)
    kinds = any(m.column in {"jenis", "fase", "kontak"} for m in entities.phrase_matches)
    is_told = len(officers) == 1 or (not officers and _ARRIVED.match(text))
    if not is_told or place is None or kinds or entities.mentions_turnout:
        return
    at = Span(place.start(), place.end())
    for tps, station in _each_tps_number(entities.stations_at(at)):
        draft = RowDraft("personnel")
        draft.ask("checkin", N_("petugas di TPS: lapor diri tiba?"), "tiba_di_tps")
        _fill_officer(draft, officers[0] if officers else None)
        _fill_checkin_place(entities, draft, tps, station, at)
        yield draft


def _fill_officer(draft: RowDraft, officer: re.Match[str] | None) -> None:
    if officer:
        draft.fill("petugas", officer[1], officer[0], Span(*officer.span()))
    else:
        draft.ask("petugas", N_("nomor petugas atau NRP tidak disebut"))


def _group_checkins(
    entities: MessageEntities, matches: list[PhraseMatch]
) -> list[list[PhraseMatch]]:
    """Return the check-ins that belong together: all, or those of each line with its own NRP."""
    by_line: dict[Span, list[PhraseMatch]] = {}
    for match in matches:
        by_line.setdefault(entities.passage.line_at(match.span.start), []).append(match)
    text = entities.passage.text
    has_marks = all(_MARK.search(text, line.start, line.end) for line in by_line)
    groups = list(by_line.values()) if has_marks else [matches]
    return [group for group in groups if group]


def _fill_checkin_place(
    entities: MessageEntities,
    draft: RowDraft,
    tps: TpsMention | None,
    station: str | None,
    span: Span,
) -> None:
    entities.fill_place(draft, span, tps)
    if tps and station:
        draft.fill("tps", station, entities.passage.excerpt(tps.span), tps.span)
    phases = [phase.span for phase in find_phases(entities)]
    entities.timing.fill_state_time(draft, span, phases)


def _find_officers(
    entities: MessageEntities, tps: TpsMention | None, span: Span
) -> list[re.Match[str]]:
    """Return the officer number that a message names, else the marks that belong to a check-in.

    Those of its clause or line; where several TPS share several officers there, none.
    """
    text = entities.passage.text
    if number := _NUMBER.search(text):
        return [number]
    marks = list({match[1]: match for match in _MARK.finditer(text)}.values())
    if _count_stations(entities.stations) <= 1 and not _has_own_lines(entities, marks):
        return marks
    anchor = tps.span.start if tps else span.start
    for around in (entities.passage.clause_at(anchor), entities.passage.line_at(anchor)):
        inside = [mark for mark in marks if around.contains(mark.start())]
        stations = [other for other in entities.stations if around.contains(other.span.start)]
        if inside:
            return inside if len(inside) == 1 or _count_stations(stations) <= 1 else []
    lines = [entities.passage.line_at(other.span.start) for other in entities.stations]
    return [mark for mark in marks if not any(line.contains(mark.start()) for line in lines)]


def _count_stations(stations: Sequence[TpsMention]) -> int:
    return sum(max(1, len(tps.numbers)) for tps in stations)


def _has_own_lines(entities: MessageEntities, marks: list[re.Match[str]]) -> bool:
    """Return whether several officers are named on lines of their own."""
    return len({entities.passage.line_at(mark.start()) for mark in marks}) > 1


def _is_by_officers(entities: MessageEntities, phrase_match: PhraseMatch) -> bool:
    """Return whether officers check in: they are named in its clause, or on its line."""
    passage, start = entities.passage, phrase_match.span.start
    clause, line = passage.clause_at(start), passage.line_at(start)
    before = passage.text[max(0, start - 20) : start]
    around = clause if _OFFICERS.search(passage.excerpt(clause)) else line
    is_bare = passage.excerpt(phrase_match.span).lower() in {"di tps", "di lokasi"}
    is_by_mark = bool(_MARK.search(passage.excerpt(around)))
    # Those who came to an incident are counted; the officer who signs is none of them.
    is_counted = not is_by_mark and bool(_COUNTED_OFFICERS.search(passage.excerpt(line)))
    return (
        phrase_match.is_asserted
        and (is_by_mark or bool(_OFFICERS.search(passage.excerpt(around))))
        and not _THINGS.search(passage.excerpt(around))
        and not _ACTIVITY.search(before)
        and not (is_bare and not _IN_PLACE.search(before))
        and not (is_counted and _tells_incident(entities))
    )


def _tells_incident(entities: MessageEntities) -> bool:
    return any(m.column == "jenis" and m.code != "nihil" for m in entities.phrase_matches)


def _fill_station(
    entities: MessageEntities,
    draft: RowDraft,
    tps: TpsMention | None,
    number: str | None,
    span: Span,
) -> None:
    """Fill in the TPS, which is required, and its place."""
    if tps and number:
        draft.fill("tps", number, entities.passage.excerpt(tps.span), tps.span)
    elif tps:
        question = tps.doubt or N_("nomor TPS tidak terbaca")
        draft.ask("tps", question, entities.passage.excerpt(tps.span), tps.span)
    else:
        is_ambiguous = len(entities.stations) > 1
        question = (
            format_tps_question(entities.passage, entities.stations)
            if is_ambiguous
            else N_("nomor TPS tidak disebut")
        )
        draft.ask("tps", question, "", *(other.span for other in entities.stations))
    entities.fill_place(draft, span, tps)


def _each_tps_number(
    stations: Sequence[TpsMention],
) -> Iterator[tuple[TpsMention | None, str | None]]:
    """Yield every TPS with each of its numbers; (None, None) where there is none."""
    if not stations:
        yield None, None
    for tps in stations:
        for number in tps.numbers or (None,):
            yield tps, number
