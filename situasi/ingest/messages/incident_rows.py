"""Builds incident rows: what happened, or that nothing did (nihil)."""

import re
from collections.abc import Collection, Iterator, Sequence

from situasi.domain.labels import N_
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.phrase_matcher import PhraseMatch
from situasi.ingest.messages.proposal import RowDraft
from situasi.ingest.messages.station_mentions import TpsMention, format_tps_question
from situasi.ingest.messages.status_rows import find_phases

# Something is reported, but in no word of the vocabulary.
_SOMETHING = re.compile(
    r"^\W{0,3}info(?:rmasi)?\b[ :]|\b(?:insiden|kejadian|kendala|permasalahan)\b|\bgangguan\b",
    re.IGNORECASE | re.MULTILINE,
)
_NOTHING = re.compile(
    r"\b(?:nihil|(?:tidak|tdk|tak|belum|blm|dak|dk|idak) (?:ada|ado|katek|terdapat|terjadi)|tanpa"
    r"|katek|zero)\b",
    re.IGNORECASE,
)
# `saksi nihil`: nothing is said of the situation; `kurang aman`: the opposite.
_NIHIL_OF = re.compile(
    r"\b(?:saksi|hadir|pemilih|dptb|dpk|dpt|personel|personil|pers|linmas|pengawas|ptps|tamu|sinyal"
    r"|logistik|sisa)(?: \w+)? ?[:=]? ?\Z",
    re.IGNORECASE,
)
# `nihil laporan` beside a TPS: nobody reported.
_NO_REPORT = re.compile(
    r" ?(?:laporan|lapor|lap|kabar|info|data|berita|jawaban|respon|hasil)\b", re.IGNORECASE
)
_NOTHING_BEHIND = re.compile(
    r"(?: (?:menonjol|khusus|penting|lain|lainnya|kamtibmas))*[ :=]*"
    r"(?P<none>[-\u2013\u2014/0]|kosong|nol)?[ .]*(?:\n|\Z)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_][^\n]*")
_NOT_CALM = re.compile(r"\bkurang \Z", re.IGNORECASE)
_KIND_LABEL = re.compile(
    r"\W{0,3}(?:\d{1,2}[.)] ?)?(?:jenis|kategori|type)\b[^:=\n]{0,20}[:=]", re.IGNORECASE
)
# What a line of a form tells, and what it only names (`Perihal: kericuhan di TPS`).
_ACCOUNT = re.compile(
    r"\W{0,3}(?:\d{1,2}[.)] ?)?(?:kronologi|uraian|tindakan|langkah|account|details?\b)"
    r"[^:=\n]{0,30}[:=]",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\W{0,3}(?:\d{1,2}[.)] ?)?(?:perihal|hal|judul|jenis|kategori|subject|title|type|kejadian"
    r"|peristiwa|incident)\b[^:=\n]{0,20}[:=]",
    re.IGNORECASE,
)
# `infonya ada X, benar tidak?`: told only to ask whether it happened.
_RUMOUR = re.compile(
    r"\bhoa(?:x|ks?) (?:apa|atau|ato|bukan)\b|\b(?:benar|bener|betul)kah\b"
    r"|\b(?:benar|bener|betul) (?:dak|idak|tidak|tdk|gak|apa|atau|ato)\b(?=[^\n?]{0,24}\?)"
    r"|\b(?:belum|blm) (?:jelas|pasti) (?:benar|kebenaran)",
    re.IGNORECASE,
)
_IS_IT_TRUE = N_('"{words}": kabar yang ditanyakan; sungguh terjadi?')
# Of each detail the question where several are stated.
_STATED = {
    "status": N_("status disebut: {names}"),
    "situasi": N_("situasi disebut: {names}"),
    "tingkat": N_("tingkat disebut: {names}"),
}

PhraseGroup = list[PhraseMatch]


def build_incident_rows(entities: MessageEntities) -> Iterator[RowDraft]:
    """Yield a row for each incident; where nothing happened, a nihil row for each place."""
    kinds = [
        match for match in entities.phrase_matches if match.column == "jenis" and match.is_asserted
    ]
    happened = [match for match in kinds if match.code != "nihil"]
    if happened:
        groups = _group_by_place(entities, _prefer_labelled(entities, happened))
        for group in groups:
            yield _build_incident(entities, group, is_only=len(groups) == 1)
        return
    nihil = [match for match in kinds if match.code == "nihil" and _is_calm(entities, match)]
    alarming = [
        match
        for match in entities.phrase_matches
        if match.column == "situasi" and match.code != "hijau"
    ]
    told = _find_unnamed_incident(entities)
    if nihil and not alarming and told is None:
        yield from _build_nihil_rows(entities, nihil)
    elif alarming or told is not None:
        yield _build_unknown_incident(entities, alarming[0].span if alarming else told)


def _prefer_labelled(
    entities: MessageEntities, happened: Sequence[PhraseMatch]
) -> Sequence[PhraseMatch]:
    """Return the kinds in the one line of a form that asks for it (`Jenis: Keributan`), else all.

    One that a heading names (`Perihal: kericuhan`) and the text tells is told once.
    """
    passage = entities.passage
    lines = [line for line in passage.lines if _KIND_LABEL.match(passage.text, line.start)]
    labelled = [match for match in happened if lines and lines[0].contains(match.span.start)]
    if len(lines) == 1 and labelled:
        return labelled
    named = [match for match in happened if _is_topic(entities, match.span.start)]
    codes = {match.code for match in happened if match not in named}
    return [match for match in happened if match not in named or match.code not in codes]


def _is_topic(entities: MessageEntities, at: int) -> bool:
    passage = entities.passage
    return _TOPIC.match(passage.text, passage.line_at(at).start) is not None


def _is_calm(entities: MessageEntities, match: PhraseMatch) -> bool:
    """Return whether `nihil` or `aman` is said of the situation."""
    before = entities.passage.text[max(0, match.span.start - 40) : match.span.start]
    is_of_another = entities.passage.excerpt(match.span).lower() == "nihil" and bool(
        _NIHIL_OF.search(before) or _NO_REPORT.match(entities.passage.text, match.span.end)
    )
    return not is_of_another and not _NOT_CALM.search(before)


def _group_by_place(
    entities: MessageEntities, happened: Sequence[PhraseMatch]
) -> list[PhraseGroup]:
    """Return the matches by place: all that is reported of one place is one incident."""
    groups: dict[object, PhraseGroup] = {}
    for match in happened:
        line = entities.passage.line_at(match.span.start)
        spans = [tps.span for tps in entities.stations] + [area.span for area in entities.desa]
        place_spans = [span for span in spans if line.contains(span.start)]
        groups.setdefault(line if place_spans else None, []).append(match)
    without_place = groups.pop(None, [])
    with_place = list(groups.values())
    if without_place and len(with_place) == 1:
        with_place[0] += without_place
    elif without_place:
        with_place.append(without_place)
    return with_place


def _build_incident(entities: MessageEntities, group: PhraseGroup, *, is_only: bool) -> RowDraft:
    draft, first = RowDraft("incidents"), group[0]
    codes = list(dict.fromkeys(match.code for match in group))
    rumour = _RUMOUR.search(entities.passage.text, *entities.passage.line_at(first.span.start))
    if len(codes) == 1 and rumour:
        question = _IS_IT_TRUE.format(words=rumour[0])
        draft.ask("jenis", question, codes[0], first.span)
    elif len(codes) == 1:
        draft.fill("jenis", codes[0], entities.passage.excerpt(first.span), first.span)
    else:
        names = " atau ".join(code.replace("_", " ") for code in codes)
        draft.ask("jenis", N_("bisa berarti {names}: pilih yang utama").format(names=names))
    _fill_place(entities, draft, first.span)
    entities.timing.fill_event_time(draft, first.span)
    _describe(entities, draft, [match.span for match in group], is_only=is_only)
    draft.description_spans += [entities.passage.clause_at(match.span.start) for match in group]
    if is_only:
        _fill_point(entities, draft)
    lines = {entities.passage.line_at(match.span.start) for match in group}
    _fill_details(entities, draft, None if is_only else lines)
    return draft


def _fill_details(
    entities: MessageEntities, draft: RowDraft, lines: Collection[Span] | None = None
) -> None:
    """Fill in status, situasi and tingkat where each is unambiguous: in these lines, or in all."""
    matches = [
        match
        for match in entities.phrase_matches
        if match.feed == "incidents" and match.is_asserted
    ]
    if lines is not None:
        matches = [
            match for match in matches if entities.passage.line_at(match.span.start) in lines
        ]
    for column in _STATED:
        in_column = [match for match in matches if match.column == column]
        codes = dict.fromkeys(match.code for match in in_column)
        if len(codes) == 1:
            draft.fill(
                column,
                in_column[0].code,
                entities.passage.excerpt(in_column[0].span),
                in_column[0].span,
            )
        elif codes:
            names = ", ".join(code.replace("_", " ") for code in codes)
            draft.ask(column, _STATED[column].format(names=names))


def _describe(
    entities: MessageEntities, draft: RowDraft, spans: Sequence[Span], *, is_only: bool
) -> None:
    """Fill in what happened: a short message whole, of a long one what is told beside the words.

    What only names the incident is left out where more is told. is_only: the only one of the text,
    so the account of a form is its account.
    """
    text, passage = entities.passage.text, entities.passage
    starts = [span.start for span in spans]
    accounts = [line.start for line in passage.lines if _ACCOUNT.match(text, line.start)]
    if is_only:
        starts += accounts
    own = {passage.line_at(start).start: start for start in sorted(starts, reverse=True)}
    told = {line: start for line, start in own.items() if not _is_topic(entities, line)}
    draft.cells["uraian"] = passage.tell_of(sorted((told or own).values()), is_only=is_only)


def _fill_point(entities: MessageEntities, draft: RowDraft) -> None:
    """Fill in the point, where the message has exactly one."""
    if len(entities.points) != 1:
        return
    point = entities.points[0]
    excerpt = entities.passage.excerpt(point.span)
    draft.fill("lon", point.lon, excerpt, point.span)
    if point.question:
        draft.ask("lat", point.question, point.lat, point.span)
    else:
        draft.fill("lat", point.lat, excerpt, point.span)


def _fill_place(entities: MessageEntities, draft: RowDraft, span: Span) -> TpsMention | None:
    """Fill in the place; of several TPS none is chosen. Return the first TPS."""
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
            *(other.span for other in stations),
        )
    return tps


def _build_nihil_rows(
    entities: MessageEntities, nihil_matches: Sequence[PhraseMatch]
) -> Iterator[RowDraft]:
    """Yield a nihil row for every TPS named with it; for the desa or kecamatan where none is."""
    row_keys: set[tuple[str, ...]] = set()
    station_numbers = {number for tps in entities.stations for number in tps.numbers}
    is_only = len(station_numbers) <= 1 and len({area.code for area in entities.desa}) <= 1
    phases = [phase.span for phase in find_phases(entities)]
    for match in nihil_matches:
        stations = entities.stations_at(match.span)
        numbered_stations = [(tps, number) for tps in stations for number in tps.numbers]
        places: list[tuple[TpsMention | None, str | None]] = [*numbered_stations] or [(None, None)]
        for tps, number in places:
            draft = RowDraft("incidents")
            draft.fill("jenis", "nihil", entities.passage.excerpt(match.span))
            _describe(entities, draft, [match.span], is_only=len(nihil_matches) == 1)
            line = entities.passage.line_at(match.span.start)
            areas = (*entities.desa, *entities.kecamatan)
            is_of_all = tps is None and not any(line.contains(a.span.start) for a in areas)
            # Once at the end of a report on several kecamatan: it need not be of the last.
            is_asked = is_of_all and len(nihil_matches) == 1 and entities.ask_kecamatan(draft)
            if not is_asked:
                entities.fill_place(draft, match.span, tps, is_of_all=is_of_all)
            if tps and number:
                draft.fill("tps", number, entities.passage.excerpt(tps.span), tps.span)
            entities.timing.fill_state_time(draft, match.span, phases)
            if is_only:
                _fill_point(entities, draft)
            row_key = tuple(draft.cells.get(h, "") for h in ("kecamatan", "desa", "tps", "waktu"))
            if row_key not in row_keys:
                row_keys.add(row_key)
                yield draft


def _find_unnamed_incident(entities: MessageEntities) -> Span | None:
    """Return where something is said to have happened, without a word that names its kind.

    Under a heading it is the line below; one with nothing behind it, or `nihil`, tells nothing.
    """
    text = entities.passage.text
    for match in _SOMETHING.finditer(text):
        behind = _NOTHING_BEHIND.match(text, match.end())
        span = Span(*match.span()) if behind is None else _find_line_below(text, behind)
        if span is None:
            continue
        clause = entities.passage.excerpt(entities.passage.clause_at(span.start))
        is_opening = match[0].strip(" :\n").lower().startswith("info")
        if not _NOTHING.search(clause) and not (
            is_opening and (find_phases(entities) or entities.mentions_turnout)
        ):
            return span
    return None


def _find_line_below(text: str, heading_end: re.Match[str]) -> Span | None:
    """Return the next line with words; None where the heading itself says that nothing was."""
    if heading_end["none"]:
        return None
    below = _WORDS.search(text, heading_end.end())
    return Span(below.start(), below.end()) if below else None


def _build_unknown_incident(entities: MessageEntities, span: Span | None) -> RowDraft:
    draft, place_span = RowDraft("incidents"), span or Span(0, 0)
    draft.ask("jenis", N_("jenis kejadian tidak dikenali"))
    _fill_place(entities, draft, place_span)
    entities.timing.fill_event_time(draft, place_span)
    _describe(entities, draft, [place_span], is_only=True)
    _fill_point(entities, draft)
    _fill_details(entities, draft)
    return draft
