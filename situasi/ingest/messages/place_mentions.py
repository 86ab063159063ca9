"""Finds the kecamatan and desa that a message names, by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from situasi.domain.labels import N_
from situasi.domain.register import Register
from situasi.ingest.gazetteer.lookup import ParsedDesa, PlaceLookup
from situasi.ingest.gazetteer.name_index import is_distinguishing, tokenize_name
from situasi.ingest.gazetteer.polsek_areas import POLSEK_AREA, find_seat, list_covered
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.station_mentions import TpsMention
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.number_words import SPELLED_WORDS

_KEC = re.compile(r"\b(?:kec|kecamatan)\b[ .:]{0,3}", re.IGNORECASE)
_DESA = re.compile(r"\b(?:desa|ds|kel|kelurahan)\b[ .:]{0,3}", re.IGNORECASE)
_AT = re.compile(r"\b(?:di|wilayah)\b ?", re.IGNORECASE)
_AT_BEFORE = re.compile(rf"{_AT.pattern}\Z", re.IGNORECASE)
_TOKEN = re.compile(
    r"[ .]{0,2}([^\W\d_]+(?:['.]?[^\W\d_]+)*\.?|[0-9]{1,2}(?![0-9:/]|[.,][0-9]"
    r"| ?(?:orang|org|pemilih|pmlh|jiwa|warga|pers)))"
)
_STOPS_WORDS = """kec kecamatan kab kabupaten tps desa ds kel kelurahan telah sudah sdh tlh dgn
dengan yang yg jam pukul pkl hadir dan aman situasi pada oleh untuk utk saat berjalan sebanyak
jumlah s sd sampai wib dpt dptb dpk adalah masih belum blm tidak tdk ada terdapat terjadi
kondusif dibuka ditutup selesai mulai dimulai lancar nihil orang org rt rw
dusun polsek karena akibat"""
_STOPS = frozenset(_STOPS_WORDS.split())
_STATE_PHRASE = re.compile(
    r"[ ](?:dalam|dlm) (?:keadaan|kondisi|rangka|situasi|hal)\b", re.IGNORECASE
)
# `1. Tebedak II TPS 1 : 92`, a line of a list.
_LIST_MARK = re.compile(
    r"[ ]*(?:[0-9]{1,2}[.)]|[a-z][.)]|[-*\u2022\u25aa\u2713>])[ ]*(?=[^\W\d_])", re.I
)
_BEFORE_TPS = re.compile(
    r"(?<![\w.])[^\W\d_][\w.']*(?=[ .]{1,2}(?:[^\W\d_][\w.']*[ .]{1,2}){0,3}(?:tps)?)", re.I
)
# `Belanti baru buka`: there it is no part of the name.
_JUST_NOW = re.compile(
    r" +(?:(?:di)?buka|(?:di)?tutup|hadir|hdr|datang|ada|(?:di)?mulai|selesai|sampai|tiba|n?coblos"
    r"|nyoblos|memilih|mencoblos|sekitar|sktr|[0-9]"
    rf"|(?:{SPELLED_WORDS})\b)",
    re.IGNORECASE,
)
# The place of an office or of its head is not that of the TPS beside it.
_OFFICE_BEFORE = re.compile(
    r"\b(?:(?:wa)?kapolsek|polsek|(?:se)?camat|danramil|koramil|puskesmas|ppk|panwascam) \Z",
    re.IGNORECASE,
)
_TPS_BEHIND = re.compile(r"[ .:]{1,2}tps(?![^\W\d_])", re.IGNORECASE)
_MAX_NAME_WORDS = 4
_LONGEST_DESA = 60  # characters
_MAX_MARKS = 60  # of each kind in one message; real reports have fewer

Tokens = Sequence[re.Match[str]]


class AreaMention(NamedTuple):
    """A kecamatan or desa as named. code None: unknown or ambiguous.

    cell: the words of the name, for a row. kecamatan_code: the kecamatan of a desa. question: why a
    person must be asked. doubt: why the place is not certain though it was read.
    """

    span: Span
    cell: str
    code: str | None
    kecamatan_code: str | None = None
    question: str | None = None
    doubt: str | None = None


def find_kecamatan(passage: Passage, places: PlaceLookup) -> list[AreaMention]:
    """Return every place after `Kec.`, and those whose name stands behind that of a desa there."""
    marks = _limit_marks(_KEC.finditer(passage.text))
    found = [area for mark in marks if (area := _match_kecamatan(passage, mark, places))]
    bare = _limit_marks(_compile_names(places.kecamatan_names).finditer(passage.text))
    for match in bare:
        span = Span(*match.span())
        if not any(_overlap(span, area.span) for area in found):
            code, _reason = _read_kecamatan(match[0], places)
            if code and _stands_behind_desa(passage, match, code, places):
                found.append(AreaMention(span, match[0], code))
    return found


def find_polsek_kecamatan(
    passage: Passage,
    stations: Sequence[TpsMention],
    places: PlaceLookup,
    register: Register,
) -> list[AreaMention]:
    """Return the kecamatan that is meant by `wilkum Polsek X`: that of the desa named.

    Without a desa that of the polsek itself, where it answers for no other.
    """
    mark = POLSEK_AREA.search(passage.text)
    code = find_seat(mark["name"], places) if mark else None
    if mark is None or code is None:
        return []
    covered = list_covered(code, register)
    named = find_desa(passage, [], stations, places)
    codes = {area.kecamatan_code for area in named if area.code}
    for area in named:
        fitting = {c for c in covered if _read_desa(area.cell, c, places).code}
        codes |= fitting if area.code is None and len(fitting) == 1 else set()
    codes = codes or ({code} if len(covered) == 1 else set())
    if len(codes) != 1 or not codes <= {*covered}:
        return []
    name = register.name_of(chosen := codes.pop())
    span = Span(mark.start(), mark.start("name") + len(mark["name"].split()[0]))
    return [AreaMention(span, name, chosen)]


@lru_cache(maxsize=16)
def _compile_names(names: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(" ".join(map(re.escape, name.split())) for name in names)
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


def _stands_behind_desa(
    passage: Passage, name: re.Match[str], code: str, places: PlaceLookup
) -> bool:
    """Return whether the name of a desa of this kecamatan is right before its own.

    Behind a comma and before a TPS it may be a desa of its own.
    """
    line, text = passage.line_at(name.start()), passage.text
    behind = _TOKEN.match(text, name.end(), line.end)
    if behind and _is_cut([behind]):
        return False
    before = text[max(line.start, name.start() - _LONGEST_DESA) : name.start()]
    is_listed = before.rstrip().endswith(",") and _TPS_BEHIND.match(text, name.end())
    if is_listed and _read_desa(name[0], None, places).code:
        return False
    words = before.rstrip(" ,(").split()[-_MAX_NAME_WORDS:]
    for size in range(len(words), 0, -1):
        desa = _read_desa(" ".join(words[-size:]), code, places)
        if desa.code is not None and desa.note is None:
            return True
    return False


def find_desa(
    passage: Passage,
    kecamatan: Sequence[AreaMention],
    stations: Sequence[TpsMention],
    places: PlaceLookup,
) -> list[AreaMention]:
    """Return every place after `Desa`, beside a TPS, after `di`, or alone in its clause."""
    desa = [
        area
        for mark in _limit_marks(_DESA.finditer(passage.text))
        if (
            area := _match_desa(
                passage, mark.end(), _nearby_kecamatan(passage, mark.end(), kecamatan), places
            )
        )
    ]
    for start, is_expected in _unmarked_positions(passage, stations):
        matched = [*desa, *kecamatan]
        if any(area.span.start <= start < area.span.end + 1 for area in matched):
            continue
        if not is_expected and _OFFICE_BEFORE.search(passage.text, max(0, start - 12), start):
            continue
        nearby = _nearby_kecamatan(passage, start, kecamatan)
        area = _match_unmarked(passage, start, nearby, places, is_expected)
        if area and not any(_overlap(area.span, other.span) for other in matched):
            desa.append(area)
    return sorted(desa)


def _limit_marks(marks: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    return [mark for _index, mark in zip(range(_MAX_MARKS), marks, strict=False)]


def _overlap(first: Span, second: Span) -> bool:
    return first.start < second.end and second.start < first.end


def _unmarked_positions(
    passage: Passage, stations: Sequence[TpsMention]
) -> Iterator[tuple[int, bool]]:
    """Yield where a name may be without `Desa`, and whether one is expected there."""
    for tps in stations[:_MAX_MARKS]:
        yield tps.span.end, True
        clause = passage.clause_at(tps.span.start)
        start = _skip_list_mark(passage.text, clause.start)
        if start < tps.span.start:
            yield start, False
        for word in list(_BEFORE_TPS.finditer(passage.text, clause.start, tps.span.start))[-4:]:
            if word.start() > start:
                yield word.start(), False
    for mark in _limit_marks(_AT.finditer(passage.text)):
        yield mark.end(), False
    for line in passage.lines[:_MAX_MARKS]:
        yield line.start, False
        if (listed := _skip_list_mark(passage.text, line.start)) > line.start:
            yield listed, False


def _skip_list_mark(text: str, start: int) -> int:
    """Return where a line of a list begins behind its number or sign; else where it begins."""
    mark = _LIST_MARK.match(text, start)
    return mark.end() if mark else start


def _nearby_kecamatan(
    passage: Passage, position: int, kecamatan: Sequence[AreaMention]
) -> AreaMention | None:
    """Return the kecamatan for a position.

    The next one on its line, the only one, or that of the nearest heading above (`Kec. Kandis`).
    """
    line = passage.line_at(position)
    later = [area for area in kecamatan if position <= area.span.start < line.end]
    beside = later[:1] or [area for area in kecamatan if line.contains(area.span.start)][-1:]
    if beside:
        return beside[0]
    if len({area.code for area in kecamatan}) == 1:
        return kecamatan[0]
    above = [area for area in kecamatan if area.span.start < line.start]
    return above[-1] if above and _is_whole_line(passage, above[-1].span) else None


def _is_whole_line(passage: Passage, span: Span) -> bool:
    """Return whether a name stands alone on its line, as a heading of those below it."""
    line = passage.line_at(span.start)
    around = passage.text[line.start : span.start] + passage.text[span.end : line.end]
    return not any(map(str.isalnum, around))


def _tokens(passage: Passage, start: int) -> list[re.Match[str]]:
    """Return the words of a possible name from `start`, up to the first word that ends it."""
    tokens: list[re.Match[str]] = []
    position, end = start, passage.line_at(start).end
    while len(tokens) < _MAX_NAME_WORDS and (token := _TOKEN.match(passage.text, position, end)):
        if token[1].lower().strip(".") in _STOPS or _STATE_PHRASE.match(passage.text, position):
            break
        tokens.append(token)
        position = token.end()
    return tokens


def _windows(tokens: Tokens) -> Iterator[tuple[Span, str, Tokens]]:
    """Yield the first words, the longest selection first, with the remaining words."""
    for size in range(len(tokens), 0, -1):
        span = Span(tokens[0].start(1), tokens[size - 1].end(1))
        yield span, tokens[0].string[slice(*span)].strip(" ."), tokens[size:]


def _match_kecamatan(
    passage: Passage, mark: re.Match[str], places: PlaceLookup
) -> AreaMention | None:
    tokens = _tokens(passage, mark.end())
    question, unknown = None, None
    for span, words, rest in _windows(tokens):
        code, reason = _read_kecamatan(words, places)
        if code and not _is_cut(rest):
            return AreaMention(Span(mark.start(), span.end), words, code, doubt=reason)
        if question is None or "bisa berarti" in (reason or ""):
            question, unknown = reason, (span, words)
    if unknown is None:
        return None
    span, words = unknown
    return AreaMention(
        Span(mark.start(), span.end),
        words,
        None,
        question=question or N_("kecamatan tidak dikenal"),
    )


@lru_cache(maxsize=8192)
def _read_kecamatan(words: str, places: PlaceLookup) -> tuple[str | None, str | None]:
    try:
        parsed = places.read_kecamatan(None, words)
    except UnreadableCell as error:
        return None, str(error)
    return parsed.code, parsed.note


@lru_cache(maxsize=8192)
def _read_desa(words: str, kecamatan: str | None, places: PlaceLookup) -> ParsedDesa:
    return places.read_desa(words, kecamatan, required=False)


def _match_desa(
    passage: Passage, start: int, nearby: AreaMention | None, places: PlaceLookup
) -> AreaMention | None:
    """Return the longest name that is known or ambiguous; else the first words, to be asked."""
    tokens = _tokens(passage, start)
    if not tokens:
        return None
    first = start
    unknown: AreaMention | None = None
    for span, words, rest in _windows(tokens):
        parsed = _read_desa(words, nearby.code if nearby else None, places)
        mention_span = Span(first, span.end)
        if parsed.code and not _is_cut(rest):
            return AreaMention(
                mention_span, words, parsed.code, parsed.kecamatan, doubt=parsed.note
            )
        if _is_ambiguous(parsed):
            return AreaMention(mention_span, words, None, parsed.kecamatan, parsed.note)
        unknown = unknown or AreaMention(
            mention_span, words, None, nearby and nearby.code, parsed.note
        )
    return unknown


def _match_unmarked(
    passage: Passage, start: int, nearby: AreaMention | None, places: PlaceLookup, is_expected: bool
) -> AreaMention | None:
    """Return a name without a word before it: only one that is exactly as in the register.

    is_expected: beside a TPS, where a name need not be exact. A name that several places have is
    asked there, before a TPS and behind `di`.
    """
    is_behind_at = bool(_AT_BEFORE.search(passage.text, max(start - 10, 0), start))
    for span, words, rest in _windows(_tokens(passage, start)):
        if not is_expected and not all(word in places.name_words for word in tokenize_name(words)):
            continue
        parsed = _read_desa(words, nearby.code if nearby else None, places)
        ends_line = not rest and span.end >= passage.line_at(start).end - 2
        is_exact = parsed.note is None and parsed.code is not None
        is_before_tps = _TPS_BEHIND.match(passage.text, span.end) is not None
        if not (is_expected or ends_line or is_before_tps) and len(words) < 5:
            continue
        if is_exact and not _is_cut(rest):
            if nearby is None and _read_kecamatan(words, places)[0]:
                return AreaMention(
                    span,
                    words,
                    None,
                    None,
                    N_('"{words}": desa atau kecamatan?').format(words=words),
                )
            return AreaMention(span, words, parsed.code, parsed.kecamatan)
        if is_expected and parsed.code and not _is_cut(rest):
            return AreaMention(span, words, parsed.code, parsed.kecamatan, doubt=parsed.note)
        # Skipped, the place of another line would be taken for it.
        is_told = is_expected or is_before_tps or is_behind_at
        if is_told and _is_ambiguous(parsed):
            return AreaMention(span, words, None, parsed.kecamatan, parsed.note)
    return None


def _is_cut(rest: Tokens) -> bool:
    """Return whether a name was cut before a word that distinguishes: `Tanjung Gelam | Timur`."""
    word = rest[0][1].lower().strip(".") if rest else ""
    if word == "baru" and _JUST_NOW.match(rest[0].string, rest[0].end()):
        return False
    return is_distinguishing(word)


def _is_ambiguous(parsed: ParsedDesa) -> bool:
    """Return whether the name is in the register, but not clear which place it is."""
    return bool(parsed.note) and parsed.code is None and "tidak dikenal" not in (parsed.note or "")
