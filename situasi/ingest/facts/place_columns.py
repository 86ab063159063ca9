"""Tables of hours by kecamatan or desa: each of these is a column of voters present."""

import re

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.gazetteer.place_headings import find_place_headings
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.parsing.count_columns import build_count_reader
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.wide_headings import format_place_heading

_COUNTS_VOTERS = re.compile(
    r"\b(?:hadir|kehadiran|partisipasi|parmas|pengguna hak pilih|memilih|mencoblos|turnout)\b",
    re.IGNORECASE,
)
_COUNTS_OTHERS = re.compile(r"\b(?:petugas|personel|personil|kpps|saksi|linmas)\b", re.IGNORECASE)
_SUM = re.compile(r"(?:.*\W)?(?:jumlah|jml|jlh|total|kabupaten|kab)\b.*", re.IGNORECASE)


def name_place_columns(table: ConvertedTable, facts: FileContext, context: IngestContext) -> None:
    """Name the columns of places as counts of voters, where the titles say that these count.

    A column of their sum is checked and left out; a row that it does not fit says so.
    """
    if not table.has_any("waktu", "jam", "tps") or table.has_any(
        "kecamatan", "kode_kecamatan", "desa", "kode_desa", "tempat", "lokasi", "hadir_dpt",
        "nrp", "petugas", "jenis", "fase", "giat", "uraian",
    ):  # fmt: skip
        return
    code = context.places.read_kecamatan(None, facts.kecamatan).code if facts.kecamatan else None
    level, names = find_place_headings(table.headings, context.places, code)
    if not names or (table.has_any("tps") and level != "desa"):
        return
    if not _COUNTS_VOTERS.search(facts.words) or _COUNTS_OTHERS.search(facts.words):
        return
    sums = [name for name in table.headings if name not in names and _SUM.fullmatch(name)]
    if len(sums) == 1:
        _check_sums(table, list(names), sums[0])
        table.drop_columns(sums)
    renamed = {heading: format_place_heading(level, name) for heading, name in names.items()}
    table.cells = table.cells.rename(columns=renamed)
    table.notes.append(f"kolom per {level}: jumlah pemilih hadir, menurut judul tabel")


def _check_sums(table: ConvertedTable, names: list[str], sum_name: str) -> None:
    """Note the rows whose sum is not that of their places."""
    columns: dict[str, list[Cell]] = {n: table.cells[n].tolist() for n in (*names, sum_name)}
    read = build_count_reader([cell for column in columns.values() for cell in column])

    def count(cell: Cell) -> int | None:
        try:
            return read(cell)[0]
        except UnreadableCell:
            return None

    for row in range(table.size):
        stated = count(columns[sum_name][row])
        counts = [count(columns[name][row]) for name in names]
        total = sum(filter(None, counts))
        if stated is not None and stated != total:
            table.doubt([row], f"jumlah tertulis {stated}, kolom-kolomnya berjumlah {total}")
    table.notes.append(f'kolom jumlah "{sum_name}" diperiksa, tidak disimpan')
