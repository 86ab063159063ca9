"""Lines below or in a table that state that nothing happened: `II. KEJADIAN MENONJOL`, `NIHIL`.

They are a statement about a whole part of a report and no rows of the table that is read.
"""

import re
from collections.abc import Sequence

_TITLE = re.compile(
    r"(?:(?:[IVX]{1,5}|[A-Z]|\d{1,2})\s*[.)]?\s+)?"
    r"(?:(?:data|daftar|laporan|rekap|situasi|hal)[\s-]+)*"
    r"(?:kejadian|gangguan|peristiwa|insiden|giat|kegiatan|hal|temuan|pelanggaran)\b[^0-9]{0,60}",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"(?:[-–:.\s]*)(?:nihil|n i h i l|nil|tidak ada|tdk ada|kosong)"
    r"(?:\s+(?:kejadian|gangguan|menonjol|laporan|yang menonjol))*[\s.!-]*",
    re.IGNORECASE,
)
_TITLE_AND_NOTHING = re.compile(rf"{_TITLE.pattern}?\s*[:=-]\s*{_NOTHING.pattern}", re.IGNORECASE)
# What ends a report or a page, and opens a signature.
_CLOSING = re.compile(
    r"(?:(?:jumlah [^.]{0,40}\. ?)?demikian(?:lah)?\b.{0,20}"
    r"\b(?:di)?(?:laporkan|sampaikan|buat|menjadi|untuk|laporan)\b.*"
    r"|lanjutan\W*|bersambung\W*|(?:mengetahui|tembusan|catatan|dokumentasi)\W*|terima ?kasih\W*)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[:+]?[-=_]{3,}[-=_+:]*")
_LABEL = re.compile(r"(?:[IVX]{1,5}|[A-Za-z]|\d{1,2})\s*[.)]?|[-:]")


def find_statements(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the rows that close a report, or state that nothing happened.

    rows: their filled cells as texts.

    A title and `NIHIL` stand in one cell, in one row, or in two rows, one below the other.
    """
    found: list[int] = []
    texts = [_read_line(row) if row else None for row in rows]
    for index, line in enumerate(texts):
        if is_rule(rows[index]):
            found.append(index)
        if line is None:
            continue
        if any(p.fullmatch(line) for p in (_TITLE_AND_NOTHING, _CLOSING)) or _is_pair(line):
            found.append(index)
        elif index and _NOTHING.fullmatch(line) and index - 1 not in found:
            above = texts[index - 1]
            if above is not None and _TITLE.fullmatch(above):
                found += [index - 1, index]
    return found


def is_rule(row: Sequence[str]) -> bool:
    """Return whether a row is a line drawn across: `|---|---|`, `-----+-----`."""
    return bool(row) and all(map(_RULE.fullmatch, row))


def states_nothing(row: Sequence[str]) -> bool:
    """Return whether a row holds nothing but `NIHIL`, beside its number."""
    line = _read_line(row)
    return line is not None and _NOTHING.fullmatch(line) is not None


def _read_line(row: Sequence[str]) -> str | None:
    """Return the words of a row with at most two texts beside its number; else None."""
    words = [text for text in row if not _LABEL.fullmatch(text)]
    return "\n".join(words) if 0 < len(words) <= 2 else None


def _is_pair(line: str) -> bool:
    title, _, rest = line.partition("\n")
    return bool(rest and _TITLE.fullmatch(title) and _NOTHING.fullmatch(rest))
