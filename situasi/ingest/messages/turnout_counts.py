"""Numbers of a message that count voters present, and what each of them counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from situasi.ingest.messages.entities import Scene
from situasi.ingest.messages.message_text import Span
from situasi.ingest.messages.place_mentions import Tps
from situasi.ingest.messages.status_rows import phases_of
from situasi.ingest.messages.time_mentions import Clock

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


class Count(NamedTuple):
    """A number of voters present. column: hadir or a part of it, or SEX. digits: the number
    alone; span: with the words before it. asked: why it must be confirmed.
    """

    span: Span
    digits: Span
    column: str
    number: str
    tps: Tps | None
    clock: Clock | None
    asked: str | None = None

    @property
    def value(self) -> int:
        return int(re.sub("[.,]", "", self.number))


class _Number(NamedTuple):
    """A number with the words that lead up to it, and what follows."""

    found: re.Match[str]
    label: str
    behind: str

    @property
    def written(self) -> str:
        """How many there are: of a pair, how many came."""
        return self.found["came"] or self.found[0]

    @property
    def paired(self) -> bool:
        return self.found["came"] is not None

    @property
    def bare(self) -> str:
        return self.label.strip(" :=-\u2013(.>")


@dataclass
class _Walk:
    """Goes from number to number, and remembers of what the last ones were told.

    listed: of the list of voters, not of who came. opened: parts of those who came follow.
    """

    scene: Scene
    counts: list[Count] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    listed: bool = False
    opened: bool = False

    def take(self, number: _Number) -> None:
        scene, at = self.scene, number.found.start()
        line = scene.passage.line(at)
        before = scene.passage.words((line.start, at))
        self.opened = self.opened or bool(_OPENS_PARTS.search(before))
        self._remember(number.bare)
        column, asked = self._column(number), None
        if column is None and self._beside(number) and self._may_count(number):
            unit = _UNIT.match(number.behind)
            said = number.found[0] + (unit[0] if unit else "")
            column, asked = "hadir", f'"{said}": jumlah pemilih yang hadir?'
        self.opened = self.opened and column is not None
        if column:
            span = Span(at - len(number.label), number.found.end())
            tps, clock = _tps_of(scene, at), _clock_of(scene, span)
            digits = Span(*number.found.span())
            self.counts.append(Count(span, digits, column, number.written, tps, clock, asked))

    def _remember(self, bare: str) -> None:
        if _HEADS.search(bare):
            self.listed = False
        elif (part := _PART.search(bare)) and part[1].lower() == "dpt":
            self.listed = not self.opened

    def _column(self, number: _Number) -> str | None:
        """Which heads a number counts, if any."""
        bare = number.bare
        behind = _BEHIND.match(number.behind)
        around = f"{bare} {behind[0] if behind else ''}"
        others = f"{bare} {number.behind[:24]}".split(",")[0]
        if _ABSENT.search(around) or _OTHERS.search(others):
            return None
        if number.paired and not _of_a_list(number):
            return None
        if _SEXES.search(bare):
            return SEX if self.scene.counted and not self.listed else None
        part = _PART.search(bare)
        if _HEADS.search(bare):
            return self._told(bare) or (_PARTS[part[1].lower()] if part else "hadir")
        if part:
            return self._part(part[1].lower())
        if behind or self._adds_up(number):
            return "hadir"
        return self._direct(number)

    def _told(self, bare: str) -> str | None:
        column = self.scene.context.vocabulary.find_column("tps", bare)
        return column if column in {"hadir", *_PARTS.values()} else None

    def _part(self, name: str) -> str | None:
        """Heads of DPTb and DPK beside those present; a DPT alone is the list, not who came."""
        return _PARTS[name] if self.opened or (self.counts and name != "dpt") else None

    def _adds_up(self, number: _Number) -> bool:
        """Whether this is the sum, and called so, of the two sexes just told."""
        last = [count for count in self.counts[-2:] if count.column == SEX]
        stated = int(re.sub("[.,]", "", number.written))
        told = bool(_TOTAL.fullmatch(number.bare)) and len(last) == 2
        return told and sum(count.value for count in last) == stated

    def _beside(self, number: _Number) -> bool:
        """Whether only a TPS, an hour or a place stands before the number in its clause."""
        scene, start = self.scene, number.found.start()
        spans = [tps.span for tps in scene.stations] + [clock.span for clock in scene.clocks]
        spans += [area.span for area in (*scene.desa, *scene.kecamatan)]
        clause = scene.passage.clause(start)
        before = [span for span in spans if clause.start <= span.start < span.end <= start]
        last = max((span.end for span in before), default=None)
        return last is not None and not scene.passage.text[last:start].strip(" :=-\u2013(.>,")

    def _may_count(self, number: _Number) -> bool:
        """Whether people are counted, though nobody says that they came to vote: it is asked."""
        if self.listed or _ABSENT.search(number.behind) or not self.scene.stations:
            return False
        if _OTHERS.search(number.behind[:24].split(",")[0]):
            return False
        return _of_a_list(number) if number.paired else bool(_UNIT.match(number.behind))

    def _direct(self, number: _Number) -> str | None:
        """A number right behind its TPS or its hour: heads only where heads are spoken of."""
        scene, text = self.scene, self.scene.passage.text
        start = number.found.start() - len(number.label)
        spans = [tps.span for tps in scene.stations] + [clock.span for clock in scene.clocks]
        behind = any(span.end == start for span in spans)
        marked = number.label.strip() or _UNIT.match(number.behind) or number.paired
        if scene.counted and number.paired and self._beside(number):
            return "hadir"
        if number.bare or not behind or not marked:
            return None
        if scene.counted:
            return "hadir"
        if self._may_count(number):
            return None
        said = text[max(0, start - 12) : number.found.end()].split("\n")[-1].strip()
        self.notes.append(f'"{said}": bukan jelas jumlah pemilih hadir; tidak dibaca')
        return None


def _of_a_list(number: _Number) -> bool:
    came, listed = int(number.found["came"]), int(number.found["list"])
    return came <= listed and listed >= _SHORTEST_LIST


def counts_of(scene: Scene) -> tuple[list[Count], list[str]]:
    """Every count of voters present, and what was left unread."""
    walk = _Walk(scene)
    if scene.counted:
        text = scene.passage.text
        walk.notes += [
            f'"{p[0]}" bukan jumlah orang; tidak dibaca' for p in _PERCENT.finditer(text)
        ]
    last = 0
    for found in _numbers(scene):
        behind = scene.passage.text[found.end() : scene.passage.line(found.start()).end][:60]
        walk.take(_Number(found, _label(scene, last, found.start()), behind))
        last = found.end()
    return walk.counts, walk.notes


def _numbers(scene: Scene) -> Iterator[re.Match[str]]:
    """Numbers that are no part of a TPS, a clock, a date or a place."""
    areas = [area.span for area in (*scene.desa, *scene.kecamatan)]
    clocks = [clock.span for clock in scene.clocks]
    days = [day.span for day in scene.timing.days]
    taken = sorted([*(tps.span for tps in scene.stations), *clocks, *days, *areas])
    at = 0
    for found in _NUMBER.finditer(scene.passage.text):
        while at < len(taken) and taken[at].end <= found.start():
            at += 1
        if at == len(taken) or not taken[at].start <= found.start():
            yield found


def _label(scene: Scene, last: int, start: int) -> str:
    """What stands before a number, back to the number, TPS, clock or mark before it."""
    spans = [tps.span for tps in scene.stations] + [clock.span for clock in scene.clocks]
    ends = [span.end for span in spans if last < span.end <= start]
    text = scene.passage.text[max(last, scene.passage.line(start).start, *ends, start - 80) : start]
    return _MARKS.split(text)[-1]


def _tps_of(scene: Scene, at: int) -> Tps | None:
    """The TPS before a number on its line or above; the one behind it where none is before.

    A line of another desa that names no TPS is of none that stands above.
    """
    line = scene.passage.line(at)
    beside = [tps for tps in scene.stations if line.holds(tps.span.start)]
    before = [tps for tps in beside if tps.span.end <= at]
    if beside:
        return before[-1] if before else beside[0]
    above = [tps for tps in scene.stations if tps.span.end <= at]
    places = {area.code or area.cell for area in scene.desa}
    if len(places) > 1 and any(line.holds(area.span.start) for area in scene.desa):
        return None
    if above:
        return above[-1]
    return scene.stations[0] if len(scene.stations) == 1 else None


def _clock_of(scene: Scene, span: Span) -> Clock | None:
    """The hour of a count, where several are told: that of its clause, or right before it."""
    if len(scene.clocks) < 2:
        return None
    clause = scene.passage.clause(span.end - 1)
    if any(clause.holds(event.start) for event in dated(scene)):
        return None
    inside = [clock for clock in scene.clocks if clause.holds(clock.span.start)]
    if len(inside) == 1:
        return inside[0]
    return next((clock for clock in scene.clocks if clock.span.end == span.start), None)


def dated(scene: Scene) -> list[Span]:
    """Phases whose clock is no clock of a count; a closing counts everyone who came."""
    return [said.span for said in phases_of(scene) if said.code != "ditutup"]
