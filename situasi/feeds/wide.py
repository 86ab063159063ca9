"""Wide tables of TPS counts: a column per hour becomes one report per filled hour."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from situasi.feeds.common import UNFIT
from situasi.feeds.context import Context
from situasi.feeds.headings import Headings
from situasi.feeds.table import Cell, Table
from situasi.feeds.values.base import is_blank
from situasi.feeds.vocabulary.hours import read_hour

# No day has more hours to report; keeps a hostile table from growing without end.
MOST_HOURS = 30
# Headings that melting adds, for what the sender said in the heading, or not at all.
_CLOCK, _DAY = "__jam", "__hari"
# What belongs to one moment only; which of the hours, a wide table does not say.
_OF_ONE_MOMENT = frozenset(
    ("clock", "fase", "kontak", "pengawal", "hadir_dpt", "hadir_dptb", "hadir_dpk")
)


class Melted(NamedTuple):
    """A table with one report a row, its headings, and what the sender should know of it."""

    table: Table
    headings: Headings
    notes: tuple[str, ...] = ()


def melted(table: Table, headings: Headings, context: Context) -> Melted:
    """A table with a column per hour as one report per filled hour; any other as it is.

    Each report keeps the row number of the sender, and of the hours only its own cell.
    Without a date it is of the election day.
    """
    clocks = {name: hour.clock for name in headings.unused if (hour := read_hour(name))}
    if not clocks or len(clocks) > MOST_HOURS or headings.has("hadir"):
        return Melted(table, headings)
    filled = _filled(table, list(clocks))
    reports, undated = _reports(table, filled, clocks, headings, context)
    return Melted(reports, _headings(headings, tuple(clocks)), _notes(table, filled, undated))


def _filled(table: Table, hours: list[str]) -> list[tuple[int, str | None]]:
    """(row, hour) of every filled cell of an hour; a row that is none stays, without an hour."""
    columns = {hour: table.cells[hour].tolist() for hour in hours}
    unfit = [table.cells[mark].tolist() for mark in UNFIT if mark in table.cells.columns]
    found: list[tuple[int, str | None]] = []
    for row in range(len(table.rows)):
        counted = [(row, hour) for hour in hours if not is_blank(columns[hour][row])]
        torn = any(marks[row] is not None for marks in unfit)
        found += counted or ([(row, None)] if torn else [])
    return found


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
        data[name] = [cells[row] if not hourly or hour == name else None for row, hour in filled]
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


def _notes(table: Table, filled: list[tuple[int, str | None]], undated: bool) -> tuple[str, ...]:
    silent = len(table.rows) - len({row for row, _ in filled})
    said = [f"tabel per jam: {len(table.rows)} baris menjadi {len(filled)} laporan"]
    if silent:
        said.append(f"{silent} baris tanpa jumlah hadir dilewati: tidak ada laporan")
    if undated:
        said.append("tanggal tidak disebut: dibaca sebagai hari pemungutan suara")
    return tuple(said)
