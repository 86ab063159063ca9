"""The result of a checked table: accepted rows as a frame, the others with their reasons."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.common import service_numbers
from situasi.domain.feed_schemas import ColumnKind, dtypes
from situasi.ingest.messages.sender import redact_original
from situasi.ingest.readers.reserved_columns import AREA_TOTAL, BROKEN, DOUBT, NOT_A_REPORT
from situasi.ingest.redaction.rows import (
    redact_cells,
    redact_heading,
    redact_id,
    redact_reasons,
    redact_texts,
    remove_votes,
)
from situasi.ingest.tables import Cell, RejectedRow, ValidationResult, to_cell_array
from situasi.ingest.validation.area_check import check_area
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS
from situasi.ingest.validation.officer_check import OfficerColumns
from situasi.ingest.validation.place_check import PlaceColumns
from situasi.ingest.validation.row_issues import Texts
from situasi.ingest.validation.table_check import REASON_BY_MARK, TableCheck
from situasi.ingest.validation.time_check import TimeColumns
from situasi.ingest.vocabulary.vote_headings import VOTES_REMOVED

# In raw text that was not read as columns, anything that may be votes is removed.
_VOTES_PATTERN = re.compile(r"suara|paslon|kolom kosong|kotak kosong|\bvotes?\b", re.IGNORECASE)


def build_validation_result(
    table: TableCheck,
    latihan: list[bool],
    times: TimeColumns,
    place: PlaceColumns,
    officers: OfficerColumns | None = None,
    /,
    **own: Sequence[Any] | npt.NDArray[np.float64],
) -> ValidationResult:
    """Build the result: every row once, accepted with its warnings or rejected with its errors.

    officers: of a feed about officers. own: the other columns of the feed, by name. Raises
    KeyError where one is missing.
    """
    feed, issues = table.feed, table.issues
    columns = {**vars(times), **vars(place), **own, "latihan": latihan}
    if officers:
        columns = {**vars(officers), **columns}
    columns |= {"pelapor": table.texts("pelapor"), "sumber": table.texts("sumber")}
    columns["teks_asli"] = issues.read_distinct(
        table.texts("teks_asli"),
        lambda text: (text and redact_original(text, table.context), None),
    )
    if words := columns.get("uraian"):
        columns["uraian"] = remove_votes(words, table.context)
    columns["flags"] = issues.format_warnings()
    for column in feed.columns:
        if column.kind is ColumnKind.TEXT and column.name != "id":
            columns[column.name] = redact_texts(feed.name, columns[column.name])
    columns["id"] = _build_ids(table, columns)
    check_area(table, place, columns)
    is_accepted = np.ones(issues.row_count, dtype=bool)
    is_accepted[list(issues.errors)] = False
    return ValidationResult(
        _build_accepted(table, columns, is_accepted),
        _build_rejected_rows(table, officers),
        table.mapping.format_notes(),
    )


def _build_ids(table: TableCheck, columns: Mapping[str, Sequence[Any]]) -> Texts:
    """Return the sender's ids, or ids derived from the content: equal rows have equal ids."""
    ids = table.texts("id")
    if service_numbers.may_any_hold_number(ids):
        key = table.context.officer_key
        marked = {name: redact_id(table.feed.name, name, key) for name in {*ids} if name}
        ids = [marked.get(name or "", name) for name in ids]
    prefix = table.feed.name[0].upper()
    for row in [row for row, name in enumerate(ids) if name is None]:
        content = repr(tuple(columns[name][row] for name in table.feed.identity_columns))
        ids[row] = f"{prefix}-{hashlib.blake2b(content.encode(), digest_size=6).hexdigest()}"
    return ids


def _build_accepted(
    table: TableCheck, columns: Mapping[str, Sequence[Any]], is_accepted: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    dtype_by_column = dtypes(table.feed)
    accepted = {
        column.name: pd.Series(
            _to_array(columns[column.name], column.kind)[is_accepted],
            dtype=dtype_by_column[column.name],
            copy=False,
        )
        for column in table.feed.columns
    }
    row_numbers = np.array(table.raw.row_numbers, dtype=np.int64)
    return pd.DataFrame({**accepted, "row": row_numbers[is_accepted]}, copy=False)


def _to_array(values: Any, kind: ColumnKind) -> Any:
    match kind:
        case ColumnKind.TIME:
            return pd.DatetimeIndex(values.values, tz="UTC").array
        case ColumnKind.COUNT:
            return pd.array(values, dtype="Int64")
        case ColumnKind.DECIMAL | ColumnKind.BOOLEAN:
            return np.array(values)
        case ColumnKind.TEXT | ColumnKind.CATEGORY:
            return to_cell_array(values)


def _list_reasons(errors: list[str], not_a_report_reason: str | None) -> tuple[str, ...]:
    """Return every reason once; if the row is broken or not a report, only that reason."""
    if not_a_report_reason is not None:
        return (not_a_report_reason,)
    if REASON_BY_MARK[BROKEN] in errors:
        return (REASON_BY_MARK[BROKEN],)
    return tuple(dict.fromkeys(errors))


def _build_rejected_rows(table: TableCheck, officers: OfficerColumns | None) -> list[RejectedRow]:
    """Return the rejected rows, with empty cells for columns in which an error can be corrected."""
    feed, mapping, issues = table.feed.name, table.mapping, table.issues
    headings = _list_kept_headings(table)
    marked = table.find_marked_rows(NOT_A_REPORT)
    rejected_rows, result = sorted(issues.errors), []
    find_headings = cache(
        lambda columns: mapping.find_headings_to_fill(feed, columns, table.context)
    )
    cells = table.raw.cells[headings].iloc[rejected_rows].to_numpy().tolist()
    for row, values in zip(rejected_rows, cells, strict=True):
        raw = _build_raw_cells(table, dict(zip(headings, values, strict=True)))
        redacted = redact_cells(feed, mapping, raw, table.context)
        for group in find_headings(tuple(issues.columns_to_fix[row])):
            if raw.keys().isdisjoint(group):
                redacted.update((redact_heading(feed, heading), "") for heading in group)
        if officers and row in officers.from_names:  # else it would be lost with the name
            redacted["petugas"] = officers.petugas[row] or ""
        reasons = redact_reasons(feed, raw, _list_reasons(issues.errors[row], marked.get(row)))
        result.append(RejectedRow(table.raw.row_numbers[row], redacted, reasons))
    return result


def _list_kept_headings(table: TableCheck) -> list[str]:
    """Return the headings of the source whose cells may be kept in quarantine."""
    mapping = table.mapping
    hidden = {*mapping.vote_headings, *mapping.person_headings, *mapping.export_headings}
    if table.feed.name in OFFICER_FEEDS:
        hidden |= {*mapping.unused_headings}
    hidden |= {NOT_A_REPORT, AREA_TOTAL, DOUBT}
    return [h for h in table.raw.cells.columns if h not in hidden]


def _build_raw_cells(table: TableCheck, cells: dict[str, Cell]) -> dict[str, str]:
    """Return the filled cells of a row as the sender wrote them, without possible votes."""
    unread = {*table.mapping.unused_headings, *REASON_BY_MARK}
    filled = {heading: str(cell) for heading, cell in cells.items() if cell is not None}
    return {
        heading: VOTES_REMOVED if heading in unread and _VOTES_PATTERN.search(text) else text
        for heading, text in filled.items()
    }
