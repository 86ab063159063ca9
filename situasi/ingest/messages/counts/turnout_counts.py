"""Finds the numbers of a message that count voters present, and what each of them counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from situasi.domain.labels import N_
from situasi.ingest.messages.clock_mentions import ClockMention
from situasi.ingest.messages.counts import count_words as words
from situasi.ingest.messages.counts.count_words import ON_LIST, SEX
from situasi.ingest.messages.counts.listed_counts import is_below_voters
from situasi.ingest.messages.counts.number_mentions import (
    NumberMention,
    find_numbers,
    parse_count,
)
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.station_mentions import TpsMention
from situasi.ingest.messages.status_rows import find_dated_phases

_GARBLED = N_('"{words}": ada huruf di antara angkanya; berapa?')
_HOW_MANY = N_('"{words}": jumlah pemilih yang hadir?')


class TurnoutCount(NamedTuple):
    """A number of voters. column: hadir or a part of it, SEX, or ON_LIST for the list of voters.

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
        return parse_count(self.text)


@dataclass
class _CountReader:
    """Reads number after number, and remembers what the previous ones were about.

    is_voter_list: of the list of voters, not of those present. has_open_parts: parts of the voters
    present follow. last_station: where the TPS before the previous number ends.
    """

    entities: MessageEntities
    number_starts: Sequence[int]
    counts: list[TurnoutCount] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_voter_list: bool = False
    has_open_parts: bool = False
    last_station: int = 0

    def read(self, number: NumberMention) -> None:
        entities, start = self.entities, number.match.start()
        line = entities.passage.line_at(start)
        line_before = entities.passage.excerpt((line.start, start))
        self.has_open_parts = self.has_open_parts or bool(words.OPENS_PARTS.search(line_before))
        station = max((s.span.end for s in entities.stations if s.span.end <= start), default=0)
        if station > self.last_station:
            self.last_station, self.is_voter_list = station, False
        self._add_label(number.stripped_label)
        column, question = self._count_column(number), None
        if column is None and self._may_count(number):
            unit = words.UNIT.match(number.following)
            text = number.match[0] + (unit[0] if unit else "")
            column, question = "hadir", _HOW_MANY.format(words=text)
        elif not entities.mentions_turnout and self._is_sum_of_sexes(number):
            question = _HOW_MANY.format(words=number.match[0])
        elif column in {"hadir", *words.PARTS.values()} and words.ABOUT.search(
            number.stripped_label
        ):
            about = entities.passage.excerpt((start - len(number.label), number.match.end()))
            question = N_('"{words}" adalah perkiraan: jumlah pastinya?').format(words=about)
        self.has_open_parts = self.has_open_parts and column is not None
        if column is None and not number.is_pair and words.ON_VOTER_LIST.search(number.label):
            column = ON_LIST
        if column:
            span = Span(start - len(number.label), number.match.end())
            tps = entities.find_station_of(start)
            clock = _find_clock(entities, span, self.number_starts)
            digits = Span(*number.match.span())
            if column == SEX and (doubled := words.DOUBLED.search(number.label)):
                digits = Span(span.start + doubled.start(), digits.end)
            self.counts.append(
                TurnoutCount(span, digits, column, number.count_text, tps, clock, question)
            )

    def read_lists(self) -> None:
        """Read the lists with one count for each TPS; one that may be votes is left."""
        for listed in self.entities.listed_counts:
            text = self.entities.passage.text[slice(*listed.digits)]
            question = None if listed.is_present else _HOW_MANY.format(words=text)
            if listed.is_present or not (self._may_be_votes or self._has_incident):
                clock = _find_clock(self.entities, listed.digits, self.number_starts)
                self.counts.append(
                    TurnoutCount(
                        listed.digits, listed.digits, "hadir", text, listed.tps, clock, question
                    )
                )

    def read_garbled(self) -> None:
        """Ask each number that has a letter for a digit, where one of voters would stand."""
        passage = self.entities.passage
        for match in words.GARBLED.finditer(passage.text):
            line = passage.line_at(match.start())
            before = passage.text[line.start : match.start()]
            tps = self.entities.find_station_of(match.start())
            is_beside = tps is not None and line.start <= tps.span.end <= match.start()
            is_counted = bool(words.UNIT.match(passage.text, match.end()))
            ends = bool(words.ENDS_COUNT.match(passage.text, match.end()))
            if is_beside and (is_counted or ends) and not self._has_incident:
                span, question = Span(*match.span()), _GARBLED.format(words=match[0])
                self.counts.append(TurnoutCount(span, span, "hadir", match[0], tps, None, question))
            elif words.HEADS.search(before[-24:]):
                self.notes.append(_GARBLED.format(words=match[0]))

    @cached_property
    def _has_incident(self) -> bool:
        """Return whether an incident is reported, so that people counted may not be voters."""
        return any(
            match.column == "jenis" and match.is_asserted and match.code != "nihil"
            for match in self.entities.phrase_matches
        )

    @cached_property
    def _may_be_votes(self) -> bool:
        """Return whether a bare number may count votes, as the TPS are closed, or the list."""
        text = self.entities.passage.text
        is_list = bool(words.LIST_HEADING.search(text)) and not words.HEADS.search(text)
        return self.entities.is_after_closing or is_list or bool(words.COUNTING.search(text))

    def _add_label(self, label: str) -> None:
        if words.HEADS.search(label):
            self.is_voter_list = False
        elif (part := words.PART.search(label)) and part[1].lower() == "dpt":
            self.is_voter_list = not self.has_open_parts

    def _count_column(self, number: NumberMention) -> str | None:
        """Return the column of the voters that a number counts, if any."""
        label = number.stripped_label
        following = words.BEHIND.match(number.following)
        if self._counts_others(number) or (number.is_pair and not number.is_count_of_list):
            return None
        if words.SEXES.search(label) or words.SEX_BEHIND.match(number.following):
            return SEX if self._may_be_sexes(number) and not self.is_voter_list else None
        part = words.PART.search(label)
        if words.HEADS.search(label):
            return self._vocabulary_column(label) or (
                words.PARTS[part[1].lower()] if part else "hadir"
            )
        if part:
            return self._part_column(part[1].lower())
        if following or self._is_sum_of_sexes(number):
            return "hadir"
        return self._column_by_position(number)

    def _counts_others(self, number: NumberMention) -> bool:
        """Return whether those counted are absent, no voters or no people."""
        label = number.stripped_label
        following = words.BEHIND.match(number.following)
        context = f"{label} {following[0] if following else ''}"
        behind = words.NEXT_COUNT.sub(r"\1", words.AND_COUNT.sub("", number.following[:24]))
        person_context, start = f"{label} {behind}".split(",")[0], number.match.start()
        line_start = max(self.entities.passage.line_at(start).start, start - 200)
        line_before = self.entities.passage.text[line_start:start]
        return bool(
            words.ABSENT.search(context)
            or (words.NO_STATE.search(label) and not words.ABOUT.search(label))
            or words.OTHERS.search(person_context)
            or words.NOT_PEOPLE.match(number.following)
            or words.GATHERING.search(line_before)
        )

    def _vocabulary_column(self, label: str) -> str | None:
        column = self.entities.context.vocabulary.find_column("tps", label)
        return column if column in {"hadir", *words.PARTS.values()} else None

    def _part_column(self, name: str) -> str | None:
        """Return the column of DPTb or DPK beside voters present; DPT alone is the voter list."""
        has_counts = any(count.column != ON_LIST for count in self.counts)
        return words.PARTS[name] if self.has_open_parts or (has_counts and name != "dpt") else None

    def _may_be_sexes(self, number: NumberMention) -> bool:
        """Return whether men and women present are counted; without that word, beside a TPS."""
        line = self.entities.passage.line_at(number.match.start())
        text = self.entities.passage.text[slice(*line)]
        is_both = words.BOTH_SEXES.search(text) and not words.OTHERS.search(text)
        is_beside = any(line.contains(tps.span.start) for tps in self.entities.stations)
        may_be = bool(is_both) and is_beside and not (self._may_be_votes or self._has_incident)
        return self.entities.mentions_turnout or may_be

    def _is_sum_of_sexes(self, number: NumberMention) -> bool:
        """Return whether this is labelled as a total and is the sum of the last two sexes.

        Behind them on their line it is their total though it is not their sum.
        """
        by_sex = [count for count in self.counts[-2:] if count.column == SEX]
        if len(by_sex) < 2:
            return False
        is_total = bool(words.TOTAL.fullmatch(number.stripped_label))
        if sum(count.value for count in by_sex) == parse_count(number.count_text):
            return is_total or number.label.strip() in {"=", "(", ":"}
        line = self.entities.passage.line_at(number.match.start())
        return is_total and line.contains(by_sex[0].span.start)

    def _follows_mention(self, number: NumberMention) -> bool:
        """Return whether only a TPS, a time, a place or calm is before the number on its line."""
        entities, start = self.entities, number.match.start()
        areas = [area.span for area in (*entities.desa, *entities.kecamatan)]
        spans = [*entities.anchor_spans, *areas]
        line = entities.passage.line_at(start)
        earlier = [span for span in spans if line.start <= span.start < span.end <= start]
        previous_end = max((span.end for span in earlier), default=None)
        return previous_end is not None and bool(
            words.NEUTRAL.fullmatch(entities.passage.text[previous_end:start])
        )

    def _may_count(self, number: NumberMention) -> bool:
        """Return whether people are counted, but not clearly as voters present: it is asked."""
        if self.is_voter_list or words.ABSENT.search(number.following):
            return False
        line = self.entities.passage.line_at(number.match.start())
        is_tally = bool(words.TALLY.search(self.entities.passage.text, *line))
        is_tally = is_tally and not words.VOTERS.search(number.label)
        if is_tally or self._counts_others(number) or self._has_incident:
            return False
        is_counted = bool(words.UNIT.match(number.following))
        if number.is_pair:
            is_counted = number.is_count_of_list
        if is_counted and self._follows_mention(number):
            label_start = number.match.start() - len(number.label)
            is_timed = any(clock.span.end == label_start for clock in self.entities.clocks)
            return bool(self.entities.stations) or is_timed
        if words.AT_STATION.match(number.following):
            return bool(words.NEUTRAL.fullmatch(number.stripped_label))
        is_placed = self._stands_behind_mention(number) or self._opens_message(number)
        return is_placed and not self._may_be_votes

    def _opens_message(self, number: NumberMention) -> bool:
        """Return whether a message of one TPS and one time begins with it: `205, TPS 2 Kasah`.

        `86, di TPS 2` only greets.
        """
        entities, span = self.entities, Span(*number.match.span())
        is_first = not entities.passage.text[: span.start].strip()
        is_alone = number.following.startswith((",", ";")) and span.end - span.start > 2
        is_one = len(entities.stations) == len(entities.clocks) == 1
        return is_first and is_alone and is_one

    def _stands_behind_mention(self, number: NumberMention) -> bool:
        """Return whether a mark joins the number to its TPS: `TPS 1 = 118`, or an hour is told."""
        if self._stands_behind_desa(number):
            return True
        label = number.stripped_label
        if number.is_pair or (label and not words.SUM_OR_CORRECTED.fullmatch(label)):
            return False
        start = number.match.start() - len(number.label)
        if words.RIGHT_NUMBER.fullmatch(label) and self.entities.find_station_of(start):
            return bool(words.ENDS_COUNT.match(number.following))
        is_behind = any(span.end == start for span in self.entities.anchor_spans)
        has_mark = bool(number.label.strip()) or self.entities.mentions_turnout
        is_long = len(number.match[0]) > 1 and bool(self.entities.clocks)
        has_mark = has_mark or is_long or self.entities.is_told_alone(Span(*number.match.span()))
        return is_behind and has_mark and bool(words.ENDS_COUNT.match(number.following))

    def _stands_behind_desa(self, number: NumberMention) -> bool:
        """Return whether it stands behind its desa, before a time (`66 (09.00)`) or at the end."""
        start, text = number.match.start(), self.entities.passage.text
        clause = self.entities.passage.clause_at(start)
        stations = [s for s in self.entities.stations if clause.start <= s.span.start < start]
        between = [
            text[area.span.end : start]
            for area in (*self.entities.desa, *self.entities.kecamatan)
            if clause.start <= area.span.start
            and area.span.end <= start
            and words.OF_PLACE.fullmatch(text, area.span.end, start)
        ]
        has_mark = self.entities.mentions_turnout or text[:start].rstrip()[-1:] in {":", "="}
        has_mark = has_mark or bool(self.entities.clocks or words.CORRECTS.match(number.following))
        has_mark = has_mark or any(map(str.strip, between))  # `TPS 2 Belanti baru 45`
        is_end = has_mark and bool(words.ENDS_COUNT.match(number.following))
        is_end = is_end or bool(words.TIME_BEHIND.match(number.following))
        return len(stations) == 1 and bool(between) and is_end and not number.is_pair

    def _column_by_position(self, number: NumberMention) -> str | None:
        """Return the column of a number right after its TPS or time, if turnout is mentioned."""
        entities, text = self.entities, self.entities.passage.text
        start = number.match.start() - len(number.label)
        follows_mention = any(span.end == start for span in entities.anchor_spans)
        is_marked = number.label.strip() or words.UNIT.match(number.following) or number.is_pair
        is_listed = words.COUNTED_LINE.match(number.following) and is_below_voters(
            entities.count_heads, number.match.start()
        )
        if (is_listed or (entities.mentions_turnout and number.is_pair)) and self._follows_mention(
            number
        ):
            return "hadir"
        if number.stripped_label or not follows_mention or not is_marked:
            return None
        if entities.mentions_turnout:
            return "hadir"
        if self._may_count(number):
            return None
        excerpt = text[max(0, start - 12) : number.match.end()].split("\n")[-1].strip()
        note = N_('"{words}": bukan jelas jumlah pemilih hadir; tidak dibaca')
        self.notes.append(note.format(words=excerpt))
        return None


def find_counts(entities: MessageEntities) -> tuple[list[TurnoutCount], list[str]]:
    """Return every count of voters, and notes on what was not read."""
    numbers = list(find_numbers(entities))
    reader = _CountReader(entities, [number.match.start() for number in numbers])
    if entities.mentions_turnout:
        text = entities.passage.text
        reader.notes += [
            N_('"{words}" bukan jumlah orang; tidak dibaca').format(words=match[0])
            for match in words.PERCENT.finditer(text)
        ]
    for number in numbers:
        reader.read(number)
    reader.read_lists()
    reader.read_garbled()
    return reader.counts, reader.notes


def _find_clock(
    entities: MessageEntities, span: Span, number_starts: Sequence[int]
) -> ClockMention | None:
    """Return the time of a count, where there are several: that of its clause, or beside it.

    Where a clause begins with a count (`45 jam 9 60 jam 10`), each time belongs to that before it.
    """
    if len(entities.clocks) < 2:
        return None
    clause = entities.passage.clause_at(span.end - 1)
    if any(clause.contains(event.start) for event in find_dated_phases(entities)):
        return None
    inside = [clock for clock in entities.clocks if clause.contains(clock.span.start)]
    if len(inside) == 1:
        return inside[0]
    if inside and any(clause.start <= n < inside[0].span.start for n in number_starts):
        later = next((clock for clock in inside if clock.span.start >= span.end), None)
        is_next = later and not any(span.end <= n < later.span.start for n in number_starts)
        return later if is_next else None
    return next((clock for clock in entities.clocks if clock.span.end == span.start), None)
