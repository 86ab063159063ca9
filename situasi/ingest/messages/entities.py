"""All entities that one message names, and which place belongs to which phrase."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from situasi.domain.labels import N_
from situasi.ingest.context import IngestContext
from situasi.ingest.messages.clock_mentions import ClockMention, find_clocks
from situasi.ingest.messages.counts.listed_counts import (
    CountHead,
    ListedCount,
    find_count_heads,
    find_listed_counts,
    find_stations_of_desa,
)
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.pasted_tables import TableRow, find_table_rows
from situasi.ingest.messages.phrase_matcher import PhraseMatch, PhraseMatcher
from situasi.ingest.messages.place_mentions import (
    AreaMention,
    find_desa,
    find_kecamatan,
    find_polsek_kecamatan,
)
from situasi.ingest.messages.point_mentions import PointMention, find_points
from situasi.ingest.messages.proposal import RowDraft
from situasi.ingest.messages.station_codes import (
    UNKNOWN_CODE,
    CodeMention,
    desa_from_codes,
    find_codes,
    kecamatan_from_codes,
    stations_from_codes,
)
from situasi.ingest.messages.station_mentions import TpsMention, find_stations
from situasi.ingest.messages.time_mentions import Timing, find_days

TURNOUT_WORDS = re.compile(
    r"\b(?:hadir|hdr|kehadiran|pemilih|pmlh|(?:pengguna|(?:meng)?gunakan|menyalurkan) hak"
    r" (?:pilih|suara)|perkembangan|partisipasi|(?:men|n)?coblos|nyoblos)\b",
    re.IGNORECASE,
)
# Where several areas are named, and none is nearest.
_WHICH_AREA = {
    "kecamatan": N_("beberapa kecamatan disebut ({names}): yang mana?"),
    "desa": N_("beberapa desa disebut ({names}): yang mana?"),
}
_SEGMENT_END = re.compile(r"[,;\n]")
# A higher number behind `TPS` is rather a count; no desa has as many.
_HIGHEST_TPS = 40


@dataclass(frozen=True)
class MessageEntities:
    """The entities of a message. sent_at: local, from its header; default_day: without a date.

    is_logged: it is the entry of a log, so that `sent_at` is when it happened.
    """

    passage: Passage
    context: IngestContext
    phrase_matcher: PhraseMatcher
    sent_at: datetime | None
    default_day: date | None
    is_logged: bool = False

    @cached_property
    def mentions_turnout(self) -> bool:
        """Return whether the message speaks of voters present."""
        return bool(TURNOUT_WORDS.search(self.passage.text))

    @cached_property
    def stations(self) -> list[TpsMention]:
        """Return the TPS that it names, by number or code."""
        by_number = find_stations(
            self.passage,
            mentions_turnout=self.mentions_turnout,
            highest=max(_HIGHEST_TPS, int(self.context.register.tps["nomor"].max())),
        )
        places = self.context.places
        of_desa = find_stations_of_desa(self.passage, places) if self.mentions_turnout else []
        return sorted([*by_number, *of_desa, *stations_from_codes(self.codes)])

    @cached_property
    def count_heads(self) -> list[CountHead]:
        """Return the lines without a TPS, above counts of people."""
        return find_count_heads(self.passage, self.stations)

    @cached_property
    def codes(self) -> list[CodeMention]:
        """Return the codes of places that it names."""
        return find_codes(self.passage, self.context.register)

    @cached_property
    def kecamatan(self) -> list[AreaMention]:
        """Return the kecamatan that it names, by name or code."""
        places, register = self.context.places, self.context.register
        named = find_kecamatan(self.passage, places) + kecamatan_from_codes(self.codes, register)
        return sorted(named or find_polsek_kecamatan(self.passage, self.stations, places, register))

    @cached_property
    def desa(self) -> list[AreaMention]:
        """Return the desa that it names, by name or code; a name inside a code does not count."""
        by_code = desa_from_codes(self.codes, self.context.register)
        code_spans = [code.span for code in self.codes]
        by_name = find_desa(self.passage, self.kecamatan, self.stations, self.context.places)
        outside_codes = [
            a
            for a in by_name
            if not any(s.start < a.span.end and a.span.start < s.end for s in code_spans)
        ]
        return sorted([*outside_codes, *by_code])

    @cached_property
    def clocks(self) -> list[ClockMention]:
        """Return the clock times that it names, outside TPS numbers, codes and points."""
        spans = [tps.span for tps in self.stations] + [code.span for code in self.codes]
        spans += [point.span for point in self.points]
        clocks = find_clocks(self.passage)
        return [c for c in clocks if not any(span.contains(c.hour_position) for span in spans)]

    @cached_property
    def table_rows(self) -> list[TableRow]:
        """Return the lines of pasted tables of turnout."""
        return find_table_rows(self.passage)

    @cached_property
    def listed_counts(self) -> list[ListedCount]:
        """Return the counts of lists with one for each TPS."""
        return find_listed_counts(self.passage, self.stations)

    @cached_property
    def points(self) -> list[PointMention]:
        """Return the points on the map that it names."""
        return find_points(self.passage, self.context.boundaries)

    @cached_property
    def anchor_spans(self) -> list[Span]:
        """Return where TPS and clock times are, to which counts belong."""
        return [tps.span for tps in self.stations] + [clock.span for clock in self.clocks]

    @cached_property
    def is_after_closing(self) -> bool:
        """Return whether it tells of an hour at which no TPS is open; without one, was sent so."""
        election = self.context.election
        opens, closes = election.tps_opens, election.tps_closes
        if self.clocks:
            times = [[time(h % 24, clock.minute) for h in clock.hours] for clock in self.clocks]
            return not all(any(opens <= at <= closes for at in possible) for possible in times)
        return self.sent_at is not None and self.sent_at.time() >= closes

    @cached_property
    def timing(self) -> Timing:
        """Return the clock times and dates, for the time of a row."""
        election = self.context.election
        near = self.sent_at.date() if self.sent_at else self.default_day
        days = [
            day
            for day in find_days(self.passage, election.zone, near)
            if not any(code.span.contains(day.span.start) for code in self.codes)
        ]
        latest = self.sent_at and self.sent_at + election.thresholds.future_tolerance
        return Timing(
            self.passage,
            self.clocks,
            days,
            self.sent_at,
            latest,
            self.default_day,
            election,
            self.is_logged,
        )

    @cached_property
    def phrase_matches(self) -> list[PhraseMatch]:
        """Return the phrases of the vocabulary that it contains."""
        return self.phrase_matcher.find(self.passage)

    def stations_at(self, span: Span) -> list[TpsMention]:
        """Return the TPS that belong to a phrase: of its clause, of its line, or the only ones.

        A line that names one desa of several, but no TPS, belongs to none of other lines.
        """
        passage, start = self.passage, span.start
        line = passage.line_at(start)
        for around in (passage.clause_at(start), line, passage.sentence_at(start)):
            inside = [tps for tps in self.stations if around.contains(tps.span.start)]
            if inside:
                return inside
            if around is line and self._names_own_desa(line):
                return []
        if self.passage.text[: line.end].rstrip().endswith(":"):
            return [tps for tps in self.stations if tps.span.start > line.end]
        return self.stations if len(self.stations) == 1 else []

    def find_station_of(self, position: int) -> TpsMention | None:
        """Return the TPS before a number on its line or above; without one, that behind it.

        A line that names another desa but no TPS does not belong to a TPS above.
        """
        line = self.passage.line_at(position)
        beside = [tps for tps in self.stations if line.contains(tps.span.start)]
        segment = self.find_segment(position)
        within = [tps for tps in beside if segment.contains(tps.span.start)]
        if len(within) == 1:
            return within[0]
        if beside:
            before = [tps for tps in beside if tps.span.end <= position]
            return before[-1] if before else beside[0]
        above = [tps for tps in self.stations if tps.span.end <= position]
        if self._names_own_desa(line):
            return None
        if above:
            return above[-1]
        return self.stations[0] if len(self.stations) == 1 else None

    def _names_own_desa(self, line: Span) -> bool:
        """Return whether a line names a desa, in a message that names several."""
        places = {area.code or area.cell for area in self.desa}
        return len(places) > 1 and any(line.contains(area.span.start) for area in self.desa)

    def find_segment(self, position: int) -> Span:
        """Return the part between commas around a position: `hadir 97 TPS 3`."""
        text = self.passage.text
        start = max(text.rfind(mark, 0, position) for mark in ",;\n") + 1
        end = _SEGMENT_END.search(text, position)
        return Span(start, end.start() if end else len(text))

    def is_told_alone(self, number: Span) -> bool:
        """Return whether the part of a number names a TPS and its place beside it, no more."""
        part = self.find_segment(number.start)
        spans = [tps.span for tps in self.stations] + [area.span for area in self.desa]
        rest = list(self.passage.text[slice(*part)])
        for inside in (number, *spans):
            for at in range(max(inside.start, part.start), min(inside.end, part.end)):
                rest[at - part.start] = " "
        is_bare = not any(letter.isalnum() for letter in rest)
        return is_bare and number.end - number.start > 1

    def fill_place(
        self, draft: RowDraft, span: Span, tps: TpsMention | None, *, is_of_all: bool = False
    ) -> None:
        """Fill in kecamatan and desa of the phrase at `span`; ask where they are not clear.

        is_of_all: it is said of all places that the message names, so of no desa of several.
        """
        anchor = tps.span if tps else span
        if tps and tps.doubt == UNKNOWN_CODE:  # it need not be in the place of another TPS
            inside = [area for area in self.kecamatan if tps.span.contains(area.span.start)]
            desa, kecamatan = None, next(iter(inside), None)
        else:
            is_of_several = is_of_all and len({area.code or area.cell for area in self.desa}) > 1
            if is_of_several and not self.kecamatan:  # of which kecamatan nobody says
                names = ", ".join(dict.fromkeys(map(self._format_area, self.desa)))
                draft.ask("desa", _WHICH_AREA["desa"].format(names=names))
            desa = None if is_of_several else self._choose_area(draft, "desa", self.desa, anchor)
            kecamatan = self._choose_kecamatan(draft, desa, anchor)
        for heading, area in (("kecamatan", kecamatan), ("desa", desa)):
            if area and area.question:
                draft.ask(heading, area.question, area.cell, area.span)
            elif area and area.code is None:
                draft.ask(
                    heading,
                    N_('desa "{name}" tidak dikenal').format(name=area.cell),
                    area.cell,
                    area.span,
                )
            elif area:
                draft.fill(heading, area.cell, self.passage.excerpt(area.span), area.span)
                draft.doubts += [area.doubt] if area.doubt else []
                draft.desa_code = area.code if heading == "desa" else draft.desa_code
        if not desa and not kecamatan and not _has_question(draft, "desa", "kecamatan"):
            draft.ask("kecamatan", N_("tempat tidak disebut"))
        elif tps and not desa and not _has_question(draft, "desa"):
            draft.ask("desa", N_("desa tidak disebut: nomor TPS saja tidak cukup"))

    def ask_kecamatan(self, draft: RowDraft) -> bool:
        """Ask of which kecamatan something is said; False where the message names only one."""
        if len({area.code or area.cell for area in self.kecamatan}) < 2:
            return False
        names = ", ".join(dict.fromkeys(map(self._format_area, self.kecamatan)))
        spans = [area.span for area in self.kecamatan]
        draft.ask("kecamatan", _WHICH_AREA["kecamatan"].format(names=names), "", *spans)
        return True

    def _choose_kecamatan(
        self, draft: RowDraft, desa: AreaMention | None, anchor: Span
    ) -> AreaMention | None:
        """Return the kecamatan beside its desa, the one in which the desa lies, or the only one."""
        if desa and desa.kecamatan_code:
            matching = [area for area in self.kecamatan if area.code == desa.kecamatan_code]
            if matching or len(self.kecamatan) > 1:
                return matching[0] if matching else None
        return self._choose_area(draft, "kecamatan", self.kecamatan, desa.span if desa else anchor)

    def _choose_area(
        self, draft: RowDraft, heading: str, areas: Sequence[AreaMention], anchor: Span
    ) -> AreaMention | None:
        distinct = {area.code or area.cell.lower() for area in areas}
        if len(distinct) <= 1:
            return areas[0] if areas else None
        line = self.passage.line_at(anchor.start)
        beside = [area for area in areas if line.contains(area.span.start)]
        chosen = self._choose_by_order(beside, anchor, line.start) if beside else None
        if not beside:
            chosen = self._choose_by_order(areas, anchor, 0)
            chosen = chosen if chosen and chosen.span.start < anchor.start else None
        if chosen is None:
            names = ", ".join(dict.fromkeys(map(self._format_area, areas)))
            spans = [area.span for area in areas]
            question = _WHICH_AREA[heading].format(names=names)
            draft.ask(heading, question, "", *spans)
        return chosen

    def _format_area(self, area: AreaMention) -> str:
        """Return the name of an area, with its code where only that was written."""
        words = self.passage.excerpt(area.span)
        return area.cell if area.cell in words else f"{area.cell} ({words})"

    def _choose_by_order(
        self, areas: Sequence[AreaMention], anchor: Span, start: int
    ) -> AreaMention | None:
        """Return the area before the anchor where areas come first, the next one where TPS do."""
        stations = [tps.span.start for tps in self.stations if tps.span.start >= start]
        first = min([anchor.start, *stations])
        if len(areas) == 1:
            return areas[0]
        if areas[0].span.start < first:
            return [area for area in areas if area.span.start <= anchor.start][-1]
        later = [area for area in areas if area.span.start >= anchor.end]
        between = [
            position
            for position in stations
            if later and anchor.start < position < later[0].span.start
        ]
        return later[0] if later and not between and not self._opens_place(later[0]) else None

    def _opens_place(self, area: AreaMention) -> bool:
        """Return whether a TPS follows right behind an area, which then belongs to that one."""
        ends = (tps.span.start for tps in self.stations if tps.span.start >= area.span.end)
        text = self.passage.text[area.span.end : min(ends, default=area.span.end)]
        return bool(text) and not text.strip(" :/-\u2013")


def _has_question(draft: RowDraft, *headings: str) -> bool:
    return any(cell.heading in headings for cell in draft.unclear_cells)
