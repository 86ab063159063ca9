"""Reader of the word lists that a person may extend in a spreadsheet."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the filled rows of a list as (row number, cells in this order of columns).

    Reads commas, semicolons or tabs; with or without BOM; Windows-1252 if it is not UTF-8.
    Raises ValueError where a column is missing.
    """
    text = _decode(path.read_bytes())
    first_line = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first_line.count))
    head = [cell.strip().lower() for cell in next(reader, [])]
    missing = [column for column in columns if column not in head]
    if missing:
        raise ValueError(f"{path.name}: kolom {', '.join(missing)} tidak ada")
    order = [head.index(column) for column in columns]
    for cells in reader:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * len(head)]
            yield reader.line_num, tuple(padded[index].strip() for index in order)


_GROUPS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


def expand_phrase(text: str) -> list[str]:
    """Return the phrases that one stands for: `(kotak|kotak suara) [sudah|sdh] berangkat`.

    Round brackets hold words of which one is there, square ones words of which one may be there.
    """
    parts: list[list[str]] = []
    end = 0
    for match in _GROUPS.finditer(text):
        words = match[1].split("|") if match[2] is None else ["", *match[2].split("|")]
        parts += [[text[end : match.start()]], words]
        end = match.end()
    parts.append([text[end:]])
    return [" ".join("".join(choice).split()) for choice in product(*parts)]


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


_ROW_NUMBERS = frozenset(("no", "nomor", "nourut", "nomorurut", "number"))


def is_row_number(heading: str) -> bool:
    """Return whether a heading stands above numbers that only count the rows."""
    return normalize_key(heading) in _ROW_NUMBERS


@lru_cache(maxsize=16_384)
def normalize_key(text: str) -> str:
    """Return the key that spellings share: without case, accents, blanks, marks and underscores."""
    plain = unicodedata.normalize("NFKD", text[:200].lower())
    return re.sub(r"[^a-z0-9]", "", plain)


def remove_brackets(text: str) -> str:
    """Return `Waktu (WIB)` as `Waktu`."""
    return re.sub(r"[(\[][^()\[\]]*[)\]]", " ", text)
