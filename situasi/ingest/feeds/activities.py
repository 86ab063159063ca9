"""Activities (giat): what the police planned and did before, on and after the day."""

from collections.abc import Iterable
from datetime import timedelta

from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.register import Register
from situasi.ingest.gazetteer.name_index import NameIndex, tokenize_name
from situasi.ingest.parsing.cells import is_blank, normalize_cell, quote
from situasi.ingest.parsing.institutions import read_partners
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.place_check import check_location, note_area_alone
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import TableCheck, check_exercise
from situasi.ingest.validation.time_check import TimeColumns, check_times
from situasi.ingest.validation.validation_result import build_validation_result
from situasi.ingest.vocabulary.csv_lists import normalize_key, remove_brackets

_MAX_PLAN_AHEAD = timedelta(days=366)


def check(table: TableCheck) -> ValidationResult:
    """Check one table of activities."""
    latihan = check_exercise(table)
    times = check_times(table, latihan, allow_future=True)
    place = check_location(table, venue_column="lokasi")
    venues = table.texts("lokasi")
    note_area_alone(table, place, lambda row: venues[row] is not None)
    kinds, functions, statuses = map(table.read_codes, ("giat", "fungsi", "status"))
    giat, fungsi = _complete_kind_and_function(table, kinds, functions)
    status = _complete_status(table, times, latihan, statuses)
    tahapan, sop = _read_stage_and_sop(table)
    names, kabupaten = table.context.vocabulary.institutions, table.context.election.kabupaten
    mitra = table.issues.read_distinct(
        table.cells("mitra"), lambda cell: (read_partners(cell, names, kabupaten), None)
    )
    return build_validation_result(
        table, latihan, times, place,
        giat=giat, fungsi=fungsi, status=status, tahapan=tahapan, sop=sop, mitra=mitra,
        lokasi=venues, jumlah=table.texts("jumlah"), uraian=table.texts("uraian"),
    )  # fmt: skip


def _complete_kind_and_function(
    table: TableCheck, kinds: Texts, functions: Texts
) -> tuple[Texts, Texts]:
    """Fill an empty kind or function from the other where that is the name of a task force."""
    giat, fungsi = list(kinds), list(functions)
    pairs = zip(table.cells("giat"), table.cells("fungsi"), strict=True)
    for row, (kind, function) in enumerate(pairs):
        if is_blank(kind) and is_blank(function):
            table.issues.add_error(row, "jenis giat kosong", "giat", "fungsi")
        elif is_blank(kind):
            giat[row] = functions[row]
        elif is_blank(function) and kinds[row] in FUNGSI:
            fungsi[row] = kinds[row]
    return giat, fungsi


def _complete_status(
    table: TableCheck, times: TimeColumns, latihan: list[bool], statuses: Texts
) -> Texts:
    """Set rencana for future rows without a status; a past row without one is not taken as done."""
    latest, status = table.context.compute_latest_time(table.now), list(statuses)
    rows = zip(times.occurred_at, latihan, table.cells("status"), strict=True)
    for row, (at, is_exercise, cell) in enumerate(rows):
        if at is None:
            continue
        if is_blank(cell) and at > table.now:
            status[row] = "rencana"
        if status[row] == "terlaksana" and at > latest and not is_exercise:
            reason = "terlaksana tetapi waktu di masa depan; periksa tanggal"
            table.issues.add_error(row, reason, "status", "occurred_at")
        if at > table.now + _MAX_PLAN_AHEAD:
            table.issues.add_warning(row, "waktu lebih dari setahun lagi; periksa tahunnya")
    return status


def _read_stage_and_sop(table: TableCheck) -> tuple[Texts, Texts]:
    """Return `tahapan` and `sop`; a line of the SOP list determines the stage."""
    register, issues = table.context.register, table.issues
    stages = issues.read_distinct(table.cells("tahapan"), build_stage_list(register).read)
    lines = issues.read_distinct(table.cells("sop"), build_sop_list(register).read)
    stage_of = {item.code: item.stage for item in register.sop}
    for row, line in enumerate(lines):
        if line is None:
            continue
        if stages[row] is None:
            stages[row] = stage_of[line]
        elif stages[row] != stage_of[line]:
            issues.add_warning(row, f"butir SOP {line} milik tahapan {stage_of[line]}")
    return stages, lines


CodeAndNote = tuple[str | None, str | None]  # a code, and a note of doubt


class CodeList:
    """One list of the register, searched by code, exact name, nearest name, or words in a name."""

    def __init__(self, label: str, entries: Iterable[tuple[str, str]]) -> None:
        self._label = label
        self._names = NameIndex({})
        self._codes: dict[str, str] = {}
        for code, name in entries:
            self._codes[normalize_key(code)] = code
            self._names.add(code, name)
            self._names.add(code, remove_brackets(name))

    def read(self, cell: Cell) -> CodeAndNote:
        """Return the code that a cell names, by code or name; None and a note where unclear."""
        if is_blank(cell):
            return None, None
        text = normalize_cell(cell)
        if code := self._codes.get(normalize_key(text)):
            return code, None
        words = tokenize_name(text)
        exact = self._names.find_exact(words) if words else set()
        if len(exact) == 1:
            return exact.pop(), None
        nearest = (
            None
            if exact or not words
            else self._names.find_nearest(words) or self._find_containing(words)
        )
        if nearest is None:
            return None, f"{self._label} {quote(cell)} tidak dikenal"
        return (
            nearest,
            f"{self._label} {quote(cell)} dibaca {nearest} {self._names.display_names[nearest]}",
        )

    def _find_containing(self, words: tuple[str, ...]) -> str | None:
        """Return the code of the only entry whose name contains all these words."""
        matches = {
            code
            for name, codes in self._names.codes_by_words.items()
            if set(words) <= set(name)
            for code in codes
        }
        return matches.pop() if len(matches) == 1 and len("".join(words)) > 4 else None


def build_stage_list(register: Register) -> CodeList:
    """Build the list of election stages (tahapan)."""
    return CodeList("tahapan", ((stage.code, stage.name) for stage in register.stages))


def build_sop_list(register: Register) -> CodeList:
    """Build the list of SOP lines."""
    return CodeList("butir SOP", ((item.code, item.text) for item in register.sop))
