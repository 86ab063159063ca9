"""A laporan as one value: every text, number and drawing of it, for any file format."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import Field, Strict

from situasi.domain.definition_fields import exactly

KINDS = ("situasi", "harian", "anev")


class Cell(NamedTuple):
    """A cell: its text, and its value in a workbook (None: nothing was reported)."""

    text: str
    value: str | int | float | datetime | None


class Column(NamedTuple):
    """A column: its name in templates, and its heading.

    is_number: whether it holds numbers. unit: of the values, if the cell texts contain it.
    """

    name: str
    heading: str
    is_number: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of cells in the order of the columns. note: printed below the table."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class FigureValue:
    """One number of a key figure. value: None if unknown. label: "" for the figure itself."""

    value: float | None
    label: str = ""
    is_estimated: bool = False


@dataclass(frozen=True)
class KeyFigure:
    """A key figure: its texts as on the screen, and its numbers."""

    key: str
    title: str
    value: str
    note: str
    numbers: tuple[FigureValue, ...] = ()
    alarm: bool = False


@dataclass(frozen=True)
class Drawing:
    """A picture for print. draw: its bytes as "svg" or "png". alt: text."""

    title: str
    alt: str
    draw: Callable[[str], bytes]


@dataclass(frozen=True)
class Annex:
    """The page of one kecamatan. tables: by name, as in Sitrep."""

    code: str
    name: str
    sentences: tuple[str, ...]
    key_figures: tuple[KeyFigure, ...]
    tables: Mapping[str, Table]


@dataclass(frozen=True)
class Letterhead:
    """What the staff of this command puts at the head and foot of each laporan (laporan.toml).

    titles: by kind. max_message_chars: of the short text. max_incidents: listed in a laporan;
    max_incidents_per_kecamatan: listed on the page of a kecamatan.
    """

    head_lines: Annotated[tuple[str, ...], Field(alias="kepala")]
    place: Annotated[str, Field(alias="tempat")]
    classification: Annotated[str, Field(alias="klasifikasi")]
    titles: Annotated[Mapping[str, str], Field(alias="judul"), exactly(*KINDS)]
    signatory: Annotated[str, Field(alias="penanda_tangan")]
    copy_recipients: Annotated[tuple[str, ...], Field(alias="tembusan")]
    max_message_chars: Annotated[int, Strict(), Field(alias="batas.pesan", ge=200, le=4000)]
    max_incidents: Annotated[int, Strict(), Field(alias="batas.kejadian", ge=0, le=500)]
    max_incidents_per_kecamatan: Annotated[
        int, Strict(), Field(alias="batas.kejadian_kecamatan", ge=0, le=500)
    ]


@dataclass(frozen=True)
class Sitrep:
    """One laporan at one time, with what one viewer may see.

    kind: situasi, harian or anev. at: in the time zone of the election; since, until: the period.
    version: of the data. has_exercise_rows: whether any row of the board is exercise data. scope:
    which kecamatan it covers. sentences: by chapter; tables and drawings: by name.
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
        """Return the title of this kind of laporan."""
        return self.letterhead.titles[self.kind]

    @property
    def row_count(self) -> int:
        """Return the number of table rows that leave the board with it."""
        tables = [
            *self.tables.values(),
            *(table for annex in self.annexes for table in annex.tables.values()),
        ]
        return sum(len(table.rows) for table in tables)
