"""Kemendagri codes of kecamatan, desa and TPS as people and spreadsheets write them."""

import re
from datetime import datetime
from typing import NamedTuple

from situasi.ingest.parsing.cells import normalize_cell
from situasi.ingest.tables import Cell

# Positions of the dots in a code: provinsi.kabupaten.kecamatan.desa.
_LEVELS = {4: (2, 4), 6: (2, 4, 6), 10: (2, 4, 6, 10)}
_WITH_MARKS = re.compile(r"[0-9]{2}[. -][0-9]{2}(?:[. -][0-9]{2}(?:[. -][0-9]{4})?)?")
_CODE_AND_NAME = re.compile(r"([0-9]{2}[.]?[0-9]{2}[.]?[0-9]{2}(?:[.]?[0-9]{4})?)[ :/-]+([^0-9].*)")

# A whole code of a TPS, as KPU writes it: the desa of ten digits, then three of the TPS.
_TPS_CODE = re.compile(
    r"(?:(?:kode )?tps[ .:]*)?"
    r"(?P<kecamatan>[0-9]{2}[. -]?[0-9]{2}[. -]?[0-9]{2})[. -]?(?P<desa>[0-9]{4})"
    r"(?:(?P<mark>[. /-])?(?P<tps>[0-9]{3})|[ ./,-]*tps[ .:_-]*(?:no[ .:]*)?(?P<named>[0-9]{1,3}))",
    re.IGNORECASE,
)


class TpsCode(NamedTuple):
    """A TPS by its code. desa: `16.10.04.2001`. tps: `001`."""

    desa: str
    tps: str


def parse_tps_code(cell: Cell) -> TpsCode | None:
    """Return the parts of `1610042001001`, `16.10.04.2001.001`, `16.10.04.2001/TPS 3`, or None."""
    match = _TPS_CODE.fullmatch(normalize_cell(cell))
    if match is None:
        return None
    number = int(match["tps"] or match["named"])
    desa = format_dotted(re.sub(r"[^0-9]", "", match["kecamatan"] + match["desa"]))
    return TpsCode(desa, f"{number:03d}") if desa and number else None


def format_dotted(cell: Cell) -> str | None:
    """Return `161004`, `16-10-04`, 161004.0 as `16.10.04`; None where it is no such code."""
    text = normalize_cell(cell)
    if not (_WITH_MARKS.fullmatch(text) or _is_plain_number(text)):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    ends = _LEVELS.get(len(digits), ())
    return ".".join(digits[start:end] for start, end in zip((0, *ends), ends, strict=False)) or None


def parse_short_code(cell: Cell) -> int | None:
    """Return the last part of a kecamatan's code, written alone: `04`, `4`, 4, 4.0; else None."""
    text = normalize_cell(cell)
    text = text.removesuffix(".0")
    return int(text) if _is_plain_number(text) and len(text) <= 2 else None


def looks_like_bps(cell: Cell) -> bool:
    """Return whether a cell has seven digits: BPS codes, which cannot be mapped to Kemendagri's."""
    text = re.sub(r"[. -]", "", normalize_cell(cell))
    return _is_plain_number(text) and len(text) == 7


def _is_plain_number(text: str) -> bool:
    """Return whether a text is digits alone; those of other scripts are not read as codes."""
    return text.isascii() and text.isdigit()


def has_letters(cell: Cell) -> bool:
    """Return whether a cell holds letters and is not a date."""
    return not isinstance(cell, datetime) and any(c.isalpha() for c in normalize_cell(cell))


def split_code_and_name(cell: Cell) -> tuple[str, str] | None:
    """Split `16.10.04 - Indralaya` into its code and its name; None for other texts."""
    match = _CODE_AND_NAME.fullmatch(normalize_cell(cell))
    return (match[1], match[2]) if match else None
