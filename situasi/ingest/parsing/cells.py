"""Shared helpers of all cell parsers: blank cells, text normalisation, the error for bad cells."""

import unicodedata
from functools import lru_cache

from situasi.ingest.tables import Cell

# Longer than any time, number, word or place that a person writes; bounds the cost of bad cells.
MAX_CELL_CHARS = 200

_BLANK_TEXTS = frozenset(
    {"", "-", "--", "---", "\u2013", "\u2014", "n/a", "#n/a", "null", "nan", "none", "nat", "n.a",
     "n.a.", ".", "..", "...", "\u2026", "blank", "(blank)", "tidak diisi",
     "tdk diisi"}
)  # fmt: skip
_LONGEST_BLANK_TEXT = max(map(len, _BLANK_TEXTS))
# Chat programs and web pages add zero-width marks and their own minus signs.
_CHAR_REPLACEMENTS = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2014": "-"}
    | dict.fromkeys(
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
    )
)


class UnreadableCell(ValueError):
    """A cell that cannot be read; the message is the reason, in Indonesian, for the sender."""


def is_blank(cell: object) -> bool:
    """Return whether a cell is empty: None, NaN, NaT, blanks, or a dash that stands for nothing."""
    if isinstance(cell, str):
        text = cell.strip()
        return len(text) <= _LONGEST_BLANK_TEXT and text.lower() in _BLANK_TEXTS
    return cell is None or cell != cell  # NaN and NaT differ from themselves


def normalize_text(text: str) -> str:
    """Return text in plain characters (NFKC), without invisible marks, with single blanks."""
    if text.isascii():  # nothing of it changes; normalising took a quarter of the ingest of a file
        return " ".join(text.split())
    plain = unicodedata.normalize("NFKC", text.translate(_CHAR_REPLACEMENTS)).translate(
        _CHAR_REPLACEMENTS
    )
    return " ".join(plain.split())


def find_foreign_letters(text: str) -> str:
    """Return the letters and digits of other scripts than Latin, each once; "" for plain texts.

    A Cyrillic or Greek letter can look exactly like a Latin one, and digits of other scripts and
    raised digits like plain ones: a text with them is never taken for a word, place or number.
    """
    return "" if text.isascii() else _find_foreign_letters(text[:MAX_CELL_CHARS])


@lru_cache(maxsize=4096)
def _find_foreign_letters(text: str) -> str:
    digits = (c for c in text if c.isnumeric() and not c.isascii() and not _is_fullwidth(c))
    letters = (c for c in unicodedata.normalize("NFKC", text) if _is_foreign_letter(c))
    return "".join(dict.fromkeys((*digits, *letters)))


def _is_fullwidth(char: str) -> bool:
    return "\uff10" <= char <= "\uff19"


def _is_foreign_letter(char: str) -> bool:
    if char.isascii() or not char.isalpha():
        return False
    # Ordinal marks and modifier letters (the apostrophe of Jum\u02bcat) belong to Latin texts.
    name = unicodedata.name(char, "")
    return not name.startswith(("LATIN", "MODIFIER LETTER", "FEMININE", "MASCULINE"))


def check_letters(label: str, cell: object) -> None:
    """Raise UnreadableCell, naming the letters, where a cell holds letters of another script.

    label: what the cell should hold, in Indonesian, as the reason begins with it.
    """
    if isinstance(cell, str) and (letters := find_foreign_letters(cell)):
        raise UnreadableCell(
            f"{label} {quote(cell)} memuat huruf atau angka yang bukan Latin: "
            f"{format_letters(letters)}; ketik ulang"
        )


def format_letters(letters: str) -> str:
    """Return letters with their Unicode numbers, so that look-alikes can be told apart."""
    return ", ".join(f'"{letter}" (U+{ord(letter):04X})' for letter in letters[:5])


def format_cell(cell: object) -> str:
    """Return a cell as its sender would recognise it: no `.0` on whole numbers."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def normalize_cell(cell: object) -> str:
    """Return a cell as normalised text; "" where it is longer than anything readable."""
    text = format_cell(cell)
    return normalize_text(text) if len(text) <= MAX_CELL_CHARS else ""


def quote(cell: object) -> str:
    """Return a cell's text on one line in quotation marks, shortened where it is long."""
    text = " ".join(format_cell(cell)[:MAX_CELL_CHARS].split())
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


def join_with_or(names: list[str]) -> str:
    """Join names as `A`, `A atau B`, `A, B atau C`."""
    return " atau ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def cell_to_text(cell: Cell) -> str | None:
    """Return a cell as plain text; None where it is empty."""
    if cell is None:
        return None
    if type(cell) is str:
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip() or None
