"""Questions with several answers, and the sheets of a form that only list its questions."""

import json
import re
from collections.abc import Iterable

import pandas as pd

from situasi.ingest.parsing.cells import is_blank, normalize_cell
from situasi.ingest.readers import reserved_columns
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell, Table

# Sheets of an XLSForm (xlsform.org), and columns of which each has at least one.
_FORM_SHEETS = {
    "survey": {"type"},
    "choices": {"list_name", "list name"},
    "external_choices": {"list_name", "list name"},
    "settings": {"form_title", "form_id", "id_string", "default_language", "version", "style"},
}
_NAME_KEYS = ("tag", "label", "name", "title", "value")
_YES = frozenset(("1", "1.0", "true", "ya", "yes"))
_NO = frozenset(("0", "0.0", "false", "tidak", "no"))
_FLAG = re.compile(r"(?P<question>.+)_(?P<answer>[^_\s]+)")
_NUMBERS = re.compile(r"[\d\s,;\[\]]+")
_NUMBERED_ANSWER = re.compile(r"(.*[^\W\d])\.\d{1,2}")
_SEPARATOR = re.compile(r"[/:]|__|\.")


def merge_choices(table: ConvertedTable) -> None:
    """Replace `jenis/kericuhan`, `jenis/intimidasi` of 0 and 1 by one column `jenis`.

    Where the source has that column too, the columns of 0 and 1 repeat it, and say where one of
    several answers ends: `Brawl / disturbance Intimidation`.
    """
    _join_numbered_answers(table)
    if flags := find_choice_flags(table.cells):
        table.drop_columns(flags)
    for question, columns in _find_questions(table).items():
        chosen = _iterate_answers(table, columns)
        if question not in table.cells.columns:
            table.set_column(question, [_join_chosen(answers) for answers in chosen])
        elif any(len(answers) > 1 for answers in chosen):
            cells = zip(table.cells[question].tolist(), chosen, strict=True)
            table.set_column(question, [_separate(cell, answers) for cell, answers in cells])
        table.drop_columns(list(columns))


def find_choice_flags(cells: pd.DataFrame) -> list[str]:
    """Return the columns of 0 and 1 that repeat a question: `jenis_2` is 1 where `jenis` has 2."""
    found = []
    for name in cells.columns:
        match = _FLAG.fullmatch(name)
        if match is None or match["question"] not in cells.columns:
            continue
        flags = cells[name].tolist()
        answers = cells[match["question"]].tolist()
        pairs = [pair for pair in zip(flags, answers, strict=True) if not is_blank(pair[0])]
        if pairs and all(
            (word := _to_word(flag)) in _YES | _NO
            and (word in _YES) == (match["answer"] in normalize_cell(answer).split())
            for flag, answer in pairs
        ):
            found.append(name)
    return found


def _join_numbered_answers(table: ConvertedTable) -> None:
    """Replace `Categories.0`, `Categories.1`, which hold one answer each, by one column."""
    numbered: dict[str, list[str]] = {}
    for heading in table.headings:
        if match := _NUMBERED_ANSWER.fullmatch(heading):
            numbered.setdefault(match[1], []).append(heading)
    for question, names in numbered.items():
        if f"{question}.0" not in names or question in table.cells.columns:
            continue
        names.sort(key=lambda name: int(name.rpartition(".")[2]))
        rows = zip(*(table.cells[name].tolist() for name in names), strict=True)
        answers = [[str(cell) for cell in row if not is_blank(cell)] for row in rows]
        table.set_column(question, list(map(_join_chosen, answers)))
        table.drop_columns(names)


def name_tagged_choices(table: ConvertedTable) -> None:
    """Replace a list of objects under a heading of kinds by its names, joined by `;`."""
    names = table.find_columns("jenis")
    for name in names:
        column = table.cells[name].tolist()
        texts = [_join_names(cell) if isinstance(cell, str) else cell for cell in column]
        if len(names) > 1:  # numbers of categories beside a question that has words
            texts = [None if _NUMBERS.fullmatch(str(cell)) else cell for cell in texts]
        if texts != column:
            table.set_column(name, texts)


def _join_names(cell: str) -> str:
    """Return the names of the objects of a list; the cell as it is where it is none."""
    if not cell.startswith("[{"):
        return cell
    try:
        items = json.loads(cell)
        names = [next(item[key] for key in _NAME_KEYS if key in item) for item in items]
    except (ValueError, TypeError, StopIteration, RecursionError):
        return cell
    return "; ".join(map(str, names))


def _find_questions(table: ConvertedTable) -> dict[str, dict[str, str]]:
    """Return the answers by column, by question; only questions with two columns of 0 and 1."""
    questions: dict[str, dict[str, str]] = {}
    known = set(table.headings)
    for heading in table.headings:
        marks = [mark for mark in _SEPARATOR.finditer(heading) if mark.start() > 0]
        if marks:  # an answer may hold the mark too: `jenis/Banjir/akses` beside `jenis`
            in_full = (mark for mark in marks if heading[: mark.start()].strip() in known)
            mark = next(in_full, marks[-1])
            question, answer = heading[: mark.start()], heading[mark.end() :]
            questions.setdefault(question.strip(), {})[heading] = answer.strip()
    return {
        question: columns
        for question, columns in questions.items()
        if len(columns) > 1 and all(_holds_choices(table, heading) for heading in columns)
    }


def _holds_choices(table: ConvertedTable, heading: str) -> bool:
    cells = [cell for cell in set(table.cells[heading].tolist()) if not is_blank(cell)]
    return bool(cells) and all(_to_word(cell) in _YES | _NO for cell in cells)


def _to_word(cell: object) -> str:
    return normalize_cell(cell).lower()


def _iterate_answers(table: ConvertedTable, columns: dict[str, str]) -> list[list[str]]:
    """Return the chosen answers of each row, in the order of the columns."""
    chosen: list[list[str]] = [[] for _ in range(len(table.cells))]
    for heading, answer in columns.items():
        for row, cell in enumerate(table.cells[heading].tolist()):
            if not is_blank(cell) and _to_word(cell) in _YES:
                chosen[row].append(answer)
    return chosen


def _separate(cell: Cell, answers: list[str]) -> Cell:
    """Return the answers of a cell in its order, with `;` between them; it as it is otherwise."""
    text = cell if isinstance(cell, str) else ""
    in_order = sorted(answers, key=text.find)
    return _join_chosen(in_order) if len(answers) > 1 and " ".join(in_order) == text else cell


def _join_chosen(answers: list[str]) -> str | None:
    return "; ".join(answers) or None


def is_form_definition(sheet: str, headings: Iterable[object]) -> bool:
    """Return whether a sheet defines the form itself: its questions, choices or settings."""
    columns = _FORM_SHEETS.get(sheet.strip().lower(), set())
    return not columns.isdisjoint(str(heading).strip().lower() for heading in headings)


def list_headings(table: Table) -> list[str]:
    """Return the headings of a table; the cells of its first row where none is known."""
    lines = table.cells.get(reserved_columns.BROKEN)
    if lines is None or lines.empty:
        return list(table.cells.columns)
    return str(lines.iloc[0]).split(" | ")
