"""Forms whose labels stand below one another beside their answers, read as a table of one row."""

import re
from collections.abc import Callable, Sequence

_MIN_LABELS = 5
_MIN_KNOWN = 4  # labels that name columns of one feed; fewer may be a table of two columns
_MAX_LABEL = 60  # characters
_NUMBERING = re.compile(r"(?:\d{1,2}|[a-z])[.)]?", re.IGNORECASE)
# `....`, `(contoh: bentrok)`: where an answer belongs.
_UNANSWERED = re.compile(r"[\s.…_-]*|\((?:contoh|misal(?:nya)?)\b.*\)", re.IGNORECASE | re.DOTALL)

Row = Sequence[object]
_Field = tuple[str, object]  # label and answer


def lay_out_form(
    rows: Sequence[Row], score_header: Callable[[Sequence[str]], int]
) -> list[Row] | None:
    """Return the rows of a form with its labels as a heading and its answers as the row below.

    rows: None where a cell is empty. Lines above and below the form stay at their numbers. None
    where the rows are no form: more than two cells beside each other, too few known labels, or no
    colons between labels and answers, as where columns are explained.
    """
    fields: dict[int, _Field] = {}
    for index, row in enumerate(rows):
        cells = _take_cells(row)
        if len(cells) > 2:
            return None
        if field := _read_field(row, cells):
            fields[index] = field
        elif cells and fields and index == max(fields) + 1 and len(cells) == 1:
            label, answer = fields.pop(index - 1)
            fields[index] = (label, f"{answer} {cells[0]}" if answer else cells[0])
    labels = [label for label, _ in fields.values()]
    with_colon = sum(any(map(_has_mark, rows[index])) for index in fields)
    is_form = len(fields) >= _MIN_LABELS and 2 * with_colon >= len(fields)
    if not is_form or score_header(labels) < _MIN_KNOWN:
        return None
    first, last = min(fields), max(fields)
    answers = [answer for _, answer in fields.values()]
    blank: list[Row] = [()] * (last - first - 1)
    return [*rows[:first], labels, answers, *blank, *rows[last + 1 :]]


def _has_mark(cell: object) -> bool:
    """Return whether a cell holds the colon between a label and its answer."""
    text = str(cell).strip()
    return text.startswith(":") or text.endswith(":")


def _take_cells(row: Row) -> list[object]:
    """Return the filled cells without a colon of its own and without the number of the line."""
    cells = [cell for cell in row if cell is not None and str(cell).strip() != ":"]
    is_numbered = len(cells) > 1 and _NUMBERING.fullmatch(str(cells[0]).strip()) is not None
    return cells[1:] if is_numbered else cells


def _read_field(row: Row, cells: Sequence[object]) -> _Field | None:
    """Return the label and the answer of a line; None where it is none, such as a title."""
    has_colon = any(map(_has_mark, row))
    if not cells or not isinstance(cells[0], str):
        return None
    label = cells[0].strip().rstrip(":").strip()
    if not 1 < len(label) <= _MAX_LABEL or (len(cells) == 1 and not has_colon):
        return None
    return label, _clean_answer(cells[1]) if len(cells) > 1 else None


def _clean_answer(answer: object) -> object:
    """Return an answer without the colon before it; None where it was left open."""
    if not isinstance(answer, str):
        return answer
    text = answer.strip().removeprefix(":").strip()
    return None if _UNANSWERED.fullmatch(text) else text
