"""Columns that count voters present under other headings: men and women, DPT with DPTb and DPK."""

import re
from collections.abc import Sequence

from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, quote
from situasi.ingest.parsing.numbers import read_count
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import normalize_key

_SUMS_OF_PARTS = ("jumlah", "jml", "jlh", "total", "lp", "jumlahlp", "totallp")
_PRESENT_VOTERS = re.compile(
    r"\b(?:hadir|kehadiran|partisipasi|pengguna hak pilih"
    r"|pemilih (?:(?:yang|yg|sudah|sdh|telah) )*(?:masuk|datang|memilih|mencoblos|nyoblos))\b",
    re.IGNORECASE,
)
_LISTED_VOTERS = re.compile(r"\b(?:dptb?|daftar pemilih|terdaftar|petugas)\b", re.IGNORECASE)
_STRENGTH = re.compile(
    r"\b(?:kekuatan|personel|personil|anggota|pam tps|apel|absensi|pasukan)\b", re.IGNORECASE
)
_VOTERS = re.compile(r"\b(?:pemilih|partisipasi|parmas|hak pilih|memilih)\b", re.IGNORECASE)
_FORCES = frozenset(("polri", "tni", "linmas", "brimob", "satpolpp", "dalmas", "polres", "polsek"))
_BARE_VOTERS = frozenset(("jumlahpemilih", "jmlpemilih", "jlhpemilih", "pemilih"))
_BARE_PRESENT = frozenset(("hadir", "jumlahhadir", "jmlhadir", "kehadiran", "totalhadir"))
INCREMENT = (
    "tambahan pada satu selang waktu menurut {}, bukan jumlah sampai saat itu:"
    " kirim jumlah kumulatif"
)
# Words of a row, or the name of a sheet, for what came since the last count; no more ballots.
_INCREMENT = re.compile(
    r"\W*(?:(?:hanya|cuma|jumlah|jml)\s+)?(?:penambahan|tambahan|tambah|increment(?:al)?|\+(?!\d{5}))"
    r"(?=\W*(?:$|\d|(?:pemilih|hadir|kehadiran|jumlah|jml|orang|org|dari|sejak|sd|jam|pukul|pkl|saja"
    r"|laporan|lap|per|baru|sebelum|setelah)\b))",
    re.IGNORECASE,
)
_INCREMENT_HEADING = re.compile(
    r"\b(?:penambahan|tambahan|selisih|increment(?:al)?|pemilih baru|hadir baru)\b|^\W*\+",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"(?<!jam )(?<!pukul )(?<!pkl )(?<![\d.:])\d{1,3}(?![\d.:]*\d)"
    r"(?=\W*(?:$|pemilih|orang|org|jiwa|dari|sejak))",
    re.IGNORECASE,
)
_OTHER_VOTERS = re.compile(r"\b(?:dptb?|dpk|ktp)\b", re.IGNORECASE)
_MOST_OFFICERS = 10  # at one TPS
_MIN_COUNTED = 0.8  # of the filled cells


def name_voter_columns(table: ConvertedTable, facts: FileContext) -> None:
    """Give our headings to the columns that count voters present, where the titles say so.

    HADIR of officers is told from voters first; what came since the last count is held.
    """
    _name_strength(table, facts)
    _name_counts_by_officers(table)
    _name_counts_at_hour(table, facts)
    _name_sexes(table, facts)
    _name_sum_of_sexes(table)
    _name_voter_parts(table, facts)
    _hold_increments(table, facts)


def _name_counts_at_hour(table: ConvertedTable, facts: FileContext) -> None:
    """Take `Jumlah pemilih` for the voters present where titles with an hour stand above it.

    A list of voters (DPT) is of no hour; marked, as no word says that these came.
    """
    is_list = _LISTED_VOTERS.search(facts.words) or _STRENGTH.search(facts.words)
    names = [n for n in table.list_unknown() if normalize_key(n) in _BARE_VOTERS]
    is_bare = table.has_any("tps") and not table.has_any("hadir", "hadir_dpt", "hadir_l", "fase")
    if facts.clock is None or is_list or not is_bare or len(names) != 1:
        return
    column = table.cells[names[0]].tolist()
    rows = [row for row, cell in enumerate(column) if _to_number(cell) is not None]
    if len(rows) >= _MIN_COUNTED * sum(not is_blank(cell) for cell in column):
        table.rename(names[0], "hadir")
        reason = f'"{names[0]}" dibaca sebagai yang hadir: judulnya menyebut jam'
        table.doubt([row for row in rows if row not in table.total_rows], reason)


def _hold_increments(table: ConvertedTable, facts: FileContext) -> None:
    """Hold counts that are what came since the one before: by titles, their heading, or the row."""
    names = table.find_columns("hadir", "hadir_l", "hadir_p")
    names += table.vocabulary.find_wide_headings(table.headings)
    if not names:
        return
    is_sheet = _INCREMENT.fullmatch(table.source.sheet.strip()) is not None
    title = "judulnya" if table.vocabulary.clues.stands_in("increment", facts.words) else ""
    title = title or next((f'judul "{n}"' for n in _list_headings(table, names)), "")
    columns = [table.cells[name].tolist() for name in names]
    words_by_row = {} if title else _read_increments(table, names, columns)
    if not (title or words_by_row or is_sheet):
        return
    filled = [row for row in range(table.size) if not all(is_blank(c[row]) for c in columns)]
    filled = [row for row in filled if row not in table.total_rows]
    for row in filled if title else words_by_row.keys() & filled:
        table.reasons.setdefault(row, INCREMENT.format(title or words_by_row[row]))
    if is_sheet:
        table.doubt(filled, f'lembar "{table.source.sheet}": jumlah ini mungkin hanya tambahan')


def _list_headings(table: ConvertedTable, names: Sequence[str]) -> list[str]:
    """Return the headings of these columns that call them what was added, also as they were."""
    renamed = [n for n in table.source.cells.columns if n not in table.cells.columns]
    headings = [*names, *(renamed if len(names) == 1 else ())]
    return [name for name in headings if _INCREMENT_HEADING.search(name)]


def _read_increments(
    table: ConvertedTable, names: Sequence[str], counts: Sequence[Sequence[Cell]]
) -> dict[int, str]:
    """Return by row the words in it that call its count what was added (`Metode`: `tambahan`)."""
    clues, found = table.vocabulary.clues, dict[int, str]()
    places = table.find_columns("kecamatan", "desa", "tempat", "tps", "id")
    for name in [n for n in table.headings if counts and n not in {*names, *places}]:
        column = table.cells[name].tolist()
        texts = {cell for cell in set(column) if isinstance(cell, str)}
        may_stand = clues.may_stand_in("increment", texts)
        matching = {
            text
            for text in texts
            if _INCREMENT.match(text) or (may_stand and clues.stands_in("increment", text))
        }
        for row, cell in enumerate(column) if matching else ():
            if cell in matching and _counts_added(str(cell), [c[row] for c in counts]):
                found[row] = quote(cell)
    return found


def _counts_added(text: str, counts: Sequence[Cell]) -> bool:
    """Return whether these may be what a text says was added: it names no other number."""
    added = _ADDED.search(text)
    if _OTHER_VOTERS.search(text):
        return False
    return added is None or int(added[0]) in map(_to_number, counts)


def _name_sexes(table: ConvertedTable, facts: FileContext) -> None:
    """Take columns of men and women for voters present, where the titles say that these count."""
    men, women = _find_sexes(table)
    # Rows of one TPS of the title without hours of their own may be anything: ages, parts of a day.
    is_one = facts.tps is not None and table.has_any("jam", "waktu")
    has_place = is_one or table.has_any("tps", "desa", "kecamatan")
    if men is None or women is None or not has_place:
        return
    if table.has_any("hadir_dpt", "hadir_l", "hadir_p", "nrp", "petugas"):
        return
    if table.has_any("hadir"):
        [total, *_] = table.find_columns("hadir")
        if _are_parts(table, men, women, total):  # so that a row in which they are not is told
            table.cells = table.cells.rename(columns={men: "hadir_l", women: "hadir_p"})
        return
    if _PRESENT_VOTERS.search(facts.words) and not _LISTED_VOTERS.search(facts.words):
        sums = dict.fromkeys(_find_sums(table), "hadir")
        table.cells = table.cells.rename(columns={men: "hadir_l", women: "hadir_p", **sums})


def _name_sum_of_sexes(table: ConvertedTable) -> None:
    """Take JUMLAH beside our columns of men and women for voters present, where it is their sum."""
    men, women = table.find_columns("hadir_l"), table.find_columns("hadir_p")
    sums = _find_sums(table)
    if (len(men), len(women), len(sums)) != (1, 1, 1) or table.has_any("hadir", "hadir_dpt"):
        return
    if _are_parts(table, men[0], women[0], sums[0]):
        table.rename(sums[0], "hadir")


def _find_sums(table: ConvertedTable) -> list[str]:
    """Return the column headed JUMLAH or the like, where it is the only one."""
    keys = {normalize_key(name): name for name in table.headings}
    sums = [keys[key] for key in _SUMS_OF_PARTS if key in keys]
    return sums if len(sums) == 1 else []


def _find_sexes(table: ConvertedTable) -> tuple[str | None, str | None]:
    """Return the columns of men and women; beside voters present also `x_l` and `x_p` of one x."""
    clues = table.vocabulary.clues
    men, women = (
        next((name for name in table.headings if clues.is_heading(sex, name)), None)
        for sex in ("men", "women")
    )
    if (men is None or women is None) and table.has_any("hadir"):
        named = {clues.split_sex(name): name for name in table.headings}
        for split, name in named.items():
            if split and split[0] == "men" and ("women", split[1]) in named:
                return name, named["women", split[1]]
    return men, women


def _name_strength(table: ConvertedTable, facts: FileContext) -> None:
    """Tell HADIR in a list of how many officers there are from voters present."""
    keys = {normalize_key(name) for name in table.headings}
    is_strength = len(keys & _FORCES) > 1 or (
        _STRENGTH.search(facts.words) is not None and not _VOTERS.search(facts.words)
    )
    if is_strength and not table.has_any("nrp", "petugas"):
        names = [n for n in table.find_columns("hadir") if normalize_key(n) in _BARE_PRESENT]
        table.cells = table.cells.rename(columns={n: f"personel {n.lower()}" for n in names})


def _name_counts_by_officers(table: ConvertedTable) -> None:
    """Take HADIR beside a TPS and PETUGAS for voters, where its numbers are of no few officers.

    The officer is who counted. Where PETUGAS holds numbers alone, these may be the officers there.
    """
    names = [n for n in table.find_columns("hadir") if normalize_key(n) == "hadir"]
    officers = table.find_columns("petugas")
    if len(names) != 1 or not officers or table.has_any("nrp", "checkin", "pangkat", "penugasan"):
        return
    if not table.has_any("tps"):
        return
    counts = [_to_number(cell) for cell in table.cells[names[0]].tolist() if not is_blank(cell)]
    who = [cell for name in officers for cell in table.cells[name].tolist() if not is_blank(cell)]
    is_strength = any(_to_number(cell) is not None for cell in who)
    numbers = sorted(number for number in counts if number is not None)
    if is_strength or len(numbers) < _MIN_COUNTED * len(counts) or not numbers:
        return
    if numbers[len(numbers) // 2] > _MOST_OFFICERS:
        table.rename(names[0], "jumlah pemilih hadir")


def _name_voter_parts(table: ConvertedTable, facts: FileContext) -> None:
    """Take DPT, DPTb and DPK for voters present, where the titles count these and the sum fits.

    Alone, or beside a sum that does not fit, `DPT` is how many are registered.
    """
    keys = {normalize_key(name): name for name in table.headings}
    parts = [keys[key] for key in ("dpt", "dptb", "dpk") if key in keys]
    sums = _find_sums(table)
    if len(parts) < 3 or not sums or table.has_any("hadir", "nrp", "petugas"):
        return
    counts = [[_to_number(cell) for cell in table.cells[n].tolist()] for n in (*parts, sums[0])]
    rows = [row for row in zip(*counts, strict=True) if row[-1] is not None]
    fitting = sum(sum(part or 0 for part in row[:-1]) == row[-1] for row in rows)
    if _PRESENT_VOTERS.search(facts.words) and rows and 2 * fitting >= len(rows):
        names = ("hadir_dpt", "hadir_dptb", "hadir_dpk", "hadir")
        renamed = dict(zip((*parts, sums[0]), names, strict=True))
        table.cells = table.cells.rename(columns=renamed)


def _are_parts(table: ConvertedTable, men: str, women: str, total: str) -> bool:
    """Return whether men and women together are that total, in at least half of the rows."""
    names = (men, women, total)
    columns = [[_to_number(cell) for cell in table.cells[name].tolist()] for name in names]
    rows = [
        (m, w, whole)
        for m, w, whole in zip(*columns, strict=True)
        if m is not None and w is not None and whole is not None
    ]
    sums = sum(m + w == whole for m, w, whole in rows)
    return bool(rows) and 2 * sums >= len(rows)


def _to_number(cell: Cell) -> int | None:
    try:
        return read_count(cell)
    except UnreadableCell:
        return None
