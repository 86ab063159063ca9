"""Columns that say which rows were checked, rejected or deleted, whatever tool wrote them."""

import re
from collections.abc import Mapping, Sequence

from situasi.ingest.parsing.cells import format_cell, is_blank, normalize_cell, quote
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.profile import Review, ReviewState, SourceProfile, matches_heading
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.clue_words import ClueWords
from situasi.ingest.vocabulary.csv_lists import normalize_key

_YES = frozenset(("1", "ya", "y", "yes", "true", "t", "benar", "sudah"))
_NO = frozenset(("0", "tidak", "tdk", "no", "n", "false", "f", "belum", "bukan"))
_GROUP = re.compile(r".*[/:.]")
_OF_TRUTH = re.compile(r"valid|sah\b", re.IGNORECASE)  # what is not valid is wrong, not unchecked
_STATED = re.compile(r"status|state\b|keputusan", re.IGNORECASE)
# What a heading of a status may mean by itself.
_OPEN = frozenset((None, "status", "checkin"))
_HEADING_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_GENERAL = frozenset(("status", "state", "label", "uid", "system"))  # in headings of review
_UNMARKED = frozenset(("none", "null"))  # how some tools write an empty cell
# Words of review that are said of other things as well: alone they make no column of review.
_NEUTRAL = frozenset(("final", "kosong", "baru", "new"))
_STATES = ("approved", "on_hold", "rejected", "unchecked")
_MOST_WORDS, _MOST_CHARS = 12, 30
# Why a row waits, by what its reviewer said.
_HELD: dict[ReviewState, str] = {
    "held": "diragukan pemeriksanya",
    "rejected": "ditolak atau dihapus",
}


def apply_review_columns(table: ConvertedTable, profile: SourceProfile | None) -> None:
    """Hold the rows that were rejected, deleted or doubted at the source; flag those not yet seen.

    A column that the profile names is read by the profile's words alone, in whatever spelling; any
    other by those that people write. What the profile does not name so is left out then.
    """
    review = profile.review if profile is not None else None
    for name in table.headings:
        is_named = review is not None and _is_named(name, review)
        is_free = profile is not None and profile.find_heading(name) is None  # nobody mapped it
        is_spelled = review and is_free and _is_spelled_otherwise(table, name, review)
        if review is not None and (is_named or is_spelled):
            states = {normalize_key(word): state for word, state in review.states.items()}
            table.approved.update(_apply_states(table, name, states))
        elif not _apply_unnamed(table, name):
            continue
        if not is_named:
            table.notes.append(f'kolom "{name}" dibaca sebagai hasil pemeriksaan di sumbernya')
            table.leave_out([name])


def _is_named(name: str, review: Review) -> bool:
    return any(matches_heading(name, heading) for heading in review.headings)


def _is_spelled_otherwise(table: ConvertedTable, name: str, review: Review) -> bool:
    """Return whether a column is one that the profile names, under another spelling.

    `Quarantine` for `Quarantine Status`, `data-review_state`, `STATUS`: where its cells are words
    of that review and nothing else.
    """
    words = _split_heading(name)
    if not any(_is_spelling(words, _split_heading(heading)) for heading in review.headings):
        return False
    cells = {normalize_key(format_cell(c)) for c in table.cells[name].tolist() if not is_blank(c)}
    return bool(cells) and cells <= {*map(normalize_key, review.states), *_UNMARKED}


def _split_heading(name: str) -> set[str]:
    """Return the words of a heading, also of one in camel case."""
    return {word.lower() for word in _HEADING_WORD.findall(name)}


def _is_spelling(words: set[str], wanted: set[str]) -> bool:
    """Return whether words are those wanted, with a group before them, or but for a general one."""
    special = wanted - _GENERAL
    return special <= words if special else words == wanted


def _apply_unnamed(table: ConvertedTable, name: str) -> bool:
    """Hold or doubt the rows by a column that no profile names; return whether it is of review."""
    heading, clues = _GROUP.sub("", name), table.vocabulary.clues
    is_of_review = clues.is_heading("review", heading)
    if not is_of_review and clues.is_heading("review_rejects", heading):
        return _apply_rejections(table, name)
    if not is_of_review and not _holds_states_alone(table, name):
        return False
    states = _read_states(table, name)
    if states is None:
        return False
    _apply_states(table, name, states)
    return True


def take_approved_status(table: ConvertedTable) -> None:
    """Take for the status of an incident a word of approval that is one of ours (`confirmed`)."""
    find_code = table.vocabulary.find_code
    codes = {
        row: code
        for row, word in table.approved.items()
        if row not in table.reasons and (code := find_code("incidents", "status", word))
    }
    table.fill("status", codes, "status dari hasil pemeriksaan di sumbernya")


def _read_states(table: ConvertedTable, name: str) -> dict[str, ReviewState] | None:
    """Return what each word of a column says; None where it holds more than a few words."""
    distinct = table.list_filled(name)
    if not 0 < len(distinct) <= _MOST_WORDS:
        return None
    clues, states = table.vocabulary.clues, dict[str, ReviewState]()
    for cell in distinct:
        word = normalize_key(format_cell(cell))
        is_word = any(map(str.isalpha, word)) or word in _YES | _NO
        if not is_word or len(str(cell)) > _MOST_CHARS:
            return None
        if (word in _NO and _OF_TRUTH.search(name)) or clues.is_heading("rejected", word):
            states[word] = "rejected"
        elif clues.is_heading("on_hold", word):
            states[word] = "held"
        elif word in _YES or clues.is_heading("approved", word):
            states[word] = "approved"
        else:
            states[word] = "pending"
    return states


def _apply_states(
    table: ConvertedTable, name: str, state_by_word: Mapping[str, ReviewState]
) -> dict[int, Cell]:
    """Hold or doubt the rows by the words of a column; return the cells that approve, by row."""
    column = table.cells[name].tolist()
    states = [
        None if is_blank(cell) else state_by_word.get(normalize_key(format_cell(cell)))
        for cell in column
    ]
    for row, (cell, state) in enumerate(zip(column, states, strict=True)):
        if state is not None and state in _HELD:
            table.reasons.setdefault(row, _format_reason(state, name, cell))
        elif state == "pending":
            table.doubt([row], f"belum disetujui di sumbernya ({normalize_cell(cell)})")
        elif is_blank(cell) and "approved" in states:
            table.doubt([row], "belum diperiksa di sumbernya")
        elif (
            state is None
            and not is_blank(cell)
            and normalize_key(format_cell(cell)) not in _UNMARKED
        ):
            table.doubt([row], f"hasil pemeriksaan di sumbernya tidak dikenal: {quote(cell)}")
    return {row: column[row] for row, state in enumerate(states) if state == "approved"}


def _apply_rejections(table: ConvertedTable, name: str) -> bool:
    """Hold the rows that a column marks (`deleted` 1); return whether it is one of marks."""
    column = table.cells[name].tolist()
    marked = [row for row, cell in enumerate(column) if _is_marked(cell)]
    if any(_is_count(column[row]) for row in marked):
        return False
    for row in marked:
        table.reasons.setdefault(row, _format_reason("rejected", name, column[row]))
    return True


def _is_marked(cell: Cell) -> bool:
    """Return whether a cell says yes, or when or by whom; `0` and `0000-00-00` say no."""
    key = "" if is_blank(cell) else normalize_key(format_cell(cell))
    return bool(key.strip("0")) and key not in _NO


def _is_count(cell: Cell) -> bool:
    text = format_cell(cell)
    return text.isdecimal() and text != "1" and len(text) < 6


def _format_reason(state: ReviewState, name: str, cell: Cell) -> str:
    return f"{_HELD[state]} di sumbernya ({name}: {normalize_cell(cell)})"


def _holds_states_alone(table: ConvertedTable, name: str) -> bool:
    """Return whether a column of a status holds words of review and nothing else.

    At least one of them must be no word of ours, `terverifikasi` is a state of an incident too, and
    of review alone.
    """
    if not _STATED.search(name) or table.vocabulary.find_own_heading(name) not in _OPEN:
        return False
    clues, find_code = table.vocabulary.clues, table.vocabulary.find_code
    cells = _first_words(table.cells[name].tolist())
    if not cells or not all(_is_state(clues, cell) for cell in cells):
        return False
    return any(
        find_code("incidents", "status", cell) is None
        for cell in cells
        if normalize_key(cell) not in _NEUTRAL
    )


def _first_words(column: Sequence[Cell]) -> list[str]:
    """Return the different words of a column; nothing where there are many, or other cells."""
    found: dict[str, None] = {}
    for cell in column:
        if is_blank(cell):
            continue
        if not isinstance(cell, str) or len(found) > _MOST_WORDS:
            return []
        found[cell] = None
    return list(found)


def _is_state(clues: ClueWords, cell: str) -> bool:
    return any(clues.is_heading(group, cell) for group in _STATES)
