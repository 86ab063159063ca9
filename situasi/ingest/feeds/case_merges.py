"""Merges: two cases found to be one report, or found not to be. Made on the board."""

from __future__ import annotations

from situasi.ingest.tables import Checked
from situasi.ingest.validation.place_check import judge_where
from situasi.ingest.validation.table_check import Sheet, judge_basics, verdict
from situasi.ingest.validation.time_check import judge_when


def check(sheet: Sheet) -> Checked:
    """Judge one table of merges. kasus and ke: keys of analysis.incidents.case_keys."""
    judge_basics(sheet)
    judge_when(sheet)
    judge_where(sheet, needed=False)
    sheet.values["tindakan"] = sheet.words("tindakan")
    for name in ("kasus", "ke", "alasan_gabung"):
        sheet.values[name] = sheet.texts(name)
    sheet.needed("tindakan", sheet.cells("tindakan"), "tindakan kosong")
    for row, (case, into) in enumerate(zip(sheet.values["kasus"], sheet.values["ke"], strict=True)):
        if case is None or into is None:
            sheet.bench.fault(row, "dua kasus harus disebut: kasus dan ke", "kasus", "ke")
        elif case == into:
            said = "kasus tidak dapat digabung dengan dirinya sendiri"
            sheet.bench.fault(row, said, "kasus", "ke")
    return verdict(sheet)
