"""Reader of delimited text (CSV and the like): finds the delimiter, survives stray quotes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import chain, islice
from pathlib import Path

from situasi.ingest.layout import signature_rows
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
_SEP_LINE = re.compile(r'"?sep=(.)"?[,;]*\s*', re.IGNORECASE)

EMPTY = "Berkas ini kosong."
NO_HEADER = (
    "Baris judul kolom tidak ditemukan; perlu sekurangnya dua judul yang dikenal, "
    "misalnya waktu, kecamatan dan jenis."
)


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
    rows_above = list(islice(csv_rows.parse_rows(lines, delimiter), heading.last_index + 1))
    cells: list[list[object]] = [row if isinstance(row, list) else [row] for row in rows_above]
    title_indexes, unread = classify_rows_above(cells, heading, score_header)
    notes += table_builder.format_title_notes([index + 1 for index in title_indexes])
    unread_rows = [
        (index + 1, make_unread_row(cells[index], table_builder.OTHER_TABLE)) for index in unread
    ]
    rows_below = _number_rows(
        csv_rows.parse_blocks(lines, delimiter, len(heading.column_names)), len(rows_above) + 1
    )
    titles = table_builder.format_titles([cells[index] for index in title_indexes])
    signatures: list[int] = []
    rows = chain(
        unread_rows,
        signature_rows.drop_signatures(rows_below, len(heading.column_names), signatures),
    )
    for table in table_builder.build_tables(
        rows,
        heading,
        chunk_rows,
        notes,
        meter.compute_fraction,
        get_late_notes=lambda: signature_rows.format_notes(signatures),
    ):
        yield replace(table, titles=titles)


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
