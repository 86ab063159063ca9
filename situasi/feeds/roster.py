"""The roster: which officers there are, by number, rank, unit and agency; never by name."""

from __future__ import annotations

from situasi.feeds.common import Sheet, judge_basics, verdict
from situasi.feeds.officers import judge_officers
from situasi.feeds.table import Checked
from situasi.feeds.values.persons import read_nrp
from situasi.feeds.when import judge_when
from situasi.feeds.where import judge_where


def check(sheet: Sheet) -> Checked:
    """Judge one table of officers. An officer without a time is of the roster from the start."""
    judge_basics(sheet)
    judge_when(sheet, needed=False)
    judge_where(sheet, needed=False)
    judge_officers(sheet, nrp=False)
    sheet.values["instansi"] = sheet.words("instansi")
    sheet.values["nrp"] = sheet.bench.each(
        sheet.texts("nrp"), lambda cell: (None, None) if cell is None else read_nrp(cell)
    )
    for name in ("pangkat", "satuan", "uraian"):
        sheet.values[name] = sheet.texts(name)
    return verdict(sheet)
