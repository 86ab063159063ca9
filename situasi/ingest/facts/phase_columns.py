"""Columns of phases under headings that ask for the state of a TPS, or that are unknown."""

import re
from functools import partial

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.free_words import is_code
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.phrase_matcher import PhraseMatcher, get_phrase_matcher
from situasi.ingest.parsing.cells import normalize_text
from situasi.ingest.sources.converted_table import ConvertedTable

_MAX_CHARS = 300
_STATE_OF_STATION = re.compile(r"situasi|keadaan|kondisi|keterangan|status", re.IGNORECASE)
_STATE_NAMING_STATION = re.compile(r"(?:keadaan|kondisi|status) tps\b", re.IGNORECASE)
_MIN_SHARE = 0.75  # of different words that are phases
_MIN_SHARE_BESIDE_PLAIN = 0.5
_HAS_DIGIT = re.compile(r"\d|\bN-")  # an NRP, or the mark of one
_MOST_PHASES = 60  # different words of a list of phases
_OTHER_REPORTS = ("fase", "hadir", "jenis", "nrp")


def find_plain_phases(table: ConvertedTable, context: IngestContext) -> None:
    """Take for the phase a column on the state of TPS with the plain words of two phases.

    `buka`, `tutup`: half of its words are enough; the others are held row by row, where the whole
    file would wait. Officers beside them are named only as who is there.
    """
    officers = table.find_columns("petugas")
    are_names = not any(
        _HAS_DIGIT.search(str(c)) for n in officers for c in table.cells[n].tolist()
    )
    if are_names and _take_states(table, context, 2, _MIN_SHARE_BESIDE_PLAIN):
        table.drop_columns(officers)
        table.notes += [f'kolom nama tidak disimpan: "{name}"' for name in officers]


def find_phase_column(table: ConvertedTable, context: IngestContext) -> None:
    """Take for the phase a column on the state of TPS of which nearly all words name one."""
    if table.has_any("petugas") or _take_states(table, context, 0, _MIN_SHARE):
        return
    _take_states_beside_others(table, context)
    _take_listed_phases(table, context)


def _take_states_beside_others(table: ConvertedTable, context: IngestContext) -> None:
    """Take a column on the state of TPS beside counts or incidents, where every word is one.

    A form with a part for each kind of report asks for all of them.
    """
    if not table.has_any("tps") or table.has_any("fase", "nrp"):
        return
    for name in filter(_STATE_NAMING_STATION.search, table.headings):
        texts = _list_phases(table, name)
        if texts and all(is_code(text, "tps", "fase", context) for text in texts):
            table.rename(name, "fase")
            return


def _take_states(
    table: ConvertedTable, context: IngestContext, min_plain: int, min_share: float
) -> bool:
    """Take the first column on the state of TPS with such words for the phase, if there is one.

    min_plain: phases that words and nothing else name. min_share: of different words on a phase.
    """
    if not table.has_any("tps") or table.has_any(*_OTHER_REPORTS):
        return False
    matcher = get_phrase_matcher(context.vocabulary)
    for name in filter(_STATE_OF_STATION.search, table.headings):
        texts = _list_phases(table, name)
        plain = {context.vocabulary.find_code("tps", "fase", text) for text in texts} - {None}
        if (
            name not in table.find_columns("uraian")
            and texts
            and len(plain) >= min_plain
            and sum(_names_phase(text, context, matcher) for text in texts)
            >= min_share * len(texts)
        ):
            table.rename(name, "fase")
            return True
    return False


def _take_listed_phases(table: ConvertedTable, context: IngestContext) -> None:
    """Take for the phase the one column under an unknown heading of which each word is one."""
    if not table.has_any("tps") or table.has_any(*_OTHER_REPORTS):
        return
    if context.vocabulary.detect_feed(table.headings) is not None:
        return
    find_status = partial(context.vocabulary.find_code, "incidents", "status")
    names = []
    for name in table.list_unknown():
        filled = table.list_filled(name)
        texts = [cell for cell in filled if isinstance(cell, str)]
        is_listed = 1 < len(texts) == len(filled) <= _MOST_PHASES
        if is_listed and all(is_code(text, "tps", "fase", context) for text in texts):
            names += [] if all(map(find_status, texts)) else [name]
    if len(names) == 1:
        table.rename(names[0], "fase")
        table.notes.append(f'kolom "{names[0]}" dibaca sebagai fase: semua isinya fase')


def _list_phases(table: ConvertedTable, name: str) -> set[str]:
    """Return the different words of a column, without those that tell of no phase."""
    texts, clues = map(str, table.list_filled(name)), table.vocabulary.clues
    return {text for text in texts if not clues.is_no_phase(text)}


def _names_phase(text: str, context: IngestContext, matcher: PhraseMatcher) -> bool:
    passage = Passage(normalize_text(text[:_MAX_CHARS]))
    return is_code(text, "tps", "fase", context) or any(
        match.column == "fase" for match in matcher.find(passage)
    )
