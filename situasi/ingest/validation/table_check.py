"""State of a table of any feed while it is checked, and the accepted and rejected rows."""

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

# In raw text that was not read as columns, anything that may be votes is removed.
_VOTES_PATTERN = re.compile(r"suara|paslon|kolom kosong|kotak kosong|\bvotes?\b", re.IGNORECASE)

# Within a case key: day, whether an exercise, kind, then the kecamatan.
_CASE_KEY_PLACE = re.compile(rf"(?=\|-?\d+\|(?:latihan)?\|(?:{'|'.join(JENIS)}|-)\|([^|]*)\|)")

EXERCISE_NOT_ALLOWED = (
    "baris LATIHAN pada papan yang bukan latihan: latihan dimulai oleh pimpinan atau admin"
)
# Errors for reserved headings, under which a reader puts what does not fit the table.
REASON_BY_MARK = {
    EXCESS: "jumlah sel melebihi jumlah judul kolom",
    BROKEN: "baris tidak dapat dibaca",
    GEOMETRY: "lokasi bukan titik",
}


@dataclass
class TableCheck:
    """One table being checked: its cells by column, and the values read so far."""

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
        """Return the raw cells of a column; the first filled one where several headings name it."""
        *others, last = self.mapping.columns.get(name, (None,))
        if last is None:
            return [None] * self.issues.row_count
        cells: list[Cell] = self.table.cells[last].tolist()
        for heading in reversed(others):
            column = self.table.cells[heading].tolist()
            cells = [alt if cell is None else cell for cell, alt in zip(column, cells, strict=True)]
        return cells

    def texts(self, name: str) -> list[str | None]:
        """Return the cells of a column as stripped texts, None where empty."""
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
        """Read a column with a parser that raises UnreadableCell; empty stays empty."""
        if not self.mapping.has(name):
            return [None] * self.issues.row_count
        return self.issues.read_distinct(
            self.cells(name),
            lambda cell: (None if is_blank(cell) else read(cell), None),
            columns=[name],
        )

    def require(self, name: str, raw: Iterable[Any], reason: str) -> None:
        """Add an error to rows without this value, unless their unreadable cell has one already."""
        values = self.values[name]
        if None not in values:
            return
        for row, (value, cell) in enumerate(zip(values, raw, strict=True)):
            if value is None and is_blank(cell):
                self.issues.add_error(row, reason, name)


def check_common(table_check: TableCheck) -> None:
    """Add errors for broken rows; read `latihan`, `pelapor`, `sumber` and `teks_asli`."""
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
    """Add an error to exercise rows that this sender may not bring to this dashboard."""
    rows = [row for row, exercise in enumerate(table_check.values["latihan"]) if exercise]
    if rows and not table_check.context.may_bring_exercise():
        for row in rows:
            table_check.issues.add_error(row, EXERCISE_NOT_ALLOWED, "latihan")


def _find_marked_rows(table_check: TableCheck, mark: str) -> dict[int, str]:
    """Return the rows that have a cell under this reserved heading, with its text.

    A broken row that was returned with cells filled in beside its raw text is no longer broken.
    """
    cells = table_check.table.cells
    if mark not in cells.columns:
        return {}
    marked = {row: str(cell) for row, cell in enumerate(cells[mark].tolist()) if cell is not None}
    if mark == BROKEN and QUARANTINE_NUMBER in cells.columns:
        headings = [heading for group in table_check.mapping.columns.values() for heading in group]
        is_filled = cells[headings].notna().any(axis=1).tolist()
        marked = {row: text for row, text in marked.items() if not is_filled[row]}
    return marked


def assign_ids(table_check: TableCheck) -> None:
    """Fill `id`: the sender's id, or one derived from the content, so equal rows have equal ids."""
    names = table_check.texts("id")
    prefix = table_check.feed.name[0].upper()
    missing = [row for row, name in enumerate(names) if name is None] if None in names else []
    for row in missing:
        content = repr(
            tuple(table_check.values[name][row] for name in table_check.feed.identity_columns)
        )
        names[row] = f"{prefix}-{hashlib.blake2b(content.encode(), digest_size=6).hexdigest()}"
    table_check.values["id"] = redact_texts(table_check.feed.name, names)


def _check_area(table_check: TableCheck) -> None:
    """Add errors to rows outside the sender's area; no place means the whole kabupaten."""
    if not table_check.context.area:
        return
    check_place = _check_merge if table_check.feed.name == "merges" else _check_place
    for row in range(table_check.issues.row_count):
        check_place(table_check, row)
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
    is_place_read = code is not None or row not in table_check.issues.errors
    for place in [code, *([desa.kecamatan] if desa and desa.kecamatan != code else [])]:
        if is_place_read and place not in table_check.context.area:
            reason = f"di luar wilayah pengirim: {register.name_of(place)}"
            table_check.issues.add_error(row, reason, "kecamatan_name")


def _check_merge(table_check: TableCheck, row: int) -> None:
    """Check that both cases of a merge, and its own place if named, are in the sender's area."""
    own_place = {table_check.values["kecamatan"][row]} - {None}
    for name in ("kasus", "ke"):
        case_places = extract_case_kecamatan(table_check.values[name][row] or "")
        if not case_places or not (case_places | own_place) <= set(table_check.context.area):
            table_check.issues.add_error(row, f"di luar wilayah pengirim: {name}")


def extract_case_kecamatan(case_key: str) -> set[str]:
    """Return the kecamatan of a case key (analysis.incidents.cases); "-": the whole kabupaten.

    An id or a desa may contain the separator of the key: every possible reading is returned.
    """
    return {match[1] for match in _CASE_KEY_PLACE.finditer(case_key)}


def build_validation_result(table_check: TableCheck) -> ValidationResult:
    """Build the result: every row once, accepted with its warnings or rejected with its errors."""
    issues = table_check.issues
    table_check.values["flags"] = issues.format_warnings()
    for column in table_check.feed.columns:
        if column.kind is ColumnKind.TEXT and column.name != "id":
            table_check.values[column.name] = redact_texts(
                table_check.feed.name, table_check.values[column.name]
            )
    assign_ids(table_check)
    _check_area(table_check)
    is_accepted = np.ones(issues.row_count, dtype=bool)
    is_accepted[list(issues.errors)] = False
    dtype_by_column, columns = dtypes(table_check.feed), {}
    for column in table_check.feed.columns:
        values = _to_array(table_check.values[column.name], column.kind)[is_accepted]
        columns[column.name] = pd.Series(values, dtype=dtype_by_column[column.name], copy=False)
    columns["row"] = pd.Series(np.array(table_check.table.row_numbers, dtype=np.int64)[is_accepted])
    accepted = pd.DataFrame(columns, copy=False)
    return ValidationResult(
        accepted, _build_rejected_rows(table_check), table_check.mapping.format_notes()
    )


def _to_array(values: Sequence[Any], kind: str) -> Any:
    match kind:
        case "time" if isinstance(values, DatetimeColumn):
            return pd.DatetimeIndex(values.values, tz="UTC").array
        case "time":
            times = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
            return times.astype("datetime64[us, UTC]").array
        case "count":
            return pd.array(list(values), dtype="Int64")
        case "decimal":
            return np.array(values, dtype=np.float64)
        case "yesno":
            return np.array(values, dtype=bool)
        case _:
            return to_cell_array(values)


def _redact_votes(table_check: TableCheck, heading: str, cell: str) -> str:
    """Return a cell, or a placeholder if it was not read as a column and may hold votes."""
    is_unread = heading in table_check.mapping.unused_headings or heading in REASON_BY_MARK
    return VOTES_REMOVED if is_unread and _VOTES_PATTERN.search(cell) else cell


def _list_reasons(errors: list[str], not_a_report_reason: str | None) -> tuple[str, ...]:
    """Return every reason once; if the row is broken or not a report, only that reason."""
    if not_a_report_reason is not None:
        return (not_a_report_reason,)
    if REASON_BY_MARK[BROKEN] in errors:
        return (REASON_BY_MARK[BROKEN],)
    return tuple(dict.fromkeys(errors))


def _build_rejected_rows(table_check: TableCheck) -> list[RejectedRow]:
    """Return the rejected rows, with empty cells for columns in which an error can be corrected."""
    feed, mapping, issues = table_check.feed.name, table_check.mapping, table_check.issues
    hidden = {
        *mapping.vote_headings,
        *mapping.person_headings,
        *mapping.export_headings,
        NOT_A_REPORT,
    }
    if feed in OFFICER_FEEDS:
        hidden |= {*mapping.unused_headings}
    headings = [h for h in table_check.table.cells.columns if h not in hidden]
    marked = _find_marked_rows(table_check, NOT_A_REPORT)
    rejected_rows, result = sorted(issues.errors), []
    find_headings = cache(
        lambda columns: mapping.find_headings_to_fill(feed, columns, table_check.context)
    )
    cells = table_check.table.cells[headings].iloc[rejected_rows].to_numpy().tolist()
    for row, values in zip(rejected_rows, cells, strict=True):
        raw = _build_raw_cells(table_check, dict(zip(headings, values, strict=True)))
        redacted = redact_cells(feed, mapping, raw, table_check.context)
        for group in find_headings(tuple(issues.columns_to_fix[row])):
            if raw.keys().isdisjoint(group):
                redacted.update((redact_heading(feed, heading), "") for heading in group)
        reasons = redact_reasons(feed, raw, _list_reasons(issues.errors[row], marked.get(row)))
        result.append(RejectedRow(table_check.table.row_numbers[row], redacted, reasons))
    return result


def _build_raw_cells(table_check: TableCheck, cells: dict[str, Cell]) -> dict[str, str]:
    """Return the filled cells of a row as the sender wrote them, without possible votes."""
    filled = {heading: str(cell) for heading, cell in cells.items() if cell is not None}
    return {heading: _redact_votes(table_check, heading, cell) for heading, cell in filled.items()}
