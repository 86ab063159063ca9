"""Reader of delimited text (CSV and the like): finds the delimiter, survives stray quotes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from situasi.ingest.layout import signature_rows, stacked
from situasi.ingest.layout.header_detection import (
    HEADER_SEARCH_ROWS,
    HeaderRow,
    HeaderScorer,
    classify_rows_above,
    find_header,
)
from situasi.ingest.readers import csv_rows, table_builder, text_encoding
from situasi.ingest.readers.table_builder import Block, NumberedRows, Row, make_unread_row
from situasi.ingest.tables import SourceError, Table, UnknownHeadings

_COMMON_DELIMITERS = ",;"
_DELIMITERS = {",": "koma", ";": "titik koma", "\t": "tab", "|": "garis tegak"}
_MAX_STACKED_BYTES = 256 << 10  # of a text made by hand, which may hold several tables
_SEP_LINE = re.compile(r'"?sep=(.)"?[,;]*\s*', re.IGNORECASE)

EMPTY = "Berkas ini kosong."
NO_HEADER = (
    "Baris judul kolom tidak ditemukan; perlu sekurangnya dua judul yang dikenal, "
    "misalnya waktu, kecamatan dan jenis."
)


class _Part(NamedTuple):
    """One of several tables of a text: its rows with those above its heading."""

    first_number: int
    rows: Sequence[Row]
    heading: HeaderRow

    def list_titles(self) -> list[str]:
        """Return the lines above its heading."""
        above = _to_cells(self.rows[: self.heading.first_index])
        return [line for line in table_builder.format_titles(above) if line]


def read(
    path: Path, encoding: text_encoding.Encoding, score_header: HeaderScorer, chunk_rows: int
) -> Iterator[Table]:
    """Yield the tables of a delimited text. Raises SourceError, possibly after the first tables.

    Rows are numbered as a spreadsheet numbers them: a line break inside quotes starts no new
    row, and Excel's "sep=;" line does not count as one.
    """
    meter = text_encoding.ReadProgress(path.stat().st_size)
    head = list(
        _header_lines(text_encoding.read_lines(path, encoding, text_encoding.ReadProgress(0)))
    )
    if not any(line.strip() for line in head):
        raise SourceError(EMPTY)
    sep = _SEP_LINE.fullmatch(head[0])
    delimiter, heading = _sniff(head[1:] if sep else head, sep and sep[1], score_header)
    lines = csv_rows.LineBuffer(text_encoding.read_lines(path, encoding, meter))
    lines.take(1 if sep else 0)
    notes = list(encoding.notes)
    if delimiter not in _COMMON_DELIMITERS:
        notes.append(f"pemisah kolom: {_DELIMITERS.get(delimiter, delimiter)}")
    if path.stat().st_size <= _MAX_STACKED_BYTES:
        read_lines: list[str] = []
        whole = list(
            csv_rows.parse_rows(csv_rows.LineBuffer(lines.take_recording(read_lines)), delimiter)
        )
        tables = stacked.find_stacked_tables(_to_cells(whole), score_header)
        if tables and (parts := _split_stacked(whole, tables, score_header)):
            notes.append(stacked.format_note(tables, 1))
            shared = stacked.list_shared_titles(_to_cells(whole), tables)
            yield from _read_stacked(parts, shared, score_header, chunk_rows, notes)
            return
        lines.push_back(read_lines)
    rows_above = list(islice(csv_rows.parse_rows(lines, delimiter), heading.last_index + 1))
    blocks = csv_rows.parse_blocks(lines, delimiter, len(heading.column_names))
    yield from _read_table(
        rows_above, _number_rows(blocks, len(rows_above) + 1), heading, score_header, chunk_rows,
        notes, meter.compute_fraction,
    )  # fmt: skip


def _split_stacked(
    rows: Sequence[Row], tables: Sequence[stacked.StackedTable], score_header: HeaderScorer
) -> list[_Part]:
    """Return the parts of a text, one for each of its tables; [] where one shows no heading.

    Parts of one table, each below the name of its place, stay one: its rows are read in order.
    """
    ends = [*(table.first_index for table in tables[1:]), len(rows)]
    parts = []
    for table, end in zip(tables, ends, strict=True):
        part = rows[table.first_index : end]
        heading = find_header(_to_cells(part), score_header)
        if heading is None:
            return []
        parts.append(_Part(table.first_index + 1, part, heading))
    later = [line for part in parts[1:] for line in part.list_titles()]
    is_one_table = len({part.heading.texts for part in parts}) == 1
    return [] if is_one_table and all(map(stacked.names_place, later)) else parts


def _read_stacked(
    parts: Sequence[_Part],
    shared: tuple[str, ...],
    score_header: HeaderScorer,
    chunk_rows: int,
    notes: Sequence[str],
) -> Iterator[Table]:
    """Yield the tables of the parts of a text. shared: the titles of all of them."""
    for index, part in enumerate(parts):
        above = part.heading.last_index + 1
        below = _number_rows(part.rows[above:], part.first_number + above)
        for table in _read_table(
            part.rows[:above], below, part.heading, score_header, chunk_rows,
            () if index else notes, first_number=part.first_number,
        ):  # fmt: skip
            above_all = stacked.leave_out_replaced(shared, table.titles) if index else ()
            yield replace(table, titles_of_sheet=above_all, progress=(index + 1) / len(parts))


def _read_table(
    rows_above: Sequence[Row],
    rows_below: Iterable[NumberedRows],
    heading: HeaderRow,
    score_header: HeaderScorer,
    chunk_rows: int,
    notes: Sequence[str],
    get_progress: Callable[[], float] = lambda: 1.0,
    first_number: int = 1,
) -> Iterator[Table]:
    """Yield the rows below one heading. first_number: of the first row above it."""
    cells = _to_cells(rows_above)
    title_indexes, unread = classify_rows_above(cells, heading, score_header)
    title_notes = table_builder.format_title_notes([first_number + i for i in title_indexes])
    unread_rows = [
        (first_number + i, make_unread_row(cells[i], table_builder.OTHER_TABLE)) for i in unread
    ]
    signatures: list[int] = []
    rows = chain(
        unread_rows,
        signature_rows.drop_signatures(rows_below, len(heading.column_names), signatures),
    )
    titles = table_builder.format_titles([cells[index] for index in title_indexes])
    for table in table_builder.build_tables(
        rows,
        heading,
        chunk_rows,
        [*notes, *title_notes],
        get_progress,
        get_late_notes=lambda: signature_rows.format_notes(signatures),
    ):
        yield replace(table, titles=titles)


def _to_cells(rows: Iterable[Row]) -> list[list[object]]:
    return [row if isinstance(row, list) else [row] for row in rows]


def _number_rows(parts: Iterable[Row | Block], first_number: int) -> Iterator[NumberedRows]:
    for part in parts:
        yield first_number, part
        first_number += len(part) if isinstance(part, Block) else 1


def _header_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines that can hold the heading; a row may have line breaks inside."""
    size = 0
    for line in islice(lines, HEADER_SEARCH_ROWS * 5):
        yield line.replace("\0", "")
        size += len(line)
        if size > text_encoding.MAX_LINE_CHARS:
            return


def _sniff(lines: list[str], sep: str | None, score_header: HeaderScorer) -> tuple[str, HeaderRow]:
    """Return the delimiter under which a row names most columns; on a tie, has most columns."""
    # A line without delimiters is the same row under each of them, so its score is cached.
    cached_score = cache(score_header)
    best: tuple[int, int, str, HeaderRow] | None = None
    error: SourceError | None = None
    for delimiter in dict.fromkeys([*([sep] if sep and sep != '"' else []), *_DELIMITERS]):
        rows = list(
            islice(csv_rows.parse_rows(csv_rows.LineBuffer(lines), delimiter), HEADER_SEARCH_ROWS)
        )
        try:
            heading = find_header(
                [row if isinstance(row, list) else [] for row in rows],
                lambda texts: cached_score(tuple(texts)),
            )
        except SourceError as too_wide:
            error = too_wide
            continue
        if heading:
            rank = (heading.score, len(heading.column_names), delimiter, heading)
            if best is None or rank[:2] > best[:2]:
                best = rank
    if best is None:
        raise error or UnknownHeadings(NO_HEADER)
    return best[2], best[3]


def read_raw_rows(path: Path, encoding: text_encoding.Encoding) -> Iterator[tuple[int, Row]]:
    """Yield every row with its number, whatever its headings. Raises SourceError.

    The delimiter is the one under which most rows have the same number of cells.
    """
    progress = text_encoding.ReadProgress(0)
    head = list(_header_lines(text_encoding.read_lines(path, encoding, progress)))
    sep = _SEP_LINE.fullmatch(head[0]) if head else None
    delimiter = sep[1] if sep and sep[1] != '"' else _sniff_by_width(head)
    lines = csv_rows.LineBuffer(text_encoding.read_lines(path, encoding, progress))
    lines.take(1 if sep else 0)
    yield from enumerate(csv_rows.parse_rows(lines, delimiter), start=1)


def _sniff_by_width(lines: list[str]) -> str:
    ranks = []
    for delimiter in _DELIMITERS:
        rows = islice(csv_rows.parse_rows(csv_rows.LineBuffer(lines), delimiter), 200)
        widths = Counter(len(row) for row in rows if isinstance(row, list) and len(row) > 1)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        ranks.append((count, width, delimiter))
    return max(ranks, key=lambda rank: rank[:2])[2]
