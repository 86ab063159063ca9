"""Parser of regular delimited text by Arrow: whole columns at once, or nothing."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import compute, csv

from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import CellArray

_DELIMITERS = frozenset(",;\t|")
_QUOTE, _NEWLINE = ord('"'), ord("\n")
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # all that strip() strips
_TRIM = compute.TrimOptions(_BLANKS)
_SAMPLE_ROWS = 200  # rows checked to see whether the texts of a column repeat


def parse_columns(text: str, delimiter: str, width: int) -> list[CellArray] | None:
    """Return the cells of whole rows by column, stripped, None where empty.

    None where a row is not `width` cells wide, a quote does more than enclose a cell, or NULs are
    in the text. The csv module reads what is parsed here alike, except that a blank line here is a
    row of empty cells.
    """
    raw = text.encode()
    if (
        delimiter not in _DELIMITERS
        or "\0" in text
        or len(text) > reserved_columns.MAX_CELL_CHARS  # a cell may be too long
        or text.startswith("\ufeff")  # Arrow would take it for a mark of the encoding
        or not _quotes_enclose_cells(np.frombuffer(raw, np.uint8), ord(delimiter))
    ):
        return None
    try:
        parsed = _parse(raw, delimiter, width)
    except pa.ArrowInvalid:  # a ragged row
        return None
    return [_to_cells(column.combine_chunks()) for column in parsed.columns]


def _quotes_enclose_cells(chars: npt.NDArray[np.uint8], delimiter: int) -> bool:
    """Return whether every quote opens a cell, closes it, or is one of two that mean one.

    Quotes open and close in turn. One that closes and is followed by another at once has not
    closed: together they are a quote that was written.
    """
    positions = np.flatnonzero(chars == _QUOTE)
    bounds = (delimiter, _NEWLINE, _QUOTE)
    opening, closing = positions[::2], positions[1::2]
    before = chars[opening[opening > 0] - 1]
    after = chars[closing[closing < len(chars) - 1] + 1]
    is_even = len(positions) % 2 == 0
    return is_even and bool(np.isin(before, bounds).all() and np.isin(after, bounds).all())


def _parse(raw: bytes, delimiter: str, width: int) -> pa.Table:
    names = [str(number) for number in range(width)]
    return csv.read_csv(
        pa.BufferReader(raw),
        csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names),
        csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )


def _to_cells(column: pa.StringArray) -> CellArray:
    """Return the cells; texts that repeat share one object: what follows is then quicker."""
    stripped = compute.utf8_trim(column, options=_TRIM)
    cells: CellArray
    sample = stripped[:_SAMPLE_ROWS].to_pylist()
    if 2 * len(set(sample)) < len(sample):
        encoded = stripped.dictionary_encode()
        texts = np.array([text or None for text in encoded.dictionary.to_pylist()], dtype="object")
        cells = texts[encoded.indices.to_numpy()]
        return cells
    cells = compute.if_else(compute.equal(stripped, ""), None, stripped).to_numpy(
        zero_copy_only=False
    )
    return cells
