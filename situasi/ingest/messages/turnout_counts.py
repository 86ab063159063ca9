"""Numbers of a message that count voters present, and what each of them counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.place_mentions import TpsMention
from situasi.ingest.messages.status_rows import find_phases
from situasi.ingest.messages.time_mentions import ClockMention

# One of the two sexes; only their sum is kept.
SEX = "l+p"

# `118/465`: so many came of so many on the list; no day and month, whose second is no list.
_NUMBER = re.compile(
    r"(?<![\w.,:/*-])(?:(?P<came>[0-9]{1,4})/(?P<list>[0-9]{2,4})(?![\w%/]|[.,:][0-9])"
    r"|(?:[1-9][0-9]{0,2}(?:[.,][0-9]{3})+|[0-9]{1,6})(?![\w%/]|[.,:][0-9]| ?persen))"
)
_SHORTEST_LIST = 32  # voters; as many days has no month
_PRESENT = (
    r"hadir|kehadiran|(?:pengguna|(?:meng)?gunakan|menyalurkan) hak (?:pilih|suara)|datang"
    r"|partisipasi|(?:sudah|telah) (?:memilih|mencoblos)"
)
_HEADS = re.compile(rf"\b(?:{_PRESENT})\b", re.IGNORECASE)
_BEHIND = re.compile(
    r" ?(?:orang|org|pemilih|warga|jiwa|voters)?\b ?"
    r"(?:(?:yang|yg|telah|sudah|sdh|tlh|ikut) ){0,4}"
    r"(?:hadir|memilih|mencoblos|datang|(?:meng)?gunakan hak pilih|menyalurkan hak)",
    re.IGNORECASE,
)
_ABSENT = re.compile(r"\b(?:tidak|tdk|belum|blm|tak) (?:[a-z]+ )?(?:hadir|datang|memilih)", re.I)
_PARTS = {"dptb": "hadir_dptb", "dpk": "hadir_dpk", "dpt": "hadir_dpt"}
_PART = re.compile(r"\b(dptb|dpk|dpt)\b", re.IGNORECASE)
_SEXES = re.compile(r"(?:\A|[\W_])(?:l|p|lk|pr|laki(?:[ -]laki)?|perempuan|pria|wanita)\W*\Z", re.I)
_MARKS = re.compile(r"[;,\n]")
# `Pengguna hak pilih: DPT 205, DPTb 2`: the parts are of those who came.
_OPENS_PARTS = re.compile(
    rf"\b(?:{_PRESENT})\b[^\n;]{{0,80}}:\W{{0,3}}(?:dptb|dpk|dpt)\W*\Z", re.IGNORECASE
)
_PERCENT = re.compile(r"\b[0-9]{1,3}(?:[.,][0-9]{1,2})? ?(?:%|persen\b)", re.IGNORECASE)


# Others who are present at a TPS, and are no voters.
_OTHERS = re.compile(
    r"\b(?:kpps|saksi|linmas|personel|personil|pers|anggota|petugas|panwas\w*|ptps|polri|tni|tamu"
    r"|peserta|undangan|massa)\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?:total|jumlah|jml)(?: (?:l dan p|l\+p|seluruhnya))?", re.IGNORECASE)
_UNIT = re.compile(r" ?(?:orang|org|pemilih|jiwa)\b", re.IGNORECASE)


class TurnoutCount(NamedTuple):
    """A number of voters present. column: hadir or a part of it, or SEX. digits: the number
    alone; span: with the words before it. asked: why it must be confirmed.
    """

    span: Span
    digits: Span
    column: str
    text: str
    tps: TpsMention | None
    clock: ClockMention | None
    question: str | None = None

    @property
    def value(self) -> int:
        return int(re.sub("[.,]", "", self.text))


class _NumberMention(NamedTuple):
    """A number with the words that lead up to it, and what follows."""

    match: re.Match[str]
    label: str
    following: str

    @property
    def count_text(self) -> str:
        """How many there are: of a pair, how many came."""
        return self.match["came"] or self.match[0]

    @property
    def is_pair(self) -> bool:
        return self.match["came"] is not None

    @property
    def stripped_label(self) -> str:
        return self.label.strip(" :=-\u2013(.>")


@dataclass
class _CountReader:
    """Goes from number to number, and remembers of what the last ones were told.

    listed: of the list of voters, not of who came. opened: parts of those who came follow.
    """

    entities: MessageEntities
    counts: list[TurnoutCount] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_voter_list: bool = False
    has_open_parts: bool = False

    def read(self, number: _NumberMention) -> None:
        scene, at = self.entities, number.match.start()
        line = scene.passage.line_at(at)
        before = scene.passage.excerpt((line.start, at))
        self.has_open_parts = self.has_open_parts or bool(_OPENS_PARTS.search(before))
        self._remember(number.stripped_label)
        column, asked = self._count_column(number), None
        if column is None and self._follows_mention(number) and self._may_count(number):
            unit = _UNIT.match(number.following)
            said = number.match[0] + (unit[0] if unit else "")
            column, asked = "hadir", f'"{said}": jumlah pemilih yang hadir?'
        self.has_open_parts = self.has_open_parts and column is not None
        if column:
            span = Span(at - len(number.label), number.match.end())
            tps, clock = _find_tps(scene, at), _find_clock(scene, span)
            digits = Span(*number.match.span())
            self.counts.append(
                TurnoutCount(span, digits, column, number.count_text, tps, clock, asked)
            )

    def _remember(self, label: str) -> None:
        if _HEADS.search(label):
            self.is_voter_list = False
        elif (part := _PART.search(label)) and part[1].lower() == "dpt":
            self.is_voter_list = not self.has_open_parts

    def _count_column(self, number: _NumberMention) -> str | None:
        """Which heads a number counts, if any."""
        bare = number.stripped_label
        behind = _BEHIND.match(number.following)
        around = f"{bare} {behind[0] if behind else ''}"
        others = f"{bare} {number.following[:24]}".split(",")[0]
        if _ABSENT.search(around) or _OTHERS.search(others):
            return None
        if number.is_pair and not _is_count_of_list(number):
            return None
        if _SEXES.search(bare):
            return SEX if self.entities.mentions_turnout and not self.is_voter_list else None
        part = _PART.search(bare)
        if _HEADS.search(bare):
            return self._vocabulary_column(bare) or (_PARTS[part[1].lower()] if part else "hadir")
        if part:
            return self._part_column(part[1].lower())
        if behind or self._is_sum_of_sexes(number):
            return "hadir"
        return self._column_by_position(number)

    def _vocabulary_column(self, label: str) -> str | None:
        column = self.entities.context.vocabulary.find_column("tps", label)
        return column if column in {"hadir", *_PARTS.values()} else None

    def _part_column(self, name: str) -> str | None:
        """Heads of DPTb and DPK beside those present; a DPT alone is the list, not who came."""
        return _PARTS[name] if self.has_open_parts or (self.counts and name != "dpt") else None

    def _is_sum_of_sexes(self, number: _NumberMention) -> bool:
        """Whether this is the sum, and called so, of the two sexes just told."""
        last = [count for count in self.counts[-2:] if count.column == SEX]
        stated = int(re.sub("[.,]", "", number.count_text))
        told = bool(_TOTAL.fullmatch(number.stripped_label)) and len(last) == 2
        return told and sum(count.value for count in last) == stated

    def _follows_mention(self, number: _NumberMention) -> bool:
        """Whether only a TPS, an hour or a place stands before the number in its clause."""
        scene, start = self.entities, number.match.start()
        spans = [tps.span for tps in scene.stations] + [clock.span for clock in scene.clocks]
        spans += [area.span for area in (*scene.desa, *scene.kecamatan)]
        clause = scene.passage.clause_at(start)
        before = [span for span in spans if clause.start <= span.start < span.end <= start]
        last = max((span.end for span in before), default=None)
        return last is not None and not scene.passage.text[last:start].strip(" :=-\u2013(.>,")

    def _may_count(self, number: _NumberMention) -> bool:
        """Whether people are counted, though nobody says that they came to vote: it is asked."""
        if self.is_voter_list or _ABSENT.search(number.following) or not self.entities.stations:
            return False
        if _OTHERS.search(number.following[:24].split(",")[0]):
            return False
        return _is_count_of_list(number) if number.is_pair else bool(_UNIT.match(number.following))

    def _column_by_position(self, number: _NumberMention) -> str | None:
        """A number right behind its TPS or its hour: heads only where heads are spoken of."""
        scene, text = self.entities, self.entities.passage.text
        start = number.match.start() - len(number.label)
        spans = [tps.span for tps in scene.stations] + [clock.span for clock in scene.clocks]
        behind = any(span.end == start for span in spans)
        marked = number.label.strip() or _UNIT.match(number.following) or number.is_pair
        if scene.mentions_turnout and number.is_pair and self._follows_mention(number):
            return "hadir"
        if number.stripped_label or not behind or not marked:
            return None
        if scene.mentions_turnout:
            return "hadir"
        if self._may_count(number):
            return None
        said = text[max(0, start - 12) : number.match.end()].split("\n")[-1].strip()
        self.notes.append(f'"{said}": bukan jelas jumlah pemilih hadir; tidak dibaca')
        return None


def _is_count_of_list(number: _NumberMention) -> bool:
    came, listed = int(number.match["came"]), int(number.match["list"])
    return came <= listed and listed >= _SHORTEST_LIST


def find_counts(entities: MessageEntities) -> tuple[list[TurnoutCount], list[str]]:
    """Every count of voters present, and what was left unread."""
    walk = _CountReader(entities)
    if entities.mentions_turnout:
        text = entities.passage.text
        walk.notes += [
            f'"{p[0]}" bukan jumlah orang; tidak dibaca' for p in _PERCENT.finditer(text)
        ]
    last = 0
    for found in _find_numbers(entities):
        behind = entities.passage.text[found.end() : entities.passage.line_at(found.start()).end][
            :60
        ]
        walk.read(_NumberMention(found, _label_before(entities, last, found.start()), behind))
        last = found.end()
    return walk.counts, walk.notes


def _find_numbers(entities: MessageEntities) -> Iterator[re.Match[str]]:
    """Numbers that are no part of a TPS, a clock, a date or a place."""
    areas = [area.span for area in (*entities.desa, *entities.kecamatan)]
    clocks = [clock.span for clock in entities.clocks]
    days = [day.span for day in entities.timing.days]
    taken = sorted([*(tps.span for tps in entities.stations), *clocks, *days, *areas])
    at = 0
    for found in _NUMBER.finditer(entities.passage.text):
        while at < len(taken) and taken[at].end <= found.start():
            at += 1
        if at == len(taken) or not taken[at].start <= found.start():
            yield found


def _label_before(entities: MessageEntities, last: int, start: int) -> str:
    """What stands before a number, back to the number, TPS, clock or mark before it."""
    spans = [tps.span for tps in entities.stations] + [clock.span for clock in entities.clocks]
    ends = [span.end for span in spans if last < span.end <= start]
    text = entities.passage.text[
        max(last, entities.passage.line_at(start).start, *ends, start - 80) : start
    ]
    return _MARKS.split(text)[-1]


def _find_tps(entities: MessageEntities, at: int) -> TpsMention | None:
    """The TPS before a number on its line or above; the one behind it where none is before.

    A line of another desa that names no TPS is of none that stands above.
    """
    line = entities.passage.line_at(at)
    beside = [tps for tps in entities.stations if line.contains(tps.span.start)]
    before = [tps for tps in beside if tps.span.end <= at]
    if beside:
        return before[-1] if before else beside[0]
    above = [tps for tps in entities.stations if tps.span.end <= at]
    places = {area.code or area.cell for area in entities.desa}
    if len(places) > 1 and any(line.contains(area.span.start) for area in entities.desa):
        return None
    if above:
        return above[-1]
    return entities.stations[0] if len(entities.stations) == 1 else None


def _find_clock(entities: MessageEntities, span: Span) -> ClockMention | None:
    """The hour of a count, where several are told: that of its clause, or right before it."""
    if len(entities.clocks) < 2:
        return None
    clause = entities.passage.clause_at(span.end - 1)
    if any(clause.contains(event.start) for event in find_dated_phases(entities)):
        return None
    inside = [clock for clock in entities.clocks if clause.contains(clock.span.start)]
    if len(inside) == 1:
        return inside[0]
    return next((clock for clock in entities.clocks if clock.span.end == span.start), None)


def find_dated_phases(entities: MessageEntities) -> list[Span]:
    """Phases whose clock is no clock of a count; a closing counts everyone who came."""
    return [said.span for said in find_phases(entities) if said.code != "ditutup"]
