"""Turnout of past elections by kecamatan, desa or TPS: `past_turnout.csv` of an election's folder.

Columns: kode (of a kecamatan, desa or TPS), pemilihan, persen (of its list), sumber. The file may
be missing, and may name some places only.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from situasi.domain.definition_fields import Filled, Turnout
from situasi.domain.definition_tables import read_table

FILE_NAME = "past_turnout.csv"


def load(folder: Path) -> dict[str, float]:
    """Load the mean past turnout by code, as a share of the list; empty without a file.

    Raises DefinitionError naming the line that cannot be read.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return {}
    by_code: dict[str, list[float]] = defaultdict(list)
    for row in read_table(path, _PastRow, "kode", "pemilihan"):
        by_code[row.kode].append(row.persen / 100)
    return {code: sum(shares) / len(shares) for code, shares in by_code.items()}


@dataclass(frozen=True)
class _PastRow:
    kode: Filled
    pemilihan: str
    persen: Annotated[Turnout, BeforeValidator(lambda text: text.replace(",", "."))]
    sumber: Filled
