"""What every reader of cells shares: what is blank, how text is tidied, how a reader says no."""

from __future__ import annotations

import unicodedata

# Longer than any time, number, word or place a person writes; keeps hostile cells cheap.
LONGEST = 200

_BLANKS = frozenset(
    {"", "-", "--", "---", "\u2013", "\u2014", "n/a", "#n/a", "null", "nan", "none", "nat"}
)
# Chat programs and web pages leave marks of no width and minus signs of their own.
_TIDY = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2014": "-"}
    | dict.fromkeys(
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
    )
)


class Unreadable(ValueError):
    """A cell that cannot be read; the message is the reason, in Indonesian, for the sender."""

    @property
    def reason(self) -> str:
        return str(self)


def is_blank(cell: object) -> bool:
    """Whether nothing was written: None, NaN, NaT, blanks, or a dash that stands for nothing."""
    if isinstance(cell, str):
        text = cell.strip()
        return len(text) <= 4 and text.lower() in _BLANKS
    return cell is None or cell != cell  # NaN and NaT differ from themselves


def tidy(text: str) -> str:
    """Text in plain characters (NFKC), without invisible marks, single blanks between words."""
    plain = unicodedata.normalize("NFKC", text.translate(_TIDY)).translate(_TIDY)
    return " ".join(plain.split())


def written(cell: object) -> str:
    """A cell as text, as its sender would recognise it: no `.0` on whole numbers."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def plain(cell: object) -> str:
    """A cell as tidied text; nothing at all where it is longer than anything readable."""
    text = written(cell)
    return tidy(text) if len(text) <= LONGEST else ""


def quote(cell: object) -> str:
    """What was written, on one line, in quotation marks, cut where it is long."""
    text = " ".join(written(cell)[:LONGEST].split())
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'


def either(names: list[str]) -> str:
    """`A`, `A atau B`, `A, B atau C`."""
    return " atau ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
