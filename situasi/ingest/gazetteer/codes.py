"""Kemendagri codes of kecamatan and desa as people and spreadsheets write them."""

import re
from datetime import datetime

from situasi.ingest.parsing.cells import normalize_cell
from situasi.ingest.tables import Cell

# Positions of the dots in a code: provinsi.kabupaten.kecamatan.desa.
_LEVELS = {4: (2, 4), 6: (2, 4, 6), 10: (2, 4, 6, 10)}
_WITH_MARKS = re.compile(r"[0-9]{2}[. -][0-9]{2}(?:[. -][0-9]{2}(?:[. -][0-9]{4})?)?")
_CODE_AND_NAME = re.compile(r"([0-9]{2}[.]?[0-9]{2}[.]?[0-9]{2}(?:[.]?[0-9]{4})?)[ :/-]+([^0-9].*)")


def format_dotted(cell: Cell) -> str | None:
    """Return `161004`, `16-10-04`, 161004.0 as `16.10.04`; None where it is no such code."""
    text = normalize_cell(cell)
    if not (_WITH_MARKS.fullmatch(text) or text.isdigit()):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    ends = _LEVELS.get(len(digits), ())
    return ".".join(digits[start:end] for start, end in zip((0, *ends), ends, strict=False)) or None


def parse_short_code(cell: Cell) -> int | None:
    """Return the last part of a kecamatan's code, written alone: `04`, `4`, 4, 4.0; else None."""
    text = normalize_cell(cell)
    text = text.removesuffix(".0")
    return int(text) if text.isdigit() and len(text) <= 2 else None


def looks_like_bps(cell: Cell) -> bool:
    """Return whether a cell has seven digits: BPS codes, which cannot be mapped to Kemendagri's."""
    text = re.sub(r"[. -]", "", normalize_cell(cell))
    return text.isdigit() and len(text) == 7


def has_letters(cell: Cell) -> bool:
    """Return whether a cell holds letters and is not a date."""
    return not isinstance(cell, datetime) and any(c.isalpha() for c in normalize_cell(cell))


def split_code_and_name(cell: Cell) -> tuple[str, str] | None:
    """Split `16.10.04 - Indralaya` into its code and its name; None for other texts."""
    match = _CODE_AND_NAME.fullmatch(normalize_cell(cell))
    return (match[1], match[2]) if match else None
