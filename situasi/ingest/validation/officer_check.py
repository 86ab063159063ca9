"""Check of the officer of a row: a roster number, or the mark of an NRP or of a known name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from situasi.domain.officer_marks import is_number_mark
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_cell
from situasi.ingest.redaction import officer_names, officer_numbers
from situasi.ingest.redaction.officer_numbers import OfficerNumber
from situasi.ingest.redaction.persons import OFFICER_NAME_REFUSED, TITLES
from situasi.ingest.tables import Cell
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck

OFFICER_MISSING = "nomor petugas kosong: tulis nomor petugas atau NRP"
NAME_ALONE = "nama saja tidak cukup: tulis nomor petugas atau NRP"
NAME_UNKNOWN = (
    "nama ini tidak ada atau tidak hanya satu dalam daftar satuannya: tulis nomor petugas atau NRP"
)
NAME_MATCHED = "petugas dikenali dari namanya dalam daftar satuannya"
NRP_UNUSED = "{}; petugas dikenali dari nomornya saja"

# Whose names are not those of the officer of the row.
_OTHER_PERSONS = re.compile(
    r"pelapor|saksi|korban|ketua|padal|pawas|perwira|terlapor|terduga|pelaku|pelanggar|pengadu",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OfficerColumns:
    """The officers of a table. petugas: number or mark. nrp: mark of an NRP. nama: of names.

    pangkat: as far as a cell held it beside an NRP. from_names: rows whose officer stands in a
    column of names only, which quarantine does not keep.
    """

    petugas: Texts
    nrp: Texts
    nama: Texts
    pangkat: Texts
    from_names: frozenset[int]


@dataclass(frozen=True)
class _Officer:
    """What the cells of one row say. doubts: for the row."""

    petugas: str
    nrp: str | None = None
    nama: str | None = None
    pangkat: str | None = None
    doubt: str | None = None
    is_from_names: bool = False


def check_officers(table: TableCheck) -> OfficerColumns:
    """Return who the officers of the rows are; a row that does not tell gets an error."""
    cells: list[Sequence[Cell]] = [
        table.cells("petugas"), table.cells("nrp"), _list_names(table), _list_units(table),
    ]  # fmt: skip
    reader = _OfficerReader(table)
    officers = table.issues.read_distinct_rows(cells, reader.read, columns=["petugas"])
    return OfficerColumns(
        petugas=[officer.petugas if officer else None for officer in officers],
        nrp=[officer.nrp if officer else None for officer in officers],
        nama=[officer.nama if officer else None for officer in officers],
        pangkat=[officer.pangkat if officer else None for officer in officers],
        from_names=frozenset(
            row for row, officer in enumerate(officers) if officer and officer.is_from_names
        ),
    )


class _OfficerReader:
    """Reads the cells of one row of a table."""

    def __init__(self, table: TableCheck) -> None:
        self._context = table.context
        self._is_roster = table.feed.name == "roster"

    def read(
        self, petugas: Cell, nrp: Cell, name: str | None, unit: str | None
    ) -> tuple[_Officer, str | None]:
        """Return the officer and a doubt. Raises UnreadableCell, never quoting a cell."""
        officer = self._read(petugas, nrp, name, unit)
        return officer, officer.doubt

    def _read(self, petugas: Cell, nrp: Cell, name: str | None, unit: str | None) -> _Officer:
        stated, problem, words = None, None, name or ""
        if not is_blank(petugas):
            try:
                stated = officer_numbers.read_officer(petugas, self._context.officer_key)
                words = f"{stated.rest} {words}"
            except UnreadableCell as error:
                problem = error
                if str(error) == OFFICER_NAME_REFUSED:
                    words = f"{normalize_cell(petugas)} {words}" if not name else words
        marked, doubt = self._read_nrp(nrp, has_number=stated is not None)
        words = f"{marked.rest} {words}" if marked else words
        is_from_names = False
        if stated is None and marked is None and name:
            marked = officer_numbers.find_nrp(name, self._context.officer_key)
            is_from_names = marked is not None
        if stated is None and marked is None:
            return self._match_name(words, unit, problem)
        chosen = stated or marked
        assert chosen is not None, "one of the two was read"
        is_mark = is_number_mark(chosen.petugas)
        doubts = [doubt, chosen.doubt, *([marked.doubt] if marked and marked != chosen else [])]
        return _Officer(
            chosen.petugas,
            nrp=chosen.petugas if is_mark else marked and marked.petugas,
            nama=self._mark_roster_name(words, unit),
            pangkat=_find_rank(words),
            doubt="; ".join(dict.fromkeys(filter(None, doubts))) or None,
            is_from_names=is_from_names,
        )

    def _read_nrp(self, nrp: Cell, *, has_number: bool) -> tuple[OfficerNumber | None, str | None]:
        """Return the NRP, and a doubt where it is unusable beside a number."""
        if is_blank(nrp):
            return None, None
        try:
            return officer_numbers.read_nrp(nrp, self._context.officer_key), None
        except UnreadableCell as error:
            if not has_number:
                raise
            is_masked = str(error) == officer_numbers.NRP_MASKED
            return None, None if is_masked else NRP_UNUSED.format(error)

    def _match_name(self, words: str, unit: str | None, problem: Exception | None) -> _Officer:
        """Return the only officer of the unit's roster with this name. Raises UnreadableCell."""
        name = officer_names.parse_name(words) if words.strip() else None
        if name is None:
            raise problem or UnreadableCell(OFFICER_MISSING)
        stated_unit = officer_names.normalize_unit(unit) or name.unit
        if self._is_roster or not stated_unit:
            raise problem or UnreadableCell(NAME_ALONE)
        for mark in officer_names.list_query_marks(name, stated_unit, self._context.officer_key):
            found = self._context.find_officers_by_name(mark)
            if len(found) == 1:
                return _Officer(next(iter(found)), doubt=NAME_MATCHED)
            if found:
                break
        raise UnreadableCell(NAME_UNKNOWN)

    def _mark_roster_name(self, words: str, unit: str | None) -> str | None:
        name = officer_names.parse_name(words) if self._is_roster and words.strip() else None
        if name is None:
            return None
        stated_unit = officer_names.normalize_unit(unit) or name.unit
        return officer_names.build_roster_marks(name, stated_unit, self._context.officer_key)


def _list_names(table: TableCheck) -> Texts:
    """Return what stands in columns of names; the first filled one of several."""
    names: Texts = [None] * table.issues.row_count
    for heading in reversed(table.mapping.person_headings):
        if not _OTHER_PERSONS.search(heading):
            column = table.raw.cells[heading].tolist()
            texts = [None if is_blank(cell) else normalize_cell(cell) for cell in column]
            names = [text or name for text, name in zip(texts, names, strict=True)]
    return names


def _list_units(table: TableCheck) -> Texts:
    """Return the unit of each row, under any heading that is one in a roster."""
    if table.mapping.has("satuan"):
        return table.texts("satuan")
    find_column = table.context.vocabulary.find_column
    headings = [h for h in table.raw.cells.columns if find_column("roster", h) == "satuan"]
    if not headings:
        return [None] * table.issues.row_count
    column = table.raw.cells[headings[0]].tolist()
    return [None if is_blank(cell) else normalize_cell(cell) for cell in column]


def _find_rank(words: str) -> str | None:
    """Return the rank that stands beside an NRP or a name."""
    found = re.findall(r"[A-Za-z]+", words)
    return next((word for word in found if word.lower() in TITLES), None)
