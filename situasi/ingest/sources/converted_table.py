"""A table while it is converted: its cells, and what has to be said of single rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from situasi.domain.feed_schemas import TPS
from situasi.ingest.parsing.cells import is_blank
from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_sums import RunningSums
from situasi.ingest.validation.total_rows import find_labelled_rows
from situasi.ingest.vocabulary.vocabulary import Vocabulary


@dataclass
class ConvertedTable:
    """The cells of a table under changing headings. The frame of the source is never changed.

    doubts: notes by row, which stays accepted. reasons: by row, why it is not a report.
    left_out: rows that say nothing of their own, which only a note mentions. reached: rows that
    say that a phase was reached, but not when. timed_by_form: rows whose time is that of the form.
    approved: by row, the word by which the source approved it. worded: by our heading, the rows
    whose word there the profile of the source explained.
    """

    source: Table
    vocabulary: Vocabulary
    cells: pd.DataFrame = field(init=False)
    notes: list[str] = field(default_factory=list)
    doubts: dict[int, list[str]] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    left_out: set[int] = field(default_factory=set)
    reached: set[int] = field(default_factory=set)
    timed_by_form: set[int] = field(default_factory=set)
    approved: dict[int, Cell] = field(default_factory=dict)
    worded: dict[str, set[int]] = field(default_factory=dict)
    _meanings: dict[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = self.source.cells
        if (marks := self.cells.get(reserved_columns.NOT_A_REPORT)) is not None:
            self.reasons |= {row: text for row, text in enumerate(marks.tolist()) if text}

    @property
    def headings(self) -> list[str]:
        """Return the headings, without the reserved ones."""
        return [name for name in self.cells.columns.tolist() if name not in reserved_columns.ALL]

    def doubt(self, rows: Iterable[int], note: str) -> None:
        """Add a note to rows that stay accepted."""
        for row in rows:
            notes = self.doubts.setdefault(row, [])
            notes += [] if note in notes else [note]

    def find_columns(self, *headings: str) -> list[str]:
        """Return the columns that mean these headings of ours, one heading after another."""
        names = self.cells.columns.tolist()
        return [name for h in headings for name in names if self._find_meaning(name) == h]

    def list_unknown(self) -> list[str]:
        """Return the headings that mean nothing in any feed."""
        return [n for n in self.headings if self.vocabulary.find_any_column(n) is None]

    def list_filled(self, name: str) -> set[Cell]:
        """Return the different filled cells of a column."""
        return {cell for cell in self.cells[name].tolist() if not is_blank(cell)}

    def list_cells(self, heading: str) -> list[Cell]:
        """Return the cells of the first column of this meaning; all None without one."""
        names = self.find_columns(heading)
        return self.cells[names[0]].tolist() if names else [None] * self.size

    def read_first(self, heading: str, row: int) -> Cell:
        """Return the cell of a row in the first column of this meaning; None without one."""
        return next((self.cells[name].iloc[row] for name in self.find_columns(heading)), None)

    def has_any(self, *headings: str) -> bool:
        """Return whether a column means one of these headings of ours."""
        return any(map(self.find_columns, headings))

    def _find_meaning(self, name: str) -> str | None:
        if name in reserved_columns.ALL:
            return None
        if name not in self._meanings:
            self._meanings[name] = self.vocabulary.find_own_heading(name)
        return self._meanings[name]

    @cached_property
    def total_rows(self) -> frozenset[int]:
        """The rows that begin with the label of a total: nothing is filled in there."""
        places = self.find_columns("kecamatan", "desa", "tempat", "tps")
        return frozenset(row for row, _ in find_labelled_rows(self.cells, self.headings, places))

    def find_empty_rows(self, *headings: str) -> list[int]:
        """Return the rows with no cell under any of these headings; no totals, no titles."""
        names = self.find_columns(*headings)
        columns = [self.cells[name].tolist() for name in names]
        rows = enumerate(zip(*columns, strict=True)) if columns else enumerate([()] * self.size)
        skipped = self.total_rows | self.reasons.keys()
        return [row for row, cells in rows if row not in skipped and all(map(is_blank, cells))]

    def find_unnamed_stations(self) -> set[int]:
        """Return the rows of a table of TPS that name neither a TPS nor a desa: titles, or sums.

        None where no row names any: then it is a table of something larger.
        """
        names = self.find_columns("tps", "desa", "kode_desa", "tempat")
        if not self.has_any("tps") or self.vocabulary.detect_feed(self.headings) != TPS.name:
            return set()
        cells = zip(*(self.cells[name].tolist() for name in names), strict=True)
        rows = {row for row, parts in enumerate(cells) if all(map(is_blank, parts))}
        return rows if len(rows) < self.size else set()

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return len(self.cells)

    def set_column(self, name: str, values: Sequence[Cell]) -> None:
        """Replace or add a column."""
        column = pd.Series(list(values), self.cells.index, dtype="object")
        self.cells = self.cells.assign(**{name: column})

    def replace_cells(self, name: str, new_cells: Mapping[int, Cell]) -> None:
        """Replace the cells of a column in these rows."""
        column = self.cells[name].tolist()
        self.set_column(name, [new_cells.get(row, cell) for row, cell in enumerate(column)])

    def rename(self, name: str, new_name: str) -> None:
        """Give a column another heading."""
        self.cells = self.cells.rename(columns={name: new_name})

    def fill(self, heading: str, new_cells: Mapping[int, Cell], note: str = "") -> None:
        """Put cells by row under a heading of ours, which is added where missing.

        note: to add to these rows.
        """
        if not new_cells:
            return
        name = next(iter(self.find_columns(heading)), heading)
        if name not in self.cells:
            self.set_column(name, [None] * self.size)
        self.replace_cells(name, new_cells)
        self.doubt(new_cells if note else (), note)

    def drop_columns(self, names: Sequence[str]) -> None:
        """Leave out columns."""
        if names:
            self.cells = self.cells.drop(columns=list(names))

    def leave_out(self, names: Collection[str]) -> None:
        """Leave out columns of the source; the labels of total rows in them are kept."""
        labelled = find_labelled_rows(self.cells, self.headings, ())
        labels = {row: self.cells[name].iloc[row] for row, name in labelled if name in names}
        self.drop_columns(list(names))
        if labels:
            self.set_column(reserved_columns.TOTAL, [labels.get(r) for r in range(self.size)])

    def select_rows(self, rows: Sequence[int], without: Collection[str]) -> "ConvertedTable":
        """Return some rows as a table of their own, without these columns."""
        numbers = [self.source.row_numbers[row] for row in rows]
        cells = self.source.cells.iloc[list(rows)].reset_index(drop=True)
        source = replace(self.source, cells=cells, row_numbers=numbers, sums=RunningSums())
        part = ConvertedTable(source, self.vocabulary, notes=[*self.notes])
        part.cells = self.cells.drop(columns=list(without)).iloc[list(rows)].reset_index(drop=True)
        for new, old in enumerate(rows):
            if old in self.doubts:
                part.doubts[new] = [*self.doubts[old]]
            if old in self.reasons:
                part.reasons[new] = self.reasons[old]
            if old in self.timed_by_form:
                part.timed_by_form.add(new)
            if old in self.approved:
                part.approved[new] = self.approved[old]
        return part

    def build(self) -> Table:
        """Return the converted table; the source itself where nothing was changed."""
        changes = (self.doubts, self.reasons, self.left_out)
        if self.cells is self.source.cells and not any(changes):
            return self.source
        size = self.size
        if self.doubts:
            texts = ["; ".join(self.doubts[r]) if r in self.doubts else None for r in range(size)]
            self.set_column(reserved_columns.DOUBT, texts)
        if self.reasons:
            self.set_column(reserved_columns.NOT_A_REPORT, list(map(self.reasons.get, range(size))))
        notes, numbers = (*self.source.notes, *self.notes), self.source.row_numbers
        built = replace(self.source, cells=self.cells, notes=notes)
        if not self.left_out:
            return built
        kept = [row for row in range(size) if row not in self.left_out]
        cells = self.cells.iloc[kept].reset_index(drop=True)
        return replace(built, cells=cells, row_numbers=[numbers[row] for row in kept])
