"""Forms that ask for a count and for an incident at once: each row becomes the reports it holds."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import dropwhile, takewhile
from typing import NamedTuple

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.answers import is_answered, read_condition, read_presence, strip_question
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.facts.kinds import find_code, find_kind
from situasi.ingest.facts.places import complete_place
from situasi.ingest.facts.time_columns import find_time_columns, find_time_meaning
from situasi.ingest.facts.times import complete_time
from situasi.ingest.facts.times_of_report import find_day_of_report
from situasi.ingest.messages.phrase_matcher import PhraseMatcher, get_phrase_matcher
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_text
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_COUNTS = ("hadir", "hadir_dpt", "hadir_l", "hadir_p")
_COUNTS_ONLY = (*_COUNTS, "hadir_dptb", "hadir_dpk", "fase", "kontak", "lingkup", "pengawal")
_INCIDENTS_ONLY = ("jenis", "tingkat", "situasi", "status")
_OTHER_REPORTS = ("giat", "penugasan", "pelanggaran", "no_karantina")
_TIME_WORD = re.compile(r"waktu|jam\b|pukul|time|hour", re.IGNORECASE)
_TIMES = ("waktu", "jam", "tanggal")
_OWN_WORDS = "uraian kejadian"  # our heading for what a question about incidents was answered


class Part(NamedTuple):
    """The rows of a table that are reports of one feed; "": the headings tell which.

    kind: of the incidents whose words tell none.
    """

    feed: str
    table: ConvertedTable
    kind: str | None = None


@dataclass(frozen=True)
class _Question:
    """What a form asks about incidents.

    kind: the column of their kind, if any. gate: the one of whether there was any. words: those
    that tell it.
    """

    kind: str | None
    gate: str | None
    words: tuple[str, ...]

    @property
    def is_remark(self) -> bool:
        return self.kind is None and self.gate is None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.kind, self.gate, *self.words)))


def split_reports(table: ConvertedTable, facts: FileContext, context: IngestContext) -> list[Part]:
    """Return the counts of a form and the incidents it asked about; most tables are one part.

    A row without a count is an incident alone. Where nothing happened there is only the count.
    """
    matcher = get_phrase_matcher(context.vocabulary)
    questions = _find_questions(table, matcher)
    own = _list_columns_of_incidents(table, questions)
    if not questions or not _holds_counts(table, own, questions):
        return [Part("", table)]
    rest = table.select_rows(range(table.size), own)
    complete_time(rest, facts, "tps", context)
    complete_place(rest, facts, context)
    told = [_list_rows_that_tell(table, question, matcher) for question in questions]
    _note_remarks(rest, table, questions, told)
    counts = _find_counts(rest)
    alone = {
        row for rows in told for row in rows if all(is_blank(column[row]) for column in counts)
    }
    kept = [row for row in range(table.size) if not (counts and row in alone)]
    parts = [Part("tps", rest.select_rows(kept, ()))]
    for question, rows in zip(questions, told, strict=True):
        if rows:
            part = _build_incidents(table, rest, question, rows, context)
            parts.append(Part("incidents", part, _find_kind_asked(question, context)))
    return parts


def _find_questions(table: ConvertedTable, matcher: PhraseMatcher) -> list[_Question]:
    """Return the question about the kind of incident, else each about whether there was one."""

    def asks_incident(name: str) -> bool:
        is_trouble = table.vocabulary.clues.stands_in("trouble", name)
        if is_trouble or find_kind(strip_question(name), matcher) not in {None, "nihil"}:
            return True
        is_condition = name in table.find_columns("fase")  # `Kondisi TPS`: `Aman`
        return is_condition and is_answered(table, name, read_condition)

    of_officers = table.has_any("petugas", "nrp") and not table.has_any(*_COUNTS)
    if of_officers or table.has_any(*_OTHER_REPORTS):
        return []
    gates = [
        name
        for name in table.headings
        if asks_incident(name)
        and is_answered(table, name, read_presence)
        and not _is_time(table, name)
    ]
    kinds = [name for name in table.find_columns("jenis") if name not in gates]
    kinds.sort(key=lambda name: -_count_kinds(table, name))
    if kinds:
        words = [n for n in table.headings if _is_about_words(table, n) and n not in gates]
        own = [name for name in words if table.vocabulary.clues.stands_in("trouble", name)]
        return [_Question(kinds[0], gates[0] if gates else None, tuple(own))]
    questions = [
        _Question(None, gate, tuple(_find_words_after(table, gate, gates)[:1])) for gate in gates
    ]
    used = {name for question in questions for name in question.columns}
    return questions + [
        _Question(None, None, (name,))
        for name in table.headings
        if name not in used and _is_remark(table, name)
    ]


def _is_remark(table: ConvertedTable, name: str) -> bool:
    """Return whether a column says in words what went wrong, where anything did (`Kendala`)."""
    is_unknown = table.vocabulary.find_any_column(name) is None
    is_about = is_unknown and table.vocabulary.clues.stands_in("trouble", name)
    return is_about and not _TIME_WORD.search(name)


def _count_kinds(table: ConvertedTable, name: str) -> float:
    """Return the share of kinds among the answers of a column."""
    cells = table.list_filled(name)
    return sum(_is_code(cell, "jenis", table) for cell in cells) / max(1, len(cells))


def _is_code(cell: Cell, column: str, table: ConvertedTable, code: str | None = None) -> bool:
    found = table.vocabulary.find_code("incidents", column, cell)
    return found is not None and code in {None, found}


def _find_kind_asked(question: _Question, context: IngestContext) -> str | None:
    """Return the kind that a question itself names (`Apakah ada masalah logistik?`)."""
    gate = strip_question(question.gate or "")
    code = find_code(gate, "incidents", "jenis", context) if gate else None
    return None if code in {"nihil", "lainnya"} else code


def _is_about_words(table: ConvertedTable, name: str) -> bool:
    return name in table.find_columns("uraian")


def _is_time(table: ConvertedTable, name: str) -> bool:
    return any(name in table.find_columns(heading) for heading in _TIMES)


def _find_words_after(table: ConvertedTable, gate: str, gates: Sequence[str]) -> list[str]:
    """Return the columns of words between a question and the next one; of one, also before it.

    Questions right beside each other share the words behind them.
    """
    start = table.headings.index(gate) + 1
    after = dropwhile(gates.__contains__, table.headings[start:])
    behind = list(takewhile(lambda name: name not in gates, after))
    names = behind + (table.headings[: start - 1] if len(gates) == 1 else [])
    return [name for name in names if _may_tell(table, name)]


def _may_tell(table: ConvertedTable, name: str) -> bool:
    if _is_about_words(table, name):
        return True
    is_unknown = table.vocabulary.find_any_column(name) is None
    asks_more = table.vocabulary.clues.stands_in("tell_more", name)
    return is_unknown and asks_more and not _TIME_WORD.search(name)


def _list_columns_of_incidents(table: ConvertedTable, questions: Sequence[_Question]) -> list[str]:
    """Return the columns that say nothing of a count."""
    names = dict.fromkeys(name for question in questions for name in question.columns)
    names |= dict.fromkeys(table.find_columns(*_INCIDENTS_ONLY))
    return list(names | dict.fromkeys(_find_own_times(table)))


def _find_own_times(table: ConvertedTable) -> list[str]:
    """Return the columns that say when an incident was, where others say when voters came."""
    times = [*table.find_columns(*_TIMES), *find_time_columns(table)]
    clues = table.vocabulary.clues
    own = [n for n in times if clues.stands_in("trouble", n) or clues.stands_in("condition", n)]
    return own if len(own) < len(times) or table.has_any("waktu_lapor") else []


def _holds_counts(
    table: ConvertedTable, own: Sequence[str], questions: Sequence[_Question]
) -> bool:
    """Return whether the other columns are a report of TPS.

    Beside a column of kinds only a count is sure: a phase may be that in which it happened.
    """
    if any(question.kind for question in questions):
        return table.has_any(*_COUNTS) and table.has_any("tps", "desa", "tempat")
    rest = [name for name in table.headings if name not in own]
    return table.vocabulary.detect_feed(rest) == "tps"


def _find_counts(table: ConvertedTable) -> list[list[Cell]]:
    names = table.find_columns(*_COUNTS)
    return [table.cells[name].tolist() for name in names]


def _list_rows_that_tell(
    table: ConvertedTable, question: _Question, matcher: PhraseMatcher
) -> list[int]:
    """Return the rows in which something happened."""

    @cache
    def is_incident(cell: Cell) -> bool:
        if question.is_remark:
            return _names_kind(cell, table, matcher)
        return _has_report(cell, table)

    empty: list[Cell] = [None] * table.size
    name = question.words[0] if question.is_remark else question.kind
    answers = table.cells[name].tolist() if name else empty
    gates = table.cells[question.gate].tolist() if question.gate else empty
    rows = []
    for row, (gate, answer) in enumerate(zip(map(read_presence, gates), answers, strict=True)):
        if row in table.reasons or row in table.total_rows or gate is False:
            continue
        rows += [row] if gate or is_incident(answer) else []
    return rows


def _note_remarks(
    rest: ConvertedTable,
    table: ConvertedTable,
    questions: Sequence[_Question],
    told: Sequence[Sequence[int]],
) -> None:
    """Note at a count what was remarked beside it and names no incident."""
    for question, rows in zip(questions, told, strict=True):
        if not question.is_remark:
            continue
        name = question.words[0]
        for row, cell in enumerate(table.cells[name].tolist()):
            if row not in rows and row not in table.reasons and _has_report(cell, table):
                rest.doubt([row], f"{name} “{str(cell)[:60]}” bukan laporan kejadian")


def _names_kind(cell: Cell, table: ConvertedTable, matcher: PhraseMatcher) -> bool:
    """Return whether a remark names one kind of incident; others stay remarks."""
    return _has_report(cell, table) and (
        _is_code(cell, "jenis", table) or find_kind(normalize_text(str(cell)), matcher) is not None
    )


def _has_report(cell: Cell, table: ConvertedTable) -> bool:
    """Return whether a cell names an incident: not `nihil`, `aman`, `tidak ada` or `-`."""
    if is_blank(cell) or read_presence(cell) is False or not any(map(str.isalpha, str(cell))):
        return False
    no_report = (("jenis", "nihil"), ("situasi", "hijau"), ("status", "nihil"))
    return not any(_is_code(cell, column, table, code) for column, code in no_report)


def _build_incidents(
    table: ConvertedTable,
    rest: ConvertedTable,
    question: _Question,
    rows: Sequence[int],
    context: IngestContext,
) -> ConvertedTable:
    """Return these rows with the place and the time of their counts, and what was told."""
    wide = context.vocabulary.find_wide_headings(rest.headings)
    unused = [
        name
        for name in rest.headings
        if name in rest.find_columns(*_COUNTS_ONLY)
        or name in wide
        or (rest.vocabulary.find_any_column(name) is None and not _TIME_WORD.search(name))
    ]
    part = rest.select_rows(rows, unused)
    for name in table.find_columns(*_INCIDENTS_ONLY):
        is_other_kind = name != question.kind and name in table.find_columns("jenis")
        if name != question.gate and not is_other_kind:
            part.set_column(name, _take(table, name, rows))
    for name in question.words:
        part.set_column(_OWN_WORDS, _take(table, name, rows))
    if question.gate and not question.kind and not question.words:
        part.set_column(_OWN_WORDS, [question.gate] * len(rows))
    _leave_out_unread_situations(part)
    _take_own_times(table, part, rows, context)
    part.notes.append(f"{len(rows)} baris juga dibaca sebagai laporan kejadian")
    return part


def _leave_out_unread_situations(part: ConvertedTable) -> None:
    """Keep an incident whose state of the crowd is told in other words; these are noted."""
    for name in part.find_columns("situasi"):
        column = part.cells[name].tolist()
        for row, cell in enumerate(column):
            if not is_blank(cell) and not _is_code(cell, "situasi", part):
                part.doubt([row], f"situasi “{str(cell)[:60]}” tidak dikenal")
                column[row] = None
        part.set_column(name, column)


def _take(table: ConvertedTable, name: str, rows: Sequence[int]) -> list[Cell]:
    column = table.cells[name].tolist()
    return [column[row] for row in rows]


def _take_own_times(
    table: ConvertedTable, part: ConvertedTable, rows: Sequence[int], context: IngestContext
) -> None:
    """Use the hour of the incident where the form asked it beside that of the count."""
    for name in _find_own_times(table):
        known = next((h for h in _TIMES if name in table.find_columns(h)), None)
        heading = known or find_time_meaning(table, name)
        cells = _take(table, name, rows)
        filled = {row: cell for row, cell in enumerate(cells) if not is_blank(cell)}
        if heading == "jam":
            _take_days(part, filled, context)
        part.fill(heading, filled)


def _take_days(part: ConvertedTable, clocks: Mapping[int, Cell], context: IngestContext) -> None:
    """Keep only the day of the count, else that of the report, for incidents with an hour."""
    zone = context.election.zone
    days: dict[int, str] = {}
    for name in part.find_columns("waktu_lapor")[:1]:
        column = part.cells[name].tolist()
        found = {row: find_day_of_report(column[row], clock, zone) for row, clock in clocks.items()}
        days |= {row: day for row, day in found.items() if day is not None}
    for name in part.find_columns("waktu"):
        column = part.cells[name].tolist()
        days |= {row: day for row in clocks if (day := _find_day(column[row])) is not None}
        part.replace_cells(name, dict.fromkeys(days))
    for name in part.find_columns("tanggal")[:1]:
        column = part.cells[name].tolist()
        days = {row: day for row, day in days.items() if is_blank(column[row])}
    part.fill("tanggal", days)


def _find_day(cell: Cell) -> str | None:
    try:
        return f"{parse_date_parts(cell).day:%d/%m/%Y}"
    except UnreadableCell:
        return None
