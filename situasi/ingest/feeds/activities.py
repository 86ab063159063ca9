"""Activities (giat): what the police planned and did before, on and after the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.register import Register
from situasi.ingest.gazetteer.name_index import NameIndex, tokenize_name
from situasi.ingest.parsing.cells import is_blank, normalize_cell, quote
from situasi.ingest.parsing.institutions import read_partners
from situasi.ingest.tables import Cell, ValidationResult
from situasi.ingest.validation.place_check import check_location
from situasi.ingest.validation.table_check import TableCheck, build_validation_result, check_common
from situasi.ingest.validation.time_check import check_times
from situasi.ingest.vocabulary.csv_lists import normalize_key, remove_brackets

_MAX_PLAN_AHEAD = timedelta(days=366)


def check(table_check: TableCheck) -> ValidationResult:
    """Check one table of activities."""
    check_common(table_check)
    check_times(table_check, allow_future=True)
    check_location(table_check)
    for name in ("giat", "fungsi", "status"):
        table_check.values[name] = table_check.read_codes(name)
    for name in ("lokasi", "jumlah", "uraian"):
        table_check.values[name] = table_check.texts(name)
    _complete_kind_and_function(table_check)
    _check_status(table_check)
    _fill_stage_and_sop(table_check)
    area = table_check.context.election.kabupaten
    table_check.values["mitra"] = table_check.issues.read_distinct(
        table_check.cells("mitra"), lambda cell: (read_partners(cell, area), None)
    )
    return build_validation_result(table_check)


def _complete_kind_and_function(table_check: TableCheck) -> None:
    """Fill an empty kind or function from the other where that is the name of a task force."""
    kinds, functions = table_check.values["giat"], table_check.values["fungsi"]
    pairs = zip(table_check.cells("giat"), table_check.cells("fungsi"), strict=True)
    for row, (kind, function) in enumerate(pairs):
        if is_blank(kind) and is_blank(function):
            table_check.issues.add_error(row, "jenis giat kosong", "giat", "fungsi")
        elif is_blank(kind):
            kinds[row] = functions[row]
        elif is_blank(function) and kinds[row] in FUNGSI:
            functions[row] = kinds[row]


def _check_status(table_check: TableCheck) -> None:
    """Set rencana for future rows without a status; a past row without one is not taken as done."""
    latest, statuses = (
        table_check.context.compute_latest_time(table_check.now),
        table_check.values["status"],
    )
    unstated = [is_blank(cell) for cell in table_check.cells("status")]
    rows = zip(
        table_check.values["occurred_at"], table_check.values["latihan"], unstated, strict=True
    )
    for row, (at, rehearsal, is_unstated) in enumerate(rows):
        if at is None:
            continue
        if is_unstated and at > table_check.now:
            statuses[row] = "rencana"
        if statuses[row] == "terlaksana" and at > latest and not rehearsal:
            reason = "terlaksana tetapi waktu di masa depan; periksa tanggal"
            table_check.issues.add_error(row, reason, "status", "occurred_at")
        if at > table_check.now + _MAX_PLAN_AHEAD:
            table_check.issues.add_warning(row, "waktu lebih dari setahun lagi; periksa tahunnya")


def _fill_stage_and_sop(table_check: TableCheck) -> None:
    """Fill `tahapan` and `sop`; a line of the SOP list determines the stage."""
    register, issues = table_check.context.register, table_check.issues
    stages = issues.read_distinct(table_check.cells("tahapan"), build_stage_list(register).read)
    lines = issues.read_distinct(table_check.cells("sop"), build_sop_list(register).read)
    stage_of = {item.code: item.stage for item in register.sop}
    for row, line in enumerate(lines):
        if line is None:
            continue
        if stages[row] is None:
            stages[row] = stage_of[line]
        elif stages[row] != stage_of[line]:
            issues.add_warning(row, f"butir SOP {line} milik tahapan {stage_of[line]}")
    table_check.values["tahapan"], table_check.values["sop"] = stages, lines


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
