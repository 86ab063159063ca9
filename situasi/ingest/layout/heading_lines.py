"""Headings of several lines: group titles merged over sub-headings, and a line of numbers below."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

MAX_HEADING_LINES = 4

TextScorer = Callable[[Sequence[str]], int]
Line = Sequence[str]

_SUM_WORDS = frozenset(("jumlah", "jml", "jml.", "total", "l+p", "l + p", "jumlah total"))
# Sub-headings that say nothing without the title of their group.
_GENERIC_WORDS = _SUM_WORDS | frozenset(
    (
        "l",
        "p",
        "lk",
        "pr",
        "l/p",
        "%",
        "(%)",
        "laki-laki",
        "laki laki",
        "laki",
        "perempuan",
        "pria",
        "wanita",
        "mulai",
        "dimulai",
        "selesai",
    )
)
_CLOCK = re.compile(r"[0-9]{1,2}[.:][0-9]{2}(?:[.:]00)?(?: ?(?:wib|wita|wit))?", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_HOUR = re.compile(r"\b(?:jam|pukul|pkl)\W{0,3}[0-9]|[0-9]{1,2}[.:][0-9]{2}", re.IGNORECASE)
_TITLE_OF_NUMBERS = re.compile(
    r"(?:(?:no|nomor)\W*)?tps|(?:.*\W)?(?:jam|pukul|pkl)\W*(?:wib\W*)?", re.IGNORECASE
)
_PART_NUMBER = re.compile(r"[IVX]{1,5}[.)]?|[A-Za-z][.)]|[0-9]{1,2}[.)]")
_MAX_HEADING_CHARS = 60


def is_sub_heading(above: Sequence[Line], below: Line) -> bool:
    """Return whether a line can only be sub-headings: each filled cell lies under a group title.

    A group title has empty cells to its right, and a second sub-heading below these. A row of
    data fills cells under titles of single columns too, so it never passes.
    """
    filled = [column for column, text in enumerate(below) if text]
    if len(filled) < 2:
        return False
    if not all(_may_be_heading(below[c]) or _is_numbered(above, below[c], c) for c in filled):
        return False
    for column in filled:
        title_line = next((line for line in reversed(above) if _cell(line, column)), None)
        if title_line is None:
            continue
        end = next((c for c in range(column + 1, len(title_line)) if title_line[c]), len(below))
        if not any(below[column + 1 : end]):
            return False
    return True


def _is_numbered(above: Sequence[Line], text: str, column: int) -> bool:
    """Return whether a number stands in the group of a title `TPS`, or `HADIR PUKUL`."""
    titles = [_cell(above[-1], left) for left in range(column, -1, -1)]
    title = next(filter(None, titles), "")
    return text.isdecimal() and len(text) <= 3 and _TITLE_OF_NUMBERS.fullmatch(title) is not None


def may_be_pair(above: Sequence[Line], below: Line) -> bool:
    """Return whether a line may be sub-headings: words alone, one of them without a title above."""
    if not any(map(any, above)) or any(c.isdigit() for text in below for c in text):
        return False
    return any(
        text and not any(_cell(line, column) for line in above) for column, text in enumerate(below)
    )


def is_title_line(line: Line, below: Line) -> bool:
    """Return whether a line is a title over the whole table: one cell, at its left edge.

    A number of its own may stand before it: `II.`, `KEJADIAN MENONJOL`.
    """
    filled = [column for column, text in enumerate(line) if text]
    if len(filled) == 2 and filled[1] == filled[0] + 1 and _PART_NUMBER.fullmatch(line[filled[0]]):
        filled = filled[:1]
    first_below = next((column for column, text in enumerate(below) if text), 0)
    return len(filled) == 1 and filled[0] <= first_below


def merge_lines(lines: Sequence[Line], score_header: TextScorer) -> list[str]:
    """Return one heading per column: its sub-heading, with its group's title where needed."""
    paths = _list_paths(lines)
    _give_sums_their_group(paths)
    ends = Counter((path[0], path[-1]) for path in paths if path)
    return [
        _choose_name(path, score_header, is_alone=not path or ends[path[0], path[-1]] == 1)
        for path in paths
    ]


def _give_sums_their_group(paths: list[list[str]]) -> None:
    """Put a sum that stands alone (`JUMLAH`) below the title of the group at its left."""
    for left, path in pairwise(paths):
        if len(path) == 1 and len(left) > 1 and path[0].casefold() in _SUM_WORDS:
            # A group with a sum of its own has no second one.
            group = [other for other in paths if len(other) > 1 and other[0] == left[0]]
            if not any(other[-1].casefold() in _SUM_WORDS for other in group):
                path.insert(0, left[0])


def _cell(line: Line, column: int) -> str:
    return line[column] if column < len(line) else ""


def _may_be_heading(text: str) -> bool:
    """Return whether a text may be a heading: words, an hour, a year or %; no number of a row."""
    if text.strip("() ") == "%":
        return True
    if len(text) > _MAX_HEADING_CHARS:
        return False
    return any(map(str.isalpha, text)) or bool(_CLOCK.fullmatch(text) or _YEAR.fullmatch(text))


def _list_paths(lines: Sequence[Line]) -> list[list[str]]:
    """Return the titles of each column from the top; a group's title goes to all its columns."""
    width = max(map(len, lines))
    padded = [[*line, *[""] * (width - len(line))] for line in lines]
    paths: list[list[str]] = [[] for _ in range(width)]
    starts: list[tuple[int, ...]] = [()] * width  # where the groups above each column begin
    for level, line in enumerate(padded):
        below = padded[level + 1 :]
        for column, (text, start) in enumerate(_carry_titles(line, below, [*starts])):
            if text:
                paths[column].append(text)
                starts[column] = (*starts[column], start)
    return paths


def _carry_titles(
    line: Line, below: Sequence[Line], starts: Sequence[tuple[int, ...]]
) -> Iterator[tuple[str, int]]:
    """Yield the title of each column in this line and where it begins; a carried one is a group's.

    A title is carried to the right over empty cells while these have sub-headings, as its own
    column has, and lie in the same groups.
    """
    group, start = "", -1
    for column, text in enumerate(line):
        has_sub = any(row[column] for row in below)
        if text:
            group, start = (text, column) if has_sub else ("", -1)
            yield text, column
        elif group and has_sub and starts[column] == starts[start]:
            yield group, start
        else:
            group = "" if not has_sub and below else group
            yield "", -1


def _choose_name(path: Sequence[str], score_header: TextScorer, *, is_alone: bool) -> str:
    """Return the shortest heading that is known.

    is_alone: whether no other column has the same first and last title (`PEMILIH > DPT > L`), so
    that what is between them says nothing more.
    """
    if len(path) < 2:
        return path[0] if path else ""
    parts = [text for index, text in enumerate(path) if index == 0 or text != path[index - 1]]
    joined = [" ".join(parts[index:]) for index in range(len(parts))]
    if len(parts) > 2 and is_alone and not any(c.isdigit() for text in parts[1:-1] for c in text):
        # An hour between the two is never left out: it would become a count of any hour.
        joined.insert(1, f"{parts[0]} {parts[-1]}")
    if timed := [name for name in joined if _HOUR.search(name)]:
        joined = timed  # below an hour it is a count of that hour, never of any
    if _needs_group(parts[-1]):
        joined = [name for name in joined if name != parts[-1]] or [parts[-1]]
    return next((name for name in joined if score_header([name])), joined[0])


def _needs_group(text: str) -> bool:
    return text.casefold() in _GENERIC_WORDS or any(map(str.isdigit, text))


_LABEL = r"\(? ?(?P<label>[0-9]{1,3}|[a-z]|[ivx]{1,5}) ?[).]?"
_FORMULA = r"(?: ?[=(:]? ?[(]?[0-9a-z ]+(?:[-+/*x:%,] ?[0-9a-z% ]+)+[)]?| ?= ?[0-9a-z]+)?"
_NUMBER_CELL = re.compile(_LABEL + _FORMULA, re.IGNORECASE)
_ROMAN = (
    "i",
    "ii",
    "iii",
    "iv",
    "v",
    "vi",
    "vii",
    "viii",
    "ix",
    "x",
    "xi",
    "xii",
    "xiii",
    "xiv",
    "xv",
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def is_column_numbering(row: Line) -> bool:
    """Return whether a row only numbers its columns: `1 2 3`, `(1) (2) (3)`, `a b c`, `3=1+2`."""
    texts = [text for text in row if text]
    matches = [_NUMBER_CELL.fullmatch(text) for text in texts]
    labels = [match["label"].lower() for match in matches if match]
    if len(labels) < 3 or len(labels) < len(texts):
        return False
    count = len(labels)
    return labels in (
        [str(number) for number in range(1, count + 1)],
        list(_LETTERS[:count]),
        list(_ROMAN[:count]),
    )
