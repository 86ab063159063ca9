"""The sheet on which a table of any feed is judged, and the verdict on its rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from situasi.domain.feed_schemas import JENIS, ColumnKind, Feed, dtypes
from situasi.ingest.context import IngestContext
from situasi.ingest.messages.sender import redact_original
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.datetime_columns import DatetimeColumn
from situasi.ingest.parsing.numbers import read_yesno
from situasi.ingest.readers.reserved_columns import BROKEN, EXCESS, GEOMETRY, NOT_A_REPORT
from situasi.ingest.redaction.rows import redact_cells, redact_heading, redact_reasons, redact_texts
from situasi.ingest.tables import Cell, RejectedRow, Table, ValidationResult, to_cell_array
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS, QUARANTINE_NUMBER, ColumnMapping
from situasi.ingest.validation.row_issues import RowIssues, cell_to_text
from situasi.ingest.vocabulary.vote_headings import VOTES_REMOVED

# Headings under which a reader puts what does not fit a table (see feeds/reading/).
# In raw text nobody parted into columns, anything that may be votes goes.
_VOTES_PATTERN = re.compile(r"suara|paslon|kolom kosong|kotak kosong|\bvotes?\b", re.IGNORECASE)

# Within a case key: day, whether made up, kind, then the kecamatan.
_CASE_KEY_PLACE = re.compile(rf"(?=\|-?\d+\|(?:latihan)?\|(?:{'|'.join(JENIS)}|-)\|([^|]*)\|)")

EXERCISE_NOT_ALLOWED = (
    "baris LATIHAN pada papan yang bukan latihan: latihan dimulai oleh pimpinan atau admin"
)
REASON_BY_MARK = {
    EXCESS: "jumlah sel melebihi jumlah judul kolom",
    BROKEN: "baris tidak dapat dibaca",
    GEOMETRY: "lokasi bukan titik",
}


@dataclass
class TableCheck:
    """One table on the bench: its cells by column, the values read so far."""

    feed: Feed
    table: Table
    mapping: ColumnMapping
    context: IngestContext
    now: datetime
    issues: RowIssues = field(init=False)
    values: dict[str, Any] = field(default_factory=dict)  # sequences, one value per row

    def __post_init__(self) -> None:
        self.issues = RowIssues(len(self.table.row_numbers))

    def cells(self, name: str) -> list[Cell]:
        """The raw cells of a column; the first filled one where several headings name it."""
        *more, last = self.mapping.columns.get(name, (None,))
        if last is None:
            return [None] * self.issues.row_count
        found: list[Cell] = self.table.cells[last].tolist()
        for heading in reversed(more):
            column = self.table.cells[heading].tolist()
            found = [old if new is None else new for new, old in zip(column, found, strict=True)]
        return found

    def texts(self, name: str) -> list[str | None]:
        if not self.mapping.has(name):
            return [None] * self.issues.row_count
        cells = self.cells(name)
        try:
            return [cell or None for cell in map(str.strip, cells)]  # type: ignore[arg-type]
        except TypeError:  # not all are text
            return [c.strip() or None if type(c) is str else cell_to_text(c) for c in cells]

    def read_codes(self, name: str, cells: Sequence[Cell] | None = None) -> list[str | None]:
        """Read a column of a fixed vocabulary, or these cells as its words; empty stays empty."""
        if cells is None and not self.mapping.has(name):
            return [None] * self.issues.row_count

        def read(cell: Cell) -> tuple[str | None, str | None]:
            if is_blank(cell):
                return None, None
            return self.context.vocabulary.read_code(self.feed.name, name, cell)

        return self.issues.read_distinct(
            self.cells(name) if cells is None else cells, read, columns=[name]
        )

    def read_optional(self, name: str, read: Callable[[Cell], Any]) -> list[Any]:
        """Read a column with a parser that raises Unreadable; empty stays empty."""
        if not self.mapping.has(name):
            return [None] * self.issues.row_count
        return self.issues.read_distinct(
            self.cells(name),
            lambda cell: (None if is_blank(cell) else read(cell), None),
            columns=[name],
        )

    def require(self, name: str, raw: Iterable[Any], reason: str) -> None:
        """A row without this value has a fault, unless an unreadable one was faulted already."""
        values = self.values[name]
        if None not in values:
            return
        for row, (value, cell) in enumerate(zip(values, raw, strict=True)):
            if value is None and is_blank(cell):
                self.issues.add_error(row, reason, name)


def check_common(table_check: TableCheck) -> None:
    """Fault what is no row, and read whether it is an exercise, who tells it, in which words."""
    for heading, reason in REASON_BY_MARK.items():
        for row in _find_marked_rows(table_check, heading):
            table_check.issues.add_error(row, reason)
    for row, reason in _find_marked_rows(table_check, NOT_A_REPORT).items():
        table_check.issues.add_error(row, reason)
    table_check.values["latihan"] = [
        bool(v) for v in table_check.read_optional("latihan", read_yesno)
    ]
    _check_exercise(table_check)
    for name in ("pelapor", "sumber"):
        table_check.values[name] = table_check.texts(name)
    table_check.values["teks_asli"] = table_check.issues.read_distinct(
        table_check.texts("teks_asli"),
        lambda text: (text and redact_original(text, table_check.context), None),
    )


def _check_exercise(table_check: TableCheck) -> None:
    """Fault rows of an exercise that would mark a board as one which is none."""
    marked = [row for row, made_up in enumerate(table_check.values["latihan"]) if made_up]
    if marked and not table_check.context.may_bring_exercise():
        for row in marked:
            table_check.issues.add_error(row, EXERCISE_NOT_ALLOWED, "latihan")


def _find_marked_rows(table_check: TableCheck, mark: str) -> dict[int, str]:
    """The rows with something under this mark, and what.

    A torn row that came back with cells typed in beside its raw text is torn no longer.
    """
    cells = table_check.table.cells
    if mark not in cells.columns:
        return {}
    found = {row: str(cell) for row, cell in enumerate(cells[mark].tolist()) if cell is not None}
    if mark == BROKEN and QUARANTINE_NUMBER in cells.columns:
        known = [heading for named in table_check.mapping.columns.values() for heading in named]
        typed = cells[known].notna().any(axis=1).tolist()
        found = {row: said for row, said in found.items() if not typed[row]}
    return found


def assign_ids(table_check: TableCheck) -> None:
    """The sender's id, or one derived from what the row says: the same row, the same id."""
    names = table_check.texts("id")
    prefix = table_check.feed.name[0].upper()
    unnamed = [row for row, own in enumerate(names) if own is None] if None in names else []
    for row in unnamed:
        said = repr(
            tuple(table_check.values[name][row] for name in table_check.feed.identity_columns)
        )
        names[row] = f"{prefix}-{hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"
    table_check.values["id"] = redact_texts(table_check.feed.name, names)


def _check_area(table_check: TableCheck) -> None:
    """Fault what is not of the sender's kecamatan; what names none is of the whole kabupaten."""
    if not table_check.context.area:
        return
    judge_place = _check_merge if table_check.feed.name == "merges" else _check_place
    for row in range(table_check.issues.row_count):
        judge_place(table_check, row)
    for name in {"petugas", "id"} & set(
        table_check.values if table_check.context.foreign_ids else ()
    ):
        for row, cell in enumerate(table_check.values[name]):
            if cell in table_check.context.foreign_ids:
                table_check.issues.add_error(row, f"di luar wilayah pengirim: {cell}")


def _check_place(table_check: TableCheck, row: int) -> None:
    code, register = table_check.values["kecamatan"][row], table_check.context.register
    desa = (
        register.desa.get(table_check.values["desa"][row]) if "desa" in table_check.values else None
    )
    read = code is not None or row not in table_check.issues.errors
    for place in [code, *([desa.kecamatan] if desa and desa.kecamatan != code else [])]:
        if read and place not in table_check.context.area:
            what = f"di luar wilayah pengirim: {register.name_of(place)}"
            table_check.issues.add_error(row, what, "kecamatan_name")


def _check_merge(table_check: TableCheck, row: int) -> None:
    """A merge is of the kecamatan of both its cases, whatever it says of its own place."""
    named = {table_check.values["kecamatan"][row]} - {None}
    for name in ("kasus", "ke"):
        places = extract_case_kecamatan(table_check.values[name][row] or "")
        if not places or not (places | named) <= set(table_check.context.area):
            table_check.issues.add_error(row, f"di luar wilayah pengirim: {name}")


def extract_case_kecamatan(case_key: str) -> set[str]:
    """The kecamatan of a case key (analysis.incidents.case_keys); of the whole kabupaten "-".

    An id or a desa may hold the sign that parts the key: every reading counts.
    """
    return {found[1] for found in _CASE_KEY_PLACE.finditer(case_key)}


def build_validation_result(table_check: TableCheck) -> ValidationResult:
    """Every row in exactly one place: accepted with its doubts, or rejected with its faults."""
    bench = table_check.issues
    table_check.values["flags"] = bench.format_warnings()
    for column in table_check.feed.columns:
        if column.kind is ColumnKind.TEXT and column.name != "id":
            table_check.values[column.name] = redact_texts(
                table_check.feed.name, table_check.values[column.name]
            )
    assign_ids(table_check)
    _check_area(table_check)
    keep = np.ones(bench.row_count, dtype=bool)
    keep[list(bench.errors)] = False
    kinds, columns = dtypes(table_check.feed), {}
    for column in table_check.feed.columns:
        kept = _to_array(table_check.values[column.name], column.kind)[keep]
        columns[column.name] = pd.Series(kept, dtype=kinds[column.name], copy=False)
    columns["row"] = pd.Series(np.array(table_check.table.row_numbers, dtype=np.int64)[keep])
    accepted = pd.DataFrame(columns, copy=False)
    return ValidationResult(
        accepted, _build_rejected_rows(table_check), table_check.mapping.format_notes()
    )


def _to_array(values: Sequence[Any], kind: str) -> Any:
    match kind:
        case "time" if isinstance(values, DatetimeColumn):
            return pd.DatetimeIndex(values.values, tz="UTC").array
        case "time":
            found = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
            return found.astype("datetime64[us, UTC]").array
        case "count":
            return pd.array(list(values), dtype="Int64")
        case "decimal":
            return np.array(values, dtype=np.float64)
        case "yesno":
            return np.array(values, dtype=bool)
        case _:
            return to_cell_array(values)


def _redact_votes(table_check: TableCheck, heading: str, cell: str) -> str:
    """What is kept of a cell that was not read as a column: nothing where it may hold votes."""
    loose = heading in table_check.mapping.unused_headings or heading in REASON_BY_MARK
    return VOTES_REMOVED if loose and _VOTES_PATTERN.search(cell) else cell


def _list_reasons(errors: list[str], not_a_report_reason: str | None) -> tuple[str, ...]:
    """Every reason once; of what is no report, or no row, nothing more can be said."""
    if not_a_report_reason is not None:
        return (not_a_report_reason,)
    if REASON_BY_MARK[BROKEN] in errors:
        return (REASON_BY_MARK[BROKEN],)
    return tuple(dict.fromkeys(errors))


def _build_rejected_rows(table_check: TableCheck) -> list[RejectedRow]:
    """The faulty rows. Columns by which a reason can be mended are there, though empty."""
    feed, headings, bench = table_check.feed.name, table_check.mapping, table_check.issues
    hidden = {
        *headings.vote_headings,
        *headings.person_headings,
        *headings.export_headings,
        NOT_A_REPORT,
    }
    if feed in OFFICER_FEEDS:
        hidden |= {*headings.unused_headings}
    shown = [h for h in table_check.table.cells.columns if h not in hidden]
    aside = _find_marked_rows(table_check, NOT_A_REPORT)
    faulty, rejected = sorted(bench.errors), []
    asked = cache(
        lambda columns: headings.find_headings_to_fill(feed, columns, table_check.context)
    )
    cells = table_check.table.cells[shown].iloc[faulty].to_numpy().tolist()
    for at, row in zip(faulty, cells, strict=True):
        raw = _build_raw_cells(table_check, dict(zip(shown, row, strict=True)))
        kept = redact_cells(feed, headings, raw, table_check.context)
        for group in asked(tuple(bench.columns_to_fix[at])):
            if raw.keys().isdisjoint(group):
                kept.update((redact_heading(feed, heading), "") for heading in group)
        reasons = redact_reasons(feed, raw, _list_reasons(bench.errors[at], aside.get(at)))
        rejected.append(RejectedRow(table_check.table.row_numbers[at], kept, reasons))
    return rejected


def _build_raw_cells(table_check: TableCheck, cells: dict[str, Cell]) -> dict[str, str]:
    """The filled cells of a row as the sender wrote them, without what may be votes."""
    filled = {heading: str(cell) for heading, cell in cells.items() if cell is not None}
    return {heading: _redact_votes(table_check, heading, cell) for heading, cell in filled.items()}
