"""Parsers of numbers as people write them: counts, decimals, TPS numbers, yes and no."""

import math
import re

from situasi.ingest.parsing.cells import (
    UnreadableCell,
    check_letters,
    is_blank,
    normalize_cell,
    quote,
)
from situasi.ingest.parsing.coordinates import read_joined_point, read_point
from situasi.ingest.parsing.number_words import SPELLED_WORDS
from situasi.ingest.tables import Cell

__all__ = [
    "read_count",
    "read_decimal",
    "read_joined_point",
    "read_point",
    "read_tps",
    "read_yesno",
]

# No kabupaten has as many people; excludes a digit too many or a telephone number.
MAX_COUNT = 10_000_000

_UNIT = r"(?: ?(?:orang|org|jiwa|pemilih|warga|personel|personil|voters|people))?\.?"
_COUNT = re.compile(
    r"(?P<whole>[0-9]{1,12}|[1-9][0-9]{0,2}(?P<mark>[., ])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"
    rf"(?P<rest>[.,]0{{1,2}})?{_UNIT}",
    re.IGNORECASE,
)
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]{1,15}(?:[.,][0-9]{0,20})?|[.,][0-9]{1,20})(?:e[+-]?[0-9]{1,2})?"
)
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+,[0-9]{1,20}|(?:,[0-9]{3})+\.[0-9]{1,20})")

_TPS_BARE = re.compile(r"[0-9]{1,4}")
_TPS_NAMED = re.compile(r"\btps\W{0,3}(?:(?:no|nomor|nmr)\W{0,3})?([0-9]{1,4})(?![0-9])")
_SECOND_TPS = re.compile(
    r" ?[-,;/&+] ?[0-9]|.*\b(?:dan|atau|sampai|hingga|s\W{0,2}d)\b\W{0,3}[0-9]", re.DOTALL
)

_YES = frozenset({"ya", "y", "yes", "true", "benar", "betul", "1", "latihan", "rehearsal"})
_NO = frozenset({"tidak", "tdk", "no", "n", "false", "bukan", "salah", "0", "nyata"})


def read_count(cell: Cell) -> int:
    """Read a whole number from 0 up: `1.234`, `1,234`, `1 234`, `412 orang`, 412.0.

    Marks between groups of three digits are thousands separators. Raises UnreadableCell.
    """
    if is_blank(cell):
        raise UnreadableCell("jumlah kosong")
    if isinstance(cell, bool):
        raise UnreadableCell(f"jumlah {quote(cell)} bukan bilangan")
    if isinstance(cell, (int, float)):
        return _count_in_range(cell)
    check_letters("jumlah", cell)
    text = normalize_cell(cell)
    match = _COUNT.fullmatch(text)
    if match is None or (match["rest"] and match["rest"][0] == match["mark"]):
        raise UnreadableCell(_explain_bad_count(text, cell))
    return _count_in_range(int(re.sub(r"[., ]", "", match["whole"])))


def find_count(cell: Cell) -> int | None:
    """Return the count in a cell; None where it is blank or holds none."""
    try:
        return read_count(cell)
    except UnreadableCell:
        return None


def _count_in_range(number: float) -> int:
    if not math.isfinite(number) or number != int(number):
        raise UnreadableCell(f"jumlah {quote(number)} bukan bilangan bulat")
    if number < 0:
        raise UnreadableCell(f"jumlah {quote(number)} negatif")
    if number > MAX_COUNT:
        raise UnreadableCell(f"jumlah {quote(number)} terlalu besar")
    return int(number)


def _explain_bad_count(text: str, cell: object) -> str:
    if text.startswith("-"):
        return f"jumlah {quote(cell)} negatif"
    if _GROUPED.fullmatch(text) or (_DECIMAL.fullmatch(text) and not text.isdigit()):
        return f"jumlah {quote(cell)} bukan bilangan bulat"
    return f"jumlah {quote(cell)} bukan bilangan; tulis angkanya saja, misalnya 412"


def read_decimal(cell: Cell) -> float:
    """Read a finite number with a decimal point or comma: `-3,2535`, `-3.2535`, `1.234,5`.

    A single mark is always the decimal mark. Raises UnreadableCell.
    """
    if is_blank(cell):
        raise UnreadableCell("angka kosong")
    check_letters("angka", cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = float(cell) if abs(cell) < 1e100 else math.inf
    else:
        number = _parse_decimal(normalize_cell(cell).lower(), cell)
    if not math.isfinite(number):
        raise UnreadableCell(f"angka {quote(cell)} tidak terbaca")
    return number


def _parse_decimal(text: str, cell: object) -> float:
    if _DECIMAL.fullmatch(text):
        return float(text.replace(",", "."))
    if _GROUPED.fullmatch(text):
        mark = max(text.rfind("."), text.rfind(","))
        return float(re.sub(r"[.,]", "", text[:mark]) + "." + text[mark + 1 :])
    raise UnreadableCell(f"angka {quote(cell)} tidak terbaca; tulis misalnya -3,2535")


# `3 (tiga)`: a number of a TPS once more in words.
SPELLED_BEHIND = re.compile(rf" ?\({SPELLED_WORDS}\)$", re.IGNORECASE)


def read_tps(cell: Cell) -> str:
    """Return the number of one TPS in three digits: `1`, `TPS 02 Desa X`, `Desa X TPS 02`.

    Raises UnreadableCell, also where several TPS are named.
    """
    check_letters("TPS", cell)
    text = SPELLED_BEHIND.sub("", normalize_cell(cell).lower().replace("_", " "))
    matches = list(_TPS_NAMED.finditer(text))
    if len(matches) > 1 or (matches and _SECOND_TPS.match(text, matches[0].end())):
        raise UnreadableCell(
            f"TPS {quote(cell)} menyebut lebih dari satu TPS; tulis satu per baris"
        )
    digits = matches[0][1] if matches else text if _TPS_BARE.fullmatch(text) else "0"
    if not 1 <= int(digits) <= 999:
        raise UnreadableCell(f"TPS {quote(cell)} bukan nomor TPS; tulis misalnya 001")
    return f"{int(digits):03d}"


def read_yesno(cell: Cell) -> bool:
    """Read ya or tidak; `t` alone is rejected as unclear. Raises UnreadableCell."""
    text = normalize_cell(cell).lower()
    if text not in _YES and text not in _NO:
        raise UnreadableCell(f"{quote(cell)} bukan ya atau tidak")
    return text in _YES


_TPS_WORD = re.compile(r"\btps(?![a-z])|\b(?:no|nomor|nmr)\b\.?")
_RANGE_WORD = re.compile(r"\bs\W{0,2}d\b\.?|\bsampai(?: dengan)?\b|\bhingga\b|\bto\b")
_LIST_SEPARATOR = re.compile(r"\b(?:dan|serta|and)\b|[;&+/\n]")
_TPS_RANGE = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")


def read_tps_list(cell: Cell) -> str:
    """Return the TPS that a cell names, sorted, each once: "001,002,005". Raises UnreadableCell."""
    check_letters("daftar TPS", cell)
    text = _TPS_WORD.sub(" ", normalize_cell(cell).lower().replace("_", " "))
    text = _LIST_SEPARATOR.sub(",", _RANGE_WORD.sub("-", text))
    parts = re.sub(r"[\s.]*-[\s.]*", "-", text).replace(".", " ").replace(",", " ").split()
    numbers: set[int] = set()
    for part in parts:
        span = _TPS_RANGE.fullmatch(part)
        if not span and not re.fullmatch(r"[0-9]{1,4}", part):
            return _read_single_tps(cell)
        first, last = (int(span[1]), int(span[2])) if span else (int(part), int(part))
        if not 1 <= first <= last <= 999:
            raise _build_unreadable_error(cell)
        numbers |= set(range(first, last + 1))
    if not numbers or (isinstance(cell, float) and not cell.is_integer()):
        raise _build_unreadable_error(cell)
    return ",".join(f"{number:03d}" for number in sorted(numbers))


def _read_single_tps(cell: Cell) -> str:
    try:
        return read_tps(cell)
    except UnreadableCell:
        raise _build_unreadable_error(cell) from None


def _build_unreadable_error(cell: object) -> UnreadableCell:
    return UnreadableCell(
        f"daftar TPS {quote(cell)} tidak terbaca; tulis misalnya 001,002 atau 1-4"
    )
