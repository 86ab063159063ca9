"""Kinds that are answered in other ways than by one word: by columns of 0 and 1, or in words."""

import re

from situasi.ingest.facts.answers import is_answered, read_answer
from situasi.ingest.facts.free_words import keep_words
from situasi.ingest.parsing.cells import is_blank, normalize_text
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import normalize_key

_LETTER = re.compile(r"[A-Z]{1,3}\d{0,2}\s*[:.)]\s*")  # `B: Kekerasan`, as forms by SMS number them
_OTHER = re.compile(r"(?:^|[\W_])(?:lain(?:nya)?|others?)(?:$|[\W_])", re.IGNORECASE)
_OTHER_REPORTS = ("jenis", "petugas", "nrp", "giat", "fase", "hadir", "hadir_l", "checkin")
_MIN_FLAGS = 2
_LONGEST_PHRASE = 5  # words


def take_flagged_kinds(table: ConvertedTable) -> None:
    """Make a column of kinds of the headings that name one and are answered with yes or no."""
    if table.has_any(*_OTHER_REPORTS):
        return
    labels = {
        name: _LETTER.sub("", name.strip(), count=1)
        for name in table.headings
        if table.vocabulary.find_any_column(name) is None and is_answered(table, name)
    }
    if sum(_is_incident(label, table) for label in labels.values()) < _MIN_FLAGS:
        return
    chosen: list[list[str]] = [[] for _ in range(table.size)]
    for name, label in labels.items():
        for row, cell in enumerate(table.cells[name].tolist()):
            if not is_blank(cell) and read_answer(cell):
                chosen[row].append(label)
    table.drop_columns(list(labels))
    table.set_column("jenis", ["; ".join(names) or None for names in chosen])


def _is_incident(label: str, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("incidents", "jenis", label) not in {None, "nihil"}


def take_other_answers(table: ConvertedTable) -> None:
    """Add to the words of an incident what was written behind `Lainnya, sebutkan`."""
    if not table.has_any("jenis"):
        return
    for name in table.headings:
        if _OTHER.search(name) and table.vocabulary.find_any_column(name) is None:
            column = table.cells[name].tolist()
            words = {row: cell for row, cell in enumerate(column) if _is_text(cell)}
            keep_words(table, {row: normalize_text(str(cell)) for row, cell in words.items()})
            if words:
                table.drop_columns([name])


def _is_text(cell: Cell) -> bool:
    return isinstance(cell, str) and not is_blank(cell) and any(map(str.isalpha, cell))


def take_leading_giat(table: ConvertedTable) -> None:
    """Read the giat with which longer words begin (`Sosialisasi pilkada di Desa Miji`)."""
    codes = table.vocabulary.codes["activities", "giat"]
    for name in table.find_columns("giat")[:1]:
        column = table.cells[name].tolist()
        found: dict[int, str] = {}
        for row, cell in enumerate(column):
            if _is_text(cell) and not _is_giat(cell, table):
                words = str(cell).split()[:_LONGEST_PHRASE]
                phrases = (normalize_key("".join(words[:n])) for n in range(len(words), 0, -1))
                if code := next((codes[phrase] for phrase in phrases if phrase in codes), None):
                    found[row] = code
        if found:
            keep_words(table, {row: normalize_text(str(column[row])) for row in found})
            table.set_column(name, [found.get(row, cell) for row, cell in enumerate(column)])
            table.doubt(found, "giat dibaca dari awal kalimatnya")


def _is_giat(cell: Cell, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("activities", "giat", cell) is not None


def leave_out_situations_in_words(table: ConvertedTable) -> None:
    """Add to the words of a row a state of the crowd that is told in several (`Sudah kondusif`).

    A single word that is none of the three colours is asked. Beside a count it is a remark.
    """
    if table.has_any("hadir"):
        return
    for name in table.find_columns("situasi"):
        column = table.cells[name].tolist()
        words = {
            row: normalize_text(str(cell))
            for row, cell in enumerate(column)
            if _is_text(cell) and len(str(cell).split()) > 1 and not _is_situation(cell, table)
        }
        if words:
            keep_words(table, {row: f"{name.lower()}: {text}" for row, text in words.items()})
            table.set_column(name, [None if r in words else c for r, c in enumerate(column)])
            table.doubt(words, f'situasi tidak jelas dari kolom "{name}"')


def _is_situation(cell: Cell, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("incidents", "situasi", cell) is not None
