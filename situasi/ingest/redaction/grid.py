"""Redaction of a file that waits for a mapping: no votes, no numbers and names of persons.

Nobody has said yet what its columns are, so a cell is judged by its heading and by itself.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import islice

from situasi.access.officer_key import OfficerKey
from situasi.common.service_numbers import replace_service_numbers
from situasi.ingest.context import IngestContext
from situasi.ingest.messages.sender import remove_names
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.readers.grid import (
    HEADER_SEARCH_ROWS,
    Row,
    Sheet,
    build_headings,
    guess_header,
    is_heading_like,
)
from situasi.ingest.redaction.officer_numbers import (
    find_nrp,
    format_mark,
    mark_cell_number,
    mark_text_number,
    read_nrp,
)
from situasi.ingest.redaction.persons import (
    PERSON_WORDS,
    REDACTED,
    UNITS,
    has_words_of,
    is_person_heading,
    mask_number,
    mask_numbers,
)
from situasi.ingest.redaction.vote_text import redact_votes
from situasi.ingest.validation.column_mapping import VOTES_REFUSED

# A number of digits alone, as it stands in a cell: of eight or more, or an NRP that lost its zero.
_DIGITS = re.compile(r"(?:[1-9](?:0[1-9]|1[0-2])\d{4}|\d{8,})(?:\.0)?")
_NUMBER_HEADING = re.compile(r"(?<![a-z])(?:nrp|nip)(?![a-z])", re.IGNORECASE)
_EPOCH = re.compile(r"1[3-9]\d{8}(?:\d{3})?|2[01]\d{8}(?:\d{3})?")  # seconds or milliseconds
_DAY = re.compile(r"20[12]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?")
_COORDINATE = re.compile(r"[-+]?\d{1,3}[.,]\d{4,}")
_IDENTIFIER_HEADING = re.compile(
    r"(?:.*[\W_])?(?:id|uuid|key|instanceid|formid|index|deviceid|kode|code|no|nomor)\W*", re.I
)
_UUID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])", re.I)
# Of what only persons have: NRP (year, month, number), NIP, NIK and telephone numbers.
_PERSON_NUMBER = re.compile(r"\d{2}(?:0[1-9]|1[0-2])\d{4}|\d{16}|\d{18}|(?:0|62)?8\d{8,11}")
_VOTE_WORDS = re.compile(r"suara|paslon|kolom kosong|kotak kosong|\bvotes?\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NAME = re.compile(r"[^\W\d_][^\W\d_.,' -]*(?:[ .,'-]+[^\W\d_]+\.?){0,5}")
_SAMPLE_CELLS = 50
_LONGEST_COUNT = 7  # digits of a number that is no one's
_PLACEHOLDER = 0xE000  # first of the characters that no script uses

CellReader = Callable[[object], object]


def redact_sheets(
    sheets: Sequence[Sheet], context: IngestContext
) -> tuple[list[Sheet], tuple[str, ...]]:
    """Return the sheets as they may be stored, and what was removed, for the sender.

    Columns with candidates' votes are removed with their headings; in columns of persons each cell
    is replaced. Elsewhere an NRP or NIP becomes its mark; any other number of eight digits or more
    is masked, unless it is a code of our places, a time, a coordinate or an identifier; and names
    after ranks are removed from texts.
    """
    redacted, notes = list[Sheet](), list[str]()
    for sheet in sheets:
        headings = build_headings(sheet, guess_header(sheet.rows))
        votes = _find_vote_columns(sheet, headings, context)
        persons = {
            i for i, name in enumerate(headings)
            if name and _is_of_persons(sheet, i, name) and not _holds_places(sheet, i, context)
        }  # fmt: skip
        notes += [f'kolom "{headings[i]}" ditolak: {VOTES_REFUSED}' for i in sorted(votes)]
        notes += [f'kolom nama tidak disimpan: "{headings[i]}"' for i in sorted(persons)]
        redacted.append(_redact_sheet(sheet, headings, votes, persons, context))
    return redacted, tuple(dict.fromkeys(notes))


def _redact_sheet(
    sheet: Sheet,
    headings: Sequence[str | None],
    votes: set[int],
    persons: set[int],
    context: IngestContext,
) -> Sheet:
    header = guess_header(sheet.rows)
    general, identifier = _build_cell_reader(context), _build_identifier_reader(context)
    person = partial(_redact_person, key=context.officer_key)
    number = partial(_redact_number, key=context.officer_key)
    readers = [
        number if name and _NUMBER_HEADING.search(name)
        else person if column in persons
        else identifier if name and _IDENTIFIER_HEADING.fullmatch(name)
        else general
        for column, name in enumerate(headings)
    ]  # fmt: skip
    rows = [
        [
            (general if index < header.end else reader)(cell)
            for column, (cell, reader) in enumerate(zip(row, readers, strict=False))
            if column not in votes
        ]
        for index, row in enumerate(_fit_rows(sheet.rows, len(headings)))
    ]
    merges = tuple(
        (_shift(first, votes), _shift(last, votes))
        for first, last in sheet.merges
        if first[1] not in votes
    )
    return replace(sheet, rows=rows, merges=merges)


def _find_vote_columns(
    sheet: Sheet, headings: Sequence[str | None], context: IngestContext
) -> set[int]:
    """Return the columns with a heading of votes, also in a row that was not taken for one."""
    rows = [
        row for row in sheet.rows[:HEADER_SEARCH_ROWS]
        if sum(isinstance(cell, str) for cell in row) > 2 and is_heading_like(row)
    ]  # fmt: skip
    return {
        column
        for cells in (headings, *rows)
        for column, cell in enumerate(_spread(cells, len(headings)))
        if isinstance(cell, str) and context.is_vote_heading(cell)
    }


def _spread(cells: Sequence[object], width: int) -> list[object]:
    """Return the cells of a heading row; an empty one may lie under the title before it."""
    spread: list[object] = []
    for column in range(width):
        cell = cells[column] if column < len(cells) else None
        spread.append(spread[-1] if cell is None and spread else cell)
    return spread


def _fit_rows(rows: Sequence[Row], width: int) -> Sequence[Row]:
    """Return the rows, title rows above the heading cut to the columns below it."""
    return [row[:width] for row in rows]


def _shift(position: tuple[int, int], removed: set[int]) -> tuple[int, int]:
    number, column = position
    return number, column - sum(other < column for other in removed)


def _is_of_persons(sheet: Sheet, column: int, heading: str) -> bool:
    """Return whether a column holds names: by its heading, or by a word there and its cells."""
    if is_person_heading(heading):
        return True
    if not has_words_of(heading, PERSON_WORDS):
        return False
    sample = _sample_texts(sheet, column)
    return bool(sample) and 2 * sum(map(_looks_like_name, sample)) > len(sample)


def _looks_like_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not has_words_of(text, UNITS)


def _sample_texts(sheet: Sheet, column: int) -> list[str]:
    below = sheet.rows[guess_header(sheet.rows).end :]
    cells = (row[column] for row in below if column < len(row))
    return list(islice((cell for cell in cells if isinstance(cell, str)), _SAMPLE_CELLS))


def _holds_places(sheet: Sheet, column: int, context: IngestContext) -> bool:
    """Return whether a column called "Nama" holds names of kecamatan or desa."""
    sample = _sample_texts(sheet, column)
    return 2 * sum(_is_place(cell, context) for cell in sample) > len(sample)


def _is_place(text: str, context: IngestContext) -> bool:
    try:
        if context.places.read_kecamatan(None, text).code:
            return True
    except UnreadableCell:
        pass
    try:
        return context.places.read_desa(text, None, required=False).code is not None
    except UnreadableCell:
        return False


def _redact_number(cell: object, key: OfficerKey) -> object:
    """Return the mark of a cell under a heading such as NRP; nothing else of it may stay."""
    if cell is None:
        return None
    try:
        found = read_nrp(_to_digits(cell), key)
    except UnreadableCell:
        return REDACTED
    return format_mark(found) if found else None


def _redact_person(cell: object, key: OfficerKey) -> object:
    """Return the mark of an officer's number; anything else in such a column may be a name."""
    if cell is None:
        return None
    try:
        found = find_nrp(_to_digits(cell), key)
    except UnreadableCell:
        return REDACTED
    return format_mark(found) if found else REDACTED


def _mark_or_mask(number: str, key: OfficerKey) -> str:
    return mark_text_number(number, key) or mask_number(number)


def _mark_cell(text: str, key: OfficerKey) -> str:
    number = text.removesuffix(".0")
    return mark_cell_number(number, key) or mask_number(number)


def _build_identifier_reader(context: IngestContext) -> CellReader:
    """Return a reader of cells that may be identifiers, of which only those of persons go."""
    general = _build_cell_reader(context)

    def read(cell: object) -> object:
        text = _to_digits(cell)
        if found := _UUID.search(text):  # its digits are no number of a person
            before, after = general(text[: found.start()]), general(text[found.end() :])
            return f"{before}{found[0]}{after}"
        is_identifier = _DIGITS.fullmatch(text) and not _PERSON_NUMBER.fullmatch(text)
        return cell if is_identifier else general(cell)

    return read


def _build_cell_reader(context: IngestContext) -> CellReader:
    own_code = context.election.kabupaten_code.replace(".", "")

    @cache
    def read_text(text: str) -> str:
        if _is_no_person_number(text, own_code):
            return text
        if _DIGITS.fullmatch(text):
            return _mark_cell(text, context.officer_key)
        if _VOTE_WORDS.search(text):
            text = redact_votes(text, context.is_vote_heading)[0]
        return _redact_sentence(text, context)

    def read(cell: object) -> object:
        if isinstance(cell, str):
            return read_text(cell)
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            return cell
        text = _to_digits(cell)
        if not _DIGITS.fullmatch(text) or _is_no_person_number(text, own_code):
            return cell
        return _mark_cell(text, context.officer_key)

    return read


def _redact_sentence(text: str, context: IngestContext) -> str:
    """Return a text without names, each NRP as its mark; other long numbers are masked."""
    marks: list[str] = []

    def take(number: str) -> str:
        marks.append(_mark_or_mask(number, context.officer_key))
        return chr(_PLACEHOLDER + len(marks) - 1)  # a mark itself would be taken for a name

    text = replace_service_numbers(text, take)
    if len(_WORDS.findall(text)) > 1 or sum(map(str.isdigit, text)) > _LONGEST_COUNT:
        text = remove_names(text, context.places.name_words)
    text = mask_numbers(text)
    for index, mark in enumerate(marks):
        text = text.replace(chr(_PLACEHOLDER + index), mark)
    return text


def _to_digits(cell: object) -> str:
    """Return a cell as text; a whole number, as Excel stores it, without a decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _is_no_person_number(text: str, own_code: str) -> bool:
    if _COORDINATE.fullmatch(text) or _EPOCH.fullmatch(text) or _DAY.fullmatch(text):
        return True
    return text.isdigit() and len(text) in {10, 13} and text.startswith(own_code)
