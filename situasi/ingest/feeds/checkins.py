"""Personnel check-ins: which officer is where. Officers are numbers, never names."""

from __future__ import annotations

from situasi.ingest.tables import Checked
from situasi.ingest.validation.officer_check import judge_officers
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when


def check(sheet: Sheet) -> Checked:
    """Judge one table of check-ins."""
    judge_basics(sheet)
    judge_when(sheet)
    judge_where(sheet)
    judge_officers(sheet)
    for name in ("instansi", "checkin"):
        sheet.values[name] = sheet.words(name)
    sheet.values["uraian"] = sheet.texts("uraian")
    sheet.needed("checkin", sheet.cells("checkin"), "jenis lapor diri kosong")
    return verdict(sheet)
