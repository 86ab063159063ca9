"""The tables of the Masukan page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import ColumnKind
from situasi.domain.labels import label
from situasi.ingest.message_delivery import MessageFile
from situasi.ingest.parsing.cells import format_cell
from situasi.ingest.pipeline import IngestResult
from situasi.ingest.readers import table_builder
from situasi.ingest.readers.grid import Sheet
from situasi.store.model import WaitingItem
from situasi.ui.tables.columns import (
    Cells,
    Column,
    identifier_column,
    imprecise_time_column,
    machine_time_column,
    number_column,
    time_column,
)
from situasi.ui.tables.table_view import Table, make_table

_MAX_NAMED_DELIVERIES = 5


def build_feed_table(feeds: pd.DataFrame, *, waiting: bool = True) -> Table:
    """Build the table of the feeds: last report, and where their rows are.

    waiting: whether to show the rows in quarantine; they are not known for every past time.
    """
    columns: dict[str, Cells] = {
        _("laporan"): [label("feed", feed) for feed in feeds["feed"]],
        _("keadaan"): [_format_state(row) for row in feeds.itertuples()],
        _("kabar terakhir"): imprecise_time_column(feeds["last"], feeds["precision"]),
    }
    if waiting:
        columns[_("menunggu")] = number_column(feeds["waiting"])
    columns |= {
        _("di papan"): number_column(feeds["valid"]),
        _("karantina"): number_column(feeds["quarantined"]),
        _("kiriman"): number_column(feeds["deliveries"]),
        **_build_count_columns(feeds),
    }
    is_exercise = [
        bool(marked) if valid else None
        for marked, valid in zip(feeds["is_exercise"], feeds["valid"], strict=True)
    ]
    return make_table(columns, is_exercise)


def build_source_table(sources: pd.DataFrame) -> Table:
    """Build the table of every file of every feed."""
    columns: dict[str, Cells] = {
        _("berkas"): sources["source"],
        _("laporan"): [label("feed", feed) for feed in sources["feed"]],
        _("kabar terakhir"): imprecise_time_column(sources["last"], sources["precision"]),
        _("dicatat"): machine_time_column(sources["delivered"]),
        _("kiriman"): number_column(sources["deliveries"]),
        **_build_count_columns(sources),
        _("di papan"): number_column(sources["valid"]),
        _("ditarik"): number_column(sources["withdrawn"]),
    }
    return make_table(columns, sources["is_exercise"])


def build_delivery_table(deliveries: pd.DataFrame) -> Table:
    """Build the table of the deliveries, with who sent each, and who withdrew it and why."""
    is_withdrawn = deliveries["withdrawn_by"].notna()
    columns: dict[str, Cells] = {
        _("no"): identifier_column(deliveries["batch"]),
        _("dicatat"): machine_time_column(deliveries["recorded_at"]),
        _("laporan"): [label("feed", feed) for feed in deliveries["feed"]],
        _("berkas"): deliveries["source"],
        _("oleh"): deliveries["actor"],
        **_build_count_columns(deliveries),
        _("di papan"): number_column(deliveries["valid"]),
        _("ditarik"): number_column(
            deliveries["withdrawn"].where(is_withdrawn), keep_when_empty=False
        ),
        _("ditarik oleh"): deliveries["withdrawn_by"].where(is_withdrawn),
        _("alasan penarikan"): deliveries["reason"].where(is_withdrawn),
        _("sidik SHA-256"): deliveries["sha256"].str[:12],
    }
    return make_table(columns, deliveries["is_exercise"])


def format_remaining_rows(rows_by_delivery: Mapping[int, int]) -> list[str]:
    """Return which rows of a withdrawn delivery stay valid, by the other deliveries that have them.

    rows_by_delivery: of store.count_rows_in_other_batches.
    """
    template = _("{n} baris tetap berlaku: juga dibawa kiriman {no}.")
    first_items = list(rows_by_delivery.items())[:_MAX_NAMED_DELIVERIES]
    texts = [template.format(n=format_number(count), no=batch) for batch, count in first_items]
    more_count = len(rows_by_delivery) - len(first_items)
    return [
        *texts,
        *([_("Juga dibawa {n} kiriman lain.").format(n=more_count)] if more_count else []),
    ]


def build_quarantine_table(
    rows: pd.DataFrame, withdrawn_batches: Collection[int], exercise_batches: Collection[int]
) -> Table:
    """Build the table of rows in quarantine, with a mark for withdrawn and exercise batches."""
    columns: dict[str, Cells] = {
        _("no karantina"): identifier_column(rows["number"]),
        _("laporan"): [label("feed", feed) for feed in rows["feed"]],
        _("berkas"): rows["source"],
        _("baris"): identifier_column(rows["row"]),
        _("alasan"): ["; ".join(reasons) for reasons in rows["reasons"]],
        _("dicatat"): machine_time_column(rows["recorded_at"]),
        _("catatan"): [
            _("dari kiriman yang ditarik") if batch in withdrawn_batches else ""
            for batch in rows["batch"]
        ],
    }
    return make_table(columns, rows["batch"].isin(list(exercise_batches)))


def build_reason_table(reasons: pd.DataFrame) -> Table:
    """Build the table of the reasons, the most frequent first."""
    columns: dict[str, Cells] = {
        _("baris"): number_column(reasons["rows"]),
        _("alasan"): reasons["kind"],
        _("laporan"): [label("feed", feed) for feed in reasons["feed"]],
        _("berkas"): number_column(reasons["sources"]),
        _("contoh"): reasons["example"],
    }
    return make_table(columns)


def build_waiting_table(items: Sequence[WaitingItem]) -> Table:
    """Build the table of the files that wait for a mapping."""
    columns: dict[str, Cells] = {
        _("no"): identifier_column(item.number for item in items),
        _("berkas"): [item.source for item in items],
        _("oleh"): [item.actor for item in items],
        _("diterima"): machine_time_column(item.recorded_at for item in items),
        _("baris"): number_column(item.note["rows"] for item in items),
        _("sebab menunggu"): [item.note["why"] for item in items],
        _("judul kolom"): [", ".join(item.note["headings"]) for item in items],
    }
    return make_table(columns)


def build_message_file_table(files: Sequence[MessageFile]) -> Table:
    """Build the table of the files whose messages went to the tray of Lapor."""
    columns: dict[str, Cells] = {
        _("berkas"): [file.item.source for file in files],
        _("oleh"): [file.item.actor for file in files],
        _("diterima"): machine_time_column(file.item.recorded_at for file in files),
        _("pesan ke Lapor"): number_column(file.waiting for file in files),
        _("sudah ada di sana"): number_column(file.duplicate for file in files),
        _("dilewati"): number_column(file.left_out for file in files),
        _("keterangan"): [file.item.note["why"] for file in files],
    }
    return make_table(columns)


def build_sheet_table(sheet: Sheet, limit: int) -> Table:
    """Build the table of the first rows of a sheet as sent, under the letters of its columns."""
    rows = sheet.rows[:limit]
    width = max(map(len, rows), default=0)
    columns: dict[str, Cells] = {_("baris"): identifier_column(sheet.row_numbers[:limit])}
    for column in range(width):
        cells = [row[column] if column < len(row) else None for row in rows]
        columns[table_builder.column_letters(column)] = map(format_raw_cell, cells)
    return make_table(columns)


def format_raw_cell(cell: object) -> str:
    """Return a cell of a file as its sender would recognise it; "" where it is empty."""
    return "" if cell is None else format_cell(cell)


def build_refused_table(result: IngestResult) -> Table:
    """Build the table of the faulty rows in a trial upload."""
    columns: dict[str, Cells] = {
        _("lembar"): [entry.get("sheet", "") for entry in result.reasons],
        _("baris"): identifier_column(entry["row"] for entry in result.reasons),
        _("alasan"): ["; ".join(entry["reasons"]) for entry in result.reasons],
    }
    return make_table(columns)


def build_stored_table(feed: str, rows: pd.DataFrame) -> Table:
    """Build the table of rows as they will be stored, without empty columns."""
    columns: dict[str, Cells] = {_("baris"): identifier_column(rows["row"])}
    for column in feed_schemas.FEEDS[feed].columns:
        values = rows[column.name]
        if column.name == "latihan" or values.isna().all():
            continue
        columns[_format_heading(column)] = _format_values(column, values)
    return make_table(columns, rows["latihan"])


def _format_heading(column: feed_schemas.Column) -> str:
    return _("kecamatan") if column.name == "kecamatan" else column.heading


def _format_values(column: feed_schemas.Column, values: pd.Series[Any]) -> Cells:
    if column.kind is ColumnKind.TIME:
        return time_column(values)
    if column.kind in {ColumnKind.COUNT, ColumnKind.DECIMAL}:
        return number_column(values, 0 if column.kind is ColumnKind.COUNT else 5)
    if column.name == "kecamatan":
        return values.map(board().register.name_of)
    return values


def format_row_balance(counts: Any) -> str:
    """Return where the rows read are: accepted, duplicate and quarantined always add up to read.

    counts: an IngestResult, or a row of sums with the same names.
    """
    return format_counts(
        _("{read} dibaca = {a} diterima + {d} ganda + {q} karantina"),
        read=counts.read, a=counts.accepted, d=counts.duplicate, q=counts.quarantined,
    )  # fmt: skip


def _build_count_columns(rows: pd.DataFrame) -> dict[str, Column]:
    return {
        _("dibaca"): number_column(rows["read"]),
        _("diterima"): number_column(rows["accepted"]),
        _("ganda"): number_column(rows["duplicate"]),
        _("karantina"): number_column(rows["quarantined"]),
    }


def _format_state(row: Any) -> str:
    if row.silent:
        return _("senyap")
    if pd.isna(row.last):
        return _("belum ada laporan")
    return _("melapor") if row.expected else _("tidak ditunggu")
