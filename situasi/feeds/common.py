"""What every feed has in common: when, where, who; and from judged columns to frames."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from situasi.feeds.context import Context
from situasi.feeds.headings import Headings
from situasi.feeds.judge import Bench, text
from situasi.feeds.numbers import read_tps, read_yesno
from situasi.feeds.table import Cell, Checked, Rejected, Table
from situasi.feeds.times import TimeRead, combine, read_time
from situasi.feeds.values import Unreadable
from situasi.records import Feed

# Headings under which a reader puts what does not fit a table (see feeds/sources.py).
UNFIT = {
    "__lebih": "jumlah sel melebihi jumlah judul kolom",
    "__rusak": "baris tidak dapat dibaca",
    "__geometri": "lokasi bukan titik",
}


@dataclass
class Sheet:
    """One table on the bench: its cells by column, the values read so far."""

    feed: Feed
    table: Table
    headings: Headings
    context: Context
    now: datetime
    bench: Bench = field(init=False)
    values: dict[str, Sequence[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.bench = Bench(len(self.table.rows))

    def cells(self, name: str) -> list[Cell]:
        """The raw cells of a column; the first filled one where several headings name it."""
        found: list[Cell] = [None] * self.bench.size
        for heading in reversed(self.headings.columns.get(name, ())):
            column = self.table.cells[heading].tolist()
            found = [old if new is None else new for new, old in zip(column, found, strict=True)]
        return found

    def texts(self, name: str) -> list[str | None]:
        return [text(cell) for cell in self.cells(name)]

    def words(self, name: str) -> list[str | None]:
        """Read a column of a fixed vocabulary; empty stays empty."""

        def read(cell: Cell) -> tuple[str | None, str | None]:
            if text(cell) is None:
                return None, None
            return self.context.vocabulary.word(self.feed.name, name, cell)

        return self.bench.each(self.cells(name), read)

    def optional(self, name: str, read: Callable[[Cell], Any]) -> list[Any]:
        """Read a column with a parser that raises Unreadable; empty stays empty."""
        return self.bench.each(
            self.cells(name), lambda cell: (None if text(cell) is None else read(cell), None)
        )

    def needed(self, values: Sequence[Any], raw: Iterable[Any], reason: str) -> None:
        """A row without this value has a fault, unless an unreadable one was faulted already."""
        for row, (value, cell) in enumerate(zip(values, raw, strict=True)):
            if value is None and cell is None:
                self.bench.fault(row, reason)


def judge_common(sheet: Sheet) -> None:
    """Read when, where and who into `sheet.values`."""
    _unfit(sheet)
    sheet.values["latihan"] = [bool(v) for v in sheet.optional("latihan", read_yesno)]
    _when(sheet)
    _where(sheet)
    for name in ("pelapor", "sumber"):
        sheet.values[name] = sheet.texts(name)


def _unfit(sheet: Sheet) -> None:
    for heading, reason in UNFIT.items():
        if heading in sheet.table.cells.columns:
            for row, cell in enumerate(sheet.table.cells[heading].tolist()):
                if cell is not None:
                    sheet.bench.fault(row, reason)


def _when(sheet: Sheet) -> None:
    zone = sheet.context.election.zone
    whole = sheet.cells("occurred_at")
    dates, clocks = sheet.cells("date"), sheet.cells("clock")

    def read(key: tuple[Cell, Cell, Cell]) -> tuple[TimeRead | None, str | None]:
        moment, day, hour = key
        if moment is not None:
            found = combine(moment, hour, zone) if hour is not None else read_time(moment, zone)
        elif day is not None:
            found = combine(day, hour, zone) if hour is not None else read_time(day, zone)
        else:
            raise Unreadable("waktu kosong" if hour is None else "jam tanpa tanggal")
        return found, found.note

    times = sheet.bench.each(list(zip(whole, dates, clocks, strict=True)), read)
    reported = sheet.optional("reported_at", lambda cell: read_time(cell, zone))
    sheet.values["occurred_at"] = [t.at if t else None for t in times]
    sheet.values["precision"] = [t.precision if t else None for t in times]
    sheet.values["reported_at"] = [t.at if t else None for t in reported]
    _plausible(sheet, times, reported)


def _plausible(
    sheet: Sheet, times: Sequence[TimeRead | None], reported: Sequence[TimeRead | None]
) -> None:
    """Refuse the future (an exercise has its own time); doubt a report before the event."""
    latest = sheet.context.latest(sheet.now)
    rehearsal = sheet.values["latihan"]
    for row, (time, report) in enumerate(zip(times, reported, strict=True)):
        if time and time.at > latest and not rehearsal[row]:
            sheet.bench.fault(row, "waktu di masa depan; periksa tanggal dan jam")
        if report and report.at > latest and not rehearsal[row]:
            sheet.bench.fault(row, "waktu lapor di masa depan; periksa tanggal dan jam")
        if time and report and time.precision == "menit" and report.at < time.at:
            sheet.bench.doubt(row, "waktu lapor lebih awal dari waktu kejadian")


def _where(sheet: Sheet) -> None:
    """Kecamatan by code, name, desa or point; desa by name. See docs/rules.md for the order."""
    places = sheet.context.places
    keys = list(
        zip(
            sheet.cells("kecamatan_code"),
            sheet.cells("kecamatan_name"),
            sheet.texts("desa_name"),
            _point_given(sheet),
            strict=True,
        )
    )

    def read(
        key: tuple[Cell, Cell, str | None, bool],
    ) -> tuple[tuple[str | None, str | None, bool], str | None]:
        code, name, desa, pointed = key
        if text(code) is None and text(name) is None:
            if desa is not None:
                found = places.desa(desa, None)
                if found.kecamatan is not None:
                    return (found.kecamatan, found.code, True), found.note
            if pointed:
                return (None, None, False), None
            raise Unreadable("tempat tidak disebut: isi kecamatan, desa atau koordinat")
        place = places.kecamatan(code, name)
        if desa is None or place.code is None:
            return (place.code, None, True), place.note
        village = places.desa(desa, place.code)
        notes = [note for note in (place.note, village.note) if note]
        return (place.code, village.code, True), "; ".join(notes) or None

    found = sheet.bench.each(keys, read)
    sheet.values["kecamatan"] = [f[0] if f else None for f in found]
    sheet.values["desa"] = [f[1] if f else None for f in found]
    sheet.values["place_stated"] = [f[2] if f else True for f in found]
    sheet.values["desa_text"] = sheet.texts("desa_name")
    sheet.values["tps"] = _tps(sheet)


def _point_given(sheet: Sheet) -> list[bool]:
    lat, lon, joined = sheet.cells("lat"), sheet.cells("lon"), sheet.cells("point")
    return [
        (a is not None and b is not None) or c is not None
        for a, b, c in zip(lat, lon, joined, strict=True)
    ]


def _tps(sheet: Sheet) -> list[str | None]:
    """TPS as "001"; what is no number stays as written, with a doubt."""

    def read(cell: Cell) -> tuple[str | None, str | None]:
        written = text(cell)
        if written is None:
            return None, None
        try:
            return read_tps(cell), None
        except Unreadable as error:
            return written, str(error)

    return sheet.bench.each(sheet.cells("tps"), read)


def identify(sheet: Sheet) -> None:
    """The sender's id, or one derived from what the row says: the same row, the same id."""
    given = sheet.texts("id")
    parts = list(zip(*(sheet.values[name] for name in sheet.feed.identity), strict=True))
    prefix = sheet.feed.name[0].upper()
    sheet.values["id"] = [
        own or f"{prefix}-{hashlib.blake2b(repr(part).encode(), digest_size=6).hexdigest()}"
        for own, part in zip(given, parts, strict=True)
    ]


def verdict(sheet: Sheet) -> Checked:
    """Every row in exactly one place: accepted with its doubts, or rejected with its faults."""
    identify(sheet)
    bench = sheet.bench
    sheet.values["flags"] = bench.flags()
    frame = pd.DataFrame(
        {
            column.name: _series(sheet.values[column.name], column.kind)
            for column in sheet.feed.columns
        }
    )
    frame["row"] = sheet.table.rows
    keep = np.ones(bench.size, dtype=bool)
    keep[list(bench.faults)] = False
    return Checked(frame[keep].reset_index(drop=True), _rejected(sheet), sheet.headings.notes())


def _series(values: Sequence[Any], kind: str) -> pd.Series[Any]:
    match kind:
        case "time":
            return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True)).astype(
                "datetime64[us, UTC]"
            )
        case "count":
            return pd.Series(pd.array(list(values), dtype="Int64"))
        case "decimal":
            return pd.Series(values, dtype="float64")
        case "yesno":
            return pd.Series(values, dtype="bool")
        case _:
            return pd.Series(values, dtype="object")


def _rejected(sheet: Sheet) -> list[Rejected]:
    shown = [h for h in sheet.table.cells.columns if h not in sheet.headings.refused]
    cells = sheet.table.cells[shown]
    return [
        Rejected(
            row=sheet.table.rows[at],
            raw={h: str(c) for h, c in zip(shown, cells.iloc[at].tolist(), strict=True)
                 if c is not None},
            reasons=tuple(dict.fromkeys(sheet.bench.faults[at])),
        )
        for at in sorted(sheet.bench.faults)
    ]  # fmt: skip
