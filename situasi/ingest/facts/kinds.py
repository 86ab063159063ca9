"""Kind of a report that no column names: from its own words, a yes or no, or the titles."""

import re
from collections.abc import Callable
from functools import partial

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.answered_kinds import (
    find_leading_giat,
    leave_out_situations_in_words,
    take_flagged_kinds,
    take_leading_giat,
    take_other_answers,
    take_other_giat,
    take_phase_answers,
)
from situasi.ingest.facts.answers import is_answered, read_answer, read_presence
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.facts.free_words import (
    keep_words_of_giat,
    keep_words_of_handling,
    name_situations,
    read_handling,
    read_phases,
    split_phases_and_hours,
    take_messages,
)
from situasi.ingest.facts.phase_columns import find_phase_column, find_plain_phases
from situasi.ingest.facts.voter_counts import name_voter_columns
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.phrase_matcher import PhraseMatcher, get_phrase_matcher
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_text
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import is_row_number, normalize_key
from situasi.ingest.vocabulary.wide_headings import UNCLEAR_PHASES

# The column that says what kind of report a row is, by feed.
_ANOTHER_TIME = re.compile(
    r"\b(?:akan|hendak|mau|menjelang|sebelum|sesudah|setelah|saat|ketika|belum|tidak)\b",
    re.IGNORECASE,
)
_KIND_HEADINGS = {"tps": "fase", "incidents": "jenis", "personnel": "checkin", "activities": "giat"}
_LONGEST_PHRASE = 5  # words
_TROUBLE = re.compile(
    r"\b(?:kendala|masalah|permasalahan|hambatan|keluhan|kekurangan|kerusakan|terlambat|belum)\b",
    re.IGNORECASE,
)
_INCIDENT = re.compile(
    r"\b(?:kejadian|insiden|peristiwa|gangguan|kronologis?|incidents?|happened)\b", re.IGNORECASE
)
_HAPPENED = re.compile(r"kejadian|insiden|peristiwa|gangguan|terjadi|incident|happened", re.I)
_PROBLEM = re.compile(r"masalah|kendala|hambatan|temuan|problem|issue", re.IGNORECASE)
# `Tingkat kerawanan`, `Tanggal survei`: how a TPS is beforehand.
_SURVEY = re.compile(r"\bsurve[iy]\b", re.IGNORECASE)
_ACTIVITY = re.compile(r"giat|acara|agenda|activit", re.IGNORECASE)
_HOUR_OF_PHASE = re.compile(r"\b(?:jam|waktu|pukul) (?:di|pem|pen)?(buka|tutup)", re.IGNORECASE)
_ARRIVALS = frozenset(("tiba", "jamtiba", "waktutiba", "pukultiba", "sampai", "jamsampai"))
_OFFICE = re.compile(r"\b(?:ppk|pps|kpu)\b", re.IGNORECASE)
_OF_INCIDENTS = frozenset(("jenis", "tingkat", "situasi", "status", "uraian"))
_OTHER_REPORTS = ("jenis", "petugas", "nrp", "giat", "fase", "hadir")
_MAX_TEXT_CHARS = 2_000
_MIN_KNOWN_SHARE = 0.75  # of different answers to a question that are kinds
_MIN_KIND_WORDS = 2  # of a text that is no name of a kind


def complete_kind(
    table: ConvertedTable, facts: FileContext, context: IngestContext, known_feed: str | None = None
) -> None:
    """Fill in phase, kind, check-in or giat where no column says it, each noted at its row.

    What the row itself says goes before the titles. known_feed: where it is not the headings that
    tell it.
    """
    if not len(table.cells):
        return
    take_messages(table)
    name_voter_columns(table, facts)
    _read_status_answers(table)
    find_plain_phases(table, context)
    leave_out_situations_in_words(table)
    take_flagged_kinds(table)
    take_other_answers(table)
    _take_listed_kinds(table, facts, context)
    _take_problems(table, facts, context)
    _name_arrival(table, facts)
    _name_opening(table, facts)
    take_phase_answers(table)
    _name_boxes(table)
    find_phase_column(table, context)
    split_phases_and_hours(table, context)
    read_phases(table, context)
    read_handling(table, context)
    _take_remarks_on_counts(table)
    feed = known_feed or context.vocabulary.detect_feed(table.headings)
    if feed == "incidents" or (feed is None and _is_incident_list(table, facts, context)):
        if table.has_any("jenis"):
            _take_kinds_in_words(table, context)
        elif table.has_any("uraian"):
            _take_incident_kinds(table, context)
        name_situations(table)
        keep_words_of_handling(table)
        return
    if feed == "activities":
        _complete_giat(table, context)
        keep_words_of_giat(table)
        return
    if feed is None:
        if table.has_any("tps") and table.has_any("uraian"):
            find = partial(find_code, feed="tps", heading="fase", context=context)
            _take_kinds_from_words(table, "fase", find)
        elif any(map(_ACTIVITY.search, table.find_columns("uraian"))):
            _complete_giat(table, context)
            keep_words_of_giat(table)
        feed = context.vocabulary.detect_feed(table.headings)
    if feed is None:
        _take_kind_from_titles(table, facts, context)


def _is_survey(table: ConvertedTable, facts: FileContext, context: IngestContext) -> bool:
    """Return whether the rows say how TPS are beforehand, so that trouble there is no incident.

    Of the day of voting a table may tell what happened at those that were judged to be risky.
    """
    names = [n for n in table.headings if table.vocabulary.find_own_heading(n) not in _OF_INCIDENTS]
    is_about = any(_SURVEY.search(n) or _names_risk(n, table) for n in names)
    is_of_the_day = facts.day == f"{context.election.day:%d/%m/%Y}"
    is_told = any(map(_INCIDENT.search, (*table.find_columns("uraian"), facts.words)))
    return is_about and table.has_any("tps") and not (is_of_the_day or is_told)


def _names_risk(heading: str, table: ConvertedTable) -> bool:
    return table.vocabulary.clues.stands_in("vulnerability", heading)


def _complete_giat(table: ConvertedTable, context: IngestContext) -> None:
    """Read the giat from its own words, or from those of the row: that with which they begin."""
    if table.has_any("giat"):
        take_leading_giat(table)
        take_other_giat(table, table.find_columns("giat"))
        return
    find = partial(find_code, feed="activities", heading="giat", context=context)
    find_first = partial(find_leading_giat, table=table)
    names = table.find_columns("uraian")
    for name in sorted(names, key=lambda name: not _ACTIVITY.search(name)):
        _take_kinds_from_words(table, "giat", find_first, name)
        _take_kinds_from_words(table, "giat", find, name)
    take_other_giat(table, [name for name in names if _ACTIVITY.search(name)])


def _take_remarks_on_counts(table: ConvertedTable) -> None:
    """Take `SITUASI` beside a count for a remark: else the table were one of incidents."""
    is_other = table.vocabulary.detect_feed(table.headings) in {None, "incidents"}
    if is_other and table.has_any("hadir") and not table.has_any("jenis"):
        for name in table.find_columns("situasi")[:1]:
            remark = "catatan situasi" if table.has_any("uraian") else "uraian"
            column = table.cells[name].tolist()
            table.rename(name, remark)
            for row, cell in enumerate(column):
                if not is_blank(cell) and not _is_calm(cell, table):
                    note = f"situasi “{normalize_text(str(cell))[:60]}” bukan laporan kejadian"
                    table.doubt([row], note)


def _is_calm(cell: Cell, table: ConvertedTable) -> bool:
    return table.vocabulary.find_code("incidents", "situasi", cell) == "hijau"


def _take_kind_from_titles(
    table: ConvertedTable, facts: FileContext, context: IngestContext
) -> None:
    """Use the one code that the titles name; no officer, no check-in, and no words, no incident.

    Nor is there one where they name a risk (`DATA TPS RAWAN BANJIR`).
    """
    required = {"personnel": ("petugas", "nrp"), "incidents": ("uraian",)}
    found = {
        heading: code
        for feed, heading in _KIND_HEADINGS.items()
        if feed not in required or table.has_any(*required[feed])
        if heading != "fase" or not _TROUBLE.search(facts.words)
        if heading != "jenis" or not _names_risk(facts.words, table)
        if (code := find_code(facts.words, feed, heading, context))
    }
    if len(found) != 1:
        return
    heading, code = found.popitem()
    if heading == "jenis":
        _take_incident_kinds(table, context)
    rows = table.find_empty_rows(heading)
    if heading == "jenis":
        words = table.cells[table.find_columns("uraian")[0]].tolist()
        rows = [row for row in rows if _tells_incident(words[row], context)]
    table.fill(heading, dict.fromkeys(rows, code), f"{heading} dari judul atau nama berkas")


def _tells_incident(cell: Cell, context: IngestContext) -> bool:
    """Return whether the words of a row tell anything; `-`, `nihil` and `cerah` do not."""
    text = "" if is_blank(cell) else normalize_text(str(cell))
    if len(text.split()) < 2 or not any(map(str.isalpha, text)):
        return False
    return context.vocabulary.codes["incidents", "jenis"].get(normalize_key(text)) != "nihil"


def _take_listed_kinds(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Take what happened for the kind where it was chosen from a list (`Apa yang terjadi`)."""
    if table.has_any(*_OTHER_REPORTS) or _is_survey(table, facts, context):
        return
    for name in table.find_columns("uraian"):
        filled = table.list_filled(name)
        known = sum(_is_kind(cell, context) for cell in filled)
        if known and _HAPPENED.search(name) and known >= _MIN_KNOWN_SHARE * len(filled):
            table.rename(name, "jenis")
            return
    _take_column_of_kinds(table, context)


def _take_column_of_kinds(table: ConvertedTable, context: IngestContext) -> None:
    """Take for the kind the one column of kinds under another heading (`Dugaan pelanggaran`)."""
    feed = context.vocabulary.detect_feed(table.headings)
    is_dated = table.has_any("waktu", "tanggal", "jam") and table.has_any("uraian")
    is_of_giat = any(map(_ACTIVITY.search, table.find_columns("uraian")))  # its result: `Aman`
    if feed not in {None, "incidents"} or (feed is None and (is_of_giat or not is_dated)):
        return
    names = []
    for name in table.headings:
        filled = table.list_filled(name)
        known = sum(_is_kind(cell, context) for cell in filled)
        if (
            known > 1
            and known >= _MIN_KNOWN_SHARE * len(filled)
            and context.vocabulary.find_column("incidents", name) is None
        ):
            names.append(name)
    if len(names) == 1:
        table.rename(names[0], "jenis")


def _take_problems(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Take what went wrong (`Kendala`, `Permasalahan`) for incidents, if nothing else is told."""
    if table.has_any(*_OTHER_REPORTS) or _is_survey(table, facts, context):
        return
    if table.vocabulary.detect_feed(table.headings) is not None:
        return
    filled = {
        name: _list_words(table, name)
        for name in filter(_PROBLEM.search, table.list_unknown())
        if not is_answered(table, name, read_presence)
    }
    for name in [name for name in filled if filled[name]][:1]:
        kinds = sum(_is_kind(cell, context) for cell in filled[name])
        meaning = "jenis" if 2 * kinds >= len(filled[name]) else "uraian kejadian"
        table.rename(name, meaning)


def _list_words(table: ConvertedTable, name: str) -> set[str]:
    cells = {cell for cell in table.list_filled(name) if isinstance(cell, str)}
    return {cell for cell in cells if any(map(str.isalpha, cell))}


def _take_kinds_in_words(table: ConvertedTable, context: IngestContext) -> None:
    """Read the kind from the words of a column of kinds that tells what happened (`Kejadian`)."""
    matcher = get_phrase_matcher(context.vocabulary)
    name = table.find_columns("jenis")[0]
    column = table.cells[name].tolist()
    texts = {
        row: cell
        for row, cell in enumerate(column)
        if isinstance(cell, str)
        and len(cell.split()) >= _MIN_KIND_WORDS
        and not _is_kind(cell, context)
    }
    found = {
        row: kind
        for row, text in texts.items()
        if (kind := find_kind(normalize_text(text[:_MAX_TEXT_CHARS]), matcher))
    }
    if not found:
        return
    table.replace_cells(name, found)
    old = table.list_cells("uraian")
    words = {r: texts[r] if is_blank(old[r]) else f"{texts[r]}; {old[r]}" for r in found}
    table.fill("uraian", words, "jenis dibaca dari uraian")


def _is_kind(cell: Cell, context: IngestContext) -> bool:
    """Return whether a cell is one kind of incident, or a list of several, and no more words."""
    try:
        _, note = context.vocabulary.read_code("incidents", "jenis", cell)
    except UnreadableCell:
        return False
    return note is None or "juga:" in note


def _name_arrival(table: ConvertedTable, facts: FileContext) -> None:
    """Complete `TIBA` by the one office to which the titles or a column say that boxes go."""
    names = [name for name in table.headings if normalize_key(name) in _ARRIVALS]
    goals = [n for n in table.headings if normalize_key(n) == "tujuan"]
    words = [facts.words, *(str(c) for n in goals for c in set(table.cells[n].tolist()))]
    offices = {office.lower() for text in words for office in _OFFICE.findall(text)}
    if len(names) == 1 and len(offices) == 1 and not table.has_any("fase"):
        table.rename(names[0], f"tiba di {offices.pop()}")


def _name_opening(table: ConvertedTable, facts: FileContext) -> None:
    """Complete the one heading `BUKA` or `TUTUP` where the titles name its hour (`jam buka`)."""
    names = [n for n in table.headings if normalize_key(n) in UNCLEAR_PHASES]
    told = {word.lower() for word in _HOUR_OF_PHASE.findall(facts.words)}
    is_told = len(names) == 1 and told == {normalize_key(names[0])}
    if is_told and table.has_any("tps") and not table.has_any("fase", "jam", "waktu"):
        table.rename(names[0], f"jam di{normalize_key(names[0])}")


def _name_boxes(table: ConvertedTable) -> None:
    """Complete the phases of a column of boxes (`Posisi kotak`: di PPK), so that they are words."""
    for name in table.find_columns("fase"):
        column = table.cells[name].tolist()
        if "kotak" in name.casefold():
            texts = [cell if is_blank(cell) else str(cell).strip() for cell in column]
            named = [
                t if is_blank(t) or "kotak" in str(t).casefold() else f"kotak {t}" for t in texts
            ]
            table.set_column(name, named)


def _read_status_answers(table: ConvertedTable) -> None:
    """Read a status that was asked with yes or no (`Sudah ditangani?`, `Resolved?`)."""
    for name in table.find_columns("status"):
        column = table.cells[name].tolist()
        answers = [None if is_blank(cell) else read_answer(cell) for cell in column]
        rows = [row for row, cell in enumerate(column) if not is_blank(cell)]
        if rows and all(answers[row] is not None for row in rows):
            is_closed = table.vocabulary.clues.stands_in("case_closed", name)
            done = "selesai" if is_closed else "ditangani"
            words = [a if a is None else done if a else "dilaporkan" for a in answers]
            table.set_column(name, words)
            table.doubt(rows, "status dibaca dari ya atau belum")


def _is_incident_list(table: ConvertedTable, facts: FileContext, context: IngestContext) -> bool:
    """Return whether rows describe incidents: words, without an officer or a giat."""
    names = table.find_columns("uraian")
    if not names or table.has_any(*_OTHER_REPORTS) or _is_survey(table, facts, context):
        return False
    if any(_INCIDENT.search(text) for text in (*names, facts.words)):
        return True
    if any(map(_ACTIVITY.search, names)):
        return False
    # Words with a time and a place, and nothing else that could be counted or listed.
    names = [name for name in table.headings if not is_row_number(name)]
    return all(map(table.vocabulary.find_any_column, names)) and not table.has_any("tps")


def _take_incident_kinds(table: ConvertedTable, context: IngestContext) -> None:
    matcher = get_phrase_matcher(context.vocabulary)
    _take_kinds_from_words(table, "jenis", lambda text: find_kind(text, matcher))


def _take_kinds_from_words(
    table: ConvertedTable,
    heading: str,
    find: Callable[[str], str | None],
    name: str | None = None,
) -> None:
    """Fill in the one kind that the words of a row name; rows that name none or several stay.

    name: of the column of words; None: the first.
    """
    column = table.cells[name or table.find_columns("uraian")[0]].tolist()
    texts = {row: normalize_text(str(c)[:_MAX_TEXT_CHARS]) for row, c in enumerate(column) if c}
    kinds = {row: kind for row, text in texts.items() if (kind := find(text))}
    missing = {row: kinds[row] for row in table.find_empty_rows(heading) if row in kinds}
    table.fill(heading, missing, f"{heading} dibaca dari uraian")


def find_kind(text: str, matcher: PhraseMatcher) -> str | None:
    """Return the one kind of incident that a text asserts; None where it asserts several."""
    matches = matcher.find(Passage(text))
    kinds = {match.code for match in matches if match.column == "jenis" and match.is_asserted}
    return kinds.pop() if len(kinds) == 1 else None


def find_code(text: str, feed: str, heading: str, context: IngestContext) -> str | None:
    """Return the one code of a column that a text names; None where it names none or several."""
    words, codes = text.split(), context.vocabulary.codes[feed, heading]
    phrases = {
        normalize_key("".join(words[start : start + size]))
        for size in range(1, _LONGEST_PHRASE + 1)
        for start in range(len(words) - size + 1)
    }
    found = {codes[phrase] for phrase in phrases if len(phrase) > 4 and phrase in codes}
    if heading == "fase" and _ANOTHER_TIME.search(text):  # `keributan saat TPS akan ditutup`
        return None
    if heading == "fase":  # `BUKA DAN TUTUP TPS` names two
        found |= {codes[word] for word in UNCLEAR_PHASES & phrases if word in codes and found}
    return found.pop() if len(found) == 1 else None
