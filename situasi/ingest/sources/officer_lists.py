"""Lists of officers: `PANGKAT / NRP` in one column, and attendance lists with who is there."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain, combinations, permutations, product, zip_longest

from situasi.ingest.facts.answers import read_ticks
from situasi.ingest.parsing.cells import format_cell, is_blank, normalize_cell
from situasi.ingest.redaction.officer_names import RankedName, parse_ranked_name
from situasi.ingest.redaction.persons import RANKS, is_person_heading
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.clue_words import ClueWords
from situasi.ingest.vocabulary.csv_lists import normalize_key

_SPELLINGS = {
    "pangkat": ("pangkat", "pkt", "pangkatgol"),
    "nrp": ("nrp", "nip", "nrpnip"),
    "nama": ("nama", "namapersonel", "namapetugas", "namalengkap"),
}
_NAME_KEYS = (*_SPELLINGS["nama"], "namaanggota", "namapersonil", "namapangkat", "name")
# The parts of a heading by its key: `pangkatnrp`, `namapangkatnrp`, in any order.
_PARTS_BY_KEY = {
    "".join(words): parts
    for parts in chain(permutations(_SPELLINGS, 2), permutations(_SPELLINGS, 3))
    for words in product(*(_SPELLINGS[part] for part in parts))
}
_NUMBER = re.compile(r"(?<![\d])\d(?:[ .-]?\d){6,19}(?!\d)")
_TITLE = re.compile(
    r"\b(?:daftar (?:hadir|kehadiran)|absensi|daftar absen|presensi|lapor diri"
    r"|kehadiran (?:anggota|personel|personil|petugas))\b",
    re.IGNORECASE,
)
_NAMES_PRESENCE = re.compile(r"\b(?:kehadiran|absen|absensi|presensi)\b", re.IGNORECASE)
_ASKS_ARRIVAL = re.compile(
    r"\b(?:sudah|telah|apakah|dah|sdh)\b.*\b(?:tiba|datang|berada)\b|\barrived\b", re.IGNORECASE
)
_NOT_ARRIVED = "jam tiba kosong: belum ada lapor diri; tidak perlu dibetulkan"
_MUSTER = re.compile(r"\bapel\b", re.IGNORECASE)
_OF_ATTENDANCE = ("attendance", "arrival_hour", "listed_arrival", "present")
_LEGEND = re.compile(
    r"(?:ket(?:erangan)?\W*|\S{1,4}(?: [^=:]{1,20})? ?[=:] ?[^=:]{2,40})", re.IGNORECASE
)
_PRESENCE_FLAGS = {
    **dict.fromkeys(("1", "ya", "y", "yes", "true"), "hadir"),
    **dict.fromkeys(("0", "tidak", "t", "no", "false"), "tidak hadir"),
}
_EXPLANATION = re.compile(r"[,;(:]| - ")
_MIN_SHARE = 0.6  # of the filled cells of the column; of the rows with an officer
_SHORTEST_WORD = 4  # of those of absence that stand before others; `I` may begin a name
_STRENGTH = re.compile(r"\d{1,3}(?: ?(?:org|orang|pers|personel|personil))?", re.IGNORECASE)
_MOST_OF_SUMMARY = 2  # cells
_SUM = re.compile(r"^(?:jumlah|jml|jlh|total)\b\W*", re.IGNORECASE)
_NO_ROW = "rekap atau keterangan di bawah daftar, bukan laporan; tidak perlu dibetulkan"
_NO_HOUR = "hadir menurut {}, tetapi jam tiba kosong: isi jamnya"
_TWO_NAMES = "NRP ini juga dipakai nama lain di baris {}: pastikan NRP tiap petugas"
_DIGITS = 8  # of an NRP, of which a spreadsheet may take a leading zero
_MOST_NAMED = 5  # rows
_ABSENT = "tidak hadir ({}), bukan lapor diri; tidak perlu dibetulkan"


def is_attendance_list(table: ConvertedTable) -> bool:
    """Return whether the titles or a heading say that a list tells who is there."""
    is_titled = _TITLE.search(" ".join(table.source.titles)) is not None
    return is_titled or any(_is_heading(table, name, *_OF_ATTENDANCE) for name in table.headings)


def name_strength(table: ConvertedTable) -> None:
    """Tell a column of how many officers there were from one of who they were."""
    for name in table.find_columns("petugas"):
        filled = [cell for cell in table.cells[name].tolist() if not is_blank(cell)]
        is_group = normalize_key(name).startswith(("pers", "kekuatan", "kuat", "pam"))
        if is_group and filled and all(map(_STRENGTH.fullmatch, map(format_cell, filled))):
            table.rename(name, f"jumlah {name.lower()}")


def split_officer_columns(table: ConvertedTable) -> None:
    """Split each such column into columns of its parts; a part that is missing stays empty."""
    for heading in table.headings:
        parts = _PARTS_BY_KEY.get(normalize_key(heading).replace("dan", ""))
        if parts is None or any(table.find_columns(part) for part in parts):
            continue
        rows = [_split_cell(cell) for cell in table.cells[heading].tolist()]
        table.drop_columns([heading])
        for part in parts:
            table.set_column(part, [row.get(part) for row in rows])


def _is_heading(table: ConvertedTable, heading: str, *groups: str) -> bool:
    return any(table.vocabulary.clues.is_heading(group, heading) for group in groups)


def _split_cell(cell: Cell) -> dict[str, str]:
    """Return rank, number and name, each where the cell has it."""
    if is_blank(cell):
        return {}
    text = normalize_cell(cell)
    found: dict[str, str] = {}
    if number := _NUMBER.search(text):
        found["nrp"] = number[0]
        text = f"{text[: number.start()]} {text[number.end() :]}"
    words = re.sub(r"\b(?:nrp|nip)\b|[/,;()]", " ", text, flags=re.IGNORECASE).split()
    ranks = [word for word in words if word.lower().strip(".") in RANKS]
    if ranks:
        found["pangkat"] = ranks[0]
    if name := " ".join(word for word in words if word not in ranks):
        found["nama"] = name
    return found


def take_attendance(table: ConvertedTable, words: str) -> None:
    """Make the column of who is there, or of when they came, one of check-ins.

    Who is absent is no report, and a number under two names is held. words: of the titles, the
    sheet and the file; without the name of such a list, there or as a heading, nothing is done.
    """
    has_officers = table.find_columns("petugas") or table.find_columns("nrp")
    if not has_officers:
        return
    _hold_shared_numbers(table)
    roll_calls = [name for name in table.find_columns("checkin") if _is_roll_call(table, name)]
    if table.find_columns("checkin") and not roll_calls:
        _name_arrival_hours(table)
        return
    _mark_summary_lines(table)
    _read_presence_flags(table)
    if not roll_calls and (answered := _find_answers(table)) is not None:
        table.rename(answered, "checkin")
        return
    is_list = _TITLE.search(words) is not None
    _merge_ticks(table, is_list=is_list)
    clues = table.vocabulary.clues
    has_arrivals = any(_is_heading(table, name, "arrival_hour") for name in table.headings)
    names = roll_calls or [
        name
        for name in table.headings
        if is_list
        or _NAMES_PRESENCE.search(name)
        or _ASKS_ARRIVAL.search(name)
        or clues.is_heading("presence_question", name)
        or (has_arrivals and table.vocabulary.find_column("personnel", name) == "checkin")
    ]
    if table.has_any("waktu", "jam", "waktu_lapor"):  # remarks at an hour: `sudah di tempat`
        names += [name for name in table.find_columns("uraian") if name not in names]
    remarks = [name for name in table.find_columns("uraian") if not _is_filled(table, name)]
    name = next((n for n in names if n not in remarks and _says_presence(table, n)), None)
    if name is None:
        groups = ("arrival_hour", "listed_arrival") if is_list else ("arrival_hour",)
        _take_arrivals(table, groups, remarks, is_muster=_MUSTER.search(words) is not None)
        return
    column = table.cells[name].tolist()
    present = [row for row, cell in enumerate(column) if clues.is_cell("present", cell)]
    kept = table.total_rows  # how many were there is compared with the rows above
    if roll_calls:
        kept = kept | table.worded.get("checkin", set())
    checkins: list[Cell] = [None] * len(column)
    for row in present:
        checkins[row] = "apel" if _MUSTER.search(words) else column[row]
    table.drop_columns(roll_calls)
    table.set_column("checkin", [column[r] if r in kept else c for r, c in enumerate(checkins)])
    table.doubt(present, "lapor diri dari daftar hadir")
    _name_arrival_hours(table)
    for row, cell in enumerate(column):
        if clues.is_cell("absent", _take_answer(cell)):
            table.reasons.setdefault(row, _ABSENT.format(normalize_cell(cell)))


def _is_filled(table: ConvertedTable, name: str) -> bool:
    """Return whether a column is filled in most rows that name an officer, as a roll call is."""
    cells = _list_cells_of_officers(table, name)
    return sum(not is_blank(cell) for cell in cells) >= _MIN_SHARE * len(cells)


def _list_cells_of_officers(table: ConvertedTable, name: str) -> list[Cell]:
    """Return the cells of a column in the rows that name an officer."""
    names = table.find_columns("nrp", "petugas")
    rows = zip(table.cells[name].tolist(), *(table.cells[n].tolist() for n in names), strict=True)
    return [cell for cell, *officer in rows if not all(map(is_blank, officer))]


def _hold_shared_numbers(table: ConvertedTable) -> None:
    """Hold all rows of a number that stands beside two different names: one of them is wrong."""
    headings = table.find_columns("nrp") or table.find_columns("petugas")
    names = _find_column_of_names(table)
    ranks = next((table.cells[n].tolist() for n in table.find_columns("pangkat")), [])
    for heading in headings:
        rows: dict[str, list[int]] = {}
        column = [None if is_blank(c) else format_cell(c) for c in table.cells[heading].tolist()]
        for row, text in enumerate(column):
            if text is not None and (number := _NUMBER.search(text)):
                rows.setdefault(re.sub(r"\D", "", number[0]).zfill(_DIGITS), []).append(row)
        for shared in filter(lambda found: len(found) > 1, rows.values()):
            known: dict[RankedName, list[int]] = {}
            for row in shared:
                text = format_cell(names[row]) if names else str(column[row])
                rank = format_cell(ranks[row]) if ranks else ""
                if name := parse_ranked_name(text, rank):
                    known.setdefault(name, []).append(row)
            _hold_two_names(table, shared, known)


def _find_column_of_names(table: ConvertedTable) -> list[Cell] | None:
    found = (n for n in table.headings if normalize_key(n).replace("dan", "") in _NAME_KEYS)
    return next((table.cells[name].tolist() for name in found), None)


def _hold_two_names(
    table: ConvertedTable, shared: Sequence[int], known: Mapping[RankedName, Sequence[int]]
) -> None:
    """Hold the rows of a number if two of its names are not of one person, each naming others."""
    others: dict[int, set[int]] = {}
    for first, second in combinations(known, 2):
        if not first.may_be(second):
            for row in known[first]:
                others.setdefault(row, set()).update(known[second])
            for row in known[second]:
                others.setdefault(row, set()).update(known[first])
    for row in shared if others else ():
        numbers = [table.source.row_numbers[n] for n in sorted(others.get(row, others.keys()))]
        more = ", …" if len(numbers) > _MOST_NAMED else ""
        rows = ", ".join(map(str, numbers[:_MOST_NAMED])) + more
        table.reasons.setdefault(row, _TWO_NAMES.format(rows))


def _mark_summary_lines(table: ConvertedTable) -> None:
    """Mark the lines below a list that sum it up (`SAKIT 1`) or explain its marks (`S = sakit`).

    The words stand where the names do, and no line with the number of an officer is one.
    """
    clues = table.vocabulary.clues
    officers = {n for heading in ("nrp", "petugas") for n in table.find_columns(heading)}
    columns = {name: table.cells[name].tolist() for name in table.headings}
    for row in range(table.size - 1, -1, -1):
        cells = {n: column[row] for n, column in columns.items() if not is_blank(column[row])}
        if any(not _STRENGTH.fullmatch(format_cell(cells[n])) for n in officers & cells.keys()):
            return
        texts = {n: str(c).strip() for n, c in cells.items() if _parse_strength(c) is None}
        if len(texts) != 1 or len(cells) > _MOST_OF_SUMMARY:
            continue
        name, text = texts.popitem()
        word = _SUM.sub("", text)  # `Jumlah hadir`, wherever it stands
        is_word = clues.is_cell("present", word) or clues.is_cell("absent", word)
        is_summary = is_word and (word != text or is_person_heading(name))
        if is_summary or (len(cells) == 1 and _LEGEND.fullmatch(text)):
            table.reasons.setdefault(row, _NO_ROW)


def _parse_strength(cell: Cell) -> str | None:
    text = format_cell(cell)
    return text if _STRENGTH.fullmatch(text) else None


def _read_presence_flags(table: ConvertedTable) -> None:
    """Tell 1 and 0 under HADIR beside officers from counts of voters."""
    for name in table.find_columns("hadir"):
        column = table.cells[name].tolist()
        words = [
            None if is_blank(c) else normalize_cell(c).lower().removesuffix(".0") for c in column
        ]
        if set(words) - {None} <= _PRESENCE_FLAGS.keys() and any(words):
            table.drop_columns([name])
            table.set_column("kehadiran", [word and _PRESENCE_FLAGS[word] for word in words])
            return


def _name_arrival_hours(table: ConvertedTable) -> None:
    """Take the hours of arrival for those of the check-ins, where no other column holds them."""
    groups = ("arrival_hour", "listed_arrival")
    arrivals = [name for name in table.headings if _is_heading(table, name, *groups)]
    if arrivals and not table.has_any("jam", "waktu"):
        table.rename(arrivals[0], "jam")


def _take_answer(cell: Cell) -> Cell:
    """Return the answer before what explains it: `Belum` of `Belum, masih di jalan`."""
    return _EXPLANATION.split(cell, maxsplit=1)[0] if isinstance(cell, str) else cell


def _says_absent(cell: Cell, clues: ClueWords) -> bool:
    """Return whether a remark is one of absence, or begins with a word of it (`izin ke dokter`)."""
    first = cell.split(maxsplit=1)[0] if isinstance(cell, str) and cell.strip() else ""
    is_word = len(first) >= _SHORTEST_WORD and clues.is_cell("absent", first)
    return is_word or clues.is_cell("absent", _take_answer(cell))


def _find_answers(table: ConvertedTable) -> str | None:
    """Return the column of words that are all kinds of check-in, whatever its heading."""
    read_code = partial(table.vocabulary.find_code, "personnel", "checkin")
    # The status of an incident (`Selesai`) is none of the officer who reports it.
    own = {None, "uraian"} if table.has_any("jenis") else {None, "uraian", "status"}
    for name in table.headings:
        if table.vocabulary.find_own_heading(name) in own:
            filled = [c for c in set(table.cells[name].tolist()) if not is_blank(c)]
            if filled and all(isinstance(c, str) and read_code(c) for c in filled):
                return name
    return None


def _merge_ticks(table: ConvertedTable, *, is_list: bool) -> None:
    """Make one column of those in which a tick says who is there (`H`, `S`, `I`), or of signatures.

    A row without a tick says nothing; one with two stays as it is and is held.
    """
    clues = table.vocabulary.clues
    is_present, is_absent = (partial(clues.is_cell, group) for group in ("present", "absent"))
    words = {n: word for n in table.headings if (word := _find_presence_word(n, is_list, clues))}
    words = {name: word for name, word in words.items() if _is_ticked(table, name)}
    if not any(map(is_present, words.values())):
        return
    columns = {word: read_ticks(table.cells[name].tolist()) for name, word in words.items()}
    ticked: list[Cell] = []
    for answers in zip(*columns.values(), strict=True):
        pairs = [pair for pair in zip(columns, answers, strict=True) if pair[1] is not None]
        found = [word if is_yes else f"tidak {word}" for word, is_yes in pairs]
        ticked.append(" dan ".join(found) or None)
    table.drop_columns(list(words))
    remarks = next((table.cells[n].tolist() for n in table.find_columns("uraian")), [])
    ticked = [
        word if word is not None or not is_absent(remark) else remark
        for word, remark in zip_longest(ticked, remarks)
    ]
    table.set_column("kehadiran", ticked)


def _find_presence_word(heading: str, is_list: bool, clues: ClueWords) -> str | None:
    """Return the word of presence or absence that a heading is, or ends with below its group."""
    if clues.is_heading("signature", heading):
        return "hadir" if is_list else None
    group, _, last = normalize_cell(heading).lower().rpartition(" ")
    is_named = clues.is_heading("attendance", group)
    for word in (normalize_cell(heading).lower(), last):
        is_word = clues.is_cell("present", word) or clues.is_cell("absent", word)
        if is_word and (is_named or (not group and (is_list or word == "hadir"))):
            return word
    return None


def _is_ticked(table: ConvertedTable, name: str) -> bool:
    """Return whether a column holds ticks and nothing else, in the rows that name an officer."""
    cells = _list_cells_of_officers(table, name)
    filled = {normalize_cell(cell) for cell in cells if not is_blank(cell)}
    return bool(filled) and all(table.vocabulary.clues.is_cell("tick", cell) for cell in filled)


def _take_arrivals(
    table: ConvertedTable, groups: Sequence[str], remarks: Sequence[str], *, is_muster: bool
) -> None:
    """Make the hours at which officers came to their TPS, or to a muster, check-ins.

    groups: of clue words that are their heading. remarks: columns of a few words, of which one
    that somebody is absent holds the row.
    """
    name = next((n for n in table.headings if _is_heading(table, n, *groups)), None)
    if name is None or {*table.find_columns("jam"), *table.find_columns("waktu")} - {name}:
        return
    column = table.cells[name].tolist()
    table.drop_columns([name])
    table.set_column("jam", column)
    has_place = table.has_any("tps", "tempat", "lokasi", "desa")
    code = "apel" if is_muster else "tiba_di_tps" if has_place else "laporan_berkala"
    table.set_column("checkin", [None if is_blank(cell) else code for cell in column])
    clues = table.vocabulary.clues
    for heading in (*remarks, "jam"):
        for row, cell in enumerate(table.cells[heading].tolist()):
            if _says_absent(cell, clues):
                table.reasons.setdefault(row, _ABSENT.format(normalize_cell(cell)))
            elif clues.is_cell("present", cell) and is_blank(column[row]):
                table.reasons.setdefault(row, _NO_HOUR.format(f'"{heading}"'))
    for row in table.find_empty_rows("jam"):
        table.reasons.setdefault(row, _NOT_ARRIVED)


def _is_roll_call(table: ConvertedTable, name: str) -> bool:
    """Return whether a column of check-ins says who is there, and of nobody what else they did.

    Words that the profile explains say nothing of the others.
    """
    clues, find_code = table.vocabulary.clues, table.vocabulary.find_code
    others = {cell for cell in _list_words(table, name) if not clues.is_cell("present", cell)}
    is_other = any(find_code("personnel", "checkin", cell) for cell in others)
    return _says_presence(table, name) and not is_other


def _says_presence(table: ConvertedTable, name: str) -> bool:
    clues = table.vocabulary.clues
    words = _list_words(table, name)
    present = [cell for cell in words if clues.is_cell("present", cell)]
    stated = len(present) + sum(clues.is_cell("absent", _take_answer(cell)) for cell in words)
    return bool(present) and stated >= _MIN_SHARE * len(words)


def _list_words(table: ConvertedTable, name: str) -> list[Cell]:
    """Return the filled cells of a column but those that the profile of the source explains."""
    is_checkin = name in table.find_columns("checkin")
    worded = table.worded.get("checkin", set()) if is_checkin else set()
    column = enumerate(table.cells[name].tolist())
    return [cell for row, cell in column if row not in worded and not is_blank(cell)]
