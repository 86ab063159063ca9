"""Turnout of past elections by kecamatan, desa or TPS: `past_turnout.csv` of an election's folder.

Columns: kode (of a kecamatan, desa or TPS), pemilihan, persen (of its list), sumber. The file may
be missing, and may name some places only.
"""

from collections import defaultdict
from pathlib import Path

from situasi.domain.definition_errors import read_rows

FILE_NAME = "past_turnout.csv"


def load(folder: Path) -> dict[str, float]:
    """Load the mean past turnout by code, as a share of the list; empty without a file.

    Raises DefinitionError naming the line that cannot be read.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return {}
    by_code: dict[str, list[float]] = defaultdict(list)
    for code, share in read_rows(path, _parse_row):
        by_code[code].append(share)
    return {code: sum(shares) / len(shares) for code, shares in by_code.items()}


def _parse_row(row: dict[str, str]) -> tuple[str, float]:
    percent = float(row["persen"].replace(",", "."))
    if not 0 < percent <= 100:
        raise ValueError(f"persen {row['persen']!r} bukan antara 0 dan 100")
    if not row["sumber"].strip():
        raise ValueError("sumber kosong")
    return row["kode"].strip(), percent / 100
