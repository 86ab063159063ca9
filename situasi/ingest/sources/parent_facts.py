"""What a report says for the rows of its repeat groups: when, where, and by whom."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_cell
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.readers import reserved_columns
from situasi.ingest.sources.catalog import SourceCatalog
from situasi.ingest.sources.profile import SourceProfile, matches_heading
from situasi.ingest.tables import Cell, Table

# Columns that make a row a report of its own.
_FACTS = frozenset(
    (
        "fase", "hadir", "hadir_dpt", "kontak", "wide", "jenis", "tingkat", "situasi", "checkin",
        "giat", "fungsi", "penugasan", "petugas", "pelanggaran", "langkah",
    )
)  # fmt: skip
_STATE = re.compile(r"keadaan|kondisi|status|tahap", re.IGNORECASE)
_TIMES = frozenset(("waktu", "tanggal", "jam"))
_OFFICERS = frozenset(("nrp", "petugas"))
_INHERITED = _TIMES | {
    "waktu_lapor", "jam_lapor", "kecamatan", "kode_kecamatan", "desa", "kode_desa", "tps",
    "tempat", "koordinat", "lat", "lon", "pelapor", "sumber", "latihan",
}  # fmt: skip


@dataclass(frozen=True)
class Headings:
    """The headings of a table with what they mean. meanings: our heading by the source's."""

    profile: SourceProfile | None
    meanings: Mapping[str, str]
    facts: frozenset[str]

    @cached_property
    def names(self) -> frozenset[str]:
        """Return our headings that the table has."""
        return frozenset(self.meanings.values())


@dataclass(frozen=True)
class ParentFacts:
    """One report. id: as its source names it; cells: by heading; day: `27/11/2024`, or None.

    sent_at: when it was filled in or sent, where its day is that of this time.
    """

    id: str | None
    day: str | None
    sent_at: datetime | None
    cells: Mapping[str, Cell]


def read_headings(
    names: Sequence[str], catalog: SourceCatalog, profile: SourceProfile | None = None
) -> Headings:
    """Return what the headings of a table mean, under their profile and without groups.

    profile: the source's, where it is known already.
    """
    headings = [name for name in names if name not in reserved_columns.ALL]
    profile = profile or catalog.recognize(headings)
    known = catalog.sort_headings(headings, profile)
    meanings: dict[str, str] = {}
    left_out = {*known.left_out, known.form_time}
    names_by_heading = {
        h: known.own.get(h) or known.stripped.get(h) or h for h in headings if h not in left_out
    }
    wide = catalog.vocabulary.find_wide_headings(list(names_by_heading.values()))
    facts = {"wide"} if any(one.column == "fase" for one in wide.values()) else set()
    arrivals = list[str]()
    for heading, name in names_by_heading.items():
        column = catalog.vocabulary.find_any_column(name)
        if column in _FACTS:
            facts.add(column)
        if own := catalog.vocabulary.find_own_heading(name):
            meanings[heading] = own
        elif catalog.vocabulary.clues.is_heading("arrival_hour", name):
            arrivals.append(heading)
    if arrivals and not _OFFICERS.isdisjoint(meanings.values()):  # not of boxes, or of guests
        facts.add("checkin")
        meanings[arrivals[0]] = "jam"
    return Headings(profile, meanings, frozenset(facts))


def tells_phases(table: Table, catalog: SourceCatalog) -> bool:
    """Return whether a column on the state of TPS under an unknown heading holds phases alone."""
    vocabulary = catalog.vocabulary
    for heading in filter(_STATE.search, table.cells.columns):
        if vocabulary.find_any_column(heading) is not None:
            continue
        words = {str(cell) for cell in table.cells[heading].tolist() if not is_blank(cell)}
        codes = {word for word in words if vocabulary.find_code("tps", "fase", word)}
        if codes and all(vocabulary.clues.is_no_phase(word) for word in words - codes):
            return True
    return False


def choose_shown(parent: Headings, headings: Sequence[str], catalog: SourceCatalog) -> list[str]:
    """Return the parent's headings that a person is shown beside those of a child.

    All but its id, and what its source notes of itself.
    """
    known = catalog.sort_headings(headings, parent.profile)
    return [
        heading
        for heading in headings
        if parent.meanings.get(heading) != "id"
        and (heading not in known.left_out or _is_review(heading, parent.profile))
    ]


def choose_inherited(
    parent: Headings, headings: Sequence[str], child: Headings, times: Sequence[str] = ()
) -> list[str]:
    """Return the parent's headings that a child table takes over: what it does not say itself.

    headings: all of the parent. times: those under which it was asked when it was, though they
    are not ours. A child with an hour of its own takes only the day.
    """
    chosen = []
    for heading in headings:
        name = parent.meanings.get(heading)
        if name == "id" or heading in child.meanings:
            continue
        if name in _TIMES and child.names & _TIMES:
            continue
        wanted = name in _INHERITED and name not in child.names
        wanted |= name == "waktu_lapor" and _is_noted_by_source(heading, parent.profile)
        wanted |= heading in times and not child.names & _TIMES
        if wanted or (name is None and _belongs_to_source(heading, parent.profile)):
            chosen.append(heading)
    return chosen


def _is_noted_by_source(heading: str, profile: SourceProfile | None) -> bool:
    return profile is not None and profile.find_heading(heading) == "waktu_lapor"


def _belongs_to_source(heading: str, profile: SourceProfile | None) -> bool:
    """Return whether a heading shows the review state, or when a form was filled in."""
    if profile is None:
        return False
    is_form_time = any(matches_heading(heading, name) for name in profile.form_times)
    return is_form_time or _is_review(heading, profile)


def _is_review(heading: str, profile: SourceProfile | None) -> bool:
    review = profile.review.headings if profile and profile.review else ()
    return any(matches_heading(heading, name) for name in review)


def needs_day(table: Table, headings: Headings) -> bool:
    """Return whether the rows of a child table name an hour without a day."""
    if "tanggal" in headings.names:
        return False
    if "jam" in headings.names and "waktu" not in headings.names:
        return True
    columns = [h for h, name in headings.meanings.items() if name == "waktu"]
    cells = [c for h in columns for c in set(table.cells[h].tolist()) if not is_blank(c)]
    return bool(cells) and all(map(_is_clock_alone, cells))


def _is_clock_alone(cell: Cell) -> bool:
    try:
        return read_clock(cell).day is None
    except (UnreadableCell, ValueError):
        return False


def read_parent_facts(table: Table, headings: Headings, zone: ZoneInfo) -> Iterator[ParentFacts]:
    """Yield what each row of a table says for its children. zone: the election's."""
    names = [h for h in table.cells.columns if h not in reserved_columns.ALL]
    ids = _list_by_rank(headings, "id", names)
    days = [(h, _find_zone(headings.profile, h)) for h in _list_times(headings, names)]
    by_answer = {h for h in names if headings.meanings.get(h) in {"tanggal", "waktu"}}
    columns = [table.cells[name].tolist() for name in names]
    for row in zip(*columns, strict=True):
        cells = dict(zip(names, row, strict=True))
        id_cell = next((cells[h] for h in ids if not is_blank(cells[h])), None)
        times = ((h, _read_time(cells[h], written, zone)) for h, written in days)
        heading, day = next((found for found in times if found[1]), (None, None))
        yield ParentFacts(
            normalize_cell(id_cell) or None if id_cell is not None else None,
            f"{day:%d/%m/%Y}" if day else None,
            day if isinstance(day, datetime) and heading not in by_answer else None,
            cells,
        )


def _list_by_rank(headings: Headings, name: str, names: Sequence[str]) -> list[str]:
    """Return the headings of one meaning, in the order of the profile."""
    wanted = headings.profile.columns.get(name, ()) if headings.profile else ()
    found = [h for h in names if headings.meanings.get(h) == name]

    def rank(heading: str) -> int:
        return next((i for i, h in enumerate(wanted) if matches_heading(heading, h)), len(wanted))

    return sorted(found, key=rank)


def _list_times(headings: Headings, names: Sequence[str]) -> list[str]:
    """Return the headings that say the day of a report, the surest first."""
    by_name = [h for n in ("tanggal", "waktu") for h in names if headings.meanings.get(h) == n]
    forms = headings.profile.form_times if headings.profile else ()
    form_times = [h for form in forms for h in names if matches_heading(h, form)]
    return [*by_name, *form_times, *(h for h in names if headings.meanings.get(h) == "waktu_lapor")]


def _find_zone(profile: SourceProfile | None, heading: str) -> ZoneInfo | None:
    if profile is None:
        return None
    name = profile.find_zone(heading) or profile.zones.get(profile.find_heading(heading) or "")
    return ZoneInfo(name) if name else None


def _read_time(cell: Cell, written: ZoneInfo | None, zone: ZoneInfo) -> date | datetime | None:
    """Return the time of a cell in the zone of the election; the day where it says no more."""
    try:
        parts = parse_date_parts(cell)
    except (UnreadableCell, ValueError):
        return None
    source = parts.zone or written
    if parts.clock is None or source is None or parts.clock[0] == 24:
        return parts.day
    moment = datetime(
        parts.day.year, parts.day.month, parts.day.day, *parts.clock[:3], tzinfo=source
    )
    return moment.astimezone(zone)


def number_children(name: str, rows: Sequence[ParentFacts | None]) -> list[Cell]:
    """Return an id for each child: its parent's, the table, and its number there."""
    counts: dict[str, int] = {}
    ids: list[Cell] = []
    for row in rows:
        if row is None or row.id is None:
            ids.append(None)
            continue
        counts[row.id] = counts.get(row.id, 0) + 1
        ids.append(f"{row.id}/{name}/{counts[row.id]}")
    return ids
