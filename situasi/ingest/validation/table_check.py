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

from situasi.domain.feed_schemas import JENIS, Feed, Kind, dtypes
from situasi.ingest.context import Context
from situasi.ingest.messages.sender import original
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.parsing.datetime_columns import Moments
from situasi.ingest.parsing.numbers import read_yesno
from situasi.ingest.readers.reserved_columns import ASIDE, BROKEN, EXCESS, GEOMETRY
from situasi.ingest.redaction.rows import kept_cells, kept_heading, kept_reasons, kept_texts
from situasi.ingest.tables import Cell, Checked, Rejected, Table, as_cells
from situasi.ingest.validation.column_mapping import OFFICERS, RETURNED, Headings
from situasi.ingest.validation.row_issues import Bench, text
from situasi.ingest.vocabulary.vote_headings import VOTES_REMOVED

# Headings under which a reader puts what does not fit a table (see feeds/reading/).
# In raw text nobody parted into columns, anything that may be votes goes.
_VOTES = re.compile(r"suara|paslon|kolom kosong|kotak kosong|\bvotes?\b", re.IGNORECASE)

# Within a case key: day, whether made up, kind, then the kecamatan.
_CASE_PLACE = re.compile(rf"(?=\|-?\d+\|(?:latihan)?\|(?:{'|'.join(JENIS)}|-)\|([^|]*)\|)")

NO_EXERCISE = (
    "baris LATIHAN pada papan yang bukan latihan: latihan dimulai oleh pimpinan atau admin"
)
UNFIT = {
    EXCESS: "jumlah sel melebihi jumlah judul kolom",
    BROKEN: "baris tidak dapat dibaca",
    GEOMETRY: "lokasi bukan titik",
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
    values: dict[str, Any] = field(default_factory=dict)  # sequences, one value per row

    def __post_init__(self) -> None:
        self.bench = Bench(len(self.table.rows))

    def cells(self, name: str) -> list[Cell]:
        """The raw cells of a column; the first filled one where several headings name it."""
        *more, last = self.headings.columns.get(name, (None,))
        if last is None:
            return [None] * self.bench.size
        found: list[Cell] = self.table.cells[last].tolist()
        for heading in reversed(more):
            column = self.table.cells[heading].tolist()
            found = [old if new is None else new for new, old in zip(column, found, strict=True)]
        return found

    def texts(self, name: str) -> list[str | None]:
        if not self.headings.has(name):
            return [None] * self.bench.size
        cells = self.cells(name)
        try:
            return [cell or None for cell in map(str.strip, cells)]  # type: ignore[arg-type]
        except TypeError:  # not all are text
            return [c.strip() or None if type(c) is str else text(c) for c in cells]

    def words(self, name: str, cells: Sequence[Cell] | None = None) -> list[str | None]:
        """Read a column of a fixed vocabulary, or these cells as its words; empty stays empty."""
        if cells is None and not self.headings.has(name):
            return [None] * self.bench.size

        def read(cell: Cell) -> tuple[str | None, str | None]:
            if is_blank(cell):
                return None, None
            return self.context.vocabulary.word(self.feed.name, name, cell)

        return self.bench.each(self.cells(name) if cells is None else cells, read, columns=[name])

    def optional(self, name: str, read: Callable[[Cell], Any]) -> list[Any]:
        """Read a column with a parser that raises Unreadable; empty stays empty."""
        if not self.headings.has(name):
            return [None] * self.bench.size
        return self.bench.each(
            self.cells(name),
            lambda cell: (None if is_blank(cell) else read(cell), None),
            columns=[name],
        )

    def needed(self, name: str, raw: Iterable[Any], reason: str) -> None:
        """A row without this value has a fault, unless an unreadable one was faulted already."""
        values = self.values[name]
        if None not in values:
            return
        for row, (value, cell) in enumerate(zip(values, raw, strict=True)):
            if value is None and is_blank(cell):
                self.bench.fault(row, reason, name)


def judge_basics(sheet: Sheet) -> None:
    """Fault what is no row, and read whether it is an exercise, who tells it, in which words."""
    for heading, reason in UNFIT.items():
        for row in _marked(sheet, heading):
            sheet.bench.fault(row, reason)
    for row, reason in _marked(sheet, ASIDE).items():
        sheet.bench.fault(row, reason)
    sheet.values["latihan"] = [bool(v) for v in sheet.optional("latihan", read_yesno)]
    _judge_exercise(sheet)
    for name in ("pelapor", "sumber"):
        sheet.values[name] = sheet.texts(name)
    sheet.values["teks_asli"] = sheet.bench.each(
        sheet.texts("teks_asli"), lambda text: (text and original(text, sheet.context), None)
    )


def _judge_exercise(sheet: Sheet) -> None:
    """Fault rows of an exercise that would mark a board as one which is none."""
    marked = [row for row, made_up in enumerate(sheet.values["latihan"]) if made_up]
    if marked and not sheet.context.takes_exercise():
        for row in marked:
            sheet.bench.fault(row, NO_EXERCISE, "latihan")


def _marked(sheet: Sheet, mark: str) -> dict[int, str]:
    """The rows with something under this mark, and what.

    A torn row that came back with cells typed in beside its raw text is torn no longer.
    """
    cells = sheet.table.cells
    if mark not in cells.columns:
        return {}
    found = {row: str(cell) for row, cell in enumerate(cells[mark].tolist()) if cell is not None}
    if mark == BROKEN and RETURNED in cells.columns:
        known = [heading for named in sheet.headings.columns.values() for heading in named]
        typed = cells[known].notna().any(axis=1).tolist()
        found = {row: said for row, said in found.items() if not typed[row]}
    return found


def identify(sheet: Sheet) -> None:
    """The sender's id, or one derived from what the row says: the same row, the same id."""
    names = sheet.texts("id")
    prefix = sheet.feed.name[0].upper()
    unnamed = [row for row, own in enumerate(names) if own is None] if None in names else []
    for row in unnamed:
        said = repr(tuple(sheet.values[name][row] for name in sheet.feed.identity))
        names[row] = f"{prefix}-{hashlib.blake2b(said.encode(), digest_size=6).hexdigest()}"
    sheet.values["id"] = kept_texts(sheet.feed.name, names)


def _judge_area(sheet: Sheet) -> None:
    """Fault what is not of the sender's kecamatan; what names none is of the whole kabupaten."""
    if not sheet.context.area:
        return
    judge_place = _judge_merge if sheet.feed.name == "merges" else _judge_place
    for row in range(sheet.bench.size):
        judge_place(sheet, row)
    for name in {"petugas", "id"} & set(sheet.values if sheet.context.elsewhere else ()):
        for row, cell in enumerate(sheet.values[name]):
            if cell in sheet.context.elsewhere:
                sheet.bench.fault(row, f"di luar wilayah pengirim: {cell}")


def _judge_place(sheet: Sheet, row: int) -> None:
    code, register = sheet.values["kecamatan"][row], sheet.context.register
    desa = register.desa.get(sheet.values["desa"][row]) if "desa" in sheet.values else None
    read = code is not None or row not in sheet.bench.faults
    for place in [code, *([desa.kecamatan] if desa and desa.kecamatan != code else [])]:
        if read and place not in sheet.context.area:
            what = f"di luar wilayah pengirim: {register.name_of(place)}"
            sheet.bench.fault(row, what, "kecamatan_name")


def _judge_merge(sheet: Sheet, row: int) -> None:
    """A merge is of the kecamatan of both its cases, whatever it says of its own place."""
    named = {sheet.values["kecamatan"][row]} - {None}
    for name in ("kasus", "ke"):
        places = case_places(sheet.values[name][row] or "")
        if not places or not (places | named) <= set(sheet.context.area):
            sheet.bench.fault(row, f"di luar wilayah pengirim: {name}")


def case_places(case: str) -> set[str]:
    """The kecamatan of a case key (analysis.incidents.case_keys); of the whole kabupaten "-".

    An id or a desa may hold the sign that parts the key: every reading counts.
    """
    return {found[1] for found in _CASE_PLACE.finditer(case)}


def verdict(sheet: Sheet) -> Checked:
    """Every row in exactly one place: accepted with its doubts, or rejected with its faults."""
    bench = sheet.bench
    sheet.values["flags"] = bench.flags()
    for column in sheet.feed.columns:
        if column.kind is Kind.TEXT and column.name != "id":
            sheet.values[column.name] = kept_texts(sheet.feed.name, sheet.values[column.name])
    identify(sheet)
    _judge_area(sheet)
    keep = np.ones(bench.size, dtype=bool)
    keep[list(bench.faults)] = False
    kinds, columns = dtypes(sheet.feed), {}
    for column in sheet.feed.columns:
        kept = _array(sheet.values[column.name], column.kind)[keep]
        columns[column.name] = pd.Series(kept, dtype=kinds[column.name], copy=False)
    columns["row"] = pd.Series(np.array(sheet.table.rows, dtype=np.int64)[keep])
    accepted = pd.DataFrame(columns, copy=False)
    return Checked(accepted, _rejected(sheet), sheet.headings.notes())


def _array(values: Sequence[Any], kind: str) -> Any:
    match kind:
        case "time" if isinstance(values, Moments):
            return pd.DatetimeIndex(values.at, tz="UTC").array
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
            return as_cells(values)


def _without_votes(sheet: Sheet, heading: str, cell: str) -> str:
    """What is kept of a cell that was not read as a column: nothing where it may hold votes."""
    loose = heading in sheet.headings.unused or heading in UNFIT
    return VOTES_REMOVED if loose and _VOTES.search(cell) else cell


def _reasons(faults: list[str], aside: str | None) -> tuple[str, ...]:
    """Every reason once; of what is no report, or no row, nothing more can be said."""
    if aside is not None:
        return (aside,)
    if UNFIT[BROKEN] in faults:
        return (UNFIT[BROKEN],)
    return tuple(dict.fromkeys(faults))


def _rejected(sheet: Sheet) -> list[Rejected]:
    """The faulty rows. Columns by which a reason can be mended are there, though empty."""
    feed, headings, bench = sheet.feed.name, sheet.headings, sheet.bench
    hidden = {*headings.refused, *headings.names, *headings.ours, ASIDE}
    if feed in OFFICERS:
        hidden |= {*headings.unused}
    shown = [h for h in sheet.table.cells.columns if h not in hidden]
    aside = _marked(sheet, ASIDE)
    faulty, rejected = sorted(bench.faults), []
    asked = cache(lambda columns: headings.asked(feed, columns, sheet.context))
    cells = sheet.table.cells[shown].iloc[faulty].to_numpy().tolist()
    for at, row in zip(faulty, cells, strict=True):
        raw = _raw(sheet, dict(zip(shown, row, strict=True)))
        kept = kept_cells(feed, headings, raw, sheet.context)
        for group in asked(tuple(bench.concerned[at])):
            if raw.keys().isdisjoint(group):
                kept.update((kept_heading(feed, heading), "") for heading in group)
        reasons = kept_reasons(feed, raw, _reasons(bench.faults[at], aside.get(at)))
        rejected.append(Rejected(sheet.table.rows[at], kept, reasons))
    return rejected


def _raw(sheet: Sheet, cells: dict[str, Cell]) -> dict[str, str]:
    """The filled cells of a row as the sender wrote them, without what may be votes."""
    filled = {heading: str(cell) for heading, cell in cells.items() if cell is not None}
    return {heading: _without_votes(sheet, heading, cell) for heading, cell in filled.items()}
