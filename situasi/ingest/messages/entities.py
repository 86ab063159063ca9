"""Everything that one message names, and which place goes with what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.message_text import Passage, Span
from situasi.ingest.messages.phrase_matcher import Phrases, Said
from situasi.ingest.messages.place_mentions import Area, Tps, desa_of, kecamatan_of, stations_of
from situasi.ingest.messages.proposal import Draft
from situasi.ingest.messages.station_codes import (
    UNKNOWN,
    Code,
    codes_of,
    desa_by_code,
    kecamatan_by_code,
    stations_by_code,
)
from situasi.ingest.messages.time_mentions import Clock, Timing, clocks_of, days_of

HEADS = re.compile(
    r"\b(?:hadir|kehadiran|pemilih|(?:pengguna|(?:meng)?gunakan|menyalurkan) hak (?:pilih|suara)"
    r"|perkembangan|partisipasi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Scene:
    """A message taken apart. sent: local time of its header; day: of one that tells no date."""

    passage: Passage
    context: IngestContext
    phrases: Phrases
    sent: datetime | None
    day: date | None

    @cached_property
    def counted(self) -> bool:
        """Whether voters present are spoken of."""
        return bool(HEADS.search(self.passage.text))

    @cached_property
    def stations(self) -> list[Tps]:
        named = stations_of(self.passage, counted=self.counted)
        return sorted([*named, *stations_by_code(self.codes)])

    @cached_property
    def codes(self) -> list[Code]:
        return codes_of(self.passage, self.context.register)

    @cached_property
    def kecamatan(self) -> list[Area]:
        named = [*kecamatan_of(self.passage, self.context.places)]
        return sorted([*named, *kecamatan_by_code(self.codes, self.context.register)])

    @cached_property
    def desa(self) -> list[Area]:
        by_code = desa_by_code(self.codes, self.context.register)
        taken = [code.span for code in self.codes]
        named = desa_of(self.passage, self.kecamatan, self.stations, self.context.places)
        apart = [
            a
            for a in named
            if not any(s.start < a.span.end and a.span.start < s.end for s in taken)
        ]
        return sorted([*apart, *by_code])

    @cached_property
    def clocks(self) -> list[Clock]:
        taken = [tps.span for tps in self.stations] + [code.span for code in self.codes]
        clocks = clocks_of(self.passage)
        return [c for c in clocks if not any(span.holds(c.digits) for span in taken)]

    @cached_property
    def timing(self) -> Timing:
        election = self.context.election
        days = [
            day
            for day in days_of(self.passage, election.zone)
            if not any(code.span.holds(day.span.start) for code in self.codes)
        ]
        latest = self.sent and self.sent + election.thresholds.future_tolerance
        return Timing(
            self.passage, self.clocks, days, self.sent, latest, self.day, election.zone_label
        )

    @cached_property
    def said(self) -> list[Said]:
        return self.phrases.find(self.passage)

    def stations_at(self, span: Span) -> list[Tps]:
        """The TPS that go with a phrase: of its clause, of its line, or the only ones."""
        for around in (self.passage.clause(span.start), self.passage.line(span.start)):
            inside = [tps for tps in self.stations if around.holds(tps.span.start)]
            if inside:
                return inside
        line = self.passage.line(span.start)
        if self.passage.text[: line.end].rstrip().endswith(":"):
            return [tps for tps in self.stations if tps.span.start > line.end]
        return self.stations if len(self.stations) == 1 else []

    def place(self, draft: Draft, span: Span, tps: Tps | None) -> None:
        """Put kecamatan and desa of what stands at `span`; ask where they are not clear."""
        anchor = tps.span if tps else span
        if tps and tps.doubt == UNKNOWN:  # it lies nowhere that another TPS of the message does
            inside = [area for area in self.kecamatan if tps.span.holds(area.span.start)]
            desa, kecamatan = None, next(iter(inside), None)
        else:
            desa = self._one(draft, "desa", self.desa, anchor)
            kecamatan = self._kecamatan(draft, desa, anchor)
        for heading, area in (("kecamatan", kecamatan), ("desa", desa)):
            if area and area.open:
                draft.ask(heading, area.open, area.cell, area.span)
            elif area and area.code is None:
                draft.ask(heading, f'desa "{area.cell}" tidak dikenal', area.cell, area.span)
            elif area:
                draft.put(heading, area.cell, self.passage.words(area.span), area.span)
        if not desa and not kecamatan and not _asked(draft, "desa", "kecamatan"):
            draft.ask("kecamatan", "tempat tidak disebut")
        elif tps and not desa and not _asked(draft, "desa"):
            draft.ask("desa", "desa tidak disebut: nomor TPS saja tidak cukup")

    def _kecamatan(self, draft: Draft, desa: Area | None, anchor: Span) -> Area | None:
        """The kecamatan beside its desa, the one in which the desa lies, or the only one."""
        if desa and desa.area:
            fitting = [area for area in self.kecamatan if area.code == desa.area]
            if fitting or len(self.kecamatan) > 1:
                return fitting[0] if fitting else None
        return self._one(draft, "kecamatan", self.kecamatan, desa.span if desa else anchor)

    def _one(self, draft: Draft, heading: str, areas: Sequence[Area], anchor: Span) -> Area | None:
        distinct = {area.code or area.cell.lower() for area in areas}
        if len(distinct) <= 1:
            return areas[0] if areas else None
        line = self.passage.line(anchor.start)
        beside = [area for area in areas if line.holds(area.span.start)]
        found = self._in_order(beside, anchor, line.start) if beside else None
        if not beside:
            found = self._in_order(areas, anchor, 0)
            found = found if found and found.span.start < anchor.start else None
        if found is None:
            names = ", ".join(dict.fromkeys(area.cell for area in areas))
            spans = [area.span for area in areas]
            draft.ask(heading, f"beberapa {heading} disebut ({names}): yang mana?", "", *spans)
        return found

    def _in_order(self, areas: Sequence[Area], anchor: Span, start: int) -> Area | None:
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


def _asked(draft: Draft, *headings: str) -> bool:
    return any(unclear.heading in headings for unclear in draft.unclear)
