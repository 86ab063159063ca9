"""Finds the numbers of a message that count voters present, and what each of them counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.place_mentions import TpsMention
from situasi.ingest.messages.status_rows import find_phases
from situasi.ingest.messages.time_mentions import ClockMention

# A count of one sex; only the sum of both is stored.
SEX = "l+p"

# `118/465`: voters present of voters on the list; not day and month, as no list is so short.
_NUMBER = re.compile(
    r"(?<![\w.,:/*-])(?:(?P<came>[0-9]{1,4})/(?P<list>[0-9]{2,4})(?![\w%/]|[.,:][0-9])"
    r"|(?:[1-9][0-9]{0,2}(?:[.,][0-9]{3})+|[0-9]{1,6})(?![\w%/]|[.,:][0-9]| ?persen))"
)
_SHORTEST_LIST = 32  # voters; no month has so many days
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
# `Pengguna hak pilih: DPT 205, DPTb 2`: the parts are of the voters present.
_OPENS_PARTS = re.compile(
    rf"\b(?:{_PRESENT})\b[^\n;]{{0,80}}:\W{{0,3}}(?:dptb|dpk|dpt)\W*\Z", re.IGNORECASE
)
_PERCENT = re.compile(r"\b[0-9]{1,3}(?:[.,][0-9]{1,2})? ?(?:%|persen\b)", re.IGNORECASE)


# People at a TPS who are not counted as voters.
_OTHERS = re.compile(
    r"\b(?:kpps|saksi|linmas|personel|personil|pers|anggota|petugas|panwas\w*|ptps|polri|tni|tamu"
    r"|peserta|undangan|massa)\b",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?:total|jumlah|jml)(?: (?:l dan p|l\+p|seluruhnya))?", re.IGNORECASE)
_UNIT = re.compile(r" ?(?:orang|org|pemilih|jiwa)\b", re.IGNORECASE)


class TurnoutCount(NamedTuple):
    """A number of voters present. column: hadir or a part of it, or SEX.

    digits: the number alone; span: with the words before it. question: why it must be confirmed.
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
        """Return the number."""
        return int(re.sub("[.,]", "", self.text))


class _NumberMention(NamedTuple):
    """A number with its label before it, and what follows."""

    match: re.Match[str]
    label: str
    following: str

    @property
    def count_text(self) -> str:
        """Return the count: of a pair, how many voters are present."""
        return self.match["came"] or self.match[0]

    @property
    def is_pair(self) -> bool:
        return self.match["came"] is not None

    @property
    def stripped_label(self) -> str:
        return self.label.strip(" :=-\u2013(.>")


@dataclass
class _CountReader:
    """Reads number after number, and remembers what the previous ones were about.

    is_voter_list: of the list of voters, not of those present. has_open_parts: parts of the voters
    present follow.
    """

    entities: MessageEntities
    counts: list[TurnoutCount] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_voter_list: bool = False
    has_open_parts: bool = False

    def read(self, number: _NumberMention) -> None:
        entities, start = self.entities, number.match.start()
        line = entities.passage.line_at(start)
        line_before = entities.passage.excerpt((line.start, start))
        self.has_open_parts = self.has_open_parts or bool(_OPENS_PARTS.search(line_before))
        self._add_label(number.stripped_label)
        column, question = self._count_column(number), None
        if column is None and self._follows_mention(number) and self._may_count(number):
            unit = _UNIT.match(number.following)
            text = number.match[0] + (unit[0] if unit else "")
            column, question = "hadir", f'"{text}": jumlah pemilih yang hadir?'
        self.has_open_parts = self.has_open_parts and column is not None
        if column:
            span = Span(start - len(number.label), number.match.end())
            tps, clock = _find_tps(entities, start), _find_clock(entities, span)
            digits = Span(*number.match.span())
            self.counts.append(
                TurnoutCount(span, digits, column, number.count_text, tps, clock, question)
            )

    def _add_label(self, label: str) -> None:
        if _HEADS.search(label):
            self.is_voter_list = False
        elif (part := _PART.search(label)) and part[1].lower() == "dpt":
            self.is_voter_list = not self.has_open_parts

    def _count_column(self, number: _NumberMention) -> str | None:
        """Return the column of the voters that a number counts, if any."""
        label = number.stripped_label
        following = _BEHIND.match(number.following)
        context = f"{label} {following[0] if following else ''}"
        person_context = f"{label} {number.following[:24]}".split(",")[0]
        if _ABSENT.search(context) or _OTHERS.search(person_context):
            return None
        if number.is_pair and not _is_count_of_list(number):
            return None
        if _SEXES.search(label):
            return SEX if self.entities.mentions_turnout and not self.is_voter_list else None
        part = _PART.search(label)
        if _HEADS.search(label):
            return self._vocabulary_column(label) or (_PARTS[part[1].lower()] if part else "hadir")
        if part:
            return self._part_column(part[1].lower())
        if following or self._is_sum_of_sexes(number):
            return "hadir"
        return self._column_by_position(number)

    def _vocabulary_column(self, label: str) -> str | None:
        column = self.entities.context.vocabulary.find_column("tps", label)
        return column if column in {"hadir", *_PARTS.values()} else None

    def _part_column(self, name: str) -> str | None:
        """Return the column of DPTb or DPK beside voters present; DPT alone is the voter list."""
        return _PARTS[name] if self.has_open_parts or (self.counts and name != "dpt") else None

    def _is_sum_of_sexes(self, number: _NumberMention) -> bool:
        """Return whether this is labelled as a total and is the sum of the last two sexes."""
        by_sex = [count for count in self.counts[-2:] if count.column == SEX]
        total = int(re.sub("[.,]", "", number.count_text))
        is_total = bool(_TOTAL.fullmatch(number.stripped_label)) and len(by_sex) == 2
        return is_total and sum(count.value for count in by_sex) == total

    def _follows_mention(self, number: _NumberMention) -> bool:
        """Return whether only a TPS, a clock time or a place is before the number in its clause."""
        entities, start = self.entities, number.match.start()
        spans = [tps.span for tps in entities.stations] + [clock.span for clock in entities.clocks]
        spans += [area.span for area in (*entities.desa, *entities.kecamatan)]
        clause = entities.passage.clause_at(start)
        earlier = [span for span in spans if clause.start <= span.start < span.end <= start]
        previous_end = max((span.end for span in earlier), default=None)
        return previous_end is not None and not entities.passage.text[previous_end:start].strip(
            " :=-\u2013(.>,"
        )

    def _may_count(self, number: _NumberMention) -> bool:
        """Return whether people are counted, but not clearly as voters present: it is asked."""
        if self.is_voter_list or _ABSENT.search(number.following) or not self.entities.stations:
            return False
        if _OTHERS.search(number.following[:24].split(",")[0]):
            return False
        return _is_count_of_list(number) if number.is_pair else bool(_UNIT.match(number.following))

    def _column_by_position(self, number: _NumberMention) -> str | None:
        """Return the column of a number right after its TPS or time, if turnout is mentioned."""
        entities, text = self.entities, self.entities.passage.text
        start = number.match.start() - len(number.label)
        spans = [tps.span for tps in entities.stations] + [clock.span for clock in entities.clocks]
        follows_mention = any(span.end == start for span in spans)
        is_marked = number.label.strip() or _UNIT.match(number.following) or number.is_pair
        if entities.mentions_turnout and number.is_pair and self._follows_mention(number):
            return "hadir"
        if number.stripped_label or not follows_mention or not is_marked:
            return None
        if entities.mentions_turnout:
            return "hadir"
        if self._may_count(number):
            return None
        excerpt = text[max(0, start - 12) : number.match.end()].split("\n")[-1].strip()
        self.notes.append(f'"{excerpt}": bukan jelas jumlah pemilih hadir; tidak dibaca')
        return None


def _is_count_of_list(number: _NumberMention) -> bool:
    present, on_list = int(number.match["came"]), int(number.match["list"])
    return present <= on_list and on_list >= _SHORTEST_LIST


def find_counts(entities: MessageEntities) -> tuple[list[TurnoutCount], list[str]]:
    """Return every count of voters present, and notes on what was not read."""
    reader = _CountReader(entities)
    if entities.mentions_turnout:
        text = entities.passage.text
        reader.notes += [
            f'"{match[0]}" bukan jumlah orang; tidak dibaca' for match in _PERCENT.finditer(text)
        ]
    previous_end = 0
    for match in _find_numbers(entities):
        following = entities.passage.text[
            match.end() : entities.passage.line_at(match.start()).end
        ][:60]
        reader.read(
            _NumberMention(match, _label_before(entities, previous_end, match.start()), following)
        )
        previous_end = match.end()
    return reader.counts, reader.notes


def _find_numbers(entities: MessageEntities) -> Iterator[re.Match[str]]:
    """Yield the numbers that are no part of a TPS, a clock time, a date or a place."""
    areas = [area.span for area in (*entities.desa, *entities.kecamatan)]
    clocks = [clock.span for clock in entities.clocks]
    days = [day.span for day in entities.timing.days]
    other_spans = sorted([*(tps.span for tps in entities.stations), *clocks, *days, *areas])
    index = 0
    for match in _NUMBER.finditer(entities.passage.text):
        while index < len(other_spans) and other_spans[index].end <= match.start():
            index += 1
        if index == len(other_spans) or not other_spans[index].start <= match.start():
            yield match


def _label_before(entities: MessageEntities, last: int, start: int) -> str:
    """Return the text before a number, back to the previous number, TPS, time or mark."""
    spans = [tps.span for tps in entities.stations] + [clock.span for clock in entities.clocks]
    ends = [span.end for span in spans if last < span.end <= start]
    text = entities.passage.text[
        max(last, entities.passage.line_at(start).start, *ends, start - 80) : start
    ]
    return _MARKS.split(text)[-1]


def _find_tps(entities: MessageEntities, position: int) -> TpsMention | None:
    """Return the TPS before a number on its line or above; without one, that behind it.

    A line that names another desa but no TPS does not belong to a TPS above.
    """
    line = entities.passage.line_at(position)
    beside = [tps for tps in entities.stations if line.contains(tps.span.start)]
    before = [tps for tps in beside if tps.span.end <= position]
    if beside:
        return before[-1] if before else beside[0]
    above = [tps for tps in entities.stations if tps.span.end <= position]
    places = {area.code or area.cell for area in entities.desa}
    if len(places) > 1 and any(line.contains(area.span.start) for area in entities.desa):
        return None
    if above:
        return above[-1]
    return entities.stations[0] if len(entities.stations) == 1 else None


def _find_clock(entities: MessageEntities, span: Span) -> ClockMention | None:
    """Return the time of a count, where there are several: that of its clause or right before."""
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
    """Return phases whose time is not that of a count; a closing counts all who came."""
    return [match.span for match in find_phases(entities) if match.code != "ditutup"]
