"""Columns of fixed words in which people wrote their own: a phase, and what was done about it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import compress

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.phrase_matcher import PhraseMatcher, get_phrase_matcher
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_text
from situasi.ingest.readers.reserved_columns import NOT_YET, READY
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import normalize_key

_MAX_CHARS = 300
_COUNTS = ("hadir", "hadir_dpt", "hadir_l", "hadir_p")
_PHASE_AND_HOUR = re.compile(
    r"(?P<phase>[^\d]+?)[\W_]*(?:(?:jam|pukul|pkl|pk)\W*)?(?P<clock>\d{1,2}[.:]\d{2})"
    r"(?: ?wib)?\W*",
    re.IGNORECASE,
)
_REMARK = re.compile(r"^(?:ket|keterangan|hasil|progres|kondisi|keadaan)\b", re.IGNORECASE)
_RESULT = re.compile(r"^(?:\d+ ?)?(?:ket(?:erangan)? )?hasil(?:nya)?\b", re.IGNORECASE)
_HANDLING = re.compile(
    r"^(?:\d+ ?)?(?:langkah|tindakan|upaya|penanganan|respon|tindak lanjut)\b", re.IGNORECASE
)
_SITUATION = re.compile(r"suasana|situasi|keadaan|kondisi", re.IGNORECASE)
_SEPARATORS = re.compile(r"[,;/&+.\n]|\bdan\b")
# Between a word and what explains it.
_EXPLANATION = re.compile(r"[,;:(]| [-–] ")
_TITLE_HEADINGS = frozenset(("title", "judul", "subject", "judullaporan", "judulkejadian"))
# Of a tally: its beginning, not only that it goes on.
_BEGINNING = re.compile(r"mulai|awal|start|beg[aiu]n", re.IGNORECASE)
_STATUS_WORD = re.compile(r"stat|progres|perkembang", re.IGNORECASE)


def join_titles(table: ConvertedTable) -> None:
    """Put the title of a report before its words; in place of them where it has none."""
    titles = [n for n in table.headings if normalize_key(n) in _TITLE_HEADINGS]
    if len(titles) != 1 or table.find_columns("uraian") == titles or not table.has_any("jenis"):
        return
    words = [table.cells[n].tolist() for n in table.find_columns("uraian") if n not in titles]
    joined: list[Cell] = []
    for row, title in enumerate(table.cells[titles[0]].tolist()):
        text = next((column[row] for column in words if not is_blank(column[row])), None)
        parts = [str(part).strip() for part in (title, text) if not is_blank(part)]
        joined.append("; ".join(dict.fromkeys(parts)) or None)
    table.drop_columns(titles)
    table.set_column(next(iter(table.find_columns("uraian")), "uraian"), joined)


def take_messages(table: ConvertedTable) -> None:
    """Take for the words of an incident those under `Pesan`, where its kind stands beside them."""
    if table.has_any("jenis") and not table.has_any("uraian", "giat"):
        clues = table.vocabulary.clues
        names = [name for name in table.list_unknown() if clues.is_heading("message_text", name)]
        if names:
            table.rename(names[0], "uraian")


def keep_words_of_giat(table: ConvertedTable) -> None:
    """Keep what a giat was beyond its code (`Patroli malam`), and what came of it (`HASIL`)."""
    kinds = next((table.cells[n].tolist() for n in table.find_columns("giat")), None)
    if kinds is not None:
        words = [str(k).strip() if len(str(k).split()) > 1 else "" for k in kinds]
        _join_words(table, words, "hasil", _RESULT)


def keep_replaced_words(
    table: ConvertedTable, column: Sequence[Cell], code_by_cell: Mapping[Cell, Cell]
) -> None:
    """Keep what a giat was beyond the code that replaces it, in the rows without other words."""
    words = {
        row: str(cell).strip()
        for row, cell in enumerate(column)
        if code_by_cell.get(cell, cell) != cell and len(str(cell).split()) > 1
    }
    empty = table.find_empty_rows("uraian")
    table.fill("uraian", {row: words[row] for row in empty if row in words})


def keep_words_of_handling(table: ConvertedTable) -> None:
    """Keep what was done about an incident, which a column of its own tells in words."""
    if table.has_any("jenis"):
        _join_words(table, (), "langkah", _HANDLING)


def _join_words(
    table: ConvertedTable, words: Sequence[str], label: str, heading: re.Pattern[str]
) -> None:
    """Put the cells of the one column under such an unknown heading behind the words of each row.

    words: by row, for those that have none; empty: of no row.
    """
    names = [name for name in table.list_unknown() if heading.search(name.replace("_", " "))]
    names = names if len(names) == 1 else []
    if not names and not any(words):
        return
    others = table.cells[names[0]].tolist() if names else [None] * table.size
    columns = [table.cells[name].tolist() for name in table.find_columns("uraian")]
    joined: dict[int, Cell] = {}
    for row in table.find_empty_rows():
        text = next((str(c[row]) for c in columns if not is_blank(c[row])), "")
        other = others[row]
        own = text or (words[row] if words else "")
        parts = [own, "" if is_blank(other) else f"{label}: {str(other).strip()}"]
        if (whole := "; ".join(filter(None, parts))) != text:
            joined[row] = whole
    table.drop_columns(names)
    table.fill("uraian", joined)


def name_situations(table: ConvertedTable) -> None:
    """Take for the situation a column under an unknown heading that holds its codes alone."""
    if table.has_any("situasi"):
        return
    find_code = partial(table.vocabulary.find_code, "incidents", "situasi")
    for name in filter(_SITUATION.search, table.list_unknown()):
        filled = set(map(str, table.list_filled(name)))
        if filled and all(map(find_code, filled)):
            table.rename(name, "situasi")
            return


def split_phases_and_hours(table: ConvertedTable, context: IngestContext) -> None:
    """Split a phase from the hour behind it (`BUKA 07.00`), where no column holds the hours."""
    if table.has_any("jam", "waktu"):
        return
    for name in table.find_columns("fase"):
        cells = table.cells[name].tolist()
        found = {
            row: match
            for row, cell in enumerate(cells)
            if isinstance(cell, str)
            and len(cell) <= _MAX_CHARS
            and (match := _PHASE_AND_HOUR.fullmatch(cell.strip()))
            and is_code(match["phase"], "tps", "fase", context)
        }
        if found:
            table.replace_cells(name, {row: match["phase"] for row, match in found.items()})
            table.fill("jam", {row: match["clock"] for row, match in found.items()})
            return


def read_phases(table: ConvertedTable, context: IngestContext) -> None:
    """Read the one phase that longer words assert (`TPS dibuka tepat waktu`); the words stay."""
    for name in table.find_columns("fase"):
        _leave_out_no_phases(table, name, context)
        _mark_ongoing_tallies(table, name, context)
        unknown = _find_unknown(table, name, "tps", "fase", context)
        if not unknown:
            continue
        matcher = get_phrase_matcher(context.vocabulary)
        codes = {
            text: code
            for text in set(unknown.values())
            if (code := _find_asserted(_take_reached(text, context), "fase", matcher))
        }
        rows = [row for row, text in unknown.items() if text in codes]
        table.replace_cells(name, {row: codes[unknown[row]] for row in rows})
        keep_words(table, {row: unknown[row] for row in rows})
        table.doubt(rows, "fase dibaca dari kalimatnya")


def _take_reached(text: str, context: IngestContext) -> str:
    """Return the parts of what is told of a phase from the first on that say what is there.

    `Ditutup, blm mulai hitung` is closed; what begins with what is not there is none at all.
    """
    parts = [part for part in _SEPARATORS.split(text) if part.strip()]
    reached = [not _is_not_there(part, context) for part in parts]
    return ", ".join(compress(parts, reached)) if reached[:1] == [True] else ""


def _leave_out_no_phases(table: ConvertedTable, name: str, context: IngestContext) -> None:
    """Empty the cells that tell of no phase; a row with nothing else is no report."""
    clues, column = context.vocabulary.clues, table.cells[name].tolist()
    known = {cell: clues.is_no_phase(cell) for cell in set(column) if isinstance(cell, str)}
    words = {row: normalize_text(cell) for row, cell in enumerate(column) if known.get(cell)}
    if not words:
        return
    table.replace_cells(name, dict.fromkeys(words))
    alone = set(table.find_empty_rows(*_COUNTS, "fase", "kontak")) & words.keys()
    for row, word in words.items():
        if row in alone:
            reason = READY if clues.is_cell("ready", word) else NOT_YET
            table.reasons.setdefault(row, reason.format(word))
    keep_words(table, {row: f"fase: {word}" for row, word in words.items() if row not in alone})


def _mark_ongoing_tallies(table: ConvertedTable, name: str, context: IngestContext) -> None:
    """Mark the rows which tell that votes are being counted, but not since when."""
    column = table.cells[name].tolist()
    words = {cell for cell in set(column) if isinstance(cell, str) and _is_ongoing(cell, context)}
    rows = [row for row, cell in enumerate(column) if cell in words]
    table.doubt(rows, "sedang dihitung: jam mulainya bisa lebih awal")


def _is_ongoing(cell: str, context: IngestContext) -> bool:
    code = context.vocabulary.find_code("tps", "fase", cell)
    return code == "hitung_mulai" and not _BEGINNING.search(cell)


def read_handling(table: ConvertedTable, context: IngestContext) -> None:
    """Read the status from what was done (`Ditangani Satlantas`); else the words alone stay.

    Only under headings of what was done (`Penanganan`): one that asks for the status is answered
    with one, and where it is, what was done is no second one.
    """
    if table.has_any("ke"):  # `tindakan` of a merge of two cases
        return
    _take_status_remarks(table, context)
    for name in table.find_columns("status"):
        if _STATUS_WORD.search(name):
            _read_first_words(table, name, context)
            continue
        _prefer_stated_status(table, name)
        unknown = _find_unknown(table, name, "incidents", "status", context)
        if not unknown:
            continue
        matcher = get_phrase_matcher(context.vocabulary)
        read = {text: _find_status(text, context, matcher) for text in set(unknown.values())}
        table.replace_cells(name, {row: read[text] for row, text in unknown.items()})
        keep_words(table, {row: f"{name.lower()}: {text}" for row, text in unknown.items()})
        table.doubt([r for r, t in unknown.items() if read[t]], "status dibaca dari kalimatnya")
        others = [table.cells[n].tolist() for n in table.find_columns("status") if n != name]
        unclear = [
            row
            for row, text in unknown.items()
            if not read[text] and all(is_blank(column[row]) for column in others)
        ]
        table.doubt(unclear, f'status tidak jelas dari kolom "{name}"')


def _read_first_words(table: ConvertedTable, name: str, context: IngestContext) -> None:
    """Read a status from the words before a mark (`Selesai - sudah ditambah`); all words stay."""
    unknown = _find_unknown(table, name, "incidents", "status", context)
    firsts = {row: _EXPLANATION.split(text, maxsplit=1)[0] for row, text in unknown.items()}
    rows = [
        row
        for row, first in firsts.items()
        if first != unknown[row] and is_code(first, "incidents", "status", context)
    ]
    if rows:
        table.replace_cells(name, {row: firsts[row] for row in rows})
        keep_words(table, {row: f"{name.lower()}: {unknown[row]}" for row in rows})
        table.doubt(rows, "status dibaca dari awal selnya")


def _prefer_stated_status(table: ConvertedTable, name: str) -> None:
    """Keep as mere words what was done in the rows whose status another column states."""
    stated = [
        table.cells[n].tolist() for n in table.find_columns("status") if _STATUS_WORD.search(n)
    ]
    if not stated:
        return
    done = {
        row: normalize_text(str(cell)[:_MAX_CHARS])
        for row, cell in enumerate(table.cells[name].tolist())
        if not is_blank(cell)
    }
    second = {r: t for r, t in done.items() if any(not is_blank(column[r]) for column in stated)}
    if second:
        table.replace_cells(name, dict.fromkeys(second))
        keep_words(table, {row: f"{name.lower()}: {text}" for row, text in second.items()})
    only = done.keys() - second.keys()
    table.doubt(sorted(only), f'status kosong: dibaca dari kolom "{name}"')


def _take_status_remarks(table: ConvertedTable, context: IngestContext) -> None:
    """Take for the status a column of remarks that holds nothing but words of status (`Ket`).

    That all was calm in the end is no status: such words stay with the others of the row.
    """
    if any(map(_STATUS_WORD.search, table.find_columns("status"))):
        return
    words = context.vocabulary.codes["incidents", "status"]
    names = (*table.find_columns("uraian"), *table.list_unknown())
    for name in filter(_REMARK.search, names):
        cells = enumerate(table.cells[name].tolist())
        texts = {row: str(cell) for row, cell in cells if not is_blank(cell)}
        codes = {row: words.get(normalize_key(text)) for row, text in texts.items()}
        if None not in codes.values() and {*codes.values()} - {"nihil"}:
            calm = {row: text for row, text in texts.items() if codes[row] == "nihil"}
            table.replace_cells(name, dict.fromkeys(calm))
            table.rename(name, "status")
            keep_words(table, {row: f"{name.lower()}: {text}" for row, text in calm.items()})
            return


def _is_not_there(text: str, context: IngestContext) -> bool:
    """Return whether a phase is not there by these words, or nobody knows since when."""
    return context.vocabulary.clues.stands_in("not_there", text)


def _find_unknown(
    table: ConvertedTable, name: str, feed: str, column: str, context: IngestContext
) -> dict[int, str]:
    """Return the texts of a column, by row, that are no word of its vocabulary."""
    cells = table.cells[name].tolist()
    known = {
        cell: is_code(cell, feed, column, context) for cell in set(cells) if isinstance(cell, str)
    }
    return {
        row: normalize_text(cell[:_MAX_CHARS])
        for row, cell in enumerate(cells)
        if isinstance(cell, str) and not is_blank(cell) and not known[cell]
    }


def is_code(cell: str, feed: str, column: str, context: IngestContext) -> bool:
    """Return whether a cell is a word of a column of fixed words."""
    return context.vocabulary.find_code(feed, column, cell) is not None


def _find_asserted(text: str, column: str, matcher: PhraseMatcher) -> str | None:
    """Return the one code of a column that a text asserts, and denies none.

    The tally begins at once after the closing, which it implies: `tutup, mulai hitung`.
    """
    found = [match for match in matcher.find(Passage(text)) if match.column == column]
    codes = {match.code for match in found}
    if codes == {"ditutup", "hitung_mulai"}:
        codes.remove("ditutup")
    return codes.pop() if len(codes) == 1 and all(m.is_asserted for m in found) else None


def _find_status(text: str, context: IngestContext, matcher: PhraseMatcher) -> str | None:
    """Return the status that one part of the words is, else the one that they assert."""
    parts = [part for part in _SEPARATORS.split(text) if part.strip()]
    codes = set(_list_codes(parts, context))
    if len(codes) == 1 and len(parts) > 1:
        return codes.pop()
    return (
        None if codes or _is_not_there(text, context) else _find_asserted(text, "status", matcher)
    )


def _list_codes(parts: Iterable[str], context: IngestContext) -> Iterable[str]:
    for part in parts:
        try:
            code, note = context.vocabulary.read_code("incidents", "status", part)
        except UnreadableCell:
            continue
        if note is None and code != "nihil":
            yield code


def keep_words(table: ConvertedTable, texts: Mapping[int, str]) -> None:
    """Add the words of these rows to what the rows tell (`uraian`)."""
    old = table.list_cells("uraian")
    words = {r: t if is_blank(old[r]) else f"{old[r]}; {t}" for r, t in texts.items()}
    table.fill("uraian", words)
