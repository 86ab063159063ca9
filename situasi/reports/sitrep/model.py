"""A laporan as one value: every word, number and picture of it, whatever file it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

# What a picture may be drawn as.
PICTURE_FORMATS = ("svg", "png")


class Cell(NamedTuple):
    """A cell: as people read it, and as a workbook has it (None: nobody told)."""

    text: str
    value: str | int | float | datetime | None


class Column(NamedTuple):
    """A column: by which name a template calls it, and its heading.

    number: whether numbers stand in it. unit: of the values, where the words of a cell say it.
    """

    name: str
    heading: str
    is_number: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of cells in the order of the columns. note: what must be said below it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class FigureValue:
    """One number of a fact. word: what it counts, "" for the fact itself. value: None: unknown."""

    value: float | None
    label: str = ""
    is_estimated: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """A key figure, in the words of the screen and as its numbers."""

    key: str
    title: str
    value: str
    note: str
    numbers: tuple[FigureValue, ...] = ()
    alarm: bool = False


@dataclass(frozen=True)
class Drawing:
    """A picture for print. draw: its bytes as one of PICTURES. alt: what it shows, in words."""

    title: str
    alt: str
    draw: Callable[[str], bytes]


@dataclass(frozen=True)
class Annex:
    """The page of one kecamatan. tables: by name, as in Laporan."""

    code: str
    name: str
    sentences: tuple[str, ...]
    key_figures: tuple[KeyFigure, ...]
    tables: Mapping[str, Table]


@dataclass(frozen=True)
class Letterhead:
    """What the staff of this command writes at head and foot of each laporan (laporan.toml).

    titles: by kind. longest: characters of the short text. listed: how many incidents a laporan
    names; of_each: and the page of a kecamatan.
    """

    head_lines: tuple[str, ...]
    place: str
    classification: str
    titles: Mapping[str, str]
    signatory: str
    copy_recipients: tuple[str, ...]
    max_message_chars: int
    max_incidents: int
    max_incidents_per_kecamatan: int


@dataclass(frozen=True)
class Sitrep:
    """One laporan at one moment, as one viewer may have it.

    kind: situasi, harian or anev. at: the moment, in the zone of the election; since, until: the
    period. version: of the data. rehearsal: whether any row of the board is made up. scope: of
    which kecamatan. said: sentences by chapter; tables and drawings by name.
    """

    kind: str
    letterhead: Letterhead
    command: str
    kabupaten: str
    election: str
    operation: str
    at: datetime
    zone_label: str
    since: datetime
    until: datetime
    version: int
    has_exercise_rows: bool
    scope: str
    key_figures: tuple[KeyFigure, ...]
    sentences: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Table]
    drawings: Mapping[str, Drawing]
    annexes: tuple[Annex, ...]
    message: str

    @property
    def title(self) -> str:
        return self.letterhead.titles[self.kind]

    @property
    def row_count(self) -> int:
        """How many rows of tables leave the board with it."""
        every = [*self.tables.values(), *(t for one in self.annexes for t in one.tables.values())]
        return sum(len(table.rows) for table in every)
