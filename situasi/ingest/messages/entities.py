"""Everything that one message names, and which place goes with what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.phrase_matcher import PhraseMatch, PhraseMatcher
from situasi.ingest.messages.place_mentions import (
    AreaMention,
    TpsMention,
    find_desa,
    find_kecamatan,
    find_stations,
)
from situasi.ingest.messages.proposal import RowDraft
from situasi.ingest.messages.station_codes import (
    UNKNOWN_CODE,
    CodeMention,
    desa_from_codes,
    find_codes,
    kecamatan_from_codes,
    stations_from_codes,
)
from situasi.ingest.messages.time_mentions import ClockMention, Timing, find_clocks, find_days

TURNOUT_WORDS = re.compile(
    r"\b(?:hadir|kehadiran|pemilih|(?:pengguna|(?:meng)?gunakan|menyalurkan) hak (?:pilih|suara)"
    r"|perkembangan|partisipasi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class MessageEntities:
    """A message taken apart. sent: local time of its header; day: of one that tells no date."""

    passage: Passage
    context: IngestContext
    phrase_matcher: PhraseMatcher
    sent_at: datetime | None
    default_day: date | None

    @cached_property
    def mentions_turnout(self) -> bool:
        """Whether voters present are spoken of."""
        return bool(TURNOUT_WORDS.search(self.passage.text))

    @cached_property
    def stations(self) -> list[TpsMention]:
        named = find_stations(self.passage, mentions_turnout=self.mentions_turnout)
        return sorted([*named, *stations_from_codes(self.codes)])

    @cached_property
    def codes(self) -> list[CodeMention]:
        return find_codes(self.passage, self.context.register)

    @cached_property
    def kecamatan(self) -> list[AreaMention]:
        named = [*find_kecamatan(self.passage, self.context.places)]
        return sorted([*named, *kecamatan_from_codes(self.codes, self.context.register)])

    @cached_property
    def desa(self) -> list[AreaMention]:
        by_code = desa_from_codes(self.codes, self.context.register)
        taken = [code.span for code in self.codes]
        named = find_desa(self.passage, self.kecamatan, self.stations, self.context.places)
        apart = [
            a
            for a in named
            if not any(s.start < a.span.end and a.span.start < s.end for s in taken)
        ]
        return sorted([*apart, *by_code])

    @cached_property
    def clocks(self) -> list[ClockMention]:
        taken = [tps.span for tps in self.stations] + [code.span for code in self.codes]
        clocks = find_clocks(self.passage)
        return [c for c in clocks if not any(span.contains(c.hour_position) for span in taken)]

    @cached_property
    def timing(self) -> Timing:
        election = self.context.election
        days = [
            day
            for day in find_days(self.passage, election.zone)
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
            election.zone_label,
        )

    @cached_property
    def phrase_matches(self) -> list[PhraseMatch]:
        return self.phrase_matcher.find(self.passage)

    def stations_at(self, span: Span) -> list[TpsMention]:
        """The TPS that go with a phrase: of its clause, of its line, or the only ones."""
        for around in (self.passage.clause_at(span.start), self.passage.line_at(span.start)):
            inside = [tps for tps in self.stations if around.contains(tps.span.start)]
            if inside:
                return inside
        line = self.passage.line_at(span.start)
        if self.passage.text[: line.end].rstrip().endswith(":"):
            return [tps for tps in self.stations if tps.span.start > line.end]
        return self.stations if len(self.stations) == 1 else []

    def fill_place(self, draft: RowDraft, span: Span, tps: TpsMention | None) -> None:
        """Put kecamatan and desa of what stands at `span`; ask where they are not clear."""
        anchor = tps.span if tps else span
        if (
            tps and tps.doubt == UNKNOWN_CODE
        ):  # it lies nowhere that another TPS of the message does
            inside = [area for area in self.kecamatan if tps.span.contains(area.span.start)]
            desa, kecamatan = None, next(iter(inside), None)
        else:
            desa = self._choose_area(draft, "desa", self.desa, anchor)
            kecamatan = self._choose_kecamatan(draft, desa, anchor)
        for heading, area in (("kecamatan", kecamatan), ("desa", desa)):
            if area and area.question:
                draft.ask(heading, area.question, area.cell, area.span)
            elif area and area.code is None:
                draft.ask(heading, f'desa "{area.cell}" tidak dikenal', area.cell, area.span)
            elif area:
                draft.fill(heading, area.cell, self.passage.excerpt(area.span), area.span)
        if not desa and not kecamatan and not _has_question(draft, "desa", "kecamatan"):
            draft.ask("kecamatan", "tempat tidak disebut")
        elif tps and not desa and not _has_question(draft, "desa"):
            draft.ask("desa", "desa tidak disebut: nomor TPS saja tidak cukup")

    def _choose_kecamatan(
        self, draft: RowDraft, desa: AreaMention | None, anchor: Span
    ) -> AreaMention | None:
        """The kecamatan beside its desa, the one in which the desa lies, or the only one."""
        if desa and desa.kecamatan_code:
            fitting = [area for area in self.kecamatan if area.code == desa.kecamatan_code]
            if fitting or len(self.kecamatan) > 1:
                return fitting[0] if fitting else None
        return self._choose_area(draft, "kecamatan", self.kecamatan, desa.span if desa else anchor)

    def _choose_area(
        self, draft: RowDraft, heading: str, areas: Sequence[AreaMention], anchor: Span
    ) -> AreaMention | None:
        distinct = {area.code or area.cell.lower() for area in areas}
        if len(distinct) <= 1:
            return areas[0] if areas else None
        line = self.passage.line_at(anchor.start)
        beside = [area for area in areas if line.contains(area.span.start)]
        found = self._choose_by_order(beside, anchor, line.start) if beside else None
        if not beside:
            found = self._choose_by_order(areas, anchor, 0)
            found = found if found and found.span.start < anchor.start else None
        if found is None:
            names = ", ".join(dict.fromkeys(area.cell for area in areas))
            spans = [area.span for area in areas]
            draft.ask(heading, f"beberapa {heading} disebut ({names}): yang mana?", "", *spans)
        return found

    def _choose_by_order(
        self, areas: Sequence[AreaMention], anchor: Span, start: int
    ) -> AreaMention | None:
        """The area before the anchor where areas come first, the next one where TPS do."""
        stations = [tps.span.start for tps in self.stations if tps.span.start >= start]
        first = min([anchor.start, *stations])
        if len(areas) == 1:
            return areas[0]
        if areas[0].span.start < first:
            return [area for area in areas if area.span.start <= anchor.start][-1]
        later = [area for area in areas if area.span.start >= anchor.end]
        between = [at for at in stations if later and anchor.start < at < later[0].span.start]
        return later[0] if later and not between else None


def _has_question(draft: RowDraft, *headings: str) -> bool:
    return any(unclear.heading in headings for unclear in draft.unclear_cells)
