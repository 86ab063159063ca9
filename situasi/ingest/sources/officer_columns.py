"""Columns that hold rank, number and name of an officer in one cell: `PANGKAT / NRP`."""

import re
from itertools import chain, permutations, product

from situasi.ingest.parsing.cells import is_blank, normalize_cell
from situasi.ingest.redaction.persons import RANKS
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.csv_lists import normalize_key

_SPELLINGS = {
    "pangkat": ("pangkat", "pkt", "pangkatgol"),
    "nrp": ("nrp", "nip", "nrpnip"),
    "nama": ("nama", "namapersonel", "namapetugas", "namalengkap"),
}
# The parts of a heading by its key: `pangkatnrp`, `namapangkatnrp`, in any order.
_PARTS_BY_KEY = {
    "".join(words): parts
    for parts in chain(permutations(_SPELLINGS, 2), permutations(_SPELLINGS, 3))
    for words in product(*(_SPELLINGS[part] for part in parts))
}
_NUMBER = re.compile(r"(?<![\d])\d(?:[ .-]?\d){6,19}(?!\d)")


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
