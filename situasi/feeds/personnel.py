"""Personnel check-ins: which officer is where. Officers are numbers, never names."""

from __future__ import annotations

from situasi.feeds.common import Sheet, judge_basics, verdict
from situasi.feeds.officers import judge_officers
from situasi.feeds.table import Checked
from situasi.feeds.when import judge_when
from situasi.feeds.where import judge_where


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
