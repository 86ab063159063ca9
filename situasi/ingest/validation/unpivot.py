"""Wide tables of TPS counts: a column per hour becomes one report per filled hour."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from situasi.ingest.context import Context
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.readers.reserved_columns import ASIDE
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import Headings
from situasi.ingest.validation.table_check import UNFIT
from situasi.ingest.vocabulary.hour_headings import read_hour

# No day has more hours to report; keeps a hostile table from growing without end.
MOST_HOURS = 30
# Headings that melting adds, for what the sender said in the heading, or not at all.
_CLOCK, _DAY = "__jam", "__hari"
# What a row without an hour may still tell.
_TELLING = ("uraian", "teks_asli", "fase", "kontak", "pengawal", "lingkup")
# What belongs to one moment only; which of the hours, a wide table does not say.
_OF_ONE_MOMENT = frozenset(
    ("clock", "fase", "kontak", "pengawal", "hadir_dpt", "hadir_dptb", "hadir_dpk")
)


class Melted(NamedTuple):
    """A table with one report a row, its headings, and what the sender should know of it."""

    table: Table
    headings: Headings
    notes: tuple[str, ...] = ()


def count_reports(table: Table) -> int:
    """How many reports a table may become: its rows, or its filled hours where these are more."""
    hours = [heading for heading in table.cells.columns if read_hour(heading)]
    return max(len(table.rows), int(table.cells[hours].notna().to_numpy().sum()))


def melted(table: Table, headings: Headings, context: Context) -> Melted:
    """A table with a column per hour as one report per filled hour; any other as it is.

    Each report keeps the row number of the sender, and of the hours only its own cell.
    Without a date it is of the election day.
    """
    clocks = {name: hour.clock for name in headings.unused if (hour := read_hour(name))}
    if not clocks or len(clocks) > MOST_HOURS or headings.has("hadir"):
        return Melted(table, headings)
    filled, empty = _filled(table, list(clocks), headings)
    reports, undated = _reports(table, filled, clocks, headings, context)
    notes = _notes(table, len(filled), empty, undated)
    return Melted(reports, _headings(headings, tuple(clocks)), notes)


def _filled(
    table: Table, hours: list[str], headings: Headings
) -> tuple[list[tuple[int, str | None]], list[int]]:
    """(row, hour) of every filled cell of an hour, and the rows that are a form left empty.

    A row without any hour is judged whole, as (row, None), where it is torn, is no report or
    tells more than the TPS that it is of.
    """
    columns = {hour: table.cells[hour].tolist() for hour in hours}
    told = [h for name in _TELLING for h in headings.columns.get(name, ())]
    kept = [mark for mark in (*UNFIT, *told) if mark in table.cells.columns]
    whole = table.cells[kept].notna().any(axis=1).tolist()
    aside = table.cells[ASIDE].tolist() if ASIDE in table.cells.columns else [None] * len(whole)
    found: list[tuple[int, str | None]] = []
    empty: list[int] = []
    for row, reason in enumerate(aside):
        counted = [(row, hour) for hour in hours if not is_blank(columns[hour][row])]
        if reason is not None or (whole[row] and not counted):
            found.append((row, None))
        elif counted:
            found += counted
        else:
            empty.append(row)
    return found, empty


def _reports(
    table: Table,
    filled: list[tuple[int, str | None]],
    clocks: dict[str, str],
    headings: Headings,
    context: Context,
) -> tuple[Table, bool]:
    """The reports, and whether one of them states no day."""
    rows = [row for row, _ in filled]
    data: dict[str, list[Cell]] = {}
    for name in table.cells.columns:
        cells = table.cells[name].tolist()
        hourly = name in clocks
        data[name] = [
            cells[row] if not hourly or hour in (name, None) else None for row, hour in filled
        ]
    data[_CLOCK] = [clocks[hour] if hour else None for _, hour in filled]
    dated = [data[n] for c in ("date", "occurred_at") for n in headings.columns.get(c, ())]
    day = f"{context.election.day:%d/%m/%Y}"
    data[_DAY] = [
        None if any(not is_blank(column[at]) for column in dated) else day
        for at in range(len(filled))
    ]
    reports = pd.DataFrame(data, dtype="object")
    return replace(table, cells=reports, rows=[table.rows[row] for row in rows]), day in data[_DAY]


def _headings(headings: Headings, hours: tuple[str, ...]) -> Headings:
    columns = {name: of for name, of in headings.columns.items() if name not in _OF_ONE_MOMENT}
    loose = [heading for name in _OF_ONE_MOMENT for heading in headings.columns.get(name, ())]
    columns |= {"hadir": hours, "clock": (_CLOCK,), "date": (*columns.get("date", ()), _DAY)}
    unused = tuple(h for h in (*headings.unused, *sorted(loose)) if h not in hours)
    return replace(headings, columns=columns, ours=(*headings.ours, _CLOCK, _DAY), unused=unused)


def _notes(table: Table, reports: int, empty: list[int], undated: bool) -> tuple[str, ...]:
    said = [f"tabel per jam: {len(table.rows)} baris menjadi {reports} laporan"]
    if empty:
        shown = ", ".join(str(table.rows[row]) for row in empty[:10])
        shown += ", …" if len(empty) > 10 else ""
        said.append(
            f"{len(empty)} baris tanpa jumlah hadir dilewati: tidak ada laporan (baris {shown})"
        )
    if undated:
        said.append("tanggal tidak disebut: dibaca sebagai hari pemungutan suara")
    return tuple(said)
