"""The roster: which officers there are, by number, rank, unit and agency; never by name."""

from __future__ import annotations

from situasi.ingest.redaction.persons import read_nrp
from situasi.ingest.tables import Checked
from situasi.ingest.validation.officer_check import judge_officers
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when


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
