"""Kinds that are answered in other ways than by one word: by columns of 0 and 1, or in words."""

import re
from collections.abc import Mapping, Sequence

from situasi.domain.feed_schemas import TPS
from situasi.ingest.facts.answers import is_answered, read_answer, strip_question
from situasi.ingest.facts.free_words import keep_words
from situasi.ingest.facts.times_of_report import COUNTS
from situasi.ingest.parsing.cells import is_blank, normalize_text
from situasi.ingest.readers.reserved_columns import NOT_YET
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import normalize_key

_LETTER = re.compile(r"[A-Z]{1,3}\d{0,2}\s*[:.)]\s*")  # `B: Kekerasan`, as forms by SMS number them
_OTHER = re.compile(r"(?:^|[\W_])(?:lain(?:nya)?|others?)(?:$|[\W_])", re.IGNORECASE)
_OTHER_REPORTS = ("jenis", "petugas", "nrp", "giat", "fase", "hadir", "hadir_l", "checkin")
_QUESTION = re.compile(r"^\W*(?:apakah|is|was|has)\b\s*(?:the\b\s*)?", re.IGNORECASE)
_ALREADY = re.compile(r"\b(?:sudah|sdh|telah|udah)\b", re.IGNORECASE)
# What is asked by these is no incident where it is answered with yes: `Logistik lengkap`.
_ALL_WELL = re.compile(
    r"\b(?:lengkap|aman|lancar|tertib|kondusif|baik|cukup|siap|tersedia|hadir|sesuai|complete"
    r"|available|sufficient|present)\b",
    re.IGNORECASE,
)
_MIN_FLAGS = 2
_LONGEST_PHRASE = 5  # words
_SHORTEST_CODE = 4  # characters
_SHORTEST_GIAT = 3  # characters
_PLACES = (
    "kecamatan",
    "kode_kecamatan",
    "desa",
    "kode_desa",
    "tempat",
    "lokasi",
    "lat",
    "koordinat",
)


def take_flagged_kinds(table: ConvertedTable) -> None:
    """Make a column of kinds of the headings that name one and are answered with yes or no."""
    if table.has_any(*_OTHER_REPORTS) or table.vocabulary.find_wide_headings(table.headings):
        return
    labels = {
        name: _LETTER.sub("", strip_question(name.strip()), count=1)
        for name in table.list_unknown()
        if is_answered(table, name) and not _ALL_WELL.search(name)
    }
    labels |= _complete_codes(labels, table)
    if sum(_is_incident(label, table) for label in labels.values()) < _MIN_FLAGS:
        return
    chosen: list[list[str]] = [[] for _ in range(table.size)]
    for name, label in labels.items():
        for row, cell in enumerate(table.cells[name].tolist()):
            if not is_blank(cell) and read_answer(cell):
                chosen[row].append(label)
    table.drop_columns(list(labels))
    table.set_column("jenis", ["; ".join(names) or None for names in chosen])


def _complete_codes(labels: Mapping[str, str], table: ConvertedTable) -> dict[str, str]:
    """Return the kinds that codes of questions shorten: `LOGIS`, `INTIM` of a checklist."""
    words = table.vocabulary.codes["incidents", "jenis"]
    found = dict[str, str]()
    for name, label in labels.items():
        if label.isupper() and len(label) >= _SHORTEST_CODE and not _is_incident(label, table):
            kinds = {code for word, code in words.items() if word.startswith(label.lower())}
            found |= {name: kinds.pop()} if len(kinds) == 1 else {}
    return found


def _is_incident(label: str, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("incidents", "jenis", label) not in {None, "nihil"}


def take_phase_answers(table: ConvertedTable) -> None:
    """Make a phase of the headings that name one and are answered with yes or no.

    Of several (`Logistik lengkap`, `TPS dibuka`) the last that is there is that of the row. In a
    report that counts voters, they say how things are at its hour and not when they came about:
    none is a phase then; nor in a row without its count, if no column asks when it happened.
    """
    codes = table.vocabulary.codes["tps", "fase"]
    if table.has_any("fase"):
        _mark_reached_phases(table)
        return
    questions = {heading: _QUESTION.sub("", heading) for heading in table.headings}
    keys = {h: normalize_key(text) for h, text in questions.items()}
    keys |= {h: normalize_key(_ALREADY.sub("", questions[h])) for h in keys if keys[h] not in codes}
    names = [h for h, key in keys.items() if key in codes and is_answered(table, h)]
    if not names or not table.has_any("tps"):
        return
    order = {code: index for index, code in enumerate(TPS.column("fase").allowed_codes)}
    phases = sorted((codes[keys[n]] for n in names), key=order.__getitem__)
    columns = {codes[keys[n]]: table.cells[n].tolist() for n in names}
    if len(columns) < len(names):
        return
    found: list[Cell] = [None] * table.size
    states = _list_rows_of_states(table)
    if states:
        quoted = ", ".join(f'"{name}"' for name in names)
        table.notes.append(
            f"{quoted}: keadaan saat lapor, bukan jam terjadinya; tahap tidak dicatat"
        )
    for row in range(table.size):
        if row in states:
            continue
        cells = {code: columns[code][row] for code in phases if not is_blank(columns[code][row])}
        done = [code for code, cell in cells.items() if read_answer(cell)]
        found[row] = done[-1] if done else None
        if cells and not done:
            word = normalize_text(str(list(cells.values())[-1]))
            table.reasons.setdefault(row, NOT_YET.format(word))
    table.reached |= {row for row, phase in enumerate(found) if phase is not None}
    table.set_column("fase", found)


def _mark_reached_phases(table: ConvertedTable) -> None:
    """Mark the rows whose phase is told as a state (`open`): it began at another hour."""
    for name in table.find_columns("fase"):
        for row, cell in enumerate(table.cells[name].tolist()):
            if table.vocabulary.clues.is_cell("open_state", cell):
                table.reached.add(row)


def _list_rows_of_states(table: ConvertedTable) -> set[int]:
    """Return the rows whose answers on phases are of the hour at which voters were counted."""
    if not table.has_any(*COUNTS):
        return set()
    rows = set(range(table.size))
    names = table.find_columns("waktu", "tanggal", "jam")
    if not names:
        return rows
    times = list(zip(*(map(str, table.cells[name].tolist()) for name in names), strict=True))
    uncounted = table.find_empty_rows(*COUNTS)
    rounds = {times[row] for row in rows.difference(uncounted)}
    return rows - {row for row in uncounted if times[row] not in rounds}


def take_other_answers(table: ConvertedTable) -> None:
    """Add to the words of an incident what was written behind `Lainnya, sebutkan`."""
    if not table.has_any("jenis"):
        return
    for name in filter(_OTHER.search, table.list_unknown()):
        cells = enumerate(table.cells[name].tolist())
        if words := {row: normalize_text(str(cell)) for row, cell in cells if _is_text(cell)}:
            keep_words(table, words)
            table.drop_columns([name])


def _is_text(cell: Cell) -> bool:
    return isinstance(cell, str) and not is_blank(cell) and any(map(str.isalpha, cell))


def take_leading_giat(table: ConvertedTable) -> None:
    """Read the giat with which longer words begin (`Sosialisasi pilkada di Desa Miji`)."""
    for name in table.find_columns("giat")[:1]:
        column = table.cells[name].tolist()
        found = {
            row: code
            for row, cell in enumerate(column)
            if _is_text(cell)
            and not _is_giat(cell, table)
            and (code := find_leading_giat(str(cell), table))
        }
        if found:
            keep_words(table, {row: normalize_text(str(column[row])) for row in found})
            table.replace_cells(name, found)
            table.doubt(found, "giat dibaca dari awal kalimatnya")


def take_other_giat(table: ConvertedTable, names: Sequence[str]) -> None:
    """Take for another giat one whose words name no known kind; the words stay.

    names: of columns of kinds, or of words that tell what was done. Only rows that name their own
    time, and their own place where any does: a line between the others is no giat.
    """
    kinds = set(table.find_columns("giat"))
    rows = set(table.find_empty_rows()).difference(table.find_empty_rows("waktu", "tanggal", "jam"))
    if table.has_any(*_PLACES):
        rows.difference_update(table.find_empty_rows(*_PLACES))
    for name in names[:1]:
        column = table.cells[name].tolist()
        if name not in kinds:
            rows.intersection_update(table.find_empty_rows("giat", "fungsi"))
        words = {row: normalize_text(str(column[row])) for row in rows if _is_text(column[row])}
        unknown = [row for row in sorted(words) if _is_other_giat(words[row], table)]
        if unknown and name in kinds:
            keep_words(table, {row: words[row] for row in unknown})
            table.replace_cells(name, dict.fromkeys(unknown, "lainnya"))
        table.fill("giat", dict.fromkeys(unknown if name not in kinds else [], "lainnya"))
        table.doubt(unknown, "jenis giat tidak dikenal, dibaca lainnya")


def _is_other_giat(text: str, table: ConvertedTable) -> bool:
    """Return whether a text tells of something done, under no known word."""
    is_done = not table.vocabulary.clues.stands_in("not_there", text)
    return is_done and len(text) > _SHORTEST_GIAT and not _is_giat(text, table)


def find_leading_giat(text: str, table: ConvertedTable) -> str | None:
    """Return the giat that the longest known beginning of a text names."""
    codes, words = table.vocabulary.codes["activities", "giat"], text.split()[:_LONGEST_PHRASE]
    phrases = (normalize_key("".join(words[:n])) for n in range(len(words), 0, -1))
    return next((codes[phrase] for phrase in phrases if phrase in codes), None)


def _is_giat(cell: Cell, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("activities", "giat", cell) is not None


def leave_out_situations_in_words(table: ConvertedTable) -> None:
    """Add to the words of a row a state of the crowd told in several (`Sudah kondusif`) or `nihil`.

    Another single word that is none of the three colours is asked. Beside a count it is a remark.
    """
    if table.has_any("hadir"):
        return
    for name in table.find_columns("situasi"):
        words = {
            row: normalize_text(str(cell))
            for row, cell in enumerate(table.cells[name].tolist())
            if _is_text(cell)
            and (len(str(cell).split()) > 1 or _is_kind(cell, table))
            and not _is_situation(cell, table)
        }
        if words:
            keep_words(table, {row: f"{name.lower()}: {text}" for row, text in words.items()})
            table.replace_cells(name, dict.fromkeys(words))
            table.doubt(words, f'situasi tidak jelas dari kolom "{name}"')


def _is_situation(cell: Cell, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("incidents", "situasi", cell) is not None


def _is_kind(cell: Cell, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("incidents", "jenis", cell) is not None
